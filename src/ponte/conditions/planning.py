"""Choosing how a condition is asked, so that no page of a list waits for a walk through the whole table.

A first page is walked to along the sort's index, asking each record on the way; that is quick where many records satisfy the
condition and endless where few do. So 1,500 records taken at random are asked first: they tell about how many
satisfy it. Where it's few, their ids are found in one pass over the table, and then sorted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Expression, F, Model, QuerySet

from ponte.conditions.compiling import condition_q
from ponte.conditions.nodes import Condition
from ponte.core.arrays import AnyOf

SMALL = 20_000  # rows of a table for which any plan is quick
SAMPLE = 1_500  # rows asked to estimate
DENSE = 8  # hits among them from which walking finds a page within some ten thousand rows
MOST_IDS = 25_000  # found first and sorted; the estimate was wrong where there are more


@dataclass(frozen=True)
class Planned:
    """Rows that satisfy a condition, in the form that is quickest; about or (``exact``) exactly how many there are."""

    rows: QuerySet[Any]
    count: int | None = None
    exact: bool = False


def planned(condition: Condition, rows: QuerySet[Any]) -> Planned:
    """Return those of ``rows`` that satisfy the condition, for a page of them in any order.

    Args:
        condition: read for the same reader whose rows these are.
        rows: rows of the condition's subject, other filters applied, unordered.
    """
    size = table_size(rows.model)
    if size < SMALL:
        return Planned(rows.filter(condition_q(condition)))
    probing = rows.filter(condition_q(condition, form="probe"))
    hits = sampled_hits(probing, size)
    if hits >= DENSE:
        return Planned(probing, count=hits * size // min(SAMPLE, size))
    ids = list(rows.filter(condition_q(condition)).order_by().values_list("pk", flat=True)[: MOST_IDS + 1])
    if len(ids) > MOST_IDS:
        return Planned(probing, count=max(MOST_IDS, hits * size // SAMPLE))
    return Planned(rows.filter(AnyOf("pk", ids)), count=len(ids), exact=True)


def sampled_hits(probing: QuerySet[Any], size: int) -> int:
    """Return how many of about ``SAMPLE`` rows taken at random are among ``probing``; some ten milliseconds."""
    return probing.filter(Sampled(probing.model, 100 * SAMPLE / size)).order_by().count()


def table_size(model: type[Model]) -> int:
    """Return about how many rows a model's table has, as the last ANALYZE or VACUUM left it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)", [model._meta.db_table]
        )
        row = cursor.fetchone()
    return max(int(row[0]), 0) if row else 0


class Sampled(Expression):
    """Whether a row lies in pages of its table taken at random, ``percent`` of them."""

    conditional = True

    def __init__(self, model: type[Model], percent: float) -> None:
        super().__init__(output_field=BooleanField())
        self.table, self.column, self.percent = model._meta.db_table, model._meta.pk.column, percent
        self.key: Any = F("pk")

    def get_source_expressions(self) -> list[Any]:
        return [self.key]

    def set_source_expressions(self, exprs: list[Any]) -> None:  # type: ignore[override]
        (self.key,) = exprs

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        quote = connection.ops.quote_name
        key, params = compiler.compile(self.key)
        sql = f"{key} IN (SELECT {quote(self.column)} FROM {quote(self.table)} TABLESAMPLE SYSTEM (%s))"
        return sql, [*params, min(self.percent, 100.0)]
