"""Taking a chunk of imported order lines or payments back; the orders' totals follow."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from ponte.commerce.models import Order, OrderLine, Payment, Return
from ponte.commerce.policies import editable_orders
from ponte.commerce.revenue import line_total
from ponte.commerce.services.bulk import BATCH, finish_orders
from ponte.commerce.services.bulk_lines import LINE_COLUMNS, PAYMENT_COLUMNS
from ponte.core.actors import Actor
from ponte.core.services.audit import record_each
from ponte.workplace.importing.reversal import (
    CHANGED,
    FOREIGN,
    GONE,
    IN_USE,
    UNDO_ACT,
    UNREADABLE,
    DoneChunk,
    Left,
    Reversal,
    changed_since,
    left_all,
    take_back,
)
from ponte.workplace.importing.targets import ImportContext

_NOT_LINES = (
    "order.imported", "order.payments_imported", "order.payment_recorded", "order.payment_removed", "order.status_changed",
)  # fmt: skip
_NOT_PAYMENTS = (
    "order.imported",
    "order.lines_imported",
    "order.updated",
    "order.status_changed",
    "order.returned",
)


def undo_lines(chunk: DoneChunk, context: ImportContext, *, look: bool) -> Reversal:
    """Remove the lines a chunk made and give changed ones their values back; orders with returns stay as they are."""
    rows = _locked(OrderLine, chunk)
    returned = set(
        Return.objects.filter(order_id__in={row.order_id for row in rows.values()}).values_list(
            "order_id", flat=True
        )
    )
    return _undo(chunk, context, rows, busy=returned, apart_from=_NOT_LINES, columns=LINE_COLUMNS, look=look)


def undo_payments(chunk: DoneChunk, context: ImportContext, *, look: bool) -> Reversal:
    """Remove the payments a chunk made and give changed ones their values back."""
    rows = _locked(Payment, chunk)
    return _undo(chunk, context, rows, busy=(), apart_from=_NOT_PAYMENTS, columns=PAYMENT_COLUMNS, look=look)


def _locked(model: Any, chunk: DoneChunk) -> dict[UUID, Any]:
    """Return lines or payments of orders outside the bin, their orders locked."""
    wanted = model.objects.filter(id__in=[*chunk.created, *chunk.changes], order__deleted_at=None)
    ids = set(wanted.values_list("order_id", flat=True))
    list(Order.objects.filter(id__in=ids).select_for_update().order_by("id"))
    return {row.id: row for row in wanted.select_related("order")}


def _undo(
    chunk: DoneChunk,
    context: ImportContext,
    rows: dict[UUID, Any],
    *,
    busy: Collection[UUID],
    apart_from: Sequence[str],
    columns: Sequence[str],
    look: bool,
) -> Reversal:
    wanted = [*chunk.created, *chunk.changes]
    reversal = Reversal(left=left_all(chunk.unreadable, UNREADABLE))
    reversal.left |= left_all((one for one in wanted if one not in rows), GONE)
    orders = {row.order_id: row.order for row in rows.values()}
    reach = _editable(context.actor, orders)
    changed = changed_since("order", reach, chunk, apart_from=apart_from)
    open_to = {}
    for record_id, row in rows.items():
        if row.order_id not in reach:
            reversal.left[record_id] = Left(FOREIGN)
        elif row.order_id in busy:
            reversal.left[record_id] = Left(IN_USE)
        elif row.order_id in changed and record_id not in chunk.changes:
            reversal.left[record_id] = Left(CHANGED)
        else:
            open_to[record_id] = row
    reversal.removed = [one for one in chunk.created if one in open_to]
    moved = _restored(chunk, open_to, reversal)
    if not look:
        _write(context, reversal, open_to, moved, columns, orders)
    return reversal


def _editable(actor: Actor, orders: Collection[UUID]) -> set[UUID]:
    if actor.member is None:
        return set(orders)
    return set(editable_orders(actor.member).filter(id__in=list(orders)).values_list("id", flat=True))


def _restored(
    chunk: DoneChunk, rows: dict[UUID, Any], reversal: Reversal
) -> dict[UUID, dict[str, tuple[Any, Any]]]:
    moved = {}
    there: dict[tuple[Any, Any], bool] = {}
    for record_id in [one for one in chunk.changes if one in rows]:
        row = rows[record_id]
        back, others = take_back(row, chunk.changes[record_id], there)
        if isinstance(row, OrderLine):
            row.total = line_total(row.quantity, row.unit_price, row.discount or Decimal(0))
        if others:
            reversal.left[record_id] = Left(CHANGED, tuple(others))
        elif back:
            reversal.restored.append(record_id)
        if back:
            moved[record_id] = back
    return moved


def _write(
    context: ImportContext,
    reversal: Reversal,
    rows: dict[UUID, Any],
    moved: dict[UUID, dict[str, tuple[Any, Any]]],
    columns: Sequence[str],
    orders: dict[UUID, Order],
) -> None:
    touched = [rows[one] for one in (*reversal.removed, *moved)]
    if not touched:
        return
    model = type(touched[0])
    model.objects.filter(id__in=reversal.removed).delete()
    model.objects.bulk_update([rows[one] for one in moved], list(columns), batch_size=BATCH)
    name = str(model._meta.model_name)
    record_each(actor=context.actor, act=f"{name}.{UNDO_ACT}", object_type=name, changes=moved)
    ids = sorted({row.order_id for row in touched})
    finish_orders(
        actor=context.actor, source=context.source, act=f"{name}s.{UNDO_ACT}", object_type="order", ids=ids,
        orders=[orders[one] for one in ids],
    )  # fmt: skip
