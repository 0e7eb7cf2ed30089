"""Counts and sums of related records as a condition: one grouped pass for many records, an index probe for few."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, F, QuerySet, Subquery


class AmongGroups(Subquery):
    """``EXISTS (SELECT 1 FROM (grouped query) WHERE key = the row's id)``.

    Plain ``EXISTS`` over a grouped query is asked row by row; in this form PostgreSQL makes a semi or anti join of it, so
    that the groups are counted once, however many rows are looked at. ``NOT IN`` would be slow beyond ``work_mem``.
    """

    output_field = BooleanField()

    def __init__(self, groups: QuerySet[Any], key: str = "pk") -> None:
        super().__init__(groups, output_field=BooleanField())
        self.key: Any = F(key)

    def get_source_expressions(self) -> list[Any]:
        return [self.query, self.key]

    def set_source_expressions(self, exprs: list[Any]) -> None:  # type: ignore[override]
        self.query, self.key = exprs

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> tuple[str, tuple[Any, ...]]:
        inner, inner_params = compiler.compile(self.query)
        outer, outer_params = compiler.compile(self.key)
        sql = f"EXISTS(SELECT 1 FROM {inner} groups_(key_) WHERE groups_.key_ = {outer})"
        return sql, (*inner_params, *outer_params)
