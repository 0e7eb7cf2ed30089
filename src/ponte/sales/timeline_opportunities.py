"""How opportunities look on a customer's timeline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.sales.models import Opportunity
from ponte.timeline.kinds import Kind, register_kind
from ponte.timeline.services.bulk import bulk_record
from ponte.timeline.services.interaction_data import InteractionData

SOURCE = "sales"
TEMPLATE = "sales/timeline/_opportunity.html"


def _kind(key: str, label: Any, icon: str, tone: str, order: int) -> Kind:
    return register_kind(
        Kind(key, label, icon, tone, TEMPLATE, department="sales", counts_as_contact=False, order=order)
    )


OPENED = _kind("opportunity_opened", _("Opportunity opened"), "chart-funnel", "blue", 70)
MOVED = _kind("opportunity_moved", _("Opportunity moved on"), "arrow-right", "neutral", 71)
WON = _kind("opportunity_won", _("Opportunity won"), "trophy", "green", 72)
LOST = _kind("opportunity_lost", _("Opportunity lost"), "thumb-down", "red", 73)
REOPENED = _kind("opportunity_reopened", _("Opportunity reopened"), "arrow-back-up", "blue", 74)


def entry(deal: Opportunity, kind: Kind, at: datetime, *, key: str, **more: str) -> InteractionData:
    """Return the entry that tells ``kind`` of an opportunity; ``key`` tells several of a kind apart."""
    data = {"opportunity_id": str(deal.id), "amount": str(deal.amount), "monthly": str(deal.monthly), **more}
    return InteractionData(
        party_id=deal.party_id,
        kind=kind.key,
        occurred_at=min(at, timezone.now()),
        body=deal.title,
        data=data,
        source=SOURCE,
        external_key=f"{kind.key}:{key}",
    )


def write(actor: Actor, entries: Iterable[InteractionData]) -> None:
    """Write entries, each once; those of customers in the bin are left out."""
    items = list(entries)
    if items:
        bulk_record(actor=actor, items=items, source=SOURCE)
