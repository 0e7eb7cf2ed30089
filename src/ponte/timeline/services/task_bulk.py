"""Doing, giving away and throwing away many tasks at once, set-based, with what taking it back needs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.core.services.audit import Changes, record_bulk, record_each
from ponte.core.services.events import publish
from ponte.events.timeline import TasksChanged
from ponte.timeline.models import Task, TaskPriority
from ponte.timeline.models.task import OPEN
from ponte.timeline.services.facts import lock_facts, recount_tasks
from ponte.timeline.services.task_entries import take_entries_away, write_entries
from ponte.timeline.services.task_series_many import continue_many
from ponte.timeline.task_kinds import TASK_KINDS

SETTABLE: dict[str, frozenset[Any]] = {
    "kind": frozenset(TASK_KINDS),
    "priority": frozenset(TaskPriority.values),
}


@transaction.atomic
def complete_tasks(*, actor: Actor, task_ids: Sequence[UUID]) -> list[UUID]:
    """Mark open tasks as done, with entries on their customers' timelines; returns which."""
    tasks = _locked(OPEN, task_ids)
    now = timezone.now()
    _write(tasks, done_at=now, done_by=actor.member)
    for task in tasks:
        task.done_at, task.done_by = now, actor.member
    write_entries(actor, tasks)
    done = _announce(actor, tasks, "completed")
    continue_many(actor=actor, tasks=tasks)
    return done


@transaction.atomic
def reopen_tasks(*, actor: Actor, task_ids: Sequence[UUID]) -> list[UUID]:
    """Put done tasks back; returns which."""
    tasks = _locked(Q(done_at__isnull=False, deleted_at__isnull=True), task_ids)
    _write(tasks, done_at=None, done_by=None)
    take_entries_away(tasks)
    return _announce(actor, tasks, "reopened")


@transaction.atomic
def assign_tasks(*, actor: Actor, task_ids: Sequence[UUID], assignee_id: UUID | None) -> dict[str, str]:
    """Give open tasks to a colleague or to nobody; returns who had each of those that changed.

    Raises:
        Invalid: no such colleague.
    """
    if assignee_id is not None and not Member.objects.filter(id=assignee_id, is_active=True).exists():
        raise Invalid.on("assignee_id", "missing", _("There is no such colleague."))
    tasks = [task for task in _locked(OPEN, task_ids) if task.assignee_id != assignee_id]
    before = {str(task.id): str(task.assignee_id or "") for task in tasks}
    _write(tasks, assignee_id=assignee_id)
    _announce(actor, tasks, "assigned")
    return before


@transaction.atomic
def give_back_tasks(
    *, actor: Actor, before: Mapping[UUID, UUID | None], given_to: UUID | None
) -> dict[str, str]:
    """Take ``assign_tasks`` back: those still with ``given_to`` go to who had them; returns who held which.

    Tasks done or given on since stay as they are, and so do those of colleagues who have left.
    """
    held = [task for task in _locked(OPEN, list(before)) if task.assignee_id == given_to]
    wanted = {holder for holder in before.values() if holder is not None}
    alive = {None, *Member.objects.filter(id__in=wanted, is_active=True).values_list("id", flat=True)}
    by_holder: defaultdict[UUID | None, list[Task]] = defaultdict(list)
    for task in held:
        if before[task.id] in alive:
            by_holder[before[task.id]].append(task)
    for holder, tasks in by_holder.items():
        _write(tasks, assignee_id=holder)
        _announce(actor, tasks, "assigned")
    return {str(task.id): str(given_to or "") for tasks in by_holder.values() for task in tasks}


@transaction.atomic
def delete_tasks(*, actor: Actor, task_ids: Sequence[UUID]) -> list[UUID]:
    """Throw tasks away; returns which."""
    tasks = _locked(Q(deleted_at__isnull=True), task_ids)
    _write(tasks, deleted_at=timezone.now())
    return _announce(actor, tasks, "deleted")


@transaction.atomic
def restore_tasks(*, actor: Actor, task_ids: Sequence[UUID]) -> list[UUID]:
    """Bring deleted tasks back; returns which."""
    tasks = _locked(Q(deleted_at__isnull=False), task_ids)
    _write(tasks, deleted_at=None)
    return _announce(actor, tasks, "restored")


@transaction.atomic
def set_task_field(*, actor: Actor, task_ids: Sequence[UUID], field: str, value: Any) -> dict[UUID, Any]:
    """Give open tasks the same kind or priority; returns what those that changed had before.

    Raises:
        Invalid: no such kind or priority. ValueError: no field that can be set so.
    """
    if field not in SETTABLE:
        raise ValueError(f"{field} can't be set on many tasks")
    if value not in SETTABLE[field]:
        raise Invalid.on(field, "unknown", _("Choose one from the list."))
    before = {
        task.id: getattr(task, field) for task in _locked(OPEN, task_ids) if getattr(task, field) != value
    }
    _set(actor, field, dict.fromkeys(before, value), before)
    return before


@transaction.atomic
def put_back_task_field(*, actor: Actor, field: str, value: Any, before: Mapping[UUID, Any]) -> int:
    """Take ``set_task_field`` back; tasks changed by others since keep what they have. Returns how many."""
    held = [task.id for task in _locked(OPEN, list(before)) if getattr(task, field) == value]
    _set(actor, field, {key: before[key] for key in held}, dict.fromkeys(held, value))
    return len(held)


def _set(actor: Actor, field: str, values: Mapping[UUID, Any], before: Mapping[UUID, Any]) -> None:
    by_value: defaultdict[Any, list[UUID]] = defaultdict(list)
    for key, value in values.items():
        by_value[value].append(key)
    now = timezone.now()
    for value, ids in by_value.items():
        Task.objects.filter(id__in=ids).update(**{field: value}, version=F("version") + 1, updated_at=now)
    note_edits(actor=actor, changes={key: {field: (before[key], value)} for key, value in values.items()})


def note_edits(*, actor: Actor, changes: Mapping[UUID, Changes]) -> None:
    """Write what changed about many tasks: an entry each, sealed with the customer's key, and one event."""
    if not changes:
        return
    subjects = dict(Task.objects.filter(id__in=list(changes)).values_list("id", "party_id"))
    record_each(actor=actor, act="task.updated", object_type="task", changes=changes, subjects=subjects)
    publish(TasksChanged(task_ids=[str(one) for one in changes], act="edited"), actor=actor)


def _locked(condition: Q, task_ids: Sequence[UUID]) -> list[Task]:
    """Take the facts of the tasks' customers, then the tasks: the order every writer here keeps."""
    lock_facts(Task.objects.filter(id__in=task_ids).values_list("party_id", flat=True))
    rows = Task.objects.select_for_update(of=("self",)).filter(condition, id__in=task_ids)
    return list(rows.order_by("id").defer("search"))


def _write(tasks: Sequence[Task], **values: Any) -> None:
    rows = Task.objects.filter(id__in=[task.id for task in tasks])
    rows.update(**values, version=F("version") + 1, updated_at=timezone.now())
    recount_tasks(task.party_id for task in tasks)


def _announce(actor: Actor, tasks: Sequence[Task], what: str) -> list[UUID]:
    ids = [task.id for task in tasks]
    if ids:
        record_bulk(actor=actor, act=f"task.{what}", object_type="task", ids=ids, summary={"count": len(ids)})
        publish(TasksChanged(task_ids=[str(one) for one in ids], act=what), actor=actor)
    return ids
