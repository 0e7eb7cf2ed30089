"""Counting and adding up what happened, by day, owner, pipeline and part.

One query describes each metric. Small workspaces are answered by that query over the rows themselves; for large ones the same
query fills ``DailyFigure`` (``services.figures``), and who sees everything is answered from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, DateField, DecimalField, F, QuerySet, Sum, UUIDField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, TruncDate, TruncMonth

from ponte.core.models import Member
from ponte.core.rights import Scope, scope_of
from ponte.sales.models import DailyFigure
from ponte.sales.selectors.lens import Lens, zone

NO_DAY = date(1900, 1, 1)  # stands for "no day given" in dated metrics
ZERO = Decimal(0)
_MONTHS_BY_PART = ("month", "part")
BY_MONTH, OF_ALL = ":m", ":w"  # ends of the keys of coarser rows: added up by month, by month without owners


@dataclass(frozen=True, slots=True)
class Tally:
    """One line of a count: the values it was taken by, how many, how much."""

    keys: tuple[Any, ...]
    count: int
    amount: Decimal


@dataclass(frozen=True)
class Metric:
    """A thing that happens and is counted.

    Args:
        object: whose rights decide, besides the customer's.
        rows: what happened, as far as a member sees it (None: all).
        moment: path to when it happened; with ``dated`` a date, perhaps empty, instead of an instant.
        owner, pipeline: paths to their ids, "" where there are none.
        part: what else it is told apart by, as text. amount: what is added up.
        by_month: kept by month when added up beforehand (many parts); only whole months are answered from there.
        few_parts: a handful of parts, so that months by part are read once and all else is added up from them.
        often: cheap enough to be added up anew all day, not only at night.
    """

    key: str
    object: str
    rows: Callable[[Member | None], QuerySet[Any]]
    moment: str
    owner: str = "owner_id"
    pipeline: str = ""
    part: Combinable | None = None
    amount: Combinable | None = None
    dated: bool = False
    by_month: bool = False
    often: bool = True
    few_parts: bool = True


def tally(metric: Metric, lens: Lens, *by: str) -> list[Tally]:
    """Count a metric within a lens, by any of "day", "month", "owner", "pipeline" and "part"."""
    known: list[Tally] | None = lens.known.get((metric.key, by))
    if known is None:
        finer = _MONTHS_BY_PART
        if metric.few_parts and lens.has_whole_months and by != finer and set(by) <= set(finer):
            known = _added(tally(metric, lens, *finer), [finer.index(one) for one in by])
        else:
            rows = _kept(metric, lens, by) if is_added_up(metric, lens) else _live(metric, lens, by)
            known = _as_tallies(rows)
        lens.known[metric.key, by] = known
    return known


def _added(rows: Sequence[Tally], kept: Sequence[int]) -> list[Tally]:
    """Return counts added up over the keys that aren't kept (places among the rows' keys)."""
    sums: dict[tuple[Any, ...], tuple[int, Decimal]] = {}
    for row in rows:
        keys = tuple(row.keys[at] for at in kept)
        count, amount = sums.get(keys, (0, ZERO))
        sums[keys] = (count + row.count, amount + row.amount)
    return [Tally(keys, count, amount) for keys, (count, amount) in sums.items()]


def total(metric: Metric, lens: Lens) -> tuple[int, Decimal]:
    """Return how many and how much in all."""
    found = tally(metric, lens)
    return (found[0].count, found[0].amount) if found else (0, ZERO)


def is_added_up(metric: Metric, lens: Lens) -> bool:
    """Return whether a lens is answered from what was added up beforehand."""
    return _is_kept(metric, lens) and (not metric.by_month or lens.has_whole_months)


def _is_kept(metric: Metric, lens: Lens) -> bool:
    return metric.key in lens.added_up and sees_all(lens.member, metric.object)


def sees_all(member: Member | None, object_name: str) -> bool:
    """Return whether a member sees every record of an object and every customer."""
    return member is None or all(
        scope_of(member, name, "view") is Scope.ALL for name in ("customer", object_name)
    )


def records(metric: Metric, lens: Lens) -> QuerySet[Any]:
    """Return the very records a count within a lens is taken over."""
    rows = metric.rows(lens.member)
    if metric.dated:
        rows = rows.filter(**{f"{metric.moment}__gte": lens.start, f"{metric.moment}__lt": lens.end})
    else:
        rows = rows.filter(**{f"{metric.moment}__gte": lens.since, f"{metric.moment}__lt": lens.until})
    return _of_lens(rows, lens, owner=metric.owner, pipeline=metric.pipeline)


def undated(metric: Metric, lens: Lens, *by: str) -> list[Tally]:
    """Count a dated metric over all days and none."""
    if _is_kept(metric, lens):
        rows = DailyFigure.objects.filter(metric=grain_of(metric, lens, by, whole_months=True))
        return _as_tallies(_kept_groups(_of_lens(rows, lens, pipeline=metric.pipeline and "pipeline_id"), by))
    rows = _of_lens(metric.rows(lens.member), lens, owner=metric.owner, pipeline=metric.pipeline)
    return _as_tallies(grouped(metric, rows, by))


def grouped(metric: Metric, rows: QuerySet[Any], by: Sequence[str]) -> QuerySet[Any, Any]:
    """Return the count and sum of rows by the given keys, as tuples in that order."""
    named = {f"by_{key}": _key(metric, key) for key in by}
    amount = Sum(metric.amount) if metric.amount is not None else Value(ZERO, DecimalField())
    counted = rows.order_by().annotate(**named).values(*named)
    if not named:
        counted = rows.order_by().values(one=Value(1))
    annotated = counted.annotate(times=Count("pk"), much=amount)
    made: QuerySet[Any, Any] = annotated.values_list(*named, "times", "much")
    return made


def _key(metric: Metric, key: str) -> Any:
    if key in ("day", "month"):
        if metric.dated:
            moment = Coalesce(F(metric.moment), Value(NO_DAY, DateField()))
            return Cast(TruncMonth(moment), DateField()) if key == "month" else moment
        if key == "month":
            return Cast(TruncMonth(metric.moment, tzinfo=zone()), DateField())
        return TruncDate(metric.moment, tzinfo=zone())
    if key == "part":
        return metric.part if metric.part is not None else Value("", CharField())
    path = metric.owner if key == "owner" else metric.pipeline
    return F(path) if path else Value(None, UUIDField(null=True))


def _live(metric: Metric, lens: Lens, by: Sequence[str]) -> QuerySet[Any, Any]:
    return grouped(metric, records(metric, lens), by)


def grain_of(metric: Metric, lens: Lens, by: Sequence[str], *, whole_months: bool) -> str:
    """Return the key of the coarsest rows that answer: of each month without owners, of each month, of each day.

    A year of a large business is some hundred thousand rows by day and owner, and a few hundred by month without owners.
    """
    if not whole_months or "day" in by:
        return metric.key
    if "owner" not in by and (lens.owners is None or not metric.owner):
        return f"{metric.key}{OF_ALL}"
    return metric.key if metric.by_month else f"{metric.key}{BY_MONTH}"


def _kept(metric: Metric, lens: Lens, by: Sequence[str]) -> QuerySet[Any, Any]:
    grain = grain_of(metric, lens, by, whole_months=lens.has_whole_months)
    rows = DailyFigure.objects.filter(metric=grain, day__gte=lens.start, day__lt=lens.end)
    return _kept_groups(_of_lens(rows, lens, pipeline=metric.pipeline and "pipeline_id"), by)


def _kept_groups(rows: QuerySet[DailyFigure], by: Sequence[str]) -> QuerySet[Any, Any]:
    paths = {"day": "day", "owner": "owner_id", "pipeline": "pipeline_id", "part": "part"}
    named = {
        f"by_{key}": Cast(TruncMonth("day"), DateField()) if key == "month" else F(paths[key]) for key in by
    }
    counted = rows.order_by().annotate(**named).values(*named)
    if not named:
        counted = rows.order_by().values(one=Value(1))
    summed = counted.annotate(times=Sum("count"), much=Sum("amount"))
    made: QuerySet[Any, Any] = summed.values_list(*named, "times", "much")
    return made


def _of_lens(
    rows: QuerySet[Any], lens: Lens, *, owner: str = "owner_id", pipeline: str = ""
) -> QuerySet[Any]:
    if lens.owners is not None and owner:
        rows = rows.filter(**{f"{owner}__in": lens.owners})
    if lens.pipeline is not None and pipeline:
        rows = rows.filter(**{pipeline: lens.pipeline})
    return rows


def _as_tallies(rows: QuerySet[Any, Any]) -> list[Tally]:
    return [Tally(tuple(row[:-2]), row[-2] or 0, row[-1] or ZERO) for row in rows]
