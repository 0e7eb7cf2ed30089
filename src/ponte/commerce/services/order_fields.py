"""The checked values of an order's own fields."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.data import OrderData
from ponte.commerce.models import Order, OrderStatus, SalesChannel
from ponte.commerce.services.cleaning import Cleaner
from ponte.core.models import Member
from ponte.core.tenancy.scope import current_workspace

FIELDS = (
    "number", "party_id", "owner_id", "status", "channel", "currency", "rate", "source", "external_id", "notes",
    "placed_at", "approved_at", "invoiced_at", "shipped_at", "delivered_at", "cancelled_at", "expected_at",
    "invoice_number", "invoice_key",
)  # fmt: skip
PERSONAL = ("notes",)  # sealed in the audit log
MOMENTS = ("approved_at", "invoiced_at", "shipped_at", "delivered_at", "cancelled_at", "expected_at")
# the date that each status sets when the caller tells none
STATUS_DATE = {
    OrderStatus.APPROVED: "approved_at",
    OrderStatus.INVOICED: "invoiced_at",
    OrderStatus.SHIPPED: "shipped_at",
    OrderStatus.DELIVERED: "delivered_at",
    OrderStatus.CANCELLED: "cancelled_at",
    OrderStatus.UNAVAILABLE: "cancelled_at",
}
MAX_RATE = Decimal("9999999999")
_CURRENCY = re.compile(r"[A-Z]{3}")
_KEY = re.compile(r"\d{6}[0-9A-Z]{14}\d{24}")  # CNPJ inside may carry letters since 2026


def clean_order(cleaner: Cleaner, data: OrderData, order: Order) -> dict[str, Any]:
    """Return the values of ``FIELDS`` but ``number`` and ``party_id``; problems go to ``cleaner``."""
    values = plain_values(cleaner, data)
    if data.owner_id is not None and not Member.objects.filter(id=data.owner_id, is_active=True).exists():
        cleaner.refuse("owner_id", "missing", _("There is no such member."))
    values["owner_id"] = data.owner_id
    taken = Order.objects.filter(source=values["source"], external_id=values["external_id"]).exclude(
        id=order.id
    )
    if values["external_id"] and taken.exists():
        cleaner.refuse("external_id", "taken", _("Another order has this external id."))
    return values


def plain_values(cleaner: Cleaner, data: OrderData, *, date_status: bool = True) -> dict[str, Any]:
    """Return what can be checked without a look at the database; problems go to ``cleaner``.

    ``date_status`` False leaves the status's date unknown where none is told: a file's past is not dated today.
    """
    values: dict[str, Any] = {
        "status": cleaner.choice("status", data.status, OrderStatus),
        "channel": cleaner.choice("channel", data.channel, SalesChannel, blank=True),
        "source": cleaner.text("source", data.source, 40),
        "external_id": cleaner.text("external_id", data.external_id, 150),
        "notes": cleaner.text("notes", data.notes, 20_000),
        "placed_at": cleaner.moment("placed_at", data.placed_at) or timezone.now(),
        "invoice_number": cleaner.text("invoice_number", data.invoice_number, 40),
        "invoice_key": _invoice_key(cleaner, data.invoice_key),
        **{name: cleaner.moment(name, getattr(data, name)) for name in MOMENTS},
        **_currency(cleaner, data),
    }
    if date_status:
        set_status_date(values, values["status"])
    if values["external_id"] and not values["source"]:
        cleaner.refuse("source", "required", _("Say which system the external id belongs to."))
    return values


def set_status_date(values: dict[str, Any], status: str) -> None:
    """Date the status now unless it has a date; a status that is not cancelled has no date of cancelling."""
    name = STATUS_DATE.get(OrderStatus(status)) if status else None
    if name and values.get(name) is None:
        values[name] = timezone.now()
    if name != "cancelled_at":
        values["cancelled_at"] = None


def _currency(cleaner: Cleaner, data: OrderData) -> dict[str, Any]:
    home = current_workspace().currency
    currency = data.currency.strip().upper() or home
    if not _CURRENCY.fullmatch(currency):
        cleaner.refuse("currency", "invalid", _("Use a currency's three letters, for example BRL."))
        currency = home
    rate = Decimal(1) if currency == home else data.rate
    if rate is None or not rate.is_finite() or not Decimal("0.00000001") <= rate <= MAX_RATE:
        cleaner.refuse(
            "rate", "required", _("Say how much of your currency one unit of the order's is worth.")
        )
        rate = Decimal(1)
    return {"currency": currency, "rate": rate}


def _invoice_key(cleaner: Cleaner, value: str) -> str:
    key = re.sub(r"\s", "", value or "").upper()
    if key and not _KEY.fullmatch(key):
        cleaner.refuse("invoice_key", "invalid", _("An NF-e key has 44 characters."))
        return ""
    return key
