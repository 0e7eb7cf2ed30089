"""Timeline entries that write themselves."""

from uuid import UUID

from ponte.core.subscriptions import EventContext, subscribes
from ponte.events.directory import (
    AffiliationStarted,
    CompanyCreated,
    PartiesUpserted,
    PersonCreated,
    StageChanged,
    StagesChanged,
)
from ponte.events.timeline import (
    MeetingCancelled,
    MeetingDeleted,
    MeetingPlanned,
    MeetingRestored,
    MeetingsChanged,
    MeetingUpdated,
    TaskAssigned,
    TaskCompleted,
    TaskCreated,
    TaskDeleted,
    TaskReopened,
    TaskRestored,
    TaskUpdated,
)
from ponte.timeline.models import Meeting, Task
from ponte.timeline.services.automatic import (
    note_customer_created,
    note_customers_created,
    note_stage_change,
    note_stage_changes,
    show_on_company,
)
from ponte.timeline.services.calendar_sync import LABEL, hurry


@subscribes(StageChanged, name="timeline.stage_entry")
def write_stage_change(event: StageChanged, context: EventContext) -> None:
    """Write a change of the life-cycle stage; the first stage at birth is no change."""
    if event.from_stage:
        note_stage_change(
            actor=context.actor,
            party_id=UUID(event.party_id),
            stages=(event.from_stage, event.to_stage),
            reason=event.reason,
            occurred_at=context.created_at,
            key=str(context.event_id),
        )


@subscribes(StagesChanged, name="timeline.stage_entries")
def write_stage_changes(event: StagesChanged, context: EventContext) -> None:
    """Write that several customers moved to one stage together."""
    note_stage_changes(
        actor=context.actor,
        moves=[(UUID(one), before) for one, before in zip(event.party_ids, event.from_stages, strict=True)],
        to_stage=event.to_stage,
        reason=event.reason,
        occurred_at=context.created_at,
        key=str(context.event_id),
    )


@subscribes(PersonCreated, CompanyCreated, name="timeline.created_entry")
def write_customer_created(event: PersonCreated | CompanyCreated, context: EventContext) -> None:
    """Write that a customer was added."""
    note_customer_created(actor=context.actor, party_id=UUID(event.party_id), occurred_at=context.created_at)


@subscribes(PartiesUpserted, name="timeline.created_entries")
def write_customers_created(event: PartiesUpserted, context: EventContext) -> None:
    """Write that customers came in together."""
    note_customers_created(
        actor=context.actor,
        party_ids=[UUID(one) for one in event.created_ids],
        origin=event.source,
        occurred_at=context.created_at,
    )


@subscribes(AffiliationStarted, name="timeline.company_of_person")
def show_history_on_company(event: AffiliationStarted, context: EventContext) -> None:
    """Show what happened with a person, so far at no company, on their company's timeline."""
    show_on_company(person_id=UUID(event.person_id))


@subscribes(
    MeetingPlanned,
    MeetingUpdated,
    MeetingCancelled,
    MeetingDeleted,
    MeetingRestored,
    name="timeline.sync_meeting",
)
def send_meeting_on(
    event: MeetingPlanned | MeetingUpdated | MeetingCancelled | MeetingDeleted | MeetingRestored,
    context: EventContext,
) -> None:
    """Send a change to the organiser's calendar elsewhere, unless it came from there."""
    if context.actor.label != LABEL:
        hurry(Meeting.objects.filter(id=event.meeting_id).values_list("organiser_id", flat=True).first())


@subscribes(MeetingsChanged, name="timeline.sync_meetings")
def send_meetings_on(event: MeetingsChanged, context: EventContext) -> None:
    """Send many changes to their organisers' calendars elsewhere."""
    rows = Meeting.objects.filter(id__in=event.meeting_ids, organiser__isnull=False)
    for member_id in rows.order_by("organiser_id").values_list("organiser_id", flat=True).distinct():
        hurry(member_id)


@subscribes(
    TaskCreated,
    TaskUpdated,
    TaskAssigned,
    TaskCompleted,
    TaskReopened,
    TaskDeleted,
    TaskRestored,
    name="timeline.sync_task",
)
def send_task_on(
    event: TaskCreated
    | TaskUpdated
    | TaskAssigned
    | TaskCompleted
    | TaskReopened
    | TaskDeleted
    | TaskRestored,
    context: EventContext,
) -> None:
    """Send a change to the assignee's calendar elsewhere, unless it came from there."""
    if context.actor.label != LABEL:
        hurry(Task.objects.filter(id=event.task_id).values_list("assignee_id", flat=True).first())
