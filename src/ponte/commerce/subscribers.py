"""Timeline entries that follow from orders. Each is written once, however often an event comes."""

from __future__ import annotations

from uuid import UUID

from ponte.commerce import timeline
from ponte.commerce.models import Order, OrderStatus, Return
from ponte.core.subscriptions import EventContext, subscribes
from ponte.events.commerce import (
    OrderCancelled,
    OrderPaid,
    OrderPlaced,
    OrderReturned,
    OrdersImported,
    OrderStatusChanged,
)


@subscribes(OrderPlaced, name="commerce.timeline_placed")
def note_placed(event: OrderPlaced, context: EventContext) -> None:
    """Write that a customer ordered, and for how much."""
    if order := _order(event.order_id):
        timeline.write(
            context.actor, [timeline.entry(order, timeline.PLACED, order.placed_at, amount=order.total)]
        )


@subscribes(OrderPaid, name="commerce.timeline_paid")
def note_paid(event: OrderPaid, context: EventContext) -> None:
    """Write that an order was paid in full."""
    if order := _order(event.order_id):
        timeline.write(
            context.actor, [timeline.entry(order, timeline.PAID, context.created_at, amount=order.total)]
        )


@subscribes(OrderStatusChanged, name="commerce.timeline_delivered")
def note_delivered(event: OrderStatusChanged, context: EventContext) -> None:
    """Write that an order arrived."""
    order = _order(event.order_id) if event.after == OrderStatus.DELIVERED else None
    if order is not None:
        timeline.write(context.actor, [timeline.entry(order, timeline.DELIVERED, order.delivered_at)])


@subscribes(OrderCancelled, name="commerce.timeline_cancelled")
def note_cancelled(event: OrderCancelled, context: EventContext) -> None:
    """Write that an order was cancelled or couldn't be delivered."""
    if order := _order(event.order_id):
        timeline.write(
            context.actor, [timeline.entry(order, timeline.CANCELLED, order.cancelled_at, amount=order.total)]
        )


@subscribes(OrderReturned, name="commerce.timeline_returned")
def note_returned(event: OrderReturned, context: EventContext) -> None:
    """Write that goods came back."""
    back = Return.objects.select_related("order").filter(id=UUID(event.return_id)).first()
    if back is not None:
        entry = timeline.entry(
            back.order,
            timeline.RETURNED,
            back.returned_at,
            key=str(back.id),
            amount=back.total,
            reason=back.reason,
        )
        timeline.write(context.actor, [entry])


@subscribes(OrdersImported, name="commerce.timeline_imported")
def note_imported(event: OrdersImported, context: EventContext) -> None:
    """Write what is known of orders that came in together."""
    timeline.note_imported(context.actor, [UUID(one) for one in event.order_ids])


def _order(order_id: str) -> Order | None:
    return Order.objects.filter(id=UUID(order_id), deleted_at=None).first()
