"""When a step's time comes: business days and working hours, never at night, never on a holiday."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from ponte.core.business_time import BusinessCalendar
from ponte.sales.models import CadenceStep


def moment_after(calendar: BusinessCalendar, base: datetime, step: CadenceStep) -> datetime:
    """Return when a step is due that follows something done at ``base``.

    Its business days are counted first, at the same time of day, then its working hours; the answer always lies in working
    time.
    """
    moment = base
    if step.wait_days:
        local = base.astimezone(calendar.zone)
        day = calendar.add_business_days(local.date(), step.wait_days)
        moment = _within(calendar, day, local.time())
    return calendar.add_business_time(moment, timedelta(hours=step.wait_hours))


def next_opening(calendar: BusinessCalendar, now: datetime) -> datetime:
    """Return when work begins on the next business day after today."""
    day = calendar.add_business_days(now.astimezone(calendar.zone).date(), 1)
    return calendar.spans_of(day)[0][0]


def day_began(calendar: BusinessCalendar, now: datetime) -> datetime:
    """Return the beginning of today, as an instant."""
    return datetime.combine(now.astimezone(calendar.zone).date(), time.min, tzinfo=calendar.zone)


def _within(calendar: BusinessCalendar, day: date, at: time) -> datetime:
    """Return that time of a business day, or the beginning of the span of work nearest to it."""
    moment = datetime.combine(day, at, tzinfo=calendar.zone)
    spans = calendar.spans_of(day)
    for start, end in spans:
        if moment < end:
            return max(start, moment)
    return spans[-1][0]
