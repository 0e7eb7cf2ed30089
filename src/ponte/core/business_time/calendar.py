"""Counting in business days and hours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ponte.core.business_time.holidays import Holiday, official_holidays

Hours = tuple[tuple[time, time], ...]
MAX_DAYS = 3660  # of one walk: ten years
DAY = timedelta(days=1)


class NeverOpen(ValueError):
    """The business has no working hour in ten years to count with."""


@dataclass(frozen=True)
class BusinessCalendar:
    """A workspace's working time.

    Args:
        hours: for each weekday (0 is Monday) the spans of work, in order.
        own: the workspace's own holidays by day of one year, or by (month, day) for every year.
        state: the UF whose holidays count, "" for the national ones alone.
        customary: whether Carnival and Corpus Christi count as free.
        half_days: whether Ash Wednesday, 24 and 31 December are half.
    """

    zone: ZoneInfo
    hours: Mapping[int, Hours]
    own: Mapping[date | tuple[int, int], Holiday] = field(default_factory=dict)
    state: str = ""
    customary: bool = True
    half_days: bool = True

    def holidays_between(self, since: date, until: date) -> list[Holiday]:
        """Return the holidays in [since, until), in order; half days among them."""
        found = [
            one
            for year in range(since.year, until.year + 1)
            for one in official_holidays(year, self.state)
            if since <= one.day < until and self._counts(one)
        ]
        day = since
        while day < until and self.own:
            found += [Holiday(day, one.name, one.kind, one.opens_at, one.closes_at) for one in self._own(day)]
            day += DAY
        return sorted(found, key=lambda one: (one.day, one.kind))

    def holidays_on(self, day: date) -> list[Holiday]:
        """Return what is celebrated on a day."""
        return self.holidays_between(day, day + DAY)

    def is_business_day(self, day: date) -> bool:
        """Return whether anything is done on a day; half days count."""
        return bool(self.spans_of(day))

    def spans_of(self, day: date) -> list[tuple[datetime, datetime]]:
        """Return when work is done on a day, as aware instants; nothing on a free one."""
        spans = self.hours.get(day.weekday(), ())
        if not spans:
            return []
        opens, closes = time.min, time.max
        for one in self.holidays_on(day):
            if one.is_whole:
                return []
            opens = max(opens, one.opens_at or time.min)
            closes = min(closes, one.closes_at or time.max)
        shortened = [(max(start, opens), min(end, closes)) for start, end in spans]
        return [(self._at(day, start), self._at(day, end)) for start, end in shortened if start < end]

    def next_business_day(self, day: date) -> date:
        """Return the day itself when it is a business day, else the first one after it."""
        return next(one for one in self._days(day) if self.is_business_day(one))

    def last_business_day(self, day: date) -> date:
        """Return the day itself when it is a business day, else the last one before it."""
        for _turn in range(MAX_DAYS):
            if self.is_business_day(day):
                return day
            day -= DAY
        raise NeverOpen

    def add_business_days(self, day: date, count: int) -> date:
        """Return the business day ``count`` business days after ``day`` (before it when negative).

        With 0 it is ``next_business_day(day)``. A day that is none counts as none: Saturday plus one is Monday.
        """
        if count == 0:
            return self.next_business_day(day)
        step, left = (DAY if count > 0 else -DAY), abs(count)
        for _turn in range(MAX_DAYS):
            day += step
            left -= self.is_business_day(day)
            if left == 0:
                return day
        raise NeverOpen

    def add_business_time(self, moment: datetime, length: timedelta) -> datetime:
        """Return the instant by which ``length`` of working time has gone by since ``moment``.

        At the very end of a span the answer is that end, not the next beginning. A length of nothing outside
        working time is the next beginning.
        """
        left = max(length, timedelta())
        local = moment.astimezone(self.zone)
        for day in self._days(local.date()):
            for start, end in self.spans_of(day):
                start = max(start, local)
                if start >= end:
                    continue
                if left <= end - start:
                    return start + left
                left -= end - start
        raise NeverOpen

    def business_time_between(self, since: datetime, until: datetime) -> timedelta:
        """Return how much working time lies between two instants; nothing when they are the wrong way round."""
        total, first, last = timedelta(), since.astimezone(self.zone), until.astimezone(self.zone)
        day = first.date()
        while day <= last.date():
            for start, end in self.spans_of(day):
                total += max(min(end, last) - max(start, first), timedelta())
            day += DAY
        return total

    def is_open(self, moment: datetime) -> bool:
        """Return whether the business works at an instant."""
        local = moment.astimezone(self.zone)
        return any(start <= local < end for start, end in self.spans_of(local.date()))

    def _counts(self, one: Holiday) -> bool:
        if one.kind == "half":
            return self.half_days
        return self.customary or one.kind != "optional"

    def _own(self, day: date) -> list[Holiday]:
        return [one for key in (day, (day.month, day.day)) if (one := self.own.get(key)) is not None]

    def _at(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, tzinfo=self.zone)

    @staticmethod
    def _days(day: date) -> Iterator[date]:
        for number in range(MAX_DAYS):
            yield day + number * DAY
        raise NeverOpen
