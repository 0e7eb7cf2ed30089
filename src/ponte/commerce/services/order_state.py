"""An order's way through its statuses, into the bin and back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import Order, OrderStatus
from ponte.commerce.policies import check_order
from ponte.commerce.services.cleaning import Cleaner
from ponte.commerce.services.locking import lock_order
from ponte.commerce.services.order_fields import STATUS_DATE, set_status_date
from ponte.commerce.services.totals import refresh
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.commerce import (
    OrderCancelled,
    OrderDeleted,
    OrderPaid,
    OrderPlaced,
    OrderRestored,
    OrderStatusChanged,
)

LOST = frozenset({OrderStatus.CANCELLED, OrderStatus.UNAVAILABLE})


@transaction.atomic
def change_status(
    *, actor: Actor, order_id: UUID, status: str, at: datetime | None = None, version: int | None = None
) -> Order:
    """Move an order to another status, dated ``at`` (now when None). The same status changes nothing.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: no such status; back to draft.
    """
    order = lock_order(order_id)
    check_order(actor, "edit", order)
    check_version(order, version)
    cleaner = Cleaner()
    cleaner.choice("status", status, OrderStatus)
    moment = cleaner.moment("at", at)
    if status == OrderStatus.DRAFT and order.status != OrderStatus.DRAFT:
        cleaner.refuse("status", "draft", _("A placed order can't become a draft again. Cancel it instead."))
    cleaner.done()
    before = order.status
    if status == before:
        return order
    dates = {name: getattr(order, name) for name in set(STATUS_DATE.values())}
    if moment and (name := STATUS_DATE.get(OrderStatus(status))):
        dates[name] = moment
    set_status_date(dates, status)
    for name, value in dates.items():
        setattr(order, name, value)
    if before == OrderStatus.DRAFT:
        order.placed_at = moment or timezone.now()
    order.status = status
    order.version += 1
    order.save()
    refresh([order.id], [order.party_id])
    order.refresh_from_db()
    audit.record(
        actor=actor,
        act="order.status_changed",
        target=order,
        changes={"status": (before, status)},
        subject_id=order.party_id,
    )
    announce_status(actor, order, before=before)
    return order


@transaction.atomic
def delete_order(*, actor: Actor, order_id: UUID, version: int | None = None) -> None:
    """Put an order into the bin for 30 days: it stops counting at once."""
    order = lock_order(order_id)
    check_order(actor, "delete", order)
    check_version(order, version)
    _set_deleted(actor, order, timezone.now(), "order.deleted")
    publish(OrderDeleted(order_id=str(order.id), party_id=str(order.party_id)), actor=actor)


@transaction.atomic
def restore_order(*, actor: Actor, order_id: UUID) -> Order:
    """Take an order out of the bin, as it was. Raises ``Invalid`` when its customer is in the bin."""
    order = lock_order(order_id, deleted=True)
    if order.party.deleted_at is not None:
        raise Invalid.on("party_id", "missing", _("Restore the customer first."))
    check_order(actor, "delete", order)
    _set_deleted(actor, order, None, "order.restored")
    publish(OrderRestored(order_id=str(order.id), party_id=str(order.party_id)), actor=actor)
    return order


def announce_status(actor: Actor, order: Order, *, before: str) -> None:
    """Publish what a change of status means; ``before`` is "" for a new order. Part of the caller's act."""
    if order.status == before:
        return
    order_id, party_id = str(order.id), str(order.party_id)
    if before in ("", OrderStatus.DRAFT) and order.status not in {OrderStatus.DRAFT, *LOST}:
        placed = OrderPlaced(
            order_id=order_id, party_id=party_id, total=str(order.total), currency=order.currency
        )
        publish(placed, actor=actor)
    if before:
        publish(
            OrderStatusChanged(order_id=order_id, party_id=party_id, before=before, after=order.status),
            actor=actor,
        )
    if order.status in LOST and before not in LOST:
        publish(OrderCancelled(order_id=order_id, party_id=party_id, status=order.status), actor=actor)
    if before in ("", OrderStatus.DRAFT):
        announce_paid(actor, order, paid_before=False)


def is_paid(order: Order) -> bool:
    """Tell whether payments cover the order's total."""
    return (
        order.total > 0 and order.paid_total >= order.total and order.status not in {OrderStatus.DRAFT, *LOST}
    )


def announce_paid(actor: Actor, order: Order, *, paid_before: bool) -> None:
    """Publish ``OrderPaid`` when payments have just reached the total. Part of the caller's act."""
    if is_paid(order) and not paid_before:
        paid = OrderPaid(
            order_id=str(order.id),
            party_id=str(order.party_id),
            total=str(order.total),
            currency=order.currency,
        )
        publish(paid, actor=actor)


def _set_deleted(actor: Actor, order: Order, at: datetime | None, act: str) -> None:
    order.deleted_at = at
    order.version += 1
    order.save(update_fields=["deleted_at", "version", "updated_at"])
    refresh([order.id], [order.party_id])
    audit.record(
        actor=actor,
        act=act,
        target=order,
        changes={"number": (order.number, order.number)},
        subject_id=order.party_id,
    )
