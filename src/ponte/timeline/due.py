"""Days and times of tasks in the workspace's time zone."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from ponte.core.tenancy.scope import current_workspace

_LAST_SECOND = time(23, 59, 59)


def workspace_zone() -> ZoneInfo:
    """Return the time zone of the open workspace."""
    return ZoneInfo(current_workspace().timezone)


def today() -> date:
    """Return the day it is in the workspace."""
    return timezone.now().astimezone(workspace_zone()).date()


def local_moment(day: date, at: time) -> datetime:
    """Return the instant of a day and a wall-clock time in the workspace."""
    return datetime.combine(day, at, tzinfo=workspace_zone())


def end_of_day(day: date) -> datetime:
    """Return the last second of a day: when a task due on it, without a time, becomes overdue."""
    return local_moment(day, _LAST_SECOND)


def start_of_day(day: date) -> datetime:
    """Return the first instant of a day."""
    return local_moment(day, time.min)


def due_instant(day: date | None, at: time | None) -> tuple[datetime | None, bool]:
    """Return (``due_at``, ``due_all_day``) for a day with or without a time."""
    if day is None:
        return None, True
    if at is None:
        return end_of_day(day), True
    return local_moment(day, at), False


def next_days(count: int) -> datetime:
    """Return the end of the day ``count`` days from today."""
    return end_of_day(today() + timedelta(days=count))
