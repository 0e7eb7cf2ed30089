"""Taking an order for change."""

from __future__ import annotations

from uuid import UUID

from ponte.commerce.models import Order
from ponte.core.errors import Missing


def lock_order(order_id: UUID, *, deleted: bool = False) -> Order:
    """Return an order locked for change (from the bin with ``deleted``); raise ``Missing``."""
    order = (
        Order.objects.select_for_update(of=("self",))
        .select_related("party", "owner")
        .filter(id=order_id, deleted_at__isnull=not deleted)
        .first()
    )
    if order is None:
        raise Missing
    return order
