"""What some rows of a big table, taken at random, tell about all of them."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import BooleanField, Expression, F, Model, QuerySet

SMALL = 20_000  # rows of a table for which any plan is quick
SAMPLE = 1_500  # rows asked to estimate


def sampled(rows: QuerySet[Any], size: int) -> QuerySet[Any]:
    """Return those of ``rows`` that are among about ``SAMPLE`` of the table's ``size``, taken at random."""
    return rows.filter(Sampled(rows.model, 100 * SAMPLE / size)).order_by()


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
