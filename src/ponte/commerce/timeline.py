"""How orders look on a customer's timeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_noop

from ponte.commerce.models import Order, OrderStatus
from ponte.core.actors import Actor
from ponte.timeline.kinds import Kind, register_kind
from ponte.timeline.services.bulk import bulk_record
from ponte.timeline.services.interaction_data import InteractionData
from ponte.timeline.services.interactions import record_interaction

SOURCE = "commerce"
TEMPLATE = "commerce/timeline/_order.html"
PLACED, CANCELLED, DELIVERED, RETURNED, PAID = "placed", "cancelled", "delivered", "returned", "paid"
LABELS = {
    PLACED: gettext_noop("Order placed"),
    CANCELLED: gettext_noop("Order cancelled"),
    DELIVERED: gettext_noop("Order delivered"),
    RETURNED: gettext_noop("Goods returned"),
    PAID: gettext_noop("Order paid"),
}
