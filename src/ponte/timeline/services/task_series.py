"""Tasks that come again: the next is made when the latest is done or its time has come, each once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, Unpack
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.services.audit import record as audit
from ponte.timeline.due import workspace_zone
from ponte.timeline.models import Task, TaskSeries
from ponte.timeline.recurrence import clean_rule, continued_from
from ponte.timeline.services.facts import lock_facts
from ponte.timeline.services.task_data import TaskDetails
from ponte.timeline.services.task_occurrences import (
    SOURCE,
    TEMPLATE,
    next_details,
    next_due,
    occurrence_key,
    told_custom,
)
from ponte.timeline.services.tasks import bump, create_task, delete_task, update_task

TaskSpan = Literal["this", "following"]
BATCH = 200
LABEL = "repeating tasks"


@transaction.atomic
def create_repeating_task(*, actor: Actor, rrule: str = "", **details: Unpack[TaskDetails]) -> Task:
    """Plan a task that comes again by ``rrule`` (RFC 5545; "" for once). The same ``external_key`` again is the task there is.

    Raises:
        Invalid: as in ``create_task``; a rule that can't be read; no day it counts from.
    """
    rule = _checked(rrule, details.get("due_at"))
    task = create_task(actor=actor, **details)
    if rule and task.series_id is None and task.deleted_at is None:
        _begin(actor, task, rule)
    return task


def _checked(rrule: str, due_at: datetime | None) -> str:
    rule = clean_rule(rrule)
    if rule and due_at is None:
        raise Invalid.on("due_at", "required", _("A task that repeats needs a day."))
    return rule


def _begin(actor: Actor, task: Task, rule: str) -> None:
    """Make a task the first of a series."""
    assert task.due_at is not None
    series = TaskSeries(
        rrule=rule,
        zone=str(workspace_zone()),
        starts_at=task.due_at,
        made_through=task.due_at,
        creator=task.creator,
        **_template(task),
    )
    series.save(force_insert=True)
    task.series, task.series_due = series, task.due_at
    bump(task, ["series", "series_due"])
    _audit(actor, task, "", rule)


def _template(task: Task) -> dict[str, Any]:
    ahead = task.due_at - task.remind_at if task.due_at and task.remind_at else None
    seconds = int(ahead.total_seconds()) if ahead is not None and ahead >= timedelta() else None
    return {**{name: getattr(task, name) for name in TEMPLATE}, "remind_seconds": seconds}


def _audit(actor: Actor, task: Task, before: str, after: str) -> None:
    changes = {"rrule": (before, after)}
    audit(actor=actor, act="task.repeats", target=task, changes=changes, subject_id=task.party_id)


@transaction.atomic
def update_repeating_task(
    *,
    actor: Actor,
    task: Task,
    span: TaskSpan = "this",
    rrule: str | None = None,
    version: int | None = None,
    **details: Unpack[TaskDetails],
) -> Task:
    """Change a task and, with "following", all that come after it. ``rrule`` None leaves the rule, "" stops it.

    A rule given to a single task makes it the first of a series; another rule or time of a series counts from this task on.

    Raises:
        Denied, Conflict, Invalid: as in ``update_task``, and for a rule that can't be read.
    """
    row = update_task(actor=actor, task=task, version=version, **details)
    series = _locked(row.series_id)
    if series is None or series.ended_at is not None:
        if rrule:
            _begin(actor, row, _checked(rrule, row.due_at))
        return row
    if rrule is not None and clean_rule(rrule) != series.rrule:
        span = "following"
    if span == "this":
        return row
    _change_following(actor, row, series, details, rrule)
    return row


def _change_following(
    actor: Actor, row: Task, series: TaskSeries, details: Mapping[str, Any], rrule: str | None
) -> None:
    """Take a changed task as what comes next is made of. Open later ones made already follow along."""
    if rrule == "" or row.due_at is None:
        _end(actor, row, series)
        return
    assert row.series_due is not None
    zone = ZoneInfo(series.zone)
    before = series.rrule
    has_moved = row.due_at != row.series_due or (rrule is not None and clean_rule(rrule) != before)
    rule = clean_rule(rrule) if rrule is not None else series.rrule
    if has_moved and rule == before:
        rule = continued_from(rule, series.starts_at, zone, row.series_due)
    later = series.tasks.filter(series_due__gt=row.series_due, done_at=None, deleted_at=None)
    for other in later:
        if has_moved:
            delete_task(actor=actor, task=other)
        else:
            same = {
                name: value for name, value in details.items() if name in TEMPLATE and name != "due_all_day"
            }
            update_task(actor=actor, task=other, **same)
    for name, value in _template(row).items():
        setattr(series, name, value)
    if has_moved:
        series.rrule, series.starts_at, series.made_through = rule, row.due_at, row.due_at
        row.series_due = row.due_at
        Task.objects.filter(series=series, series_due__gte=row.due_at).exclude(id=row.id).update(
            series=None, series_due=None
        )
        bump(row, ["series_due"])
    series.version += 1
    series.save()
    _audit(actor, row, before, series.rrule)


@transaction.atomic
def stop_repeating(*, actor: Actor, task: Task, version: int | None = None) -> Task:
    """Let nothing come after this task; what is planned already stays. Twice is once.

    Raises:
        Denied: no right to. Conflict: ``version`` is not the current one.
    """
    row = update_task(actor=actor, task=task, version=version)
    series = _locked(row.series_id)
    if series is not None and series.ended_at is None:
        _end(actor, row, series)
    return row


def _end(actor: Actor, row: Task, series: TaskSeries) -> None:
    series.ended_at = timezone.now()
    series.version += 1
    series.save(update_fields=["ended_at", "version", "updated_at"])
    _audit(actor, row, series.rrule, "")


@transaction.atomic
def delete_repeating_task(
    *, actor: Actor, task: Task, span: TaskSpan = "this", version: int | None = None
) -> Task:
    """Throw a task away; with "following" those that would come after it too, otherwise the next one is made at once."""
    row = delete_task(actor=actor, task=task, version=version)
    series = _locked(row.series_id)
    if series is None or series.ended_at is not None:
        return row
    if span == "following":
        _end(actor, row, series)
        for other in series.tasks.filter(series_due__gt=row.series_due, done_at=None, deleted_at=None):
            delete_task(actor=actor, task=other)
    else:
        make_next(actor, series)
    return row


@transaction.atomic
def continue_series(*, actor: Actor, tasks: Iterable[Task]) -> list[Task]:
    """Make what comes after these done tasks, unless it was made already."""
    made = []
    for series_id in sorted({one.series_id for one in tasks if one.series_id}):
        series = _locked(series_id)
        task = make_next(actor, series) if series is not None and series.ended_at is None else None
        made += [task] if task is not None else []
    return made


def list_due_series() -> list[tuple[UUID, UUID | None]]:
    """Return (series, customer) of which the latest task's time has come, at most ``BATCH``."""
    due = TaskSeries.objects.filter(ended_at=None, made_through__lte=timezone.now())
    return list(due.order_by("made_through").values_list("id", "party_id")[:BATCH])


