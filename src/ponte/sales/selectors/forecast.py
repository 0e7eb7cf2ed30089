"""What each salesperson is expected to win in the months ahead, and how past expectations fared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Max, Min, Q

from ponte.core.models import Member
from ponte.core.rights import members_within
from ponte.sales.models import (
    ForecastCall,
    ForecastCategory,
    ForecastSnapshot,
    LearntModel,
    Stage,
)
from ponte.sales.selectors.facts import NO_DAY, tally, undated
from ponte.sales.selectors.lens import Lens, next_month, today
from ponte.sales.selectors.metrics import LEARNT, STANDING, WON
from ponte.sales.selectors.rates import Rate

ZERO = Decimal(0)
METHODS = ("weighted", "commit", "best_case", "pipeline", "called", "learnt")
FRESH_DAYS = 7  # a month's forecast is the first snapshot of its first week
Key = tuple[date, UUID | None]


@dataclass
class Expected:
    """What one salesperson (or all) is expected to win in a month; each method holds what is won already."""

    won: Decimal = ZERO
    weighted: Decimal = ZERO
    commit: Decimal = ZERO
    best_case: Decimal = ZERO
    pipeline: Decimal = ZERO
    called: Decimal = ZERO
    learnt: Decimal | None = None

    def add(self, other: Expected) -> None:
        """Add another's figures to these."""
        for one in fields(self):
            if one.name != "learnt":
                setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))
        if other.learnt is not None:
            self.learnt = (self.learnt or ZERO) + other.learnt


@dataclass(frozen=True)
class Forecast:
    """The months ahead by salesperson; ``late`` and ``undated`` are the values of open deals no month holds."""

    months: list[date]
    by_owner: dict[Key, Expected]
    calls: dict[Key, ForecastCall]
    late: Decimal
    undated: Decimal

    def owners(self) -> list[UUID | None]:
        """Return who is expected to win anything, the most first."""
        sums: defaultdict[UUID | None, Decimal] = defaultdict(lambda: ZERO)
        for (_month, owner), one in self.by_owner.items():
            sums[owner] += one.pipeline
        return sorted(sums, key=lambda owner: (-sums[owner], str(owner)))

    def of(self, months: Iterable[date], owners: Iterable[UUID | None]) -> Expected:
        """Return the sum over months and owners."""
        whole = Expected()
        wanted = set(owners)
        for month in months:
            for owner in wanted:
                if (month, owner) in self.by_owner:
                    whole.add(self.by_owner[month, owner])
        return whole


def forecast(lens: Lens) -> Forecast:
    """Return what is expected of the months of a lens.

    Weighted: value × probability of the stage. Commit, best case, pipeline: by the category of each opportunity, each holding the
    ones before it. Called: the manager's amount where there is one, else the commit. Learnt: value × learnt chance. All hold
    what is won in the month already; opportunities left out count nowhere.
    """
    months = lens.months()
    by_owner: defaultdict[Key, Expected] = defaultdict(Expected)
    late, no_day = _standing(lens, by_owner)
    for row in tally(WON, lens, "month", "owner"):
        by_owner[row.keys[0], row.keys[1]].won += row.amount
    for row in undated(LEARNT, lens, "month", "owner"):
        if lens.start <= row.keys[0] < lens.end:
            one = by_owner[row.keys[0], row.keys[1]]
            one.learnt = (one.learnt or ZERO) + round(row.amount, 2)
    calls = _calls(lens, months)
    for key, call in calls.items():
        by_owner[key].called = call.amount
    has_learnt = chance_model_is_used()
    for key, one in by_owner.items():
        _finish(one, calls.get(key), has_learnt)
    return Forecast(months, dict(by_owner), calls, late, no_day)


