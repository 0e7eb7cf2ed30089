"""Capturing leads and moving them on."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.sales import LeadCaptured, LeadStatusChanged
from ponte.sales.data import LeadData
from ponte.sales.models import Lead, LeadEntry, LeadStatus, Origin, Reason, ReasonKind
from ponte.sales.policies import check_lead, get_customer
from ponte.sales.services.locking import lock_lead
from ponte.workplace.custom_fields.values import check_custom

FIELDS = ("party_id", "owner_id", "title", "message", "origin", "campaign", "source", "external_id")
PERSONAL = ("title", "message", "typed", "note")  # sealed in the audit log


@transaction.atomic
def create_lead(*, actor: Actor, data: LeadData) -> Lead:
    """Note that a customer showed an interest.

    Raises:
        Denied: the role doesn't let them. Invalid: an unknown customer or member, values that can't be accepted, an
        external id that is taken.
    """
    check_lead(actor, "create")
    lead = Lead(is_demo=data.is_demo, typed=dict(data.typed), marks=dict(data.marks))
    cleaner = Cleaner()
    for name, value in _clean(cleaner, actor, data, lead).items():
        setattr(lead, name, value)
    custom = check_custom("lead", data.custom, actor=actor)
    cleaner.problems += custom.problems
    cleaner.done()
    lead.custom = custom.values
    lead.captured_at = lead.status_since = data.captured_at or timezone.now()
    lead.assigned_at = timezone.now() if lead.owner_id else None
    lead.save(force_insert=True)
    _enter(lead, "", actor, lead.captured_at)
    changes = {name: (None, getattr(lead, name)) for name in FIELDS if getattr(lead, name) not in (None, "")}
    _audit(actor, "lead.created", lead, changes | custom.changes)
    publish(LeadCaptured(lead_id=str(lead.id), party_id=str(lead.party_id), origin=lead.origin), actor=actor)
    return lead


@transaction.atomic
def change_lead_status(
    *,
    actor: Actor,
    lead_id: UUID,
    status: str,
    reason_id: UUID | None = None,
    note: str = "",
    version: int | None = None,
) -> Lead:
    """Move a lead on; a disqualification needs a reason. Conversion has a service of its own.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: no such status, a missing reason.
    """
    lead = lock_lead(lead_id)
    check_lead(actor, "edit", lead)
    check_version(lead, version)
    if status not in LeadStatus.values or LeadStatus.CONVERTED in (status, lead.status):
        raise Invalid.on("status", "invalid", _("Choose one of the options."))
    reason = _reason(status, reason_id)
    if status == lead.status:
        return lead
    return set_status(actor=actor, lead=lead, status=status, reason=reason, note=note)


def set_status(
    *,
    actor: Actor,
    lead: Lead,
    status: str,
    reason: Reason | None = None,
    note: str = "",
    at: datetime | None = None,
) -> Lead:
    """Write the status of a locked lead with its history, audit entry and event."""
    before, now = lead.status, at or timezone.now()
    lead.status, lead.status_since, lead.reason, lead.reason_note = status, now, reason, note.strip()[:500]
    lead.converted_at = now if status == LeadStatus.CONVERTED else None
    lead.version += 1
    lead.save()
    _enter(lead, before, actor, now)
    changes = {
        "status": (before, status),
        "reason": (None, reason.name if reason else None),
        "note": (None, note),
    }
    _audit(actor, "lead.status_changed", lead, changes)
    publish(
        LeadStatusChanged(lead_id=str(lead.id), party_id=str(lead.party_id), before=before, after=status),
        actor=actor,
    )
    return lead


def _clean(cleaner: Cleaner, actor: Actor, data: LeadData, lead: Lead) -> dict[str, Any]:
    if get_customer(actor, data.party_id) is None:
        cleaner.refuse("party_id", "missing", _("There is no such customer."))
    if data.owner_id and not Member.objects.filter(id=data.owner_id, is_active=True).exists():
        cleaner.refuse("owner_id", "missing", _("There is no such member."))
    values = {
        "party_id": data.party_id,
        "owner_id": data.owner_id,
        "title": cleaner.text("title", data.title, 200),
        "message": cleaner.text("message", data.message, 20_000),
        "origin": cleaner.choice("origin", data.origin, Origin),
        "campaign": cleaner.text("campaign", data.campaign, 150),
        "source": cleaner.text("source", data.source, 40),
        "external_id": cleaner.text("external_id", data.external_id, 150),
    }
    taken = Lead.objects.filter(source=values["source"], external_id=values["external_id"])
    if values["external_id"] and taken.exclude(id=lead.id).exists():
        cleaner.refuse("external_id", "taken", _("Another lead has this external id."))
    return values


def _reason(status: str, reason_id: UUID | None) -> Reason | None:
    if status != LeadStatus.DISQUALIFIED:
        return None
    reason = Reason.objects.filter(id=reason_id, kind=ReasonKind.DISQUALIFIED).first() if reason_id else None
    if reason is None:
        raise Invalid.on("reason_id", "required", _("Choose why."))
    return reason


def _enter(lead: Lead, before: str, actor: Actor, at: datetime) -> None:
    LeadEntry.objects.filter(lead=lead, left_at=None).update(left_at=at)
    LeadEntry.objects.create(
        lead=lead,
        before=before,
        status=lead.status,
        entered_at=at,
        member=actor.member,
        reason=lead.reason,
        note=lead.reason_note,
    )


def _audit(actor: Actor, act: str, lead: Lead, changes: dict[str, tuple[Any, Any]]) -> None:
    personal = {*PERSONAL, *(name for name in changes if name.startswith("custom."))}
    audit.record(
        actor=actor, act=act, target=lead, changes=changes, subject_id=lead.party_id, personal=personal
    )
