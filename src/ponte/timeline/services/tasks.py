"""Planning tasks: creating, changing, giving away, throwing away."""

from dataclasses import replace
from typing import Any, Unpack
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.services.audit import diff
from ponte.core.services.audit import record as audit
from ponte.core.services.events import publish
from ponte.events.timeline import TaskAssigned, TaskCreated, TaskDeleted, TaskRestored, TaskUpdated
from ponte.timeline.models import Task
from ponte.timeline.policies import check_may
from ponte.timeline.services.event_ids import id_text
from ponte.timeline.services.facts import lock_facts, recount_tasks
from ponte.timeline.services.task_data import TaskData, TaskDetails, clean_task
from ponte.timeline.services.task_notices import tell_assignee
from ponte.timeline.services.task_search import index_task
from ponte.timeline.subjects import with_customer
from ponte.workplace.custom_fields.values import check_custom

EDITABLE = (
    "title", "description", "kind", "priority", "due_at", "due_all_day", "remind_at", "assignee_id", "party_id", "about_type",
    "about_id",
)  # fmt: skip
PERSONAL = frozenset({"title", "description"})


@transaction.atomic
def create_task(*, actor: Actor, **details: Unpack[TaskDetails]) -> Task:
    """Plan something to do; see ``TaskData`` for the details. Without an assignee it is the acting member's.

    With an ``external_key``, creating the same (source, external_key) again returns the task there is.

    Raises:
        Invalid: no title, unknown colleague or customer, an impossible date.
    """
    data = TaskData(**with_customer(details))
    custom = check_custom("task", data.custom, actor=actor)
    values = clean_task(data, custom)
    lock_facts([data.party_id])
    known = find_by_key(data.source, data.external_key)
    if known is not None:
        return known
    values["assignee_id"] = values["assignee_id"] or actor.member_id
    task = Task(creator=actor.member, **values)
    task.save(force_insert=True)
    index_task(task)
    recount_tasks([task.party_id])
    audit(
        actor=actor,
        act="task.created",
        target=task,
        changes={name: (None, values[name]) for name in EDITABLE if values[name] not in (None, "")}
        | custom.changes,
        subject_id=task.party_id,
        personal={*PERSONAL, *custom.changes},
    )
    publish(
        TaskCreated(
            task_id=str(task.id), party_id=id_text(task.party_id), assignee_id=id_text(task.assignee_id)
        ),
        actor=actor,
    )
    tell_assignee(actor, task)
    return task


def find_by_key(source: str, external_key: str | None) -> Task | None:
    """Return the task another system knows as ``external_key``, deleted ones included."""
    if not external_key:
        return None
    return Task.objects.filter(source=source, external_key=external_key).first()


@transaction.atomic
def update_task(
    *, actor: Actor, task: Task, version: int | None = None, **details: Unpack[TaskDetails]
) -> Task:
    """Change a task's details. A new reminder time reminds again; a new assignee is told.

    Raises:
        Denied: no right to. Conflict: ``version`` is not the current one. Invalid: as in ``create_task``.
    """
    row = lock_task(task, also=with_customer(details).get("party_id"))
    check_may(actor, "edit", row)
    check_version(row, version)
    before = {name: getattr(row, name) for name in EDITABLE}
    data = TaskData(**{**before, "source": row.source, "external_key": row.external_key})
    given = details.get("custom")
    custom = check_custom("task", given, actor=actor, stored=row.custom, record_id=row.id)
    cleaned = clean_task(replace(data, **with_customer(details, row)), custom)
    changes = diff(before, {name: value for name, value in cleaned.items() if name in EDITABLE})
    if not changes and not custom.changes:
        return row
    told = {"custom": custom.values} if custom.changes else {}
    _apply(row, {name: new for name, (_old, new) in changes.items()} | told)
    changes |= custom.changes
    recount_tasks([before["party_id"], row.party_id])
    audit(
        actor=actor,
        act="task.updated",
        target=row,
        changes=changes,
        subject_id=row.party_id,
        personal={*PERSONAL, *custom.changes},
    )
    publish(
        TaskUpdated(task_id=str(row.id), party_id=id_text(row.party_id), fields=sorted(changes)), actor=actor
    )
    if "assignee_id" in changes:
        _announce_assignment(actor, row)
    return row


def _apply(row: Task, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    fields = list(values)
    if "remind_at" in values:
        row.reminded_at = None
        fields.append("reminded_at")
    bump(row, fields)
    if {"title", "description", "custom"} & set(values):
        index_task(row)


def assign_task(*, actor: Actor, task: Task, assignee_id: UUID | None) -> Task:
    """Give a task to a colleague, or to nobody."""
    return update_task(actor=actor, task=task, assignee_id=assignee_id)


def _announce_assignment(actor: Actor, row: Task) -> None:
    publish(
        TaskAssigned(
            task_id=str(row.id), party_id=id_text(row.party_id), assignee_id=id_text(row.assignee_id)
        ),
        actor=actor,
    )
    tell_assignee(actor, row)


@transaction.atomic
def delete_task(*, actor: Actor, task: Task, version: int | None = None) -> Task:
    """Throw a task away; ``restore_task`` brings it back. Twice is once."""
    row = lock_task(task)
    check_may(actor, "delete", row)
    check_version(row, version)
    if row.deleted_at is None:
        row.deleted_at = timezone.now()
        bump(row, ["deleted_at"])
        recount_tasks([row.party_id])
        audit(actor=actor, act="task.deleted", target=row, changes={}, subject_id=row.party_id)
        publish(TaskDeleted(task_id=str(row.id), party_id=id_text(row.party_id)), actor=actor)
    return row


@transaction.atomic
def restore_task(*, actor: Actor, task: Task) -> Task:
    """Bring a deleted task back as it was. Twice is once."""
    row = lock_task(task)
    check_may(actor, "delete", row)
    if row.deleted_at is not None:
        row.deleted_at = None
        bump(row, ["deleted_at"])
        recount_tasks([row.party_id])
        audit(actor=actor, act="task.restored", target=row, changes={}, subject_id=row.party_id)
        publish(TaskRestored(task_id=str(row.id), party_id=id_text(row.party_id)), actor=actor)
    return row


def lock_task(task: Task, also: UUID | None = None) -> Task:
    """Take the facts of the task's customers first, then the task: the order every writer here keeps."""
    lock_facts([task.party_id, also])
    rows = Task.objects.select_for_update(of=("self",)).select_related("assignee", "party")
    return rows.get(id=task.id)


def bump(row: Task, fields: list[str]) -> None:
    """Write these fields of a locked task and raise its version."""
    row.version += 1
    row.save(update_fields=[*fields, "version", "updated_at"])
