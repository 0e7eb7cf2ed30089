"""Figures of sales that ended: how many, how much, how long they took, how many of them were won."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from ponte.sales.models import Reason
from ponte.sales.selectors.facts import tally, total
from ponte.sales.selectors.lens import Lens
from ponte.sales.selectors.metrics import LOST_DEALS, OPENED, WON, cycle_metric
from ponte.sales.selectors.rates import Rate, mean_of, median_of


@dataclass(frozen=True)
class Revenue:
    """Sales and what they are worth, in the workspace's currency."""

    count: int
    value: Decimal

    @property
    def average(self) -> Decimal | None:
        """Average deal: revenue ÷ number of sales; None without sales."""
        return self.value / self.count if self.count else None


def won_revenue(lens: Lens) -> Revenue:
    """Return the sales won in the period and their value: what is charged once plus twelve months of what recurs."""
    return Revenue(*total(WON, lens))


def average_deal(lens: Lens) -> Decimal | None:
    """Return the average deal: revenue of won deals ÷ their number (kpis.md), by the day they were won."""
    return won_revenue(lens).average


def won_by_month(lens: Lens) -> dict[date, Revenue]:
    """Return what was won in each month of the period, months without sales included."""
    found = {row.keys[0]: Revenue(row.count, row.amount) for row in tally(WON, lens, "month")}
    return {month: found.get(month, Revenue(0, Decimal(0))) for month in lens.months()}


def won_by_owner(lens: Lens) -> dict[UUID | None, Revenue]:
    """Return what each salesperson won, the largest value first; None stands for opportunities of nobody."""
    rows = sorted(tally(WON, lens, "owner"), key=lambda row: (-row.amount, -row.count))
    return {row.keys[0]: Revenue(row.count, row.amount) for row in rows}


def opened_deals(lens: Lens) -> Revenue:
    """Return the opportunities opened in the period and what they are worth now."""
    return Revenue(*total(OPENED, lens))


@dataclass(frozen=True)
class WinRate:
    """Won ÷ (won + lost) × 100, by number and by value."""

    number: Rate
    value: Rate


def win_rate(lens: Lens) -> WinRate:
    """Return the win rate: opportunities won ÷ (won + lost) × 100, of those that ended in the period."""
    won, lost = total(WON, lens), total(LOST_DEALS, lens)
    return WinRate(Rate(won[0], won[0] + lost[0]), Rate(won[1], won[1] + lost[1]))


@dataclass(frozen=True)
class Cycle:
    """How long sales took, in whole days."""

    number: int
    mean: Decimal | None
    median: Decimal | None


def cycle_length(lens: Lens) -> Cycle:
    """Return the sales cycle: mean and median days from first contact to won (kpis.md), of sales won in the period.

    First contact is the capture of the lead or the opening of the opportunity, the earlier. Days are calendar days of the
    workspace; a sale noted before its first contact counts as zero.
    """
    days = [(int(row.keys[0]), row.count) for row in tally(cycle_metric(), lens, "part")]
    return Cycle(sum(times for _days, times in days), mean_of(days), median_of(days))


@dataclass(frozen=True)
class Lost:
    """Opportunities lost for one reason; ``reason_id`` is None where none was given."""

    reason_id: UUID | None
    name: str
    count: int
    value: Decimal


def lost_by_reason(lens: Lens) -> list[Lost]:
    """Return what was lost in the period by reason, the most frequent first."""
    rows = tally(LOST_DEALS, lens, "part")
    ids = [UUID(row.keys[0]) for row in rows if row.keys[0]]
    names = dict(Reason.objects.filter(id__in=ids).values_list("id", "name"))
    found = [
        Lost(key, names.get(key, "") if key else "", row.count, row.amount)
        for row in rows
        for key in [UUID(row.keys[0]) if row.keys[0] else None]
    ]
    return sorted(found, key=lambda one: (-one.count, one.name))
