"""Open opportunities by the month they are expected to close in: which month stands where, what it adds up to, its goal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from ponte.core.models import Member
from ponte.sales.models import ForecastCategory, Goal, GoalMetric, GoalSpan
from ponte.sales.selectors.goals import visible_goals
from ponte.sales.selectors.lens import later_month, today

LATE, LATER, UNDATED = "late", "later", "none"
MONTHS = 6  # this one and those after it that have a column each
ZERO = Decimal(0)
Line = tuple[date | None, str, int, Decimal]  # any day of a month, category, how many, worth how much


@dataclass
class MonthSum:
    """What is expected to close in a month: how many deals, and their value by forecast category."""

    deals: int = 0
    values: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))

    @property
    def commit(self) -> Decimal:
        """What is committed."""
        return self.values[ForecastCategory.COMMIT]

    @property
    def best_case(self) -> Decimal:
        """What is committed and the best cases."""
        return self.commit + self.values[ForecastCategory.BEST_CASE]

    @property
    def pipeline(self) -> Decimal:
        """All that is open but what is left out."""
        return self.best_case + self.values[ForecastCategory.PIPELINE]


def months_shown() -> list[date]:
    """Return the first days of the months that have a column."""
    this = today().replace(day=1)
    return [later_month(this, at) for at in range(MONTHS)]


def column_of(day: date | None) -> str:
    """Return the column an expected close stands in: a month as "2026-11", ``LATE``, ``LATER`` or ``UNDATED``."""
    if day is None:
        return UNDATED
    months = months_shown()
    if day < months[0]:
        return LATE
    return LATER if day >= later_month(months[-1], 1) else f"{day:%Y-%m}"


def days_of_column(column: str) -> tuple[date | None, date | None] | None:
    """Return the half-open days of a column, open-ended for ``LATE`` and ``LATER``; None for what is no month."""
    months = months_shown()
    if column == LATE:
        return None, months[0]
    if column == LATER:
        return later_month(months[-1], 1), None
    try:
        month = date.fromisoformat(f"{column}-01")
    except ValueError:
        return None
    return (month, later_month(month, 1)) if len(column) == 7 and 1990 <= month.year < 2200 else None


def by_column(lines: Iterable[Line]) -> dict[str, MonthSum]:
    """Return lines added up by column."""
    found: defaultdict[str, MonthSum] = defaultdict(MonthSum)
    for day, category, deals, value in lines:
        one = found[column_of(day)]
        one.deals += deals
        one.values[category] += value
    return dict(found)


def kept_sums(*, pipeline: UUID | None, owners: Sequence[UUID | None] | None) -> dict[str, MonthSum]:
    """Return what every column holds by the totals that are kept: of all or of some salespeople (None: nobody's)."""
    conditions, params = ["true"], []
    if pipeline is not None:
        conditions.append("pipeline_id = %s")
        params.append(pipeline)
    if owners is not None:
        conditions.append("(owner_id = ANY(%s)" + (" OR owner_id IS NULL)" if None in owners else ")"))
        params.append([one for one in owners if one is not None])  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT month, category, sum(deals)::int, sum(amount + 12 * monthly) FROM sales_closetotal"
            f" WHERE {' AND '.join(conditions)} GROUP BY 1, 2",
            params,
        )
        return by_column(cursor.fetchall())


def goals_of_months(member: Member, owners: Sequence[UUID | None] | None) -> dict[str, Goal]:
    """Return the monthly goals of value won of the months shown, by column: the business's, or that of the one salesperson looked at."""
    if owners is not None and (len(owners) != 1 or owners[0] is None):
        return {}
    rows = visible_goals(member).filter(
        metric=GoalMetric.WON_VALUE, span=GoalSpan.MONTH, starts_on__in=months_shown(), product=None, team=None,
        member=owners[0] if owners else None,
    )  # fmt: skip
    return {column_of(goal.starts_on): goal for goal in rows}
