"""Entries on customers' timelines that tell of tasks done, many at once."""

from __future__ import annotations

from collections.abc import Sequence

from ponte.core.actors import Actor
from ponte.timeline.models import Task
from ponte.timeline.services.about import about_data
from ponte.timeline.services.bulk import bulk_record
from ponte.timeline.services.interaction_data import InteractionData
from ponte.timeline.services.own_entries import bring_back, take_away

_SOURCE = "task"


def write_entries(actor: Actor, tasks: Sequence[Task]) -> None:
    """Tell of tasks that are done now: new entries, dated as the tasks; those of reopened ones come back.

    Args:
        tasks: with ``done_at`` set; those about nobody leave no entry. The facts of their customers must be locked.
    """
    done = {str(task.id): task for task in tasks if task.party_id is not None and task.done_at is not None}
    if not done:
        return
    bring_back(_SOURCE, {key: (task.done_at, task.done_by) for key, task in done.items() if task.done_at})
    bulk_record(actor=actor, items=[_entry(task) for task in done.values()], source=_SOURCE)


def take_entries_away(tasks: Sequence[Task]) -> None:
    """Take the entries of tasks that are not done any more off the timelines. The facts must be locked."""
    take_away(_SOURCE, [str(task.id) for task in tasks])


def _entry(task: Task) -> InteractionData:
    assert task.party_id is not None
    return InteractionData(
        party_id=task.party_id,
        kind="task_done",
        subject=task.title,
        occurred_at=task.done_at,
        data={"task_id": str(task.id), "task_kind": task.kind, **about_data(task)},
        author=task.done_by,
        external_key=str(task.id),
    )
