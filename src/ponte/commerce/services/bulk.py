"""What the bulk upserts share: rows by external id, written set-based, each answered by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from ponte.commerce.data import BulkRow, Policy, RowResult
from ponte.commerce.models import Order
from ponte.commerce.policies import editable_orders
from ponte.commerce.services.cleaning import Cleaner
from ponte.commerce.services.totals import refresh
from ponte.core.actors import Actor
from ponte.core.errors import FieldProblem
from ponte.core.services.audit import record_bulk, record_each
from ponte.core.services.events import publish
from ponte.events.commerce import OrdersImported

BATCH = 1000
# as the audit log names what columns point at
_RELATIONS = {
    "party_id": "party",
    "owner_id": "owner",
    "category_id": "category",
    "product_id": "product",
    "seller_id": "seller",
}
ModelT = TypeVar("ModelT", bound=Model)


@dataclass
class Ledger:
    """The answers to the rows of one call."""

    count: int
    answers: dict[int, RowResult] = field(default_factory=dict)
    noted: dict[UUID, dict[str, tuple[Any, Any]]] = field(default_factory=dict)

    def note(self, record_id: UUID, changes: Mapping[str, tuple[Any, Any]]) -> None:
        """Keep what changed of a record there was; of a field changed twice the first value before counts."""
        mine = self.noted.setdefault(record_id, {})
        for name, (before, after) in changes.items():
            mine[name] = (mine[name][0] if name in mine else before, after)

    def reject(self, index: int, problems: Iterable[FieldProblem]) -> None:
        """Answer a row with why it was refused."""
        self.answers[index] = RowResult("rejected", problems=tuple(problems))

    def results(self) -> list[RowResult]:
        """Return the answers in the order of the rows."""
        return [self.answers[index] for index in range(self.count)]

    def changed(self) -> list[UUID]:
        """Return the records created or updated."""
        return [one.id for one in self.answers.values() if one.outcome in ("created", "updated") and one.id]


def clean_id(cleaner: Cleaner, row: BulkRow) -> str:
    """Return the row's external id; its absence is a problem."""
    return cleaner.text("external_id", row.external_id, 150, required=True)


def changes_of(record: Model | None, values: Mapping[str, Any], policy: Policy) -> dict[str, Any]:
    """Return those of ``values`` that the policy lets change a record: all of them where there is none yet."""
    if record is None:
        return dict(values)
    return {
        name: value
        for name, value in values.items()
        if getattr(record, name) != value and (policy != "fill" or getattr(record, name) in (None, ""))
    }


def apply_values(record: Model, values: Mapping[str, Any], policy: Policy) -> dict[str, tuple[Any, Any]]:
    """Set ``values`` on an existing record as the policy says; return what changed: field → before, after."""
    changes = {
        name: (getattr(record, name), value) for name, value in changes_of(record, values, policy).items()
    }
    for name, (_before, value) in changes.items():
        setattr(record, name, value)
    return changes


def audit_changes(
    actor: Actor, ledger: Ledger, object_type: str, parties: Mapping[UUID, UUID] | None = None,
    personal: Iterable[str] = (),
) -> None:  # fmt: skip
    """Write an audit entry for each record a call changed; ``personal`` and custom fields are sealed for the customer."""
    changed = {
        record_id: {_RELATIONS.get(name, name): pair for name, pair in changes.items()}
        for record_id, changes in ledger.noted.items()
    }
    names = {name for changes in changed.values() for name in changes if not name.startswith("custom.")}
    record_each(
        actor=actor,
        act=f"{object_type}.updated",
        object_type=object_type,
        changes=changed,
        subjects=parties,
        impersonal=names - set(personal),
    )


def lock_orders_by_external_id(
    actor: Actor, source: str, external_ids: Iterable[str]
) -> tuple[dict[str, Order], set[str]]:
    """Return the orders of one source the actor may edit, by external id, and the ids of those beyond reach.

    The bin is included. All are locked, in the order of their ids, before anybody's reach is looked at.
    """
    rows = Order.objects.filter(source=source, external_id__in=set(external_ids) - {""})
    locked = {row.external_id: row for row in rows.select_for_update().order_by("id")}
    if actor.member is None or not locked:
        return locked, set()
    ids = [row.id for row in locked.values()]
    reach = set(editable_orders(actor.member).filter(id__in=ids).values_list("id", flat=True))
    open_to = {key: row for key, row in locked.items() if row.id in reach}
    return open_to, locked.keys() - open_to.keys()


def parents_of(
    actor: Actor, ledger: Ledger, rows: Sequence[BulkRow], source: str
) -> tuple[dict[str, Order], list[tuple[int, BulkRow]]]:
    """Return the orders that lines or payments belong to, and the rows whose order the actor may edit."""
    orders, _beyond = lock_orders_by_external_id(actor, source, (row.parent for row in rows))
    usable = []
    for index, row in enumerate(rows):
        if row.parent in orders:
            usable.append((index, row))
        else:
            problem = FieldProblem(
                "order_external_id", "missing", _("There is no such order. Bring in the orders first.")
            )
            ledger.reject(index, [problem])
    return orders, usable


def finish_orders(
    *, actor: Actor, source: str, act: str, object_type: str, ids: Sequence[UUID], orders: Iterable[Order],
    former_parties: Iterable[UUID] = (),
) -> None:  # fmt: skip
    """Refresh totals and figures, write one audit entry and one event for what a call changed."""
    touched = {order.id: order for order in orders}
    if not touched:
        return
    party_ids = {order.party_id for order in touched.values()} | set(former_parties)
    refresh(list(touched), party_ids)
    record_bulk(
        actor=actor, act=act, object_type=object_type, ids=ids, summary={"source": source, "count": len(ids)}
    )
    event = OrdersImported(
        source=source,
        order_ids=[str(one) for one in touched],
        party_ids=[str(one) for one in sorted(party_ids)],
    )
    publish(event, actor=actor)
