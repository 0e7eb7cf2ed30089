"""Many tasks at once by the ids another system knows them by: files and programs. A fixed number of statements a call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import FieldProblem
from ponte.core.models import Member
from ponte.core.rights import require
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.directory.models import Party
from ponte.directory.policies import visible_parties
from ponte.events.timeline import TasksChanged
from ponte.timeline.models import Task
from ponte.timeline.policies import may_on, visible_tasks
from ponte.timeline.services.facts import lock_facts, recount_tasks
from ponte.timeline.services.task_bulk import note_edits
from ponte.timeline.services.task_data import TaskData, task_columns, task_problems
from ponte.timeline.services.task_entries import take_entries_away, write_entries
from ponte.timeline.services.task_rows import (
    ABOUT,
    COLUMNS,
    Policy,
    TaskOutcome,
    TaskRow,
    about_of,
    customer_problems,
    end_problems,
    locked_fields,
    told_of,
)
from ponte.timeline.services.task_search import write_documents
from ponte.timeline.services.task_series_many import continue_many
from ponte.timeline.subjects import Key, customers_of
from ponte.workplace.custom_fields.values import CustomRow, check_rows

BATCH = 1000
_KEPT = (*COLUMNS[:-1], *ABOUT)
Changes = dict[str, tuple[Any, Any]]


@dataclass
class _Work:
    """What rows may name, and the tasks there are or come to be."""

    known: dict[str, Task]
    beyond: frozenset[str]
    parties: set[UUID]
    members: dict[UUID, Member]
    custom: dict[str, CustomRow]
    about: Mapping[Key, UUID]  # the customers of the records tasks are to be steps of
    new: dict[str, Task] = field(default_factory=dict)
    changes: dict[UUID, Changes] = field(default_factory=dict)
    counted: set[UUID | None] = field(default_factory=set)


@transaction.atomic
def upsert_tasks(
    *,
    actor: Actor,
    rows: Sequence[TaskRow],
    source: str,
    policy: Policy = "update",
    holder: UUID | None = None,
) -> list[TaskOutcome]:
    """Create or update the tasks ``source`` knows by external id; return what became of each row, in order.

    One that becomes done is taken to be done by its assignee, with an entry on its
    customer's timeline dated then. Nobody is told: assignees find them among their tasks. One in the bin is left there, one beyond
    the actor's reach is refused. Of an id that comes twice the later row wins. Repeating changes nothing.

    Args:
        policy: "fill" sets only what is empty, and never what has a default or whether it is done; "skip" leaves known ones alone.
        holder: whose new tasks are that say nothing of an assignee; nobody's when None.

    Raises:
        Denied: the member may not create tasks.
    """
    if actor.member is not None:
        require(actor.member, "task", "create")
    work = _fetch(actor, rows, source, policy, holder)
    outcomes = [_take(actor, row, work, source, policy, holder) for row in rows]
    lost = _write(actor, work, source)
    return [
        replace(one, outcome="unchanged", task_id=lost[one.task_id]) if one.task_id in lost else one
        for one in outcomes
    ]


def _fetch(actor: Actor, rows: Sequence[TaskRow], source: str, policy: Policy, holder: UUID | None) -> _Work:
    """Take the facts of all customers concerned, then the tasks there are: the order every writer here keeps."""
    ids = {row.external_id for row in rows} - {""}
    named = {row.values["party_id"] for row in rows if row.values.get("party_id")}
    steps = {about_of(row.values) for row in rows} - {None}
    about = customers_of(actor.member, {one for one in steps if one is not None})
    wanted = Task.objects.filter(source=source, external_key__in=ids)
    lock_facts([*named, *about.values(), *wanted.values_list("party_id", flat=True)])
    locked = wanted.select_related("assignee").select_for_update(of=("self",)).order_by("id").defer("search")
    found = {str(task.external_key): task for task in locked}
    known = _within(actor.member, found)
    shown = visible_parties(actor.member) if actor.member else Party.objects.filter(deleted_at=None)
    people = [one for one in (holder, *(row.values.get("assignee_id") for row in rows)) if one]
    return _Work(
        known=known,
        beyond=frozenset(found.keys() - known.keys()),
        about=about,
        parties=set(shown.filter(id__in={*named, *about.values()}).values_list("id", flat=True)),
        members={one.id: one for one in Member.objects.filter(id__in=people, is_active=True)},
        custom=_custom(actor, rows, known, policy),
    )


def _within(member: Member | None, found: dict[str, Task]) -> dict[str, Task]:
    """Return the tasks the member may change; those in the bin are shown as there."""
    if member is None or not found:
        return found
    ids = [task.id for task in found.values()]
    seen = {
        one
        for deleted in (False, True)
        for one in visible_tasks(member, deleted=deleted).filter(id__in=ids).values_list("id", flat=True)
    }
    return {key: task for key, task in found.items() if task.id in seen and may_on(member, "edit", task)}


def _custom(
    actor: Actor, rows: Sequence[TaskRow], known: Mapping[str, Task], policy: Policy
) -> dict[str, CustomRow]:
    checked: dict[str, CustomRow] = {}
    for row in rows:
        task = known.get(row.external_id)
        if row.external_id not in checked:
            checked[row.external_id] = (
                CustomRow({}) if task is None else CustomRow({}, task.custom, task.id, policy == "fill")
            )
        if task is None or policy != "skip":
            one = checked[row.external_id]
            one.given = {**one.given, **row.custom}
    check_rows("task", list(checked.values()), actor=actor)
    return checked


def _take(
    actor: Actor, row: TaskRow, work: _Work, source: str, policy: Policy, holder: UUID | None
) -> TaskOutcome:
    if unknown := set(row.values) - {*COLUMNS, *ABOUT}:
        raise TypeError(f"no such fields: {', '.join(sorted(unknown))}")
    task = work.known.get(row.external_id) or work.new.get(row.external_id)
    is_new = row.external_id not in work.known
    if row.external_id in work.beyond:
        message = _("This task exists and is not within your reach. Talk to an administrator.")
        return _refused(FieldProblem("external_id", "exists", message))
    if task is not None and not is_new and (task.deleted_at is not None or policy == "skip"):
        return TaskOutcome("skipped", task.id)
    told = told_of(row, task, policy, holder)
    refusals = customer_problems(told, task, work.about, policy)
    custom = work.custom[row.external_id]
    base = {name: getattr(task, name) for name in _KEPT} if task is not None else {}
    if base.get("about_id") and told.get("party_id", base.get("party_id")) != base.get("party_id"):
        base |= {"about_type": "", "about_id": None}
    given = {name: value for name, value in told.items() if name != "done_at"}
    data = TaskData(**{**base, **given, "source": source, "external_key": row.external_id})
    problems = [
        *(
            []
            if row.external_id
            else [FieldProblem("external_id", "required", _("Give the task's id in the other system."))]
        ),
        *task_problems(data),
        *refusals,
        *_reference_problems(told, work),
        *end_problems(told),
        *locked_fields(actor, told, task),
        *custom.problems,
    ]
    if problems:
        return _refused(*problems)
    columns = task_columns(data, custom) | {"done_at": told.get("done_at", task.done_at if task else None)}
    if task is None:
        return _create(actor, row, columns, work)
    return _update(task, columns, custom, work, is_new=is_new)


def _reference_problems(told: Mapping[str, Any], work: _Work) -> list[FieldProblem]:
    problems = []
    if told.get("assignee_id") and told["assignee_id"] not in work.members:
        problems.append(FieldProblem("assignee_id", "missing", _("There is no such colleague.")))
    if told.get("party_id") and told["party_id"] not in work.parties:
        problems.append(FieldProblem("party_id", "missing", _("There is no such customer.")))
    return problems


def _refused(*problems: FieldProblem) -> TaskOutcome:
    return TaskOutcome("rejected", problems=problems)


def _create(actor: Actor, row: TaskRow, columns: dict[str, Any], work: _Work) -> TaskOutcome:
    task = Task(creator=actor.member, **columns)
    task.assignee = work.members.get(columns["assignee_id"])
    task.done_by = task.assignee if task.done_at else None
    work.new[row.external_id] = task
    work.counted.add(task.party_id)
    return TaskOutcome("created", task.id)


def _update(
    task: Task, columns: Mapping[str, Any], custom: CustomRow, work: _Work, *, is_new: bool
) -> TaskOutcome:
    changes: Changes = {
        name: (getattr(task, name), columns[name])
        for name in (*COLUMNS, *ABOUT)
        if getattr(task, name) != columns[name]
    }
    work.counted |= {task.party_id, columns["party_id"]}
    for name, (_before, value) in changes.items():
        setattr(task, name, value)
    if "assignee_id" in changes:
        task.assignee = work.members.get(columns["assignee_id"])
    if "done_at" in changes:
        task.done_by = task.assignee if task.done_at else None
    if "remind_at" in changes:
        task.reminded_at = None
    if custom.values != task.custom:
        changes |= custom.changes
        task.custom = custom.values
    if changes and not is_new:
        mine = work.changes.setdefault(task.id, {})
        for name, (before, value) in changes.items():
            mine[name] = (mine[name][0] if name in mine else before, value)
    return TaskOutcome("updated" if changes else "unchanged", task.id)


def _write(actor: Actor, work: _Work, source: str) -> dict[UUID | None, UUID]:
    """Write everything; return new tasks another writer was quicker with, by the id each would have had."""
    fresh = list(work.new.values())
    Task.objects.bulk_create(fresh, batch_size=BATCH, ignore_conflicts=True)
    made = set(Task.objects.filter(id__in=[task.id for task in fresh]).values_list("id", flat=True))
    lost = [task for task in fresh if task.id not in made]
    fresh = [task for task in fresh if task.id in made]
    changed = [task for task in work.known.values() if task.id in work.changes]
    save_tasks(changed)
    write_documents([*fresh, *changed])
    recount_tasks(work.counted)
    _tell_of_ends(actor, fresh, changed, work)
    if fresh:
        ids = [task.id for task in fresh]
        summary = {"count": len(ids), "source": source}
        record_bulk(actor=actor, act="task.planned", object_type="task", ids=ids, summary=summary)
        publish(TasksChanged(task_ids=[str(one) for one in ids], act="created"), actor=actor)
    note_edits(actor=actor, changes=work.changes)
    there = dict(
        Task.objects.filter(source=source, external_key__in=[task.external_key for task in lost]).values_list(
            "external_key", "id"
        )
    )
    return {task.id: there[task.external_key] for task in lost}


def save_tasks(tasks: Iterable[Task]) -> None:
    """Write the columns of locked tasks and raise their versions."""
    rows, now = list(tasks), timezone.now()
    for task in rows:
        task.version += 1
        task.updated_at = now
    names = [name.removesuffix("_id") for name in COLUMNS]
    extra = [*ABOUT, "done_by", "reminded_at", "custom", "version", "updated_at"]
    Task.objects.bulk_update(rows, [*names, *extra], batch_size=BATCH)


def _tell_of_ends(actor: Actor, fresh: Sequence[Task], changed: Sequence[Task], work: _Work) -> None:
    moved = [task for task in changed if "done_at" in work.changes[task.id]]
    take_entries_away(moved)
    write_entries(actor, [task for task in (*fresh, *moved) if task.done_at is not None])
    continue_many(actor=actor, tasks=[task for task in moved if task.done_at is not None])
