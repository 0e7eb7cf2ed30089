"""Days as conditions name them: relative to today in the workspace's time zone."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.conditions.catalogue import Words

NAMED: Mapping[str, Words] = {
    "today": _("today"),
    "yesterday": _("yesterday"),
    "tomorrow": _("tomorrow"),
    "this_week": _("this week"),
    "last_week": _("last week"),
    "next_week": _("next week"),
    "this_month": _("this month"),
    "last_month": _("last month"),
    "next_month": _("next month"),
    "this_quarter": _("this quarter"),
    "last_quarter": _("last quarter"),
    "this_year": _("this year"),
    "last_year": _("last year"),
    "past": _("the past"),
    "future": _("the future"),
}
Days = tuple[date | None, date | None]  # first and last day, both included; None for no bound
DAY = timedelta(days=1)


def today() -> date:
    """Return the day it is for the people reading."""
    return timezone.localdate()


def days_of(operator: str, value: Any, now: date) -> Days:
    """Return the first and last day an operator means; it must be one that means a range."""
    match operator:
        case "period":
            return named_days(value, now)
        case "last_days":
            return now - (value - 1) * DAY, now
        case "next_days":
            return now, now + value * DAY
        case "older_days":
            return None, now - (value + 1) * DAY
        case "later_days":
            return now + (value + 1) * DAY, None
        case "on":
            return value, value
        case "before":
            return None, value - DAY
        case "after":
            return value + DAY, None
        case "between":
            return value[0], value[1]
        case _:
            raise ValueError(operator)


def named_days(name: str, now: date) -> Days:
    """Return the first and last day of a named period."""
    match name:
        case "today" | "yesterday" | "tomorrow":
            day = now + {"today": 0, "yesterday": -1, "tomorrow": 1}[name] * DAY
            return day, day
        case "past":
            return None, now - DAY
        case "future":
            return now + DAY, None
    which, _line, unit = name.partition("_")
    step = {"this": 0, "last": -1, "next": 1}[which]
    if unit == "week":
        monday = now - now.weekday() * DAY + 7 * step * DAY
        return monday, monday + 6 * DAY
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    number = (now.year * 12 + now.month - 1) // months + step
    return _month(number * months), _month((number + 1) * months) - DAY


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def start_of(day: date) -> datetime:
    """Return the moment a day begins in the workspace's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def month_days_ahead(now: date, days: int) -> list[tuple[int, int]]:
    """Return (month, day) of today and the ``days`` that follow; 29 February is kept on the 28th of common years."""
    found = []
    for step in range(min(days, 365) + 1):
        day = now + step * DAY
        found.append((day.month, day.day))
        if found[-1] == (2, 28) and not isleap(day.year):
            found.append((2, 29))
    return list(dict.fromkeys(found))
