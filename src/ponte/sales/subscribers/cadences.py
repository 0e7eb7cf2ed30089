"""What stops or carries on a cadence: answers, meetings, stages, tasks done, customers gone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from ponte.core.subscriptions import EventContext, subscribes
from ponte.directory.models import Affiliation
from ponte.events.channels import MessageReceived
from ponte.events.directory import PartiesDeleted, StageChanged, StagesChanged
from ponte.events.sales import LeadStatusChanged, OpportunityLost, OpportunityMoved, OpportunityWon
from ponte.events.timeline import (
    InteractionRecorded,
    InteractionsRecorded,
    MeetingPlanned,
    TaskCompleted,
    TaskDeleted,
    TasksChanged,
)
from ponte.sales.models import EndReason
from ponte.sales.services.cadence_ends import note_answer, note_gone, note_meeting, note_stage
from ponte.sales.services.cadence_sending import note_task
from ponte.sales.services.next_activity import TASKS
from ponte.timeline.kinds import all_kinds
from ponte.timeline.models import Interaction


@subscribes(MessageReceived, name="sales.cadence_message")
def stop_on_message(event: MessageReceived, context: EventContext) -> None:
    """Stop on a message that a channel received."""
    _answered(context, UUID(event.party_id), datetime.fromisoformat(event.received_at))


@subscribes(InteractionRecorded, name="sales.cadence_interaction")
def stop_on_interaction(event: InteractionRecorded, context: EventContext) -> None:
    """Stop on something incoming that somebody wrote down or an integration brought."""
    if event.direction == "in" and event.kind in _contacts():
        _answered(context, UUID(event.party_id), datetime.fromisoformat(event.occurred_at))


@subscribes(InteractionsRecorded, name="sales.cadence_interactions")
def stop_on_interactions(event: InteractionsRecorded, context: EventContext) -> None:
    """Stop on what came in together; only what happened after somebody was enrolled counts."""
    rows = Interaction.objects.filter(id__in=event.interaction_ids, direction="in", kind__in=_contacts())
    for party_id, occurred_at in rows.values_list("party_id", "occurred_at"):
        _answered(context, party_id, occurred_at)


@subscribes(MeetingPlanned, name="sales.cadence_meeting")
def stop_on_meeting(event: MeetingPlanned, context: EventContext) -> None:
    """Stop when a meeting with the customer is planned."""
    if event.party_id:
        note_meeting(
            actor=context.actor,
            party_ids=_with_company(UUID(event.party_id)),
            at=context.created_at,
            opportunity_id=UUID(event.about_id) if event.about_type == TASKS else None,
        )


@subscribes(OpportunityMoved, OpportunityWon, OpportunityLost, name="sales.cadence_deal")
def stop_on_deal(event: OpportunityMoved | OpportunityWon | OpportunityLost, context: EventContext) -> None:
    """Stop what was about a deal that moved, was won or lost."""
    reason = EndReason.STAGE
    if not isinstance(event, OpportunityMoved):
        reason = EndReason.WON if isinstance(event, OpportunityWon) else EndReason.LOST
    about = Q(opportunity_id=event.opportunity_id, created_at__lte=context.created_at)
    note_stage(actor=context.actor, about=about, reason=reason)


@subscribes(LeadStatusChanged, name="sales.cadence_lead")
def stop_on_lead(event: LeadStatusChanged, context: EventContext) -> None:
    """Stop what was about a lead whose sales work is over; getting in contact is what a cadence is for."""
    if event.after in ("converted", "disqualified", "sql"):
        about = Q(lead_id=event.lead_id, created_at__lte=context.created_at)
        note_stage(actor=context.actor, about=about, reason=EndReason.STAGE)


@subscribes(StageChanged, StagesChanged, name="sales.cadence_stage")
def stop_on_stage(event: StageChanged | StagesChanged, context: EventContext) -> None:
    """Stop what is about a customer alone, not about a deal or lead, when the customer comes to another stage."""
    if isinstance(event, StageChanged) and not event.from_stage:
        return
    ids = [event.party_id] if isinstance(event, StageChanged) else event.party_ids
    about = Q(party_id__in=ids, opportunity=None, lead=None, created_at__lte=context.created_at)
    note_stage(actor=context.actor, about=about, reason=EndReason.STAGE)


@subscribes(PartiesDeleted, name="sales.cadence_gone")
def stop_on_deletion(event: PartiesDeleted, context: EventContext) -> None:
    """Stop for customers in the bin."""
    note_gone(actor=context.actor, party_ids=[UUID(one) for one in event.party_ids])


@subscribes(TaskCompleted, TaskDeleted, TasksChanged, name="sales.cadence_task")
def carry_on(event: TaskCompleted | TaskDeleted | TasksChanged, context: EventContext) -> None:
    """Go on when a step's task was done or thrown away."""
    if isinstance(event, TasksChanged):
        if event.act in ("completed", "deleted"):
            for task_id in event.task_ids:
                note_task(task_id=UUID(task_id), is_done=event.act == "completed")
    else:
        note_task(task_id=UUID(event.task_id), is_done=isinstance(event, TaskCompleted))


def _answered(context: EventContext, party_id: UUID, at: datetime) -> None:
    note_answer(actor=context.actor, party_ids=_with_company(party_id), at=at)


def _with_company(party_id: UUID) -> list[UUID]:
    """Somebody of a company in a cadence answers for it."""
    companies = Affiliation.objects.filter(person_id=party_id, ended_on__isnull=True)
    return [party_id, *companies.values_list("company_id", flat=True)]


def _contacts() -> list[str]:
    return [kind.key for kind in all_kinds().values() if kind.counts_as_contact]
