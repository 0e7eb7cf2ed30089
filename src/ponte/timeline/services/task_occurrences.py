"""What the next task of a series is made of, and when it is due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ponte.timeline.models import TaskSeries
from ponte.timeline.recurrence import starts_from
from ponte.workplace.custom_fields.schema import custom_out

TEMPLATE = (
    "title",
    "description",
    "kind",
    "priority",
    "due_all_day",
    "assignee_id",
    "party_id",
    "about_type",
    "about_id",
    "custom",
)
SOURCE = "series"


def next_due(series: TaskSeries, now: datetime) -> datetime | None:
    """Return when the next task of a series is due, in the future; None where there is none, or its customer is gone."""
    if series.party is not None and series.party.deleted_at is not None:
        return None
    after = max(series.made_through, now)
    walk = starts_from(series.rrule, series.starts_at, ZoneInfo(series.zone), after)
    return next((moment for moment in walk if moment > after), None)


def told_custom(series: TaskSeries) -> dict[str, Any]:
    """Return custom values by key, as far as who began the series may read them."""
    if not series.custom or series.creator is None:
        return {}
    told = custom_out(series.creator, "task", series.custom)
    return {key: value for key, value in told.items() if value is not None}


def next_details(series: TaskSeries, due_at: datetime) -> dict[str, Any]:
    """Return what a task of a series is made of, custom fields aside."""
    details: dict[str, Any] = {name: getattr(series, name) for name in TEMPLATE if name != "custom"}
    if series.assignee is None or not series.assignee.is_active:
        details["assignee_id"] = None
    if series.remind_seconds is not None:
        details["remind_at"] = due_at - timedelta(seconds=series.remind_seconds)
    return details


def occurrence_key(series: TaskSeries, due_at: datetime) -> str:
    """Return the key that keeps an occurrence from being made twice."""
    return f"{series.id}:{int(due_at.timestamp())}"
