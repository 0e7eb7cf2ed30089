"""Keyset pages: the next page starts after the last row seen, found in the index, however deep.

A row-value comparison ``(a, id) > (x, y)`` is one range of the index; the OR-expanded form of it would walk through
all rows tied with the last one, and most customers are tied at a revenue of zero.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import F, Field, GeneratedField, Model, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from ponte.workplace.lists.cells import read
from ponte.workplace.lists.columns import Sort


@dataclass(frozen=True)
class Place:
    """The last row seen: its values in the sort's columns (empty where it was null) and its id."""

    values: tuple[Any, ...]
    id: Any
    in_nulls: bool = False


@dataclass(frozen=True)
class Slice:
    """One page of rows and where the next one starts, None when this is the last."""

    rows: list[Any]
    next: Place | None


def fetch(
    queryset: QuerySet[Any], sort: Sort, *, descending: bool, size: int, after: Place | None = None
) -> Slice:
    """Return up to ``size`` rows after a place, in order; one query, or two at the border to empty values."""
    rows = list(_ordered(queryset, sort, descending=descending, after=after)[: size + 1])
    if sort.nullable and len(rows) <= size and not (after and after.in_nulls):
        rows += list(_empty_part(queryset, sort, descending=descending, after=None)[: size + 1 - len(rows)])
    if len(rows) <= size:
        return Slice(rows, None)
    return Slice(rows[:size], place_of(rows[size - 1], sort))


def first_ids(queryset: QuerySet[Any], sort: Sort, *, descending: bool, size: int) -> list[QuerySet[Any]]:
    """Return the queries of the first ids in order: one, or two where empty values come after the full ones."""
    branches = [_ordered(queryset, sort, descending=descending, after=None)]
    if sort.nullable:
        branches.append(_empty_part(queryset, sort, descending=descending, after=None))
    return [branch.values("pk")[:size] for branch in branches]


def place_of(row: Model, sort: Sort) -> Place:
    """Return where ``row`` stands in ``sort``."""
    values = tuple(read(row, column) for column in sort.columns)
    if sort.nullable and values[0] is None:
        return Place((), row.pk, in_nulls=True)
    return Place(values, row.pk)


def _ordered(queryset: QuerySet[Any], sort: Sort, *, descending: bool, after: Place | None) -> QuerySet[Any]:
    if after is not None and after.in_nulls:
        return _empty_part(queryset, sort, descending=descending, after=after)
    if sort.nullable:
        queryset = (
            sort.filled(queryset) if sort.filled else queryset.filter(**{f"{sort.columns[0]}__isnull": False})
        )
    columns = (*sort.columns, "pk")
    if after is not None:
        queryset = queryset.filter(beyond(columns, (*after.values, after.id), descending=descending))
    return queryset.order_by(*(f"-{column}" if descending else column for column in columns))


def _empty_part(
    queryset: QuerySet[Any], sort: Sort, *, descending: bool, after: Place | None
) -> QuerySet[Any]:
    empty = queryset.filter(**{f"{sort.columns[0]}__isnull": True})
    if after is not None:
        empty = empty.filter(**{"pk__lt" if descending else "pk__gt": after.id})
    return empty.order_by("-pk" if descending else "pk")


def beyond(columns: Sequence[str], values: Sequence[Any], *, descending: bool) -> Any:
    """Return the condition for rows after ``values``: a row-value comparison, plain for a single column."""
    comparison = TupleLessThan if descending else TupleGreaterThan
    return comparison(Tuple(*(F(column) for column in columns)), tuple(values))


def encode(place: Place, model: type[Model], sort: Sort, *, descending: bool) -> str:
    """Return a place as it stands in a URL, signed. It fits only the same kind of rows, sort and direction."""
    values = [None if value is None else str(value) for value in place.values]
    parts = [sort.key, descending, values, str(place.id), place.in_nulls]
    return signed(json.dumps(parts, ensure_ascii=False), model)


def signed(parts: str, model: type[Model]) -> str:
    """Return the parts of a cursor as ``decode`` takes them."""
    return _signer(model).sign(base64.urlsafe_b64encode(parts.encode()).decode().rstrip("="))


def _signer(model: type[Model]) -> Signer:
    """Return what vouches that a cursor's values came out of this table, so that the database can read them again.

    A forged one could hold what Python reads and PostgreSQL doesn't: 1e999999, NaN, years before Christ.
    """
    return Signer(sep=".", salt=f"ponte.list.cursor:{model._meta.label_lower}")


def decode(text: str, model: type[Model], sort: Sort, *, descending: bool) -> Place | None:
    """Return the place written in a URL, None when it isn't one of this list and sort."""
    try:
        ours = _signer(model).unsign(text).encode()
        raw = base64.b64decode(ours + b"=" * (-len(ours) % 4), altchars=b"-_", validate=True)
        key, was_descending, values, row_id, in_nulls = json.loads(raw)
        if (key, was_descending) != (sort.key, descending) or in_nulls not in (True, False):
            return None
        if len(values) != (0 if in_nulls else len(sort.columns)) or (in_nulls and not sort.nullable):
            return None
        fields = [sort.type or column_field(model, column) for column in sort.columns][: len(values)]
        typed = tuple(_typed(field, value) for field, value in zip(fields, values, strict=True))
        return Place(typed, _typed(column_field(model, "pk"), row_id), in_nulls)
    except (BadSignature, ValueError, TypeError, ValidationError, RecursionError):
        return None


def _typed(field: Field[Any, Any], text: Any) -> Any:
    if not isinstance(text, str) or "\x00" in text:
        raise ValueError("not a value")
    value = field.to_python(text)
    if value is None:
        raise ValueError("empty")
    return value


def column_field(model: type[Model], path: str) -> Field[Any, Any]:
    """Return the model field an ORM path ends at; raises ``FieldDoesNotExist``."""
    options = model._meta
    field: Any = None
    for part in path.split("__"):
        if field is not None:
            if not field.is_relation or field.related_model is None:
                raise FieldDoesNotExist(f"{path} leads through a plain field")
            options = field.related_model._meta
        field = options.pk if part == "pk" else options.get_field(part)
    if isinstance(field, GeneratedField):
        generated: Field[Any, Any] = field.output_field  # type: ignore[assignment]
        return generated
    target: Field[Any, Any] = field.target_field if field.is_relation else field
    return target
