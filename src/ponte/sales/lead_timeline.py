"""How leads look on a customer's timeline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.sales.models import Lead
from ponte.timeline.kinds import Kind, register_kind
from ponte.timeline.services.bulk import bulk_record
from ponte.timeline.services.interaction_data import InteractionData

SOURCE = "leads"
TEMPLATE = "sales/timeline/_lead.html"
CAPTURED = register_kind(
    Kind("lead_captured", _("Showed interest"), "magnet", "blue", TEMPLATE, department="marketing", order=75)
)
MOVED = register_kind(
    Kind(
        "lead_moved", _("Lead moved on"), "arrow-right", "purple", TEMPLATE, department="sales", counts_as_contact=False, order=76
    )
)  # fmt: skip


def captured_entry(lead: Lead) -> InteractionData:
    """Return the entry that tells of a lead's capture."""
    data = {"lead_id": str(lead.id), "title": str(lead), "origin": lead.origin}
    return _entry(lead, CAPTURED, lead.captured_at, data, f"captured:{lead.id}")


def moved_entry(lead: Lead, *, before: str, after: str, at: datetime, key: str) -> InteractionData:
    """Return the entry that tells of a change of status; ``key`` tells several apart."""
    reason = lead.reason.name if lead.reason and lead.status == after else ""
    data = {"lead_id": str(lead.id), "title": str(lead), "before": before, "after": after, "reason": reason}
    return _entry(lead, MOVED, at, data, f"moved:{lead.id}:{key}")


def _entry(lead: Lead, kind: Kind, at: datetime, data: dict[str, Any], key: str) -> InteractionData:
    return InteractionData(
        party_id=lead.party_id,
        kind=kind.key,
        occurred_at=min(at, timezone.now()),
        body=str(lead),
        data=data,
        source=SOURCE,
        external_key=key,
    )


def write(actor: Actor, entries: Iterable[InteractionData]) -> None:
    """Write entries, each once; those of customers in the bin are left out."""
    kept = list(entries)
    if kept:
        bulk_record(actor=actor, items=kept)