@transaction.atomic
def continue_due_series(*, series_id: UUID, party_id: UUID | None) -> Task | None:
    """Make the next task of a series whose latest one's time has come, unless another worker was quicker."""
    lock_facts([party_id])  # before the series: the order everybody keeps
    series = _locked(series_id)
    if series is None or series.ended_at is not None or series.made_through > timezone.now():
        return None
    return make_next(Actor.for_job(LABEL, series.creator), series)


def _locked(series_id: UUID | None) -> TaskSeries | None:
    rows = TaskSeries.objects.select_for_update(of=("self",)).select_related("creator__role", "creator__team")
    return rows.filter(id=series_id).first() if series_id else None


def make_next(actor: Actor, series: TaskSeries) -> Task | None:
    """Make the next task of a locked series, in the future; end the series when there is none."""
    open_later = series.tasks.filter(series_due__gte=series.made_through, done_at=None, deleted_at=None)
    now = timezone.now()
    if series.made_through > now and open_later.exists():
        return None  # the next one stands there already
    due_at = next_due(series, now)
    if due_at is None:
        series.ended_at = now
        series.save(update_fields=["ended_at", "updated_at"])
        return None
    task = _make(actor, series, due_at)
    series.made_through = due_at
    if task is None:
        series.ended_at = now
    series.save(update_fields=["made_through", "ended_at", "updated_at"])
    return task


def _make(actor: Actor, series: TaskSeries, due_at: datetime) -> Task | None:
    """Make one task of a series; None when what it is made of isn't allowed any more."""
    details = next_details(series, due_at)
    for told in (told_custom(series), {}):  # a custom field may have changed since
        try:
            with transaction.atomic():
                task = create_task(
                    actor=actor,
                    due_at=due_at,
                    source=SOURCE,
                    external_key=occurrence_key(series, due_at),
                    custom=told,
                    **details,
                )
        except Invalid:
            continue
        if task.series_id is None:
            task.series, task.series_due = series, due_at
            bump(task, ["series", "series_due"])
        return task
    return None
