"""Working hours between many pairs of moments: each day's hours are looked up once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from ponte.core.business_time.settings import load_business_calendar


class WorkingClock:
    """Counts the workspace's working hours."""

    def __init__(self) -> None:
        self.calendar = load_business_calendar()
        self.known: dict[date, list[tuple[datetime, datetime]]] = {}

    def hours_between(self, since: datetime, until: datetime) -> Decimal:
        """Return the working hours between two instants, to the hundredth; nothing when they are the wrong way round."""
        total = timedelta()
        first, last = since.astimezone(self.calendar.zone), until.astimezone(self.calendar.zone)
        day = first.date()
        while day <= last.date():
            for start, end in self._spans(day):
                total += max(min(end, last) - max(start, first), timedelta())
            day += timedelta(days=1)
        return round(Decimal(total.total_seconds()) / 3600, 2)

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        spans = self.known.get(day)
        if spans is None:
            spans = self.known[day] = self.calendar.spans_of(day)
        return spans
