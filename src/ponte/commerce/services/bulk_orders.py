"""Many orders at once, by external id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.commerce.data import BulkRow, OrderData, Policy, RowResult
from ponte.commerce.models import Order
from ponte.commerce.policies import check_order
from ponte.commerce.services.bulk import (
    BATCH,
    Ledger,
    apply_values,
    audit_changes,
    clean_id,
    finish_orders,
    lock_orders_by_external_id,
)
from ponte.commerce.services.bulk_custom import check_bulk_custom, set_custom
from ponte.commerce.services.cleaning import Cleaner
from ponte.commerce.services.order_fields import FIELDS, PERSONAL, STATUS_DATE, plain_values, set_status_date
from ponte.commerce.services.order_search import index_orders
from ponte.core.actors import Actor
from ponte.core.errors import FieldProblem
from ponte.core.models import Member
from ponte.core.rights import Scope, scope_of
from ponte.directory.models import Party
from ponte.directory.policies import visible_parties
from ponte.workplace.custom_fields.values import CustomRow

_KNOWN = {one.name for one in fields(OrderData)} - {"lines", "payments", "source", "external_id"}


@transaction.atomic
def upsert_orders(
    *, actor: Actor, rows: Sequence[BulkRow], source: str, policy: Policy = "update", is_demo: bool = False
) -> list[RowResult]:
    """Create or update orders known to ``source`` by external id, without their lines and payments.

    ``values`` are fields of ``OrderData``; a new order needs ``party_id``. A fixed number of statements a call; one audit
    entry and one event. An order in the bin is left there ("skipped"); one the actor may not edit is refused.

    Raises ``Denied`` unless the actor may create and edit orders.
    """
    check_order(actor, "create")
    check_order(actor, "edit")
    ledger = Ledger(len(rows))
    known, beyond = lock_orders_by_external_id(actor, source, (row.external_id for row in rows))
    custom = check_bulk_custom("order", rows, known, actor=actor, policy=policy)
    references = _References(_customers(actor, rows), _owners(rows), _default_owner(actor), custom)
    new: dict[str, Order] = {}
    changed: dict[UUID, Order] = {}
    former: set[UUID] = set()
    for index, row in enumerate(rows):
        if row.external_id in beyond:
            ledger.reject(index, [_beyond_reach()])
            continue
        values = _clean(ledger, index, row, source, references)
        if values is None:
            continue
        order = known.get(row.external_id) or new.get(row.external_id)
        if order is None:
            _create(ledger, index, row, source, values, new, references=references, is_demo=is_demo)
        elif order.deleted_at is not None or (policy == "skip" and row.external_id not in new):
            ledger.answers[index] = RowResult("skipped", order.id)
        else:
            former.add(order.party_id)
            before = order.status
            differs = apply_values(order, values, policy)
            differs |= set_custom(order, custom[row.external_id])
            if order.status != before:
                differs |= _date_status(order)
            ledger.answers[index] = RowResult("updated" if differs else "unchanged", order.id)
            if differs and row.external_id not in new:
                changed[order.id] = order
                ledger.note(order.id, differs)
    _write(new, changed)
    audit_changes(actor, ledger, "order", {one.id: one.party_id for one in changed.values()}, PERSONAL)
    finish_orders(
        actor=actor, source=source, act="order.imported", object_type="order", ids=list(dict.fromkeys(ledger.changed())),
        orders=[*new.values(), *changed.values()], former_parties=former if changed else (),
    )  # fmt: skip
    return ledger.results()


def _date_status(order: Order) -> dict[str, tuple[Any, Any]]:
    dates = {name: getattr(order, name) for name in STATUS_DATE.values()}
    set_status_date(dates, order.status)
    moved = {n: (getattr(order, n), value) for n, value in dates.items() if getattr(order, n) != value}
    for name, (_before, value) in moved.items():
        setattr(order, name, value)
    return moved


@dataclass(frozen=True)
class _References:
    """The customers and salespeople that rows may name, fetched once, whose a new order is that names nobody, and the

    checked custom values by external id.
    """

    parties: set[UUID]
    owners: set[UUID]
    default_owner: UUID | None
    custom: dict[str, CustomRow]


def _beyond_reach() -> FieldProblem:
    return FieldProblem(
        "external_id",
        "exists",
        _("This order exists and is not within your reach. Talk to an administrator."),
    )


def _owners(rows: Sequence[BulkRow]) -> set[UUID]:
    wanted = {row.values["owner_id"] for row in rows if row.values.get("owner_id")}
    return set(Member.objects.filter(id__in=wanted, is_active=True).values_list("id", flat=True))


def _default_owner(actor: Actor) -> UUID | None:
    """Who edits only some people's orders keeps those they bring in; for others, a file may leave the owner open."""
    member = actor.member
    if member is None or scope_of(member, "order", "edit") is Scope.ALL:
        return None
    return member.id


