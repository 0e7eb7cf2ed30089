"""What follows from leads: timeline entries and the customer's life-cycle stage. Each is written once, however often an event comes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from ponte.core.subscriptions import EventContext, subscribes
from ponte.directory.models import Party, Stage
from ponte.directory.services.stages import PROGRESS, advance_stage, change_stages
from ponte.events.sales import LeadCaptured, LeadStatusChanged
from ponte.events.sales_leads import LeadsCaptured, LeadsMoved
from ponte.sales import lead_timeline as timeline
from ponte.sales.models import Lead, LeadStatus

# what a lead's status says of the customer; being a customer follows from buying
STAGES = {LeadStatus.MQL: Stage.MQL, LeadStatus.SQL: Stage.SQL, LeadStatus.CONVERTED: Stage.SQL}


@subscribes(LeadCaptured, name="sales.timeline_lead")
def note_captured(event: LeadCaptured, context: EventContext) -> None:
    """Write that a customer showed an interest."""
    timeline.write(context.actor, map(timeline.captured_entry, _leads([event.lead_id])))


@subscribes(LeadsCaptured, name="sales.timeline_leads")
def note_captured_together(event: LeadsCaptured, context: EventContext) -> None:
    """Write that customers showed an interest, together."""
    timeline.write(context.actor, map(timeline.captured_entry, _leads(event.lead_ids)))


@subscribes(LeadStatusChanged, name="sales.timeline_lead_status")
def note_moved(event: LeadStatusChanged, context: EventContext) -> None:
    """Write that a lead moved on."""
    entries = [
        timeline.moved_entry(
            lead, before=event.before, after=event.after, at=context.created_at, key=str(context.event_id)
        )
        for lead in _leads([event.lead_id])
    ]
    timeline.write(context.actor, entries)


@subscribes(LeadsMoved, name="sales.timeline_leads_moved")
def note_moved_together(event: LeadsMoved, context: EventContext) -> None:
    """Write that leads moved on together."""
    before = dict(zip(event.lead_ids, event.before, strict=True))
    entries = [
        timeline.moved_entry(
            lead,
            before=before[str(lead.id)],
            after=event.after,
            at=context.created_at,
            key=str(context.event_id),
        )
        for lead in _leads(event.lead_ids)
    ]
    timeline.write(context.actor, entries)


@subscribes(LeadStatusChanged, name="sales.stage_of_lead")
def advance_customer(event: LeadStatusChanged, context: EventContext) -> None:
    """Move the customer forward in the life cycle with a lead that was qualified."""
    stage = STAGES.get(event.after)  # type: ignore[call-overload]
    if stage is not None:
        advance_stage(actor=context.actor, party_id=UUID(event.party_id), stage=stage)


@subscribes(LeadsMoved, name="sales.stage_of_leads")
def advance_customers(event: LeadsMoved, context: EventContext) -> None:
    """Move customers forward in the life cycle with leads that were qualified together."""
    stage = STAGES.get(event.after)  # type: ignore[call-overload]
    if stage is None:
        return
    behind = [Stage.LOST, *(one for one in PROGRESS if PROGRESS[one] < PROGRESS[stage])]
    ids = Party.objects.filter(id__in=_uuids(event.party_ids), deleted_at=None, stage__in=behind)
    change_stages(actor=context.actor, party_ids=list(ids.values_list("id", flat=True)), stage=stage)


def _leads(ids: Sequence[str]) -> Iterable[Lead]:
    rows = Lead.objects.filter(id__in=_uuids(ids), deleted_at=None).select_related("reason")
    return rows.defer("message", "typed", "marks").order_by("id")


def _uuids(texts: Sequence[str]) -> list[UUID]:
    return [UUID(one) for one in texts]
