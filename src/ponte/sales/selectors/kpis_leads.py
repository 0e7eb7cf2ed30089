"""Figures of leads: how many become customers, what sales makes of the hand-over, how soon they are answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Count, F

from ponte.sales.models import LeadEntry, LeadStatus
from ponte.sales.selectors.facts import Metric, records, tally, total
from ponte.sales.selectors.lens import Lens
from ponte.sales.selectors.metrics import (
    ACCEPTED,
    ACQUIRED,
    ANSWERED,
    CAPTURED,
    FIRST_WON,
    HANDED,
    REJECTED,
    WAITING,
)
from ponte.sales.selectors.rates import Rate, median_of
from ponte.sales.selectors.working_hours import WorkingClock

Basis = Literal["cohort", "event"]
MOST_EXACT = 3_000  # answers whose working hours are counted one by one


def lead_conversion(lens: Lens, basis: Basis = "cohort") -> Rate:
    """Return the lead conversion rate: customers acquired from leads ÷ leads generated × 100 (kpis.md).

    Args:
        basis: "cohort": of the leads captured in the period, those at least one sale came of, whenever it came. "event": first
            sales in the period ÷ leads captured in the period, whichever leads they came of.
    """
    return Rate(total(_acquired(basis), lens)[0], total(CAPTURED, lens)[0])


def lead_conversion_by_origin(lens: Lens, basis: Basis = "cohort") -> dict[str, Rate]:
    """Return the lead conversion rate of each origin, by its key; the origin of most leads first."""
    return {str(key): rate for key, rate in _rates(lens, basis, "part").items()}


def lead_conversion_by_month(lens: Lens, basis: Basis = "cohort") -> dict[date, Rate]:
    """Return the lead conversion rate of each month of the period, by its first day."""
    found = _rates(lens, basis, "month")
    return {month: found.get(month, Rate(0, 0)) for month in lens.months()}


def _acquired(basis: Basis) -> Metric:
    return ACQUIRED if basis == "cohort" else FIRST_WON


def _rates(lens: Lens, basis: Basis, by: str) -> dict[Any, Rate]:
    captured = {row.keys[0]: row.count for row in tally(CAPTURED, lens, by)}
    acquired = {row.keys[0]: row.count for row in tally(_acquired(basis), lens, by)}
    keys = sorted(captured.keys() | acquired.keys(), key=lambda key: (-captured.get(key, 0), str(key)))
    return {key: Rate(acquired.get(key, 0), captured.get(key, 0)) for key in keys}


@dataclass(frozen=True)
class HandOff:
    """What became of the leads marketing handed over. ``days`` is the mean time until sales took or refused them."""

    handed: int
    accepted: int
    rejected: int
    waiting: int
    days: Decimal | None
    reasons: tuple[tuple[str, int], ...]

    @property
    def rate(self) -> Rate:
        """MQL → SQL: accepted ÷ handed over × 100."""
        return Rate(self.accepted, self.handed)


def hand_off(lens: Lens) -> HandOff:
    """Return MQL → SQL: leads accepted by sales ÷ leads handed over by marketing × 100 (kpis.md).

    Counted over hand-overs in the period; one that isn't answered yet stays in the denominator. The time is the mean from the
    hand-over to its answer, in days. Reasons are those of rejections in the period, the most frequent first.
    """
    found = {row.keys[0]: row for row in tally(HANDED, lens, "part")}
    counts = {key: found[key].count if key in found else 0 for key in (ACCEPTED, REJECTED, WAITING)}
    answered = counts[ACCEPTED] + counts[REJECTED]
    days = sum((found[key].amount for key in (ACCEPTED, REJECTED) if key in found), Decimal(0))
    return HandOff(
        handed=sum(counts.values()),
        accepted=counts[ACCEPTED],
        rejected=counts[REJECTED],
        waiting=counts[WAITING],
        days=days / answered if answered else None,
        reasons=_reasons(lens) if counts[REJECTED] else (),
    )


def _reasons(lens: Lens) -> tuple[tuple[str, int], ...]:
    leads = records(HANDED, lens).values("lead_id")
    rows = LeadEntry.objects.filter(lead_id__in=leads, before=LeadStatus.MQL, reason__isnull=False)
    rows = rows.filter(entered_at__gte=lens.since, entered_at__lt=lens.until)
    counted = rows.values(name=F("reason__name")).annotate(times=Count("id")).order_by("-times", "name")
    return tuple(counted.values_list("name", "times")[:10])


@dataclass(frozen=True)
class Response:
    """How soon leads get their first answer. ``median`` is in hours: working hours, or of the clock with ``by_clock``."""

    leads: int
    answered: int
    median: Decimal | None
    by_clock: bool

    @property
    def rate(self) -> Rate:
        """Leads answered ÷ leads captured × 100."""
        return Rate(self.answered, self.leads)


def first_response(lens: Lens) -> Response:
    """Return the time to the first human reply, in working hours (kpis.md), as its median over leads captured in the period.

    Leads without an answer yet don't count in the median; the share answered says how many. Over ``MOST_EXACT`` answers the
    median is of hours by the clock, in steps of ten minutes (of an hour beyond the first day).
    """
    captured, answered = total(CAPTURED, lens)[0], total(ANSWERED, lens)[0]
    if answered > MOST_EXACT:
        minutes = median_of((int(row.keys[0]), row.count) for row in tally(ANSWERED, lens, "part"))
        return Response(captured, answered, None if minutes is None else minutes / 60, by_clock=True)
    hours = list(_working_hours(lens)) if answered else []
    return Response(captured, answered, median_of((hour, 1) for hour in hours), by_clock=False)


def _working_hours(lens: Lens) -> Iterable[Decimal]:
    clock = WorkingClock()
    for since, until in records(ANSWERED, lens).values_list("captured_at", "responded_at"):
        yield clock.hours_between(since, until)