def _customers(actor: Actor, rows: Sequence[BulkRow]) -> set[UUID]:
    wanted = {row.values["party_id"] for row in rows if row.values.get("party_id")}
    reach = visible_parties(actor.member) if actor.member else Party.objects.filter(deleted_at=None)
    return set(reach.filter(id__in=wanted).values_list("id", flat=True))


def _clean(
    ledger: Ledger, index: int, row: BulkRow, source: str, references: _References
) -> dict[str, Any] | None:
    cleaner = Cleaner()
    external_id = clean_id(cleaner, row)
    unknown = set(row.values) - _KNOWN
    if unknown:
        raise TypeError(f"no such fields: {', '.join(sorted(unknown))}")
    party_id = row.values.get("party_id")
    if party_id is not None and party_id not in references.parties:
        cleaner.refuse("party_id", "missing", _("There is no such customer."))
    owner_id = row.values.get("owner_id")
    if owner_id is not None and owner_id not in references.owners:
        cleaner.refuse("owner_id", "missing", _("There is no such member."))
    placeholder = {"party_id": UUID(int=0), **row.values, "source": source, "external_id": external_id}
    clean = plain_values(cleaner, OrderData(**placeholder), date_status=False)
    cleaner.problems += references.custom[row.external_id].problems
    if cleaner.problems:
        ledger.reject(index, cleaner.problems)
        return None
    given = set(row.values) & set(clean)
    if "currency" in given:
        given.add("rate")
    values = {name: clean[name] for name in FIELDS if name in given}
    if "number" in row.values:
        values["number"] = cleaner.text("number", row.values["number"], 60) or external_id[:60]
    if party_id is not None:
        values["party_id"] = party_id
    if "owner_id" in row.values:
        values["owner_id"] = owner_id
    return values


def _create(
    ledger: Ledger, index: int, row: BulkRow, source: str, values: dict[str, Any], new: dict[str, Order], *,
    references: _References, is_demo: bool,
) -> None:  # fmt: skip
    if "party_id" not in values:
        ledger.reject(index, [FieldProblem("party_id", "required", _("Say whose order it is."))])
        return
    base = plain_values(
        Cleaner(),
        OrderData(
            **{**row.values, "party_id": values["party_id"], "source": source, "external_id": row.external_id}
        ),
        date_status=False,
    )
    order = Order(**{**base, **values}, is_demo=is_demo)
    order.owner_id = order.owner_id or references.default_owner
    set_custom(order, references.custom[row.external_id])
    order.number = order.number or row.external_id[:60]
    new[row.external_id] = order
    ledger.answers[index] = RowResult("created", order.id)


def _write(new: dict[str, Order], changed: dict[UUID, Order]) -> None:
    Order.objects.bulk_create(new.values(), batch_size=BATCH)
    for order in changed.values():
        order.version += 1
    names = [name.removesuffix("_id") if name in ("party_id", "owner_id") else name for name in FIELDS]
    Order.objects.bulk_update(changed.values(), [*names, "custom", "version"], batch_size=BATCH)
    index_orders(
        [order.id for order in new.values() if order.custom] + [order.id for order in changed.values()]
    )
