"""Doing tasks, and taking that back."""

from django.db import transaction
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.services.audit import record as audit
from ponte.core.services.events import publish
from ponte.events.timeline import TaskCompleted, TaskReopened
from ponte.timeline.models import Interaction, Task
from ponte.timeline.policies import check_may
from ponte.timeline.services.event_ids import id_text
from ponte.timeline.services.facts import recount_contacts, recount_tasks
from ponte.timeline.services.interactions import record_interaction
from ponte.timeline.services.task_series import continue_series
from ponte.timeline.services.tasks import bump, lock_task


@transaction.atomic
def complete_task(*, actor: Actor, task: Task, version: int | None = None) -> Task:
    """Mark a task as done, with an entry on its customer's timeline; of one that repeats the next is made. Twice is once.

    Raises:
        Denied: neither assignee nor entitled. Conflict: ``version`` is not the current one.
    """
    row = lock_task(task)
    check_may(actor, "edit", row)
    check_version(row, version)
    if row.done_at is not None:
        return row
    row.done_at = timezone.now()
    row.done_by = actor.member
    bump(row, ["done_at", "done_by"])
    recount_tasks([row.party_id])
    _write_entry(actor, row)
    audit(
        actor=actor,
        act="task.completed",
        target=row,
        changes={"done_at": (None, row.done_at)},
        subject_id=row.party_id,
    )
    publish(
        TaskCompleted(
            task_id=str(row.id), party_id=id_text(row.party_id), assignee_id=id_text(row.assignee_id)
        ),
        actor=actor,
    )
    continue_series(actor=actor, tasks=[row])
    return row


@transaction.atomic
def reopen_task(*, actor: Actor, task: Task, version: int | None = None) -> Task:
    """Put a done task back among those to do; its timeline entry goes. Twice is once."""
    row = lock_task(task)
    check_may(actor, "edit", row)
    check_version(row, version)
    if row.done_at is None:
        return row
    done_at = row.done_at
    row.done_at, row.done_by = None, None
    bump(row, ["done_at", "done_by"])
    recount_tasks([row.party_id])
    _remove_entry(row)
    audit(
        actor=actor,
        act="task.reopened",
        target=row,
        changes={"done_at": (done_at, None)},
        subject_id=row.party_id,
    )
    publish(TaskReopened(task_id=str(row.id), party_id=id_text(row.party_id)), actor=actor)
    return row


def _write_entry(actor: Actor, row: Task) -> None:
    """One entry a task: done again after reopening, the same entry comes back with the new time."""
    if row.party_id is None:
        return
    entry = record_interaction(
        actor=actor,
        party_id=row.party_id,
        kind="task_done",
        subject=row.title,
        data={"task_id": str(row.id), "task_kind": row.kind},
        source="task",
        external_key=str(row.id),
    )
    if entry.deleted_at is not None:
        assert row.done_at is not None
        entry.deleted_at, entry.occurred_at, entry.author = None, row.done_at, actor.member
        entry.version += 1
        entry.save(update_fields=["deleted_at", "occurred_at", "author", "version", "updated_at"])
        recount_contacts([entry.party_id, entry.company_id], added=1)


def _remove_entry(row: Task) -> None:
    entry = Interaction.objects.filter(source="task", external_key=str(row.id), deleted_at=None).first()
    if entry is not None:
        entry.deleted_at = timezone.now()
        entry.version += 1
        entry.save(update_fields=["deleted_at", "version", "updated_at"])
        recount_contacts([entry.party_id, entry.company_id], added=-1)
