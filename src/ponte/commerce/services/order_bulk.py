"""Acts on selected orders, set-based."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ponte.commerce.models import Order, OrderStatus
from ponte.commerce.policies import visible_orders
from ponte.commerce.services.cleaning import Cleaner
from ponte.commerce.services.order_fields import STATUS_DATE, set_status_date
from ponte.commerce.services.totals import refresh
from ponte.core.actors import Actor
from ponte.core.rights import filter_owned
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.events.commerce import OrdersMoved

_DATES = sorted(set(STATUS_DATE.values()))


@transaction.atomic
def move_orders(*, actor: Actor, statuses: Mapping[UUID, str], only_from: str = "") -> dict[UUID, str]:
    """Give each order its status; return the former status of those that changed (what undoing takes).

    Orders the actor can't edit, that don't exist, or with ``only_from`` are no longer in that status, are left out.
    Raises ``Invalid`` for an unknown status.
    """
    cleaner = Cleaner()
    for status in set(statuses.values()):
        cleaner.choice("status", status, OrderStatus)
    cleaner.done()
    before: dict[UUID, str] = {}
    changed = []
    for order in _locked(actor, "edit", list(statuses), deleted=False):
        if order.status != statuses[order.id] and only_from in ("", order.status):
            before[order.id] = order.status
            order.status = statuses[order.id]
            dates = {name: getattr(order, name) for name in _DATES}
            set_status_date(dates, order.status)
            for name, value in dates.items():
                setattr(order, name, value)
            order.version += 1
            changed.append(order)
    Order.objects.bulk_update(changed, ["status", "version", *_DATES])
    words = sorted(set(statuses.values()))
    _finish(actor, "order.status_changed", changed, words[0] if len(words) == 1 else "several")
    return before


@transaction.atomic
def bin_orders(*, actor: Actor, order_ids: Sequence[UUID], deleted: bool) -> list[UUID]:
    """Put orders into the bin or take them out; return those that changed. Out of reach: left out."""
    changed = _locked(actor, "delete", order_ids, deleted=not deleted)
    for order in changed:
        order.deleted_at = timezone.now() if deleted else None
        order.version += 1
    Order.objects.bulk_update(changed, ["deleted_at", "version"])
    word = "deleted" if deleted else "restored"
    _finish(actor, f"order.{word}", changed, word)
    return [order.id for order in changed]


def _locked(actor: Actor, act: str, ids: Sequence[UUID], *, deleted: bool) -> list[Order]:
    if actor.member is None:
        orders = Order.objects.filter(deleted_at__isnull=not deleted)
    else:
        reach = visible_orders(actor.member, deleted=deleted)
        orders = filter_owned(reach, actor.member, "order", act, owner="owner", team="owner__team")
    return list(orders.filter(id__in=ids).order_by("id").select_for_update(of=("self",)))


def _finish(actor: Actor, act: str, orders: Sequence[Order], to: str) -> None:
    if not orders:
        return
    party_ids = {order.party_id for order in orders}
    refresh([order.id for order in orders], party_ids)
    ids = [order.id for order in orders]
    record_bulk(actor=actor, act=act, object_type="order", ids=ids, summary={"to": to, "count": len(ids)})
    event = OrdersMoved(
        order_ids=[str(one) for one in ids], party_ids=[str(one) for one in sorted(party_ids)], to=to
    )
    publish(event, actor=actor)
