"""The lines of an order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from ponte.commerce.data import LineData
from ponte.commerce.line_words import line_in_words
from ponte.commerce.models import BundlePart, Order, OrderLine, Product, Return, ReturnLine
from ponte.commerce.revenue import line_total
from ponte.commerce.selectors.bundles import Share, cost_of_parts, parts_of
from ponte.commerce.selectors.line_memory import remembered
from ponte.commerce.selectors.prices import Prices
from ponte.commerce.services.cleaning import MAX_MONEY, Cleaner
from ponte.commerce.services.line_rows import described, matched, priced, products_of, write_rows
from ponte.commerce.services.line_splitting import part_values, split_lines
from ponte.directory.models import Party

MAX_LINES = 500
Parts = Mapping[UUID, Sequence[BundlePart]]
Held = Callable[[Product], Sequence[BundlePart]]
_FIELDS = (
    "position", "product_id", "description", "quantity", "unit_price", "discount", "freight", "unit_cost", "total",
    "seller_id", "external_id", "contents", "price_source",
)  # fmt: skip


def clean_lines(
    cleaner: Cleaner,
    lines: Sequence[LineData],
    existing: dict[UUID, OrderLine],
    *,
    products: dict[UUID, Product] | None = None,
    sellers: set[UUID] | None = None,
    pricing: Callable[[Iterable[Product]], Prices] | None = None,
    parts: Parts | None = None,
) -> list[OrderLine]:
    """Return the rows for ``lines``, those with a known ``id`` kept; problems go to ``cleaner``.

    ``products`` (with the ``parts`` of bundles) and ``sellers`` are those the lines name, where the caller has fetched them for many orders.
    A line without a price takes what ``pricing`` says; without it, as where many orders come at once, the product's own.
    """
    if products is None:
        products = products_of(lines)
    if sellers is None:
        named = [one.seller_id for one in lines if one.seller_id]
        sellers = set(Party.objects.filter(id__in=named).values_list("id", flat=True))
    prices = pricing(products.values()) if pricing and products else None
    split = split_lines(cleaner, lines, products, prices, as_part=_as_part, discount_of=_discount_of)
    if len(split.lines) > MAX_LINES:
        cleaner.refuse("lines", "too_many", _("An order has at most 500 lines."))
        return []
    held = _held(products, prices, parts)
    rows, external_ids = [], set()
    missing = _("The order has no such line.")
    for inner, line, row in matched(
        cleaner, split.lines, existing, new=OrderLine, missing=missing, places=split.places
    ):
        values = _clean(inner, line, split.products, sellers, row, prices, held)
        if values["external_id"] and values["external_id"] in external_ids:
            inner.refuse("external_id", "taken", _("Another line has this external id."))
        external_ids.add(values["external_id"])
        for name, value in values.items():
            setattr(row, name, value)
        rows.append(row)
    return rows


def write_lines(order: Order, rows: Sequence[OrderLine], existing: dict[UUID, OrderLine]) -> None:
    """Make ``rows`` the order's lines, in few statements."""
    for row in rows:
        row.order = order
    write_rows(rows, existing, _FIELDS)


@dataclass(frozen=True)
class CameBack:
    """What came back of orders: quantity and value by line, freight given back by order."""

    lines: Mapping[UUID, tuple[Decimal, Decimal]]
    freight: Mapping[UUID, Decimal]


def came_back(orders: Collection[Order]) -> CameBack:
    """Return what came back of ``orders``, in two queries."""
    lines = (
        ReturnLine.objects.filter(back__order__in=orders)
        .order_by()
        .values_list("line_id")
        .annotate(n=Sum("quantity"), worth=Sum("value"))
    )
    freight = Return.objects.filter(order__in=orders).order_by().values_list("order_id")
    return CameBack(
        {line_id: (quantity, value) for line_id, quantity, value in lines},
        dict(freight.annotate(sum=Sum("freight"))),
    )


