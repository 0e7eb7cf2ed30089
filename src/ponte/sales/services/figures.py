"""Adding up the figures of large workspaces, and noting what selling costs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid, Missing
from ponte.core.services import audit
from ponte.sales.models import CostKind, DailyFigure, FigureState, Lead, Opportunity, Origin, SalesCost
from ponte.sales.policies import check_sales_settings
from ponte.sales.selectors.facts import BY_MONTH, OF_ALL, Metric, grouped
from ponte.sales.selectors.metrics import all_metrics
from ponte.timeline.models import Interaction, Task

LARGE = 20_000  # rows from which a metric is added up beforehand
BASES: dict[str, Any] = {"lead": Lead, "opportunity": Opportunity, "interaction": Interaction, "task": Task}


def add_up_figures(*, often: bool = False, least: int = LARGE) -> list[str]:
    """Add up the metrics whose tables are large anew; forget those whose tables are not. Returns the metrics written.

    Args:
        often: only those that are cheap enough for all day, and only where something changed since.
        least: how many rows (by the planner's estimate) make a table large; 0 for every one.
    """
    written = []
    for metric in all_metrics():
        if often and not metric.often:
            continue
        if not (often and _is_current(metric)) and add_up_if_large(metric, least):
            written.append(metric.key)
    return written


def add_up_if_large(metric: Metric, least: int = LARGE) -> bool:
    """Add a metric up anew where its table is large, else forget what was added up; return whether it was."""
    if least and estimated_rows(metric) < least:
        _forget(metric)
        return False
    add_up(metric)
    return True


@transaction.atomic
def add_up(metric: Metric) -> None:
    """Write the figures of one metric anew; readers see the former ones until it is done."""
    now = timezone.now()
    FigureState.objects.get_or_create(metric=metric.key, defaults={"as_of": now})
    FigureState.objects.select_for_update().get(metric=metric.key)
    _clear(metric)
    by = ("month" if metric.by_month else "day", "owner", "pipeline", "part")
    rows = grouped(metric, metric.rows(None), by).annotate(key=Value(metric.key))
    _insert(rows.values_list("key", *(f"by_{one}" for one in by), "times", "much"))
    _add_up_coarser(metric)
    FigureState.objects.filter(metric=metric.key).update(as_of=now)


def _add_up_coarser(metric: Metric) -> None:
    """Add up the rows of days by month, and those without their owners: most questions are answered by few rows then."""
    source = metric.key
    if not metric.by_month:
        _roll_up(source, f"{metric.key}{BY_MONTH}", "owner_id")
        source = f"{metric.key}{BY_MONTH}"
    _roll_up(source, f"{metric.key}{OF_ALL}", "NULL::uuid")


def _roll_up(source: str, target: str, owner: str) -> None:
    table = connection.ops.quote_name(DailyFigure._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (metric, day, owner_id, pipeline_id, part, count, amount)"
            f" SELECT %s, date_trunc('month', day)::date, {owner}, pipeline_id, part, sum(count), sum(amount)"
            f" FROM {table} WHERE metric = %s GROUP BY 2, 3, 4, 5",
            [target, source],
        )


def _clear(metric: Metric) -> None:
    keys = [f"{metric.key}{end}" for end in ("", BY_MONTH, OF_ALL)]
    DailyFigure.objects.filter(metric__in=keys).delete()


def _insert(rows: QuerySet[Any, Any]) -> None:
    query, parameters = rows.query.sql_with_params()
    table = connection.ops.quote_name(DailyFigure._meta.db_table)
    columns = "metric, day, owner_id, pipeline_id, part, count, amount"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT metric, day, owner_id::uuid, pipeline_id::uuid, part, count, coalesce(amount, 0)"
            f" FROM ({query}) made ({columns})",
            parameters,
        )


def estimated_rows(metric: Metric) -> int:
    """Return about how many rows the metric is counted over, as the planner last saw it."""
    table = connection.ops.quote_name(BASES[metric.object]._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _is_current(metric: Metric) -> bool:
    state = FigureState.objects.filter(metric=metric.key).first()
    return state is not None and not BASES[metric.object].objects.filter(updated_at__gte=state.as_of).exists()


@transaction.atomic
def _forget(metric: Metric) -> None:
    if FigureState.objects.filter(metric=metric.key).delete()[0]:
        _clear(metric)


@transaction.atomic
def set_cost(
    *, actor: Actor, month: date, kind: str, amount: Decimal, origin: str = "", note: str = ""
) -> SalesCost:
    """Note what was spent in a month on marketing or sales, for one origin or none; what stood there is replaced.

    Raises:
        Denied: the area "sales" isn't open to them. Invalid: no such kind or origin, a negative amount.
    """
    check_sales_settings(actor)
    if kind not in CostKind.values:
        raise Invalid.on("kind", "invalid", _("Choose one of the options."))
    if origin and origin not in Origin.values:
        raise Invalid.on("origin", "invalid", _("Choose one of the options."))
    if amount < 0 or amount >= Decimal(10) ** 12:
        raise Invalid.on("amount", "invalid", _("Give an amount of zero or more."))
    first = month.replace(day=1)
    row = SalesCost.objects.select_for_update().filter(month=first, kind=kind, origin=origin).first()
    before = row.amount if row else None
    row = row or SalesCost(month=first, kind=kind, origin=origin, version=0)
    row.amount, row.note, row.version = amount, note.strip()[:200], row.version + 1
    row.save()
    audit.record(actor=actor, act="sales_cost.set", target=row, changes={"amount": (before, amount)})
    return row


@transaction.atomic
def remove_cost(*, actor: Actor, cost_id: UUID, version: int | None = None) -> None:
    """Take a noted cost away.

    Raises:
        Denied, Conflict: as everywhere. Missing: there is no such cost.
    """
    check_sales_settings(actor)
    row = SalesCost.objects.select_for_update().filter(id=cost_id).first()
    if row is None:
        raise Missing("sales_cost")
    check_version(row, version)
    audit.record(actor=actor, act="sales_cost.removed", target=row, changes={"amount": (row.amount, None)})
    row.delete()
