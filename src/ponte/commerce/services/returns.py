"""Goods that come back: they reverse revenue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.data import ReturnLineData
from ponte.commerce.models import Order, OrderLine, Return, ReturnLine
from ponte.commerce.policies import check_order
from ponte.commerce.revenue import cents, counts
from ponte.commerce.services.cleaning import Cleaner
from ponte.commerce.services.lines import CameBack, came_back
from ponte.commerce.services.locking import lock_order
from ponte.commerce.services.totals import touch
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Missing
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.commerce import OrderReturned


@transaction.atomic
def record_return(
    *,
    actor: Actor,
    order_id: UUID,
    lines: Sequence[ReturnLineData],
    freight: Decimal = Decimal(0),
    reason: str = "",
    returned_at: datetime | None = None,
    version: int | None = None,
) -> Return:
    """Note what came back, of which lines and for what value, and freight given back.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: nothing came back, more than was bought (or paid as
        freight), an order that doesn't count.
    """
    order = lock_order(order_id)
    check_order(actor, "edit", order)
    check_version(order, version)
    cleaner = Cleaner()
    back = Return(
        order=order,
        returned_at=cleaner.moment("returned_at", returned_at) or timezone.now(),
        reason=cleaner.text("reason", reason, 240),
        freight=cleaner.money("freight", freight) or Decimal(0),
    )
    if not counts(order.status):
        cleaner.refuse("", "status", _("Nothing can come back of a draft or a cancelled order."))
    before = came_back([order])
    _check_freight(cleaner, order, back, before)
    rows = _clean_lines(cleaner, order, lines, before)
    if not rows and not back.freight:
        cleaner.refuse("lines", "required", _("Say what came back."))
    cleaner.done()
    back.total = back.freight + sum((row.value for row in rows), Decimal(0))
    back.save(force_insert=True)
    for row in rows:
        row.back = back
    ReturnLine.objects.bulk_create(rows)
    touch(order)
    _audit(actor, "order.returned", order, back)
    event = OrderReturned(
        order_id=str(order.id), party_id=str(order.party_id), return_id=str(back.id), value=str(back.total)
    )
    publish(event, actor=actor)
    return back


@transaction.atomic
def remove_return(*, actor: Actor, order_id: UUID, return_id: UUID, version: int | None = None) -> None:
    """Take back a return noted by mistake. Raises ``Missing`` when the order has no such return."""
    order = lock_order(order_id)
    check_order(actor, "edit", order)
    check_version(order, version)
    back = order.returns.filter(id=return_id).first()
    if back is None:
        raise Missing
    _audit(actor, "order.return_removed", order, back, removed=True)
    back.delete()
    touch(order)


def _check_freight(cleaner: Cleaner, order: Order, back: Return, gone: CameBack) -> None:
    if gone.freight.get(order.id, 0) + back.freight > order.freight_total:
        cleaner.refuse("freight", "too_large", _("More than the order's freight."))


def _clean_lines(
    cleaner: Cleaner, order: Order, given: Sequence[ReturnLineData], before: CameBack
) -> list[ReturnLine]:
    lines = {line.id: line for line in order.lines.all()}
    gone = dict(before.lines)
    rows = []
    for index, data in enumerate(given):
        inner = cleaner.under(f"lines.{index}")
        line = lines.get(data.line_id)
        if line is None:
            inner.refuse("line_id", "missing", _("The order has no such line."))
            continue
        quantity = inner.quantity("quantity", data.quantity)
        count, worth = gone.get(line.id, (Decimal(0), Decimal(0)))
        value = _value(inner, line, quantity, data.value, (count, worth))
        gone[line.id] = (count + quantity, worth + value)
        if gone[line.id][0] > line.quantity:
            inner.refuse("quantity", "too_many", _("More than was bought and not yet returned."))
        if gone[line.id][1] > line.total:
            inner.refuse("value", "too_large", _("More than the line was worth."))
        rows.append(ReturnLine(line=line, quantity=quantity, value=value))
    return rows


def _value(
    cleaner: Cleaner, line: OrderLine, quantity: Decimal, given: Decimal | None, gone: tuple[Decimal, Decimal]
) -> Decimal:
    if given is not None:
        return cleaner.money("value", given) or Decimal(0)
    if gone[0] + quantity == line.quantity:
        return line.total - gone[1]  # the last piece takes the rest, so that cents add up
    return cents(line.total * quantity / line.quantity)


def _audit(actor: Actor, act: str, order: Order, back: Return, *, removed: bool = False) -> None:
    values = {"total": back.total, "reason": back.reason}
    changes = {name: (value, None) if removed else (None, value) for name, value in values.items()}
    audit.record(actor=actor, act=act, target=order, changes=changes, subject_id=order.party_id)
