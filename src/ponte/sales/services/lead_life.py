"""A lead's life: worked, handed over to sales, accepted or given back, disqualified, taken up again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.sales_leads import LeadHandedOver, LeadHandoffAnswered, LeadsMoved
from ponte.sales.models import Lead, LeadEntry, LeadStatus, Reason, ReasonKind
from ponte.sales.policies import check_lead
from ponte.sales.services.handoff import handed_by, handoff_deadline
from ponte.sales.services.lead_edits import find_owner, locked_leads
from ponte.sales.services.lead_notices import tell_handed, tell_rejected
from ponte.sales.services.leads import change_lead_status, set_status
from ponte.sales.services.locking import lock_lead

EARLY = (LeadStatus.NEW, LeadStatus.WORKING)
IN_WORK = (*EARLY, LeadStatus.MQL, LeadStatus.SQL)


@transaction.atomic
def hand_over_lead(
    *,
    actor: Actor,
    lead_id: UUID,
    owner_id: UUID | None = None,
    note: str = "",
    version: int | None = None,
) -> Lead:
    """Hand a lead over to sales, to ``owner_id`` or to who has it; sales answer within the working hours agreed.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it is sales' already or has ended, no such colleague.
    """
    lead = _taken(actor, lead_id, version)
    if lead.status not in EARLY:
        raise Invalid.on("status", "handed", _("Only a lead that marketing works on can be handed over."))
    if owner_id:
        lead.owner, lead.assigned_at = find_owner(owner_id), timezone.now()
    now = timezone.now()
    lead.handed_at, lead.handoff_due_at, lead.handoff_warned_at = now, handoff_deadline(now), None
    set_status(actor=actor, lead=lead, status=LeadStatus.MQL, note=note, at=now)
    event = LeadHandedOver(
        lead_id=str(lead.id),
        party_id=str(lead.party_id),
        owner_id=str(lead.owner_id or ""),
        due_at=lead.handoff_due_at.isoformat(),
    )
    publish(event, actor=actor)
    tell_handed(actor, lead)
    return lead


@transaction.atomic
def accept_lead(*, actor: Actor, lead_id: UUID, note: str = "", version: int | None = None) -> Lead:
    """Take a lead for sales: what marketing handed over, or one sales found themselves. Without a salesperson the actor's.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it is sales' already or has ended.
    """
    lead = _taken(actor, lead_id, version)
    if lead.status not in (*EARLY, LeadStatus.MQL):
        raise Invalid.on("status", "accepted", _("This lead is with sales already, or has ended."))
    handed = lead.status == LeadStatus.MQL
    if lead.owner is None and actor.member is not None:
        lead.owner, lead.assigned_at = actor.member, timezone.now()
    lead.handoff_due_at = None
    set_status(actor=actor, lead=lead, status=LeadStatus.SQL, note=note)
    if handed:
        _answer(actor, lead, accepted=True)
    return lead


@transaction.atomic
def reject_lead(
    *, actor: Actor, lead_id: UUID, reason_id: UUID | None, note: str = "", version: int | None = None
) -> Lead:
    """Give a lead that was handed over back to marketing, for a reason.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it wasn't handed over, no reason is given.
    """
    lead = _taken(actor, lead_id, version)
    if lead.status != LeadStatus.MQL:
        raise Invalid.on("status", "not_handed", _("Only a lead that was handed over can be given back."))
    reason = find_reason(ReasonKind.REJECTED, reason_id)
    giver = handed_by(lead)
    lead.handoff_due_at = None
    set_status(actor=actor, lead=lead, status=LeadStatus.WORKING, reason=reason, note=note)
    _answer(actor, lead, accepted=False, reason=reason)
    tell_rejected(actor, lead, giver, f"{reason.name}. {note}".strip())
    return lead


@transaction.atomic
def reopen_lead(*, actor: Actor, lead_id: UUID, version: int | None = None) -> Lead:
    """Work a disqualified lead again; its past stays in the history.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it isn't disqualified.
    """
    lead = _taken(actor, lead_id, version)
    if lead.status != LeadStatus.DISQUALIFIED:
        raise Invalid.on("status", "open", _("This lead is being worked."))
    return set_status(actor=actor, lead=lead, status=LeadStatus.WORKING)


def move_lead(
    *,
    actor: Actor,
    lead_id: UUID,
    status: str,
    reason_id: UUID | None = None,
    note: str = "",
    version: int | None = None,
) -> Lead:
    """Bring a lead to a status the way that belongs to it: handed over, accepted, given back, disqualified, reopened.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: no such status, a missing reason, no way there.
    """
    if status not in LeadStatus.values:
        raise Invalid.on("status", "invalid", _("Choose one of the options."))
    if status == LeadStatus.CONVERTED:
        raise Invalid.on(
            "status", "convert", _("Use “Convert” on the lead's page: it asks what is to be made.")
        )
    given = {"actor": actor, "lead_id": lead_id, "note": note, "version": version}
    now = Lead.objects.filter(id=lead_id, deleted_at=None).values_list("status", flat=True).first()
    if now == LeadStatus.CONVERTED and status != now:
        raise Invalid.on("status", "converted", _("This lead is converted: undo the conversion first."))
    if now == status:
        return _taken(actor, lead_id, version)
    if status == LeadStatus.MQL and now in EARLY:
        return hand_over_lead(**given)  # type: ignore[arg-type]
    if status == LeadStatus.SQL and now in (*EARLY, LeadStatus.MQL):
        return accept_lead(**given)  # type: ignore[arg-type]
    if now == LeadStatus.MQL and status in EARLY:
        return reject_lead(**given, reason_id=reason_id)  # type: ignore[arg-type]
    return change_lead_status(**given, status=status, reason_id=reason_id)  # type: ignore[arg-type]


@transaction.atomic
def move_leads(
    *, actor: Actor, statuses: Mapping[UUID, str], reason_id: UUID | None = None, only_from: str = ""
) -> dict[UUID, str]:
    """Give each lead its status, together; return the former status of those that changed (what undoing takes).

    Out of reach, converted, or with ``only_from`` no longer in that status: left out. Handed over together, each has the same
    deadline. Raises ``Invalid`` for an unknown status or a missing reason.
    """
    wanted = set(statuses.values())
    if wanted - set(LeadStatus.values) or LeadStatus.CONVERTED in wanted:
        raise Invalid.on("status", "invalid", _("Choose one of the options."))
    reason = None
    if LeadStatus.DISQUALIFIED in wanted and not only_from:
        reason = find_reason(ReasonKind.DISQUALIFIED, reason_id)
    moved = [
        lead
        for lead in locked_leads(actor, "edit", list(statuses))
        if lead.status not in (statuses[lead.id], LeadStatus.CONVERTED) and only_from in ("", lead.status)
    ]
    return write_statuses(actor=actor, leads=moved, statuses=statuses, reason=reason)


def write_statuses(
    *,
    actor: Actor,
    leads: Sequence[Lead],
    statuses: Mapping[UUID, str],
    reason: Reason | None = None,
    is_noted: bool = False,
) -> dict[UUID, str]:
    """Write new statuses of leads that are locked and checked, with their history; return the former ones.

    Args:
        reason: why, of those that are disqualified. is_noted: the caller's audit entries tell of it already.
    """
    now = timezone.now()
    before = {lead.id: lead.status for lead in leads}
    due = handoff_deadline(now) if LeadStatus.MQL in statuses.values() else None
    for lead in leads:
        lead.status, lead.status_since = statuses[lead.id], now
        lead.reason, lead.reason_note = (reason if lead.status == LeadStatus.DISQUALIFIED else None), ""
        handed = lead.status == LeadStatus.MQL
        lead.handed_at = now if handed else lead.handed_at
        lead.handoff_due_at = due if handed else None
        lead.version += 1
        lead.updated_at = now
    _write_moves(actor, leads, before, now, is_noted=is_noted)
    return before


def _write_moves(
    actor: Actor, moved: Sequence[Lead], before: Mapping[UUID, str], now: datetime, *, is_noted: bool
) -> None:
    if not moved:
        return
    columns = [
        "status",
        "status_since",
        "reason",
        "reason_note",
        "handed_at",
        "handoff_due_at",
        "version",
        "updated_at",
    ]
    Lead.objects.bulk_update(moved, columns)
    LeadEntry.objects.filter(lead__in=moved, left_at=None).update(left_at=now)
    LeadEntry.objects.bulk_create(
        LeadEntry(
            lead=lead,
            before=before[lead.id],
            status=lead.status,
            entered_at=now,
            member=actor.member,
            reason=lead.reason,
        )
        for lead in moved
    )
    by_status: dict[str, list[Lead]] = {}
    for lead in moved:
        by_status.setdefault(lead.status, []).append(lead)
    for status, leads in by_status.items():
        ids = [lead.id for lead in leads]
        summary = {"to": status, "count": len(ids)}
        if not is_noted:
            audit.record_bulk(actor=actor, act="leads.moved", object_type="lead", ids=ids, summary=summary)
        event = LeadsMoved(
            lead_ids=[str(one) for one in ids],
            party_ids=[str(lead.party_id) for lead in leads],
            before=[before[one] for one in ids],
            after=status,
        )
        publish(event, actor=actor)


def find_reason(kind: str, reason_id: UUID | None) -> Reason:
    """Return a reason that is in use; raise ``Invalid`` where there is none."""
    reason = Reason.objects.filter(id=reason_id, kind=kind, archived_at=None).first() if reason_id else None
    if reason is None:
        raise Invalid.on("reason_id", "required", _("Choose why."))
    return reason


def _taken(actor: Actor, lead_id: UUID, version: int | None) -> Lead:
    lead = lock_lead(lead_id)
    check_lead(actor, "edit", lead)
    check_version(lead, version)
    return lead


def _answer(actor: Actor, lead: Lead, *, accepted: bool, reason: Reason | None = None) -> None:
    event = LeadHandoffAnswered(
        lead_id=str(lead.id),
        party_id=str(lead.party_id),
        accepted=accepted,
        reason_id=str(reason.id) if reason else "",
    )
    publish(event, actor=actor)
