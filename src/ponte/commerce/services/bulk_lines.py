"""Many lines and payments at once, by the external ids of their orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from ponte.commerce.data import BulkRow, LineData, PaymentData, Policy, RowResult
from ponte.commerce.models import Order, OrderLine, Payment, Product
from ponte.commerce.policies import check_order
from ponte.commerce.revenue import line_total
from ponte.commerce.selectors.bundles import parts_of
from ponte.commerce.services.bulk import (
    BATCH,
    Ledger,
    apply_values,
    audit_changes,
    changes_of,
    clean_id,
    finish_orders,
    parents_of,
)
from ponte.commerce.services.cleaning import Cleaner
from ponte.commerce.services.lines import came_back, check_kept, clean_lines, refuse_freight
from ponte.commerce.services.payments import clean_payment
from ponte.core.actors import Actor
from ponte.directory.models import Party

_LINE = {one.name for one in fields(LineData)} - {"id", "external_id", "explode"}
_PAYMENT = {one.name for one in fields(PaymentData)} - {"external_id"}
LINE_COLUMNS = (
    "product", "description", "quantity", "unit_price", "discount", "freight", "unit_cost", "total", "seller", "contents", "price_source",
)  # fmt: skip
PAYMENT_COLUMNS = tuple(sorted(_PAYMENT))
_PRICED = ("product_id", "quantity", "unit_price")
_WORTH = ("quantity", "total", "freight")
Key = tuple[UUID, str]


@transaction.atomic
def upsert_lines(
    *, actor: Actor, rows: Sequence[BulkRow], source: str, policy: Policy = "update"
) -> list[RowResult]:
    """Create or update lines of orders known to ``source``; ``external_id`` names the line within its order.

    ``values`` are fields of ``LineData``. Totals and customers' figures follow once a call, set-based. Lines that the file
    doesn't name stay.
    """
    check_order(actor, "edit")
    ledger = Ledger(len(rows))
    orders, usable = parents_of(actor, ledger, rows, source)
    existing = {(one.order_id, one.external_id): one for one in _children(OrderLine, orders)}
    lookups = _Lookups(usable)
    positions = _last_positions(orders)
    returns = _Returns(orders)
    new: dict[Key, OrderLine] = {}
    changed: dict[UUID, OrderLine] = {}
    for index, row in usable:
        order, key = orders[row.parent], (orders[row.parent].id, row.external_id)
        known = existing.get(key) or new.get(key)
        cleaner = Cleaner()
        values = _line_values(cleaner, row, known, lookups)
        skipped = policy == "skip" and key in existing
        returns.check(cleaner, order, known, {} if skipped else changes_of(known, values, policy))
        if cleaner.problems:
            ledger.reject(index, cleaner.problems)
        elif known is None:
            positions[order.id] = positions.get(order.id, 0) + 1
            new[key] = OrderLine(
                order=order, external_id=row.external_id, position=positions[order.id], **values
            )
            ledger.answers[index] = RowResult("created", new[key].id)
        else:
            _update(ledger, index, known, values, policy, changed, is_new=key in new)
    OrderLine.objects.bulk_create(new.values(), batch_size=BATCH)
    OrderLine.objects.bulk_update(changed.values(), LINE_COLUMNS, batch_size=BATCH)
    audit_changes(actor, ledger, "orderline")
    _finish(actor, source, "order.lines_imported", ledger, orders, [*new.values(), *changed.values()])
    return ledger.results()


@transaction.atomic
def upsert_payments(
    *, actor: Actor, rows: Sequence[BulkRow], source: str, policy: Policy = "update"
) -> list[RowResult]:
    """Create or update payments of orders known to ``source``; ``external_id`` names the payment within its order."""
    check_order(actor, "edit")
    ledger = Ledger(len(rows))
    orders, usable = parents_of(actor, ledger, rows, source)
    existing = {(one.order_id, one.external_id): one for one in _children(Payment, orders)}
    new: dict[Key, Payment] = {}
    changed: dict[UUID, Payment] = {}
    for index, row in usable:
        key = (orders[row.parent].id, row.external_id)
        known = existing.get(key) or new.get(key)
        cleaner = Cleaner()
        values = _payment_values(cleaner, row, known)
        if cleaner.problems:
            ledger.reject(index, cleaner.problems)
        elif known is None:
            new[key] = Payment(order=orders[row.parent], external_id=row.external_id, **values)
            ledger.answers[index] = RowResult("created", new[key].id)
        else:
            _update(ledger, index, known, values, policy, changed, is_new=key in new)
    Payment.objects.bulk_create(new.values(), batch_size=BATCH)
    Payment.objects.bulk_update(changed.values(), PAYMENT_COLUMNS, batch_size=BATCH)
    audit_changes(actor, ledger, "payment")
    _finish(actor, source, "order.payments_imported", ledger, orders, [*new.values(), *changed.values()])
    return ledger.results()


class _Lookups:
    """The products and sellers that rows name, fetched once."""

    def __init__(self, rows: Sequence[tuple[int, BulkRow]]) -> None:
        products = {row.values["product_id"] for _index, row in rows if row.values.get("product_id")}
        sellers = {row.values["seller_id"] for _index, row in rows if row.values.get("seller_id")}
        self.products = Product.objects.in_bulk(products)
        self.parts = parts_of(self.products.values())
        self.sellers = set(Party.objects.filter(id__in=sellers).values_list("id", flat=True))


class _Returns:
    """What came back of the orders, and how much freight each would have after the rows looked at so far."""

    def __init__(self, orders: dict[str, Order]) -> None:
        self.gone = came_back(list(orders.values()))
        self.freight = {order.id: order.freight_total for order in orders.values()}

    def check(self, cleaner: Cleaner, order: Order, known: OrderLine | None, changes: dict[str, Any]) -> None:
        """Refuse a row that would leave less than came back; count the freight of one that has no problem."""
        after = {**({} if known is None else {name: getattr(known, name) for name in _WORTH}), **changes}
        if known is not None and known.id in self.gone.lines:
            gone = self.gone.lines[known.id]
            check_kept(cleaner, quantity=after["quantity"], total=after["total"], gone=gone)
        freight = self.freight[order.id] + after["freight"] - (known.freight if known is not None else 0)
        if freight < self.gone.freight.get(order.id, 0):
            refuse_freight(cleaner, "freight")
        if not cleaner.problems:
            self.freight[order.id] = freight


def _line_values(
    cleaner: Cleaner, row: BulkRow, known: OrderLine | None, lookups: _Lookups
) -> dict[str, Any]:
    _check(row, _LINE)
    clean_id(cleaner, row)
    base = {name: getattr(known, name) for name in _LINE} if known is not None else {}
    given = {**base, **row.values}
    if known is not None and given["product_id"] != known.product_id and "contents" not in row.values:
        given["contents"] = None  # what the product before held
    data = LineData(**given)
    products = dict(lookups.products)
    if known is not None and known.product_id and data.product_id == known.product_id:
        products.setdefault(known.product_id, known.product)
    sellers = lookups.sellers | ({known.seller_id} if known is not None and known.seller_id else set())
    inner = Cleaner("", cleaner.problems)
    (line,) = clean_lines(inner, [data], {}, products=products, sellers=sellers, parts=lookups.parts)
    for position, problem in enumerate(cleaner.problems):
        cleaner.problems[position] = type(problem)(
            problem.field.removeprefix("lines.0."), problem.code, problem.message
        )
    values = {name: getattr(line, name) for name in (*sorted(_LINE), "total")}
    if (
        known is not None
        and values["contents"] != known.contents
        and values["product_id"] == known.product_id
    ):
        values["contents"] = row.values.get("contents") or known.contents
    if known is not None and any(values[name] != getattr(known, name) for name in _PRICED):
        values["price_source"] = None
    return values


def _payment_values(cleaner: Cleaner, row: BulkRow, known: Payment | None) -> dict[str, Any]:
    _check(row, _PAYMENT)
    clean_id(cleaner, row)
    base = (
        {name: getattr(known, name) for name in _PAYMENT}
        if known is not None
        else {"kind": "", "value": None}
    )
    payment = clean_payment(cleaner, PaymentData(**{**base, **row.values}))
    return {name: getattr(payment, name) for name in _PAYMENT}


def _update(
    ledger: Ledger, index: int, known: Any, values: dict[str, Any], policy: Policy, changed: dict[UUID, Any], *,
    is_new: bool,
) -> None:  # fmt: skip
    if policy == "skip" and not is_new:
        ledger.answers[index] = RowResult("skipped", known.id)
        return
    differs = apply_values(known, values, policy)
    if isinstance(known, OrderLine):
        known.total = line_total(known.quantity, known.unit_price, known.discount or Decimal(0))
    if differs and not is_new:
        changed[known.id] = known
        ledger.note(known.id, differs)
    ledger.answers[index] = RowResult("updated" if differs else "unchanged", known.id)


def _children(model: Any, orders: dict[str, Order]) -> Any:
    rows = model.objects.filter(order__in=list(orders.values())).exclude(external_id="")
    return rows.select_related("product") if model is OrderLine else rows


def _last_positions(orders: dict[str, Order]) -> dict[UUID, int]:
    rows = OrderLine.objects.filter(order__in=list(orders.values())).order_by().values_list("order_id")
    return dict(rows.annotate(last=Max("position")))


def _check(row: BulkRow, known: set[str]) -> None:
    unknown = set(row.values) - known
    if unknown:
        raise TypeError(f"no such fields: {', '.join(sorted(unknown))}")


def _finish(
    actor: Actor, source: str, act: str, ledger: Ledger, orders: dict[str, Order], written: Sequence[Any]
) -> None:
    touched = {one.order_id for one in written}
    finish_orders(
        actor=actor, source=source, act=act, object_type="order", ids=sorted(touched),
        orders=[order for order in orders.values() if order.id in touched],
    )  # fmt: skip
