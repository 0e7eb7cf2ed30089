"""How many days ahead, and for whom, dates become tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.services.preferences import get_preference

KEY = "date_rules"
MAX_DAYS_AHEAD = 365


@dataclass(frozen=True, slots=True)
class DateRule:
    """What is done about one kind of date. ``member_id`` gets the task of a customer without an owner."""

    kind: str
    is_active: bool
    days_ahead: int
    member_id: UUID | None = None


# What people enter is meant to be remembered; birthdays come by the thousand with an import, so they wait to be asked for.
LABELS: dict[str, str | Promise] = {
    "birthday": _("Birthday"),
    "renewal": _("Renewal"),
    "maintenance": _("Maintenance due"),
    "expiry": _("Expiry"),
    "anniversary": _("Anniversary"),
    "other": _("Other date"),
    "purchase": _("Products that come due after a purchase"),
}
USUAL = {
    "birthday": (False, 1), "renewal": (True, 30), "maintenance": (True, 15), "expiry": (True, 30),
    "anniversary": (True, 3), "other": (True, 7), "purchase": (True, 7),
}  # fmt: skip


def load_rules() -> dict[str, DateRule]:
    """Return the rule of each kind of date; one query."""
    kept: dict[str, Any] = get_preference(KEY) or {}
    rules = {}
    for kind, (is_active, days_ahead) in USUAL.items():
        told = kept.get(kind, {})
        member = told.get("member_id")
        rules[kind] = DateRule(
            kind,
            told.get("is_active", is_active),
            told.get("days_ahead", days_ahead),
            UUID(member) if member else None,
        )
    return rules


def next_date(day: date, yearly: bool, today: date) -> date | None:
    """Return when a date comes next, today included; None for one that is over."""
    if not yearly:
        return day if day >= today else None
    this_year = in_year(day, today.year)
    return this_year if this_year >= today else in_year(day, today.year + 1)


def in_year(day: date, year: int) -> date:
    """Return a date in another year; 29 February is the 28th in common years."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def month_days(since: date, until: date) -> set[tuple[int, int]]:
    """Return the (month, day) pairs of dates that come in [since, until], 29 February with the 28th in common years."""
    days = [since + timedelta(days=number) for number in range((until - since).days + 1)]
    pairs = {(one.month, one.day) for one in days}
    if any(one.month == 2 and one.day == 28 and (one + timedelta(days=1)).month == 3 for one in days):
        pairs.add((2, 29))
    return pairs
