"""Background work of the timeline module."""

from ponte.core.jobs import enqueue, every
from ponte.timeline.services.reminders import BATCH, send_due_reminders


@every("* * * * *", name="timeline.remind")
def remind() -> None:
    """Send the reminders that are due; with more than a batch of them, go on in another job."""
    if send_due_reminders() >= BATCH:
        enqueue("timeline.remind")
