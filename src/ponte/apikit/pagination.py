"""Keyset pages: constant time however deep, nothing skipped or repeated while rows come and go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db.models import F, Model, Q, QuerySet
from django.http import HttpResponse

from ponte.apikit import cursors
from ponte.apikit.replies import json_response, plain, shown_fields
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Out, Paging

ModelType = TypeVar("ModelType", bound=Model)


def page(
    request: ApiRequest,
    queryset: QuerySet[ModelType],
    *,
    order: Sequence[str],
    schema: type[Out],
    paging: Paging,
) -> HttpResponse:
    """Return one page of ``queryset`` as ``{"items": […], "next_cursor": …}``.

    ``order`` are columns (or annotations) with ``-`` for descending; the last must be unique. Columns may be null
    (PostgreSQL's default place for nulls). Raises a 400 problem for a bad cursor, 422 for unknown ``fields``.
    """
    fields = shown_fields(request, schema, paging.fields)
    rows, next_cursor = slice_of(queryset, order=order, limit=paging.limit, cursor=paging.cursor)
    items = [plain(request, row, schema, fields) for row in rows]
    return json_response({"items": items, "next_cursor": next_cursor})


def slice_of(
    queryset: QuerySet[ModelType], *, order: Sequence[str], limit: int, cursor: str | None
) -> tuple[list[ModelType], str | None]:
    """Return up to ``limit`` rows after ``cursor`` and the cursor after them (None when they are the last)."""
    if cursor:
        queryset = queryset.filter(after(order, cursors.decode(cursor, order)))
    rows = list(queryset.order_by(*(_ordering(column) for column in order))[: limit + 1])
    if len(rows) <= limit:
        return rows, None
    rows = rows[:limit]
    return rows, cursors.encode(order, [_value(rows[-1], column.lstrip("-")) for column in order])


def after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Return the condition for rows that come after the one with ``values`` in ``order``."""
    if len(values) != len(order):
        raise cursors.bad_cursor()
    condition = Q()
    for column, value in reversed(list(zip(order, values, strict=True))):
        beyond = _beyond(column, value)
        same = _same(column.lstrip("-"), value)
        tail = (same & condition) if condition else None
        if beyond is None:
            condition = tail if tail is not None else Q(pk__in=[])
        else:
            condition = (beyond | tail) if tail is not None else beyond
    first, value = order[0], values[0]
    bound = _bound(first, value)
    return (bound & condition) if bound is not None else condition


def _ordering(column: str) -> Any:
    name = column.lstrip("-")
    return F(name).desc() if column.startswith("-") else F(name).asc()


def _same(name: str, value: Any) -> Q:
    return Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value})


def _beyond(column: str, value: Any) -> Q | None:
    """Rows strictly after ``value`` in one column; None when there can be none. Nulls sort as the largest."""
    name = column.lstrip("-")
    if column.startswith("-"):
        return Q(**{f"{name}__isnull": False}) if value is None else Q(**{f"{name}__lt": value})
    return None if value is None else Q(**{f"{name}__gt": value}) | Q(**{f"{name}__isnull": True})


def _bound(column: str, value: Any) -> Q | None:
    """A plain bound on the leading column, so that its index serves."""
    if value is None:
        return None
    name = column.lstrip("-")
    if column.startswith("-"):
        return Q(**{f"{name}__lte": value})
    return Q(**{f"{name}__gte": value}) | Q(**{f"{name}__isnull": True})


def _value(row: Model, name: str) -> Any:
    value: Any = row
    for part in name.split("__"):
        value = getattr(value, part, None)
    return value