def check_kept(cleaner: Cleaner, *, quantity: Decimal, total: Decimal, gone: tuple[Decimal, Decimal]) -> None:
    """Refuse a line of less than came back of it, in pieces or in worth: its order would earn less than nothing."""
    if quantity < gone[0]:
        cleaner.refuse("quantity", "returned", _("More than that came back. Undo the return first."))
    elif total < gone[1]:
        cleaner.refuse(
            "unit_price", "returned", _("More than that was given back for this line. Undo the return first.")
        )


def refuse_freight(cleaner: Cleaner, field: str) -> None:
    """Note that more freight was given back than an order would have."""
    cleaner.refuse(
        field, "returned", _("More freight than that was given back for this order. Undo the return first.")
    )


def summary(rows: Sequence[OrderLine], currency: str) -> list[str]:
    """Return the lines as short texts, for the audit log."""
    return [line_in_words(row, currency) for row in rows]


def _clean(
    cleaner: Cleaner,
    line: LineData,
    products: dict[Any, Product],
    sellers: set[UUID],
    row: OrderLine,
    prices: Prices | None,
    held: Held,
) -> dict[str, Any]:
    product = products.get(line.product_id) if line.product_id else None
    empty = _("Choose a product or describe what was sold.")
    description = described(cleaner, line, product, empty=empty)
    if line.seller_id and line.seller_id not in sellers:
        cleaner.refuse("seller_id", "missing", _("There is no such customer."))
    cost = cleaner.money("unit_cost", line.unit_cost)
    if cost is None and not row._state.adding and row.product_id == line.product_id:
        cost = row.unit_cost  # what it cost on the day stays
    quantity = cleaner.quantity("quantity", line.quantity)
    listed = prices.of(product, quantity).value if prices and product else product.price if product else None
    values = {
        "product_id": line.product_id,
        "description": description,
        "quantity": quantity,
        "unit_price": priced(cleaner, line, listed),
        "discount": cleaner.money("discount", line.discount) or Decimal(0),
        "freight": cleaner.money("freight", line.freight) or Decimal(0),
        "unit_cost": cost if cost is not None or product is None else _cost(product, held),
        "seller_id": line.seller_id,
        "external_id": cleaner.text("external_id", line.external_id, 150),
    }
    values["total"] = _total(cleaner, values)
    kept = remembered(row, product, values, prices, parts=held(product) if product else ())
    if line.contents:
        kept["contents"] = [dict(part) for part in line.contents]
    return values | kept


def _held(products: Mapping[UUID, Product], prices: Prices | None, parts: Parts | None) -> Held:
    """Return what tells the parts of a bundle, read once however many lines ask."""
    if prices is not None:
        return prices.parts
    known = parts_of(products.values()) if parts is None else parts
    return lambda product: known.get(product.id, ())


def _as_part(line: LineData, bundle: Product, share: Share, number: int) -> LineData:
    """Freight goes with the first part; another system's id of the line is numbered on."""
    key = f"{line.external_id[:140]}.{number + 1}" if line.external_id else ""
    freight = line.freight if number == 0 else Decimal(0)
    return replace(
        line, **part_values(share), freight=freight, unit_cost=None, contents=None, external_id=key
    )


def _discount_of(line: LineData, quantity: Decimal, unit_price: Decimal) -> Decimal:
    return line.discount


def _cost(product: Product, held: Held) -> Decimal | None:
    """Return what one unit costs: a bundle what its parts do."""
    if not product.is_bundle:
        return product.cost
    parts = held(product)
    return cost_of_parts(parts, {part.product_id: part.product.cost for part in parts})


def _total(cleaner: Cleaner, values: dict[str, Any]) -> Decimal:
    total = line_total(values["quantity"], values["unit_price"], values["discount"])
    if total > MAX_MONEY or (values["unit_cost"] or 0) * values["quantity"] > MAX_MONEY:
        cleaner.refuse("quantity", "range", _("The value is too large."))
        return Decimal(0)
    if total < 0:
        cleaner.refuse("discount", "too_large", _("The discount is larger than the line."))
    return total