def _standing(lens: Lens, by_owner: defaultdict[Key, Expected]) -> tuple[Decimal, Decimal]:
    """Add up what is open by category; return the value expected before the months, and on no day."""
    probabilities = dict(Stage.objects.values_list("id", "probability"))
    late = no_day = ZERO
    for row in undated(STANDING, lens, "month", "owner", "part"):
        month, owner, part = row.keys
        stage, _colon, category = part.partition(":")
        if category == ForecastCategory.OMITTED or month >= lens.end:
            continue
        if month < lens.start:
            late, no_day = (late, no_day + row.amount) if month == NO_DAY else (late + row.amount, no_day)
            continue
        one = by_owner[month, owner]
        one.weighted += row.amount * probabilities.get(UUID(stage), 0) / 100
        setattr(one, category, getattr(one, category) + row.amount)
    return late, no_day


def _finish(one: Expected, call: ForecastCall | None, has_learnt: bool) -> None:
    one.weighted = round(one.weighted + one.won, 2)
    one.commit += one.won
    one.best_case += one.commit
    one.pipeline += one.best_case
    one.called = call.amount if call is not None else one.commit
    one.learnt = (one.learnt or ZERO) + one.won if has_learnt else None


def _calls(lens: Lens, months: list[date]) -> dict[Key, ForecastCall]:
    if lens.pipeline is not None:
        return {}  # calls are of a person's whole month
    rows = ForecastCall.objects.filter(month__in=months).select_related("member")
    if lens.owners is not None:
        rows = rows.filter(owner_id__in=lens.owners)
    if lens.member is not None:
        rows = rows.filter(owner__in=members_within(lens.member, "opportunity", "view"))
    return {(row.month, row.owner_id): row for row in rows}


def chance_model_is_used() -> bool:
    """Return whether chances were learnt."""
    return LearntModel.objects.filter(kind="chance", problem="").exclude(report={}).exists()


def learnt_model(kind: str) -> LearntModel | None:
    """Return what was learnt last, of "chance" or "series"."""
    return LearntModel.objects.filter(kind=kind).first()


def months_ahead(count: int, member: Member | None = None) -> Lens:
    """Return the lens of this month and those after it, ``count`` in all."""
    start = today().replace(day=1)
    end = start
    for _month in range(count):
        end = next_month(end)
    return Lens(member, start, end)


@dataclass(frozen=True)
class PastMonth:
    """What was forecast of a past month in its first week and what was won in the end."""

    month: date
    taken_on: date
    won: Decimal
    forecast: dict[str, Decimal | None]


def past_forecasts(lens: Lens) -> list[PastMonth]:
    """Return forecasts of the whole business for the full months of a lens, against what was won; months without one are left out.

    A month's forecast is its first snapshot, if that was taken in the month's first ``FRESH_DAYS`` days.
    """
    this_month = today().replace(day=1)
    rows = ForecastSnapshot.objects.filter(
        is_whole=True, month__gte=lens.start, month__lt=min(lens.end, this_month), taken_on__gte=F("month")
    )
    firsts = rows.values("month").annotate(first=Min("taken_on")).values_list("month", "first")
    wanted = Q(pk__in=[])
    for month, first in firsts:
        if (first - month).days < FRESH_DAYS:
            wanted |= Q(month=month, taken_on=first)
    won = {row.keys[0]: row.amount for row in tally(WON, replace(lens, owners=None, pipeline=None), "month")}
    return [
        PastMonth(
            row.month, row.taken_on, won.get(row.month, ZERO), {name: getattr(row, name) for name in METHODS}
        )
        for row in rows.filter(wanted).order_by("month")
    ]


def forecast_error(past: Iterable[PastMonth], method: str) -> Rate | None:
    """Return the WAPE of a method: Σ |won − forecast| ÷ Σ won × 100 over months (kpis.md); None without any forecast."""
    pairs = [(one.won, one.forecast[method]) for one in past]
    known = [(won, told) for won, told in pairs if told is not None]
    if not known:
        return None
    return Rate(sum((abs(won - told) for won, told in known), ZERO), sum((won for won, _told in known), ZERO))


def last_snapshot() -> date | None:
    """Return the day of the newest snapshot."""
    found: date | None = ForecastSnapshot.objects.aggregate(last=Max("taken_on"))["last"]
    return found
