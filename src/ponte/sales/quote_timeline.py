"""How quotes look on a customer's timeline."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.sales.models.quote import Quote
from ponte.timeline.kinds import Kind, register_kind
from ponte.timeline.services.bulk import bulk_record
from ponte.timeline.services.interaction_data import InteractionData

SOURCE = "quotes"
TEMPLATE = "sales/timeline/_quote.html"


def _kind(key: str, label: Any, icon: str, tone: str, order: int, *, contact: bool = False) -> Kind:
    return register_kind(
        Kind(key, label, icon, tone, TEMPLATE, department="sales", counts_as_contact=contact, order=order)
    )


SENT = _kind("quote_sent", _("Quote sent"), "send", "blue", 70, contact=True)
VIEWED = _kind("quote_viewed", _("Quote opened by the customer"), "eye", "purple", 71)
COMMENTED = _kind("quote_commented", _("Comment on a quote"), "message-2", "blue", 72, contact=True)
ACCEPTED = _kind("quote_accepted", _("Quote accepted"), "circle-check", "green", 73, contact=True)
DECLINED = _kind("quote_declined", _("Quote declined"), "circle-x", "red", 74, contact=True)
WITHDRAWN = _kind("quote_withdrawn", _("Quote withdrawn"), "arrow-back-up", "neutral", 75)


def write(
    actor: Actor,
    quote: Quote,
    kind: Kind,
    *,
    key: str,
    at: datetime | None = None,
    note: str = "",
    amount: str = "",
) -> None:
    """Write one entry, once for each ``key``."""
    data = {"quote_id": str(quote.id), "number": quote.number, "currency": quote.currency, "note": note[:300]}
    if amount:
        data["amount"] = amount
    entry = InteractionData(
        party_id=quote.party_id,
        kind=kind.key,
        occurred_at=min(at or timezone.now(), timezone.now()),
        body=f"{quote.number} {quote.title}",
        data=data,
        source=SOURCE,
        external_key=f"{kind.key}:{key}",
    )
    bulk_record(actor=actor, items=[entry], source=SOURCE)
