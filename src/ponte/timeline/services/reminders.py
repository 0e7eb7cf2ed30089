"""Reminding people of their tasks, once."""

from django.db import transaction
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.services.events import publish
from ponte.events.timeline import TaskReminded
from ponte.timeline.models import Task
from ponte.timeline.models.task import OPEN
from ponte.timeline.services.event_ids import id_text
from ponte.timeline.services.task_notices import remind_assignee

BATCH = 500


@transaction.atomic
def send_due_reminders(limit: int = BATCH) -> int:
    """Remind the assignees of open tasks whose reminder is due; return how many tasks that were.

    The rows are locked and marked in the notices' transaction, and rows another worker holds are skipped: each
    reminder goes out once, however many workers run.
    """
    now = timezone.now()
    due = (
        Task.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("assignee")
        .filter(OPEN, remind_at__lte=now, reminded_at__isnull=True)
        .order_by("remind_at")[:limit]
    )
    tasks = list(due)
    Task.objects.filter(id__in=[task.id for task in tasks]).update(reminded_at=now)
    for task in tasks:
        remind_assignee(task)
        publish(
            TaskReminded(
                task_id=str(task.id), party_id=id_text(task.party_id), assignee_id=id_text(task.assignee_id)
            ),
            actor=Actor.system("reminders"),
        )
    return len(tasks)
