"""Background work of the timeline module."""

from uuid import UUID

from ponte.core.jobs import enqueue, every, job
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.timeline.services.calendar_sync import queue_due_syncs, sync_calendar
from ponte.timeline.services.date_tasks import plan_date_tasks
from ponte.timeline.services.meeting_reminders import BATCH as MEETING_BATCH
from ponte.timeline.services.meeting_reminders import send_meeting_reminders
from ponte.timeline.services.reminders import BATCH, send_due_reminders
from ponte.timeline.services.task_series import BATCH as SERIES_BATCH
from ponte.timeline.services.task_series import continue_due_series, list_due_series


@every("* * * * *", name="timeline.remind")
def remind() -> None:
    """Send the reminders that are due; with more than a batch of them, go on in another job."""
    if send_due_reminders() >= BATCH:
        enqueue("timeline.remind")


@every("* * * * *", name="timeline.remind_meetings")
def remind_meetings() -> None:
    """Send the meeting reminders that are due; with more than a batch of them, go on in another job."""
    if send_meeting_reminders() >= MEETING_BATCH:
        enqueue("timeline.remind_meetings")


@every("*/5 * * * *", name="timeline.repeat_tasks", transaction=False)
def repeat_tasks() -> None:
    """Make the next tasks of series whose latest one's time has come."""
    with workspace_scope(named_workspace()):
        due = list_due_series()
    for series_id, party_id in due:
        with workspace_scope(named_workspace()):
            continue_due_series(series_id=series_id, party_id=party_id)
    if len(due) >= SERIES_BATCH:
        enqueue("timeline.repeat_tasks")


@every("7 9 * * *", name="timeline.plan_dates", transaction=False)
def plan_dates() -> None:
    """Plan tasks for dates that come near: at seven minutes past six in São Paulo."""
    plan_date_tasks()


@every("* * * * *", name="timeline.sync_calendars")
def sync_calendars() -> None:
    """Enqueue a run for each connected calendar whose time has come."""
    queue_due_syncs()


@job("timeline.sync_calendar", transaction=False, retry=False)
def sync_one_calendar(*, connection_id: str) -> None:
    """Bring one connected calendar into step; what failed is taken up by the next turn."""
    sync_calendar(UUID(connection_id))
