"""Telling of edits of many leads."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from ponte.core.actors import Actor
from ponte.core.services.audit import Changes, record_each
from ponte.core.services.events import publish
from ponte.events.sales_leads import LeadsEdited
from ponte.sales.models import Lead

IMPERSONAL = frozenset(
    {"owner", "origin", "status", "captured_at", "campaign", "source", "external_id", "reason"}
)


def note_lead_edits(*, actor: Actor, changes: Mapping[UUID, Changes], act: str = "lead.updated") -> None:
    """Write what changed about many leads: an entry each, sealed with the customer's key, and one event."""
    if not changes:
        return
    subjects = dict(Lead.objects.filter(id__in=list(changes)).values_list("id", "party_id"))
    record_each(
        actor=actor, act=act, object_type="lead", changes=changes, subjects=subjects, impersonal=IMPERSONAL
    )
    fields = sorted({name for pairs in changes.values() for name in pairs})
    party_ids = [str(one) for one in sorted(set(subjects.values()))]
    event = LeadsEdited(lead_ids=[str(one) for one in changes], party_ids=party_ids, fields=fields)
    publish(event, actor=actor)
