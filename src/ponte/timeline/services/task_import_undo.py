"""Taking a chunk of imported tasks back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ponte.core.services.audit import record_each
from ponte.core.services.events import publish
from ponte.events.timeline import TasksChanged
from ponte.timeline.models import Task
from ponte.timeline.policies import may_on, visible_tasks
from ponte.timeline.services.facts import lock_facts, recount_tasks
from ponte.timeline.services.task_bulk import delete_tasks
from ponte.timeline.services.task_entries import take_entries_away, write_entries
from ponte.timeline.services.task_search import write_documents
from ponte.timeline.services.task_upserts import save_tasks
from ponte.workplace.custom_fields.reverting import take_back_custom
from ponte.workplace.importing.reversal import (
    CHANGED,
    FOREIGN,
    GONE,
    UNDO_ACT,
    UNREADABLE,
    DoneChunk,
    Left,
    Reversal,
    changed_since,
    left_all,
    take_back,
)
from ponte.workplace.importing.targets import ImportContext

Moved = dict[UUID, dict[str, tuple[Any, Any]]]


def undo_tasks(chunk: DoneChunk, context: ImportContext, *, look: bool) -> Reversal:
    """Throw the tasks a chunk made away, with what they left on timelines, and give changed ones their values back.

    What somebody worked with since stays.
    """
    reversal = Reversal(left=left_all(chunk.unreadable, UNREADABLE))
    wanted = Task.objects.filter(id__in=[*chunk.created, *chunk.changes], deleted_at=None)
    lock_facts(wanted.values_list("party_id", flat=True))
    locked = wanted.select_related("assignee").select_for_update(of=("self",)).order_by("id")
    rows = {row.id: row for row in locked.defer("search")}
    _judge_created(context, chunk, rows, reversal)
    if reversal.removed and not look:
        gone = [rows[one] for one in reversal.removed]
        take_entries_away([task for task in gone if task.done_at is not None])
        delete_tasks(actor=context.actor, task_ids=reversal.removed)
        # what was undone may be imported again: the id of the other system is free for a new one
        Task.objects.filter(id__in=reversal.removed).update(external_key=None)
    moved = _restored(context, chunk, rows, reversal)
    if moved and not look:
        _write(context, [rows[one] for one in moved], moved)
    return reversal


def _reach(context: ImportContext, rows: dict[UUID, Task], act: str) -> set[UUID]:
    member = context.actor.member
    if member is None:
        return set(rows)
    seen = set(visible_tasks(member).filter(id__in=list(rows)).values_list("id", flat=True))
    return {one for one, row in rows.items() if one in seen and may_on(member, act, row)}


def _judge_created(
    context: ImportContext, chunk: DoneChunk, rows: dict[UUID, Task], reversal: Reversal
) -> None:
    living = {one: rows[one] for one in chunk.created if one in rows}
    reversal.left |= left_all((one for one in chunk.created if one not in rows), GONE)
    mine = _reach(context, living, "delete")
    reversal.left |= left_all(living.keys() - mine, FOREIGN)
    changed = changed_since("task", mine, chunk)
    reversal.left |= left_all(changed, CHANGED)
    reversal.removed = [one for one in living if one in mine - changed]


def _restored(context: ImportContext, chunk: DoneChunk, rows: dict[UUID, Task], reversal: Reversal) -> Moved:
    """Put values of changed tasks back in memory; return what changed."""
    there = {one: rows[one] for one in chunk.changes if one in rows}
    reach = _reach(context, there, "edit")
    open_to = {one: row for one, row in there.items() if one in reach}
    custom, kept = take_back_custom("task", open_to, chunk.changes, actor=context.actor)
    moved: Moved = {}
    known: dict[tuple[Any, Any], bool] = {}
    for task_id, changes in chunk.changes.items():
        task = open_to.get(task_id)
        if task is None:
            reversal.left[task_id] = Left(FOREIGN if task_id in there else GONE)
            continue
        told = {
            name if name.startswith("about") else name.removesuffix("_id"): pair
            for name, pair in changes.items()
        }
        back, others = take_back(task, told, known)
        back |= custom.get(task_id, {})
        others += kept.get(task_id, [])
        if others:
            reversal.left[task_id] = Left(CHANGED, tuple(others))
        elif back:
            reversal.restored.append(task_id)
        if back:
            moved[task_id] = back
    return moved


def _write(context: ImportContext, tasks: Sequence[Task], moved: Moved) -> None:
    for task in tasks:
        back = moved[task.id]
        if "done_at" in back:
            task.done_by_id = task.assignee_id if task.done_at is not None else None
        if "remind_at" in back:
            task.reminded_at = None
    former = {back["party_id"][0] for back in moved.values() if "party_id" in back}
    lock_facts([*former, *(task.party_id for task in tasks)])
    save_tasks(tasks)
    write_documents(tasks)
    ends = [task for task in tasks if "done_at" in moved[task.id]]
    take_entries_away(ends)
    write_entries(context.actor, [task for task in ends if task.done_at is not None])
    recount_tasks([*former, *(task.party_id for task in tasks)])
    record_each(
        actor=context.actor,
        act=f"task.{UNDO_ACT}",
        object_type="task",
        changes=moved,
        subjects={task.id: task.party_id for task in tasks},
    )
    publish(TasksChanged(task_ids=[str(one) for one in moved], act="edited"), actor=context.actor)
