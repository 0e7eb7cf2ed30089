"""What comes after many done tasks at once: a fixed number of statements, however many repeat."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.directory.models import Party
from ponte.events.timeline import TasksChanged
from ponte.timeline.models import Task, TaskSeries
from ponte.timeline.models.task import OPEN
from ponte.timeline.services.facts import lock_facts, recount_tasks
from ponte.timeline.services.task_data import TaskData, task_columns, task_problems
from ponte.timeline.services.task_occurrences import (
    SOURCE,
    next_details,
    next_due,
    occurrence_key,
    told_custom,
)
from ponte.timeline.services.task_search import write_documents
from ponte.timeline.services.task_series import continue_series, make_next
from ponte.timeline.subjects import Key, customers_of
from ponte.workplace.custom_fields.values import CustomRow, check_rows

FEW, BATCH = 5, 1000


@dataclass
class _Next:
    """The task that comes next in a series; ``custom`` is filled in by the check."""

    series: TaskSeries
    due_at: datetime
    custom: CustomRow

    @property
    def key(self) -> str:
        return occurrence_key(self.series, self.due_at)


@transaction.atomic
def continue_many(*, actor: Actor, tasks: Iterable[Task]) -> int:
    """Make what comes after these done tasks, each once, unless it was made already; return how many.

    Of more than a few at once nobody is told one by one: assignees find them among their tasks, and audit and event name all.
    """
    done = [one for one in tasks if one.series_id]
    ids = sorted({one.series_id for one in done if one.series_id})
    if len(ids) <= FEW:
        return len(continue_series(actor=actor, tasks=done))
    lock_facts(
        TaskSeries.objects.filter(id__in=ids).values_list("party_id", flat=True)
    )  # before the series, as all do
    locked = TaskSeries.objects.select_for_update(of=("self",)).filter(id__in=ids, ended_at=None)
    rows = list(locked.select_related("creator__role", "creator__team", "assignee", "party").order_by("id"))
    now = timezone.now()
    later = Task.objects.filter(OPEN, series__in=ids, series_due__gte=F("series__made_through"))
    standing = set(later.values_list("series_id", flat=True))
    wanted: list[_Next] = []
    for series in rows:
        if series.made_through > now and series.id in standing:
            continue
        if (due_at := next_due(series, now)) is None:
            series.ended_at = now
        else:
            wanted.append(_Next(series, due_at, CustomRow(told_custom(series))))
    made, singly = _make(actor, wanted, now)
    for series in rows:
        series.updated_at = now
    apart = {series.id for series in singly}
    TaskSeries.objects.bulk_update(
        [series for series in rows if series.id not in apart],
        ["made_through", "ended_at", "updated_at"],
        batch_size=BATCH,
    )
    return made + sum(make_next(actor, series) is not None for series in singly)


def _make(actor: Actor, wanted: Sequence[_Next], now: datetime) -> tuple[int, list[TaskSeries]]:
    """Write the tasks; a series whose task isn't allowed any more ends. Return how many, and series to be looked at alone."""
    keys = Task.objects.filter(source=SOURCE, external_key__in=[one.key for one in wanted])
    known = set(keys.values_list("external_key", flat=True))
    singly = [one.series for one in wanted if one.key in known]
    rest = [one for one in wanted if one.key not in known]
    _check_custom(actor, rest)
    about = customers_of(
        None, {(one.series.about_type, one.series.about_id) for one in rest if one.series.about_id}
    )
    living = _living(rest, about)
    tasks = []
    for one in rest:
        task = _task(actor, one, about, living)
        if task is None:
            one.series.ended_at = now
        else:
            tasks.append(task)
        one.series.made_through = one.due_at
    _write(actor, tasks)
    return len(tasks), singly


def _check_custom(actor: Actor, wanted: Sequence[_Next]) -> None:
    check_rows("task", [one.custom for one in wanted], actor=actor)
    again = [one for one in wanted if one.custom.problems]  # a custom field may have changed since
    for one in again:
        one.custom = CustomRow({})
    check_rows("task", [one.custom for one in again], actor=actor)


def _living(wanted: Sequence[_Next], about: Mapping[Key, UUID]) -> set[UUID]:
    ids = {*about.values(), *(one.series.party_id for one in wanted if one.series.party_id)}
    return set(Party.objects.filter(id__in=ids, deleted_at=None).values_list("id", flat=True))


def _task(actor: Actor, one: _Next, about: Mapping[Key, UUID], living: Collection[UUID]) -> Task | None:
    """Return the task, unwritten; None when what it is made of isn't allowed any more."""
    series = one.series
    details: dict[str, Any] = next_details(series, one.due_at)
    if series.about_id is not None:
        details["party_id"] = about.get((series.about_type, series.about_id))
        if details["party_id"] is None:
            return None
    data = TaskData(due_at=one.due_at, source=SOURCE, external_key=one.key, **details)
    is_gone = data.party_id is not None and data.party_id not in living
    if is_gone or one.custom.problems or task_problems(data):
        return None
    columns = task_columns(data, one.custom)
    columns["assignee_id"] = columns["assignee_id"] or actor.member_id
    return Task(creator=actor.member, series=series, series_due=one.due_at, **columns)


def _write(actor: Actor, tasks: Sequence[Task]) -> None:
    if not tasks:
        return
    Task.objects.bulk_create(tasks, batch_size=BATCH)
    write_documents(tasks)
    recount_tasks(task.party_id for task in tasks)
    ids = [task.id for task in tasks]
    summary = {"count": len(ids), "source": SOURCE}
    record_bulk(actor=actor, act="task.planned", object_type="task", ids=ids, summary=summary)
    publish(TasksChanged(task_ids=[str(one) for one in ids], act="created"), actor=actor)
