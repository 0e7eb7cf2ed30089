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
from ponte.commerce.services.cleaning import Cleaner
from ponte.commerce.services.totals import refresh
from ponte.core.actors import Actor
from ponte.core.errors import FieldProblem
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.events.commerce import OrdersImported

BATCH = 1000
ModelT = TypeVar("ModelT", bound=Model)


@dataclass
class Ledger:
    """The answers to the rows of one call."""

    count: int
    answers: dict[int, RowResult] = field(default_factory=dict)

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


def apply_values(record: Model, values: Mapping[str, Any], policy: Policy) -> bool:
    """Set ``values`` on an existing record as the policy says; return whether anything changed."""
    changed = False
    for name, value in values.items():
        current = getattr(record, name)
        if policy == "fill" and current not in (None, ""):
            continue
        if current != value:
            setattr(record, name, value)
            changed = True
    return changed


def lock_orders_by_external_id(source: str, external_ids: Iterable[str]) -> dict[str, Order]:
    """Return the orders of one source by external id, bin included, locked in the order of their ids."""
    rows = Order.objects.filter(source=source, external_id__in=set(external_ids) - {""})
    return {row.external_id: row for row in rows.select_for_update().order_by("id")}


def parents_of(
    ledger: Ledger, rows: Sequence[BulkRow], source: str
) -> tuple[dict[str, Order], list[tuple[int, BulkRow]]]:
    """Return the orders that lines or payments belong to, and the rows whose order exists."""
    orders = lock_orders_by_external_id(source, (row.parent for row in rows))
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
