"""Background work of the timeline module."""

from ponte.core.jobs import enqueue, every
from ponte.timeline.services.date_tasks import plan_date_tasks
from ponte.timeline.services.meeting_reminders import BATCH as MEETING_BATCH
from ponte.timeline.services.meeting_reminders import send_meeting_reminders
from ponte.timeline.services.reminders import BATCH, send_due_reminders


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


@every("7 9 * * *", name="timeline.plan_dates", transaction=False)
def plan_dates() -> None:
    """Plan tasks for dates that come near: at seven minutes past six in São Paulo."""
    plan_date_tasks()
