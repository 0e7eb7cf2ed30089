"""Keyset pages: constant time however deep, nothing skipped or repeated while rows come and go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
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
    never_null: Collection[str] = (),
) -> HttpResponse:
    """Return one page of ``queryset`` as ``{"items": […], "next_cursor": …}``.

    ``order`` are columns (or annotations) with ``-`` for descending; the last must be unique. Columns may be null
    (PostgreSQL's default place for nulls); ``never_null`` names those the caller knows to be filled although their
    relation could be missing (``facts__revenue``). Raises a 400 problem for a bad cursor, 422 for unknown ``fields``.
    """
    fields = shown_fields(request, schema, paging.fields)
    rows, next_cursor = slice_of(
        queryset, order=order, limit=paging.limit, cursor=paging.cursor, never_null=never_null
    )
    items = [plain(request, row, schema, fields) for row in rows]
    return json_response({"items": items, "next_cursor": next_cursor})


def slice_of(
    queryset: QuerySet[ModelType],
    *,
    order: Sequence[str],
    limit: int,
    cursor: str | None,
    never_null: Collection[str] = (),
) -> tuple[list[ModelType], str | None]:
    """Return up to ``limit`` rows after ``cursor`` and the cursor after them (None when they are the last)."""
    if cursor:
        values = cursors.decode(cursor, order)
        if len(values) != len(order):
            raise cursors.bad_cursor()
        beyond = _range_after(queryset.model, order, values, never_null)
        queryset = queryset.filter(after(order, values) if beyond is None else beyond)
    rows = list(queryset.order_by(*(_ordering(column) for column in order))[: limit + 1])
    if len(rows) <= limit:
        return rows, None
    rows = rows[:limit]
    return rows, cursors.encode(order, [_value(rows[-1], column.lstrip("-")) for column in order])


def after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Return the condition for rows that come after the one with ``values`` in ``order``."""
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


def _range_after(
    model: type[Model], order: Sequence[str], values: Sequence[Any], never_null: Collection[str]
) -> Any:
    """Return ``(a, b) > (x, y)``, one range of an index; None where directions differ or a column may be null.

    The OR form of ``after`` would walk all rows tied with the last one in the leading column.
    """
    directions = {column.startswith("-") for column in order}
    columns = [column.lstrip("-") for column in order]
    if len(directions) > 1 or any(
        not _is_filled(model, column) for column in columns if column not in never_null
    ):
        return None
    row = Tuple(*(F(column) for column in columns))
    bound = tuple(values)
    return TupleLessThan(row, bound) if True in directions else TupleGreaterThan(row, bound)


def _is_filled(model: type[Model], path: str) -> bool:
    """Tell whether a column can't be null: a field that isn't, reached through foreign keys that aren't."""
    try:
        for part in path.split("__")[:-1]:
            relation = model._meta.get_field(part)
            if getattr(relation, "null", True) or not isinstance(relation.related_model, type):
                return False
            model = relation.related_model
        name = path.rsplit("__", 1)[-1]
        return name == "pk" or not getattr(model._meta.get_field(name), "null", True)
    except FieldDoesNotExist:
        return False


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
