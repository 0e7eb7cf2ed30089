"""Filters by what lies between two bounds: days and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ponte.core.brazil.numbers import parse_decimal
from ponte.core.brazil.problems import Unreadable
from ponte.core.models import Member
from ponte.workplace.lists.cells import reader
from ponte.workplace.lists.filters.base import Filter, Rows

NEVER = "never"
PERIODS: dict[str, str | Promise] = {
    "today": _("Today"),
    "yesterday": _("Yesterday"),
    "week": _("This week"),
    "last7": _("Last 7 days"),
    "month": _("This month"),
    "lastmonth": _("Last month"),
    "last30": _("Last 30 days"),
    "last90": _("Last 90 days"),
    "year": _("This year"),
    "before30": _("More than 30 days ago"),
    "before90": _("More than 90 days ago"),
    "before180": _("More than 180 days ago"),
}
COMING: dict[str, str | Promise] = {
    "overdue": _("Overdue"),
    "today": _("Today"),
    "tomorrow": _("Tomorrow"),
    "next7": _("Next 7 days"),
    "week": _("This week"),
    "month": _("This month"),
    "next30": _("Next 30 days"),
}

Days = tuple[date | None, date | None]  # first and last day, both included


def days_of(period: str, today: date) -> Days:
    """Return the first and last day (included, None for no bound) of a named period."""
    number = int("".join(filter(str.isdigit, period)) or 0)
    if period.startswith("last") and number:
        return today - timedelta(days=number - 1), today
    if period.startswith("next") and number:
        return today, today + timedelta(days=number)
    if period.startswith("before") and number:
        return None, today - timedelta(days=number + 1)
    month = today.replace(day=1)
    monday = today - timedelta(days=today.weekday())
    before = month - timedelta(days=1)
    return {
        "today": (today, today),
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "tomorrow": (today + timedelta(days=1), today + timedelta(days=1)),
        "overdue": (None, today - timedelta(days=1)),
        "week": (monday, monday + timedelta(days=6)),
        "month": (month, (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)),
        "lastmonth": (before.replace(day=1), before),
        "year": (today.replace(month=1, day=1), today.replace(month=12, day=31)),
    }[period]


@dataclass(frozen=True)
class DateFilter(Filter):
    """A named period or two days, in the workspace's time zone.

    Args:
        moments: whether the column holds moments (datetimes) rather than days.
        periods: the named periods offered, ``PERIODS`` (looking back) or ``COMING`` (looking ahead).
        never: label for "has no date"; offered where it is given.
    """

    moments: bool = True
    periods: Any = None
    never: Any = ""

    template: ClassVar[str] = "workplace/lists/filters/date.html"

    def named(self) -> dict[str, str | Promise]:
        """Return the named periods offered."""
        named = dict(self.periods if self.periods is not None else PERIODS)
        if self.never:
            named[NEVER] = self.never
        return named

    def read(self, params: QueryDict) -> str | Days | None:
        text = params.get(self.key, "")
        if text in self.named():
            return text
        first, _dots, last = text.partition("..")
        days = (
            _day(first or params.get(f"{self.key}.from", "")),
            _day(last or params.get(f"{self.key}.to", "")),
        )
        return days if days[0] or days[1] else None

    def params(self, value: str | Days) -> list[tuple[str, str]]:
        if isinstance(value, str):
            return [(self.key, value)]
        return [(self.key, "..".join(day.isoformat() if day else "" for day in value))]

    def apply(self, rows: Rows, value: str | Days, member: Member) -> Rows:
        if value == NEVER:
            return rows.filter(**{f"{self.path}__isnull": True})
        first, last = days_of(value, timezone.localdate()) if isinstance(value, str) else value
        if first:
            rows = rows.filter(**{f"{self.path}__gte": _start(first) if self.moments else first})
        if last:
            after = last + timedelta(days=1)
            rows = rows.filter(**{f"{self.path}__lt": _start(after) if self.moments else after})
        return rows

    def words(self, value: str | Days, member: Member) -> str:
        if isinstance(value, str):
            return str(self.named()[value])
        first, last = (date_format(day, "SHORT_DATE_FORMAT") if day else "" for day in value)
        if first and last:
            return (
                first if first == last else gettext("%(first)s to %(last)s") % {"first": first, "last": last}
            )
        return (
            gettext("from %(first)s") % {"first": first}
            if first
            else gettext("until %(last)s") % {"last": last}
        )

    def form(self, value: Any, member: Member) -> dict[str, Any]:
        days = value if isinstance(value, tuple) else (None, None)
        return {
            "periods": [(key, label, key == value) for key, label in self.named().items()],
            "first": days[0].isoformat() if days[0] else "",
            "last": days[1].isoformat() if days[1] else "",
        }


@dataclass(frozen=True)
class NumberFilter(Filter):
    """A number between two bounds, both included. ``unit`` is shown beside them ("R$")."""

    unit: str = ""
    places: int = 0

    template: ClassVar[str] = "workplace/lists/filters/number.html"

    def read(self, params: QueryDict) -> tuple[Decimal | None, Decimal | None] | None:
        least, _dots, most = params.get(self.key, "").partition("..")
        bounds = (
            _number(least or params.get(f"{self.key}.min", "")),
            _number(most or params.get(f"{self.key}.max", "")),
        )
        return bounds if bounds[0] is not None or bounds[1] is not None else None

    def params(self, value: Any) -> list[tuple[str, str]]:
        return [
            (self.key, "..".join("" if bound is None else f"{bound:f}".replace(".", ",") for bound in value))
        ]

    def apply(self, rows: Rows, value: Any, member: Member) -> Rows:
        least, most = value
        if least is not None:
            rows = rows.filter(**{f"{self.path}__gte": least})
        return rows if most is None else rows.filter(**{f"{self.path}__lte": most})

    def words(self, value: Any, member: Member) -> str:
        least, most = (None if bound is None else self._shown(bound) for bound in value)
        if least and most:
            return gettext("%(first)s to %(last)s") % {"first": least, "last": most}
        return (
            gettext("from %(first)s") % {"first": least}
            if least
            else gettext("up to %(last)s") % {"last": most}
        )

    def form(self, value: Any, member: Member) -> dict[str, Any]:
        least, most = value or (None, None)
        return {
            "least": "" if least is None else self._shown(least, unit=False),
            "most": "" if most is None else self._shown(most, unit=False),
        }

    def _shown(self, bound: Decimal, *, unit: bool = True) -> str:
        places = self.places if bound == bound.to_integral_value() else max(self.places, 2)
        text = reader().number(bound, places)
        return f"{self.unit} {text}" if unit and self.unit else text


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None  # beyond, time zone arithmetic overflows


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _number(text: str) -> Decimal | None:
    try:
        number = parse_decimal(text)
    except Unreadable:
        return None
    return number if abs(number) < Decimal(10) ** 15 else None
