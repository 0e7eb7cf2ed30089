"""Through whose eyes, over which days and whose work a figure is taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from ponte.core.models import Member, Team
from ponte.core.tenancy.scope import current_workspace
from ponte.sales.models import FigureState

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Lens:
    """What a figure is about: half-open days ``[start, end)`` in the workspace's time zone.

    Attributes:
        member: who looks; figures hold only what this member may see. None is the system, which sees all.
        owners: only the work of these members; None for everybody's.
        pipeline: only this pipeline (leads belong to none and ignore it).
    """

    member: Member | None
    start: date
    end: date
    owners: frozenset[UUID] | None = None
    pipeline: UUID | None = None
    fresh: bool = field(default=False, compare=False)  # read the records themselves, whatever was added up

    @property
    def since(self) -> datetime:
        """The first instant."""
        return at_midnight(self.start)

    @property
    def until(self) -> datetime:
        """The instant after the last."""
        return at_midnight(self.end)

    @property
    def has_whole_months(self) -> bool:
        """Whether the days begin and end with months."""
        return self.start.day == 1 and self.end.day == 1

    @cached_property
    def added_up(self) -> dict[str, datetime]:
        """Which metrics were added up beforehand, and when."""
        return {} if self.fresh else dict(FigureState.objects.values_list("metric", "as_of"))

    @cached_property
    def known(self) -> dict[Any, Any]:
        """What was counted through this lens already: a page asks for some things twice."""
        return {}

    def months(self) -> list[date]:
        """Return the first days of the months touched, in order."""
        found, month = [], self.start.replace(day=1)
        while month < self.end:
            found.append(month)
            month = next_month(month)
        return found

    def before(self) -> Lens:
        """Return the same look at the span of the same length before this one."""
        if self.has_whole_months:
            start = self.start
            for _month in self.months():
                start = (start - DAY).replace(day=1)
        else:
            start = self.start - (self.end - self.start)
        return replace(self, start=start, end=self.start)


def zone() -> ZoneInfo:
    """Return the workspace's time zone."""
    return ZoneInfo(current_workspace().timezone)


def today() -> date:
    """Return the day it is for the workspace."""
    return datetime.now(zone()).date()


def at_midnight(day: date) -> datetime:
    """Return the instant a day of the workspace begins."""
    return datetime.combine(day, time.min, tzinfo=zone())


def next_month(day: date) -> date:
    """Return the first day of the month after a day's."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def previous_month(day: date) -> date:
    """Return the first day of the month before a day's."""
    return (day.replace(day=1) - DAY).replace(day=1)


PERIODS = ("this_month", "last_month", "this_quarter", "last_quarter", "this_year", "last_year", "12_months")


def days_of(period: str, now: date) -> tuple[date, date]:
    """Return the half-open days of one of ``PERIODS``; whole months, so that figures compare."""
    month = now.replace(day=1)
    quarter = month.replace(month=3 * ((month.month - 1) // 3) + 1)
    year = month.replace(month=1)
    spans: dict[str, tuple[date, date]] = {
        "this_month": (month, next_month(month)),
        "last_month": (previous_month(month), month),
        "this_quarter": (quarter, later_month(quarter, 3)),
        "last_quarter": (later_month(quarter, -3), quarter),
        "this_year": (year, year.replace(year=year.year + 1)),
        "last_year": (year.replace(year=year.year - 1), year),
        "12_months": (later_month(month, -11), next_month(month)),
    }
    return spans.get(period, spans["12_months"])


def later_month(month: date, count: int) -> date:
    """Return the first day of the month ``count`` months after that of ``month``."""
    months = month.year * 12 + month.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def team_members(team: Team) -> frozenset[UUID]:
    """Return the members of a team and of those below it."""
    teams = Team.objects.filter(path__startswith=team.path)
    return frozenset(Member.objects.filter(team__in=teams).values_list("id", flat=True))


def narrowed(lens: Lens, owners: Iterable[UUID]) -> Lens:
    """Return the look at the work of ``owners`` alone, within those looked at already."""
    chosen = frozenset(owners)
    return replace(lens, owners=chosen if lens.owners is None else chosen & lens.owners)
