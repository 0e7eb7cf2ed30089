"""How orders look on a customer's timeline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import Order
from ponte.core.actors import Actor
from ponte.timeline.kinds import Kind, register_kind
from ponte.timeline.services.bulk import bulk_record
from ponte.timeline.services.interaction_data import InteractionData

SOURCE = "commerce"
TEMPLATE = "commerce/timeline/_order.html"


def _kind(key: str, label: Any, icon: str, tone: str, order: int, *, contact: bool = False) -> Kind:
    return register_kind(
        Kind(key, label, icon, tone, TEMPLATE, department="sales", counts_as_contact=contact, order=order)
    )


PLACED = _kind("order_placed", _("Order placed"), "shopping-cart", "green", 80, contact=True)
PAID = _kind("order_paid", _("Order paid"), "cash", "green", 81)
DELIVERED = _kind("order_delivered", _("Order delivered"), "truck-delivery", "green", 82)
CANCELLED = _kind("order_cancelled", _("Order cancelled"), "circle-x", "red", 83)
RETURNED = _kind("order_returned", _("Goods returned"), "receipt-refund", "amber", 84)


def entry(
    order: Order,
    kind: Kind,
    at: datetime | None,
    *,
    key: str = "",
    amount: Decimal | None = None,
    reason: str = "",
) -> InteractionData:
    """Return the entry that tells ``kind`` of an order; ``key`` tells several of the same kind apart."""
    data = {"order_id": str(order.id), "number": order.number, "currency": order.currency, "reason": reason}
    if amount:
        data["amount"] = str(amount)
    return InteractionData(
        party_id=order.party_id,
        kind=kind.key,
        occurred_at=min(at or timezone.now(), timezone.now()),
        body=order.number,
        data=data,
        source=SOURCE,
        external_key=f"{kind.key}:{key or order.id}",
    )


def write(actor: Actor, entries: Iterable[InteractionData]) -> None:
    """Write entries, each once; those of customers in the bin are left out."""
    items = list(entries)
    if items:
        bulk_record(actor=actor, items=items, source=SOURCE)


def note_imported(actor: Actor, order_ids: Iterable[UUID]) -> None:
    """Write what is known of imported orders. No amounts: their lines may come later."""
    orders = Order.objects.filter(id__in=list(order_ids), deleted_at=None).exclude(status="draft")
    entries = []
    for order in orders:
        entries.append(entry(order, PLACED, order.placed_at))
        if order.delivered_at is not None:
            entries.append(entry(order, DELIVERED, order.delivered_at))
        if order.cancelled_at is not None:
            entries.append(entry(order, CANCELLED, order.cancelled_at))
    write(actor, entries)
