"""Writing many rows in one statement: COPY for new ones, INSERT … SELECT where some may be there, UPDATE … FROM for changes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils import timezone

_BLOCK = 256 * 1024  # letters sent at once
_NULL = "\x01"  # stands for no value: no text that was cleaned has it
_TAKEN_AS_THEY_ARE = (models.CharField, models.TextField, models.DateTimeField, models.BooleanField)
_PLAIN = {None: _NULL, True: "t", False: "f"}
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", _NULL: " "})


def insert_rows(
    model: type[models.Model],
    fields: Sequence[str],
    rows: Iterable[Sequence[Any]],
    constants: Mapping[str, Any] | None = None,
) -> None:
    """Insert rows with COPY; columns not named get their default. A row that is there already raises.

    Args:
        model: whose table.
        fields: attribute names (``party_id``) of the columns that differ, in the order of the values: text, UUIDs,
            numbers, dates, booleans, bytes, what JSON holds as dictionaries and lists, None.
        rows: the values of each row.
        constants: attribute name → value of columns that are the same in all rows.
    """
    given = {**_defaults(model), **(constants or {})}
    same = {name: value for name, value in given.items() if name not in fields}
    attributes = {field.attname: str(field.column) for field in model._meta.concrete_fields}
    names = ", ".join(connection.ops.quote_name(attributes[name]) for name in (*fields, *same))
    end = "".join("\t" + _cell(value) for value in same.values()) + "\n"
    table, width, write = connection.ops.quote_name(model._meta.db_table), len(fields), _cell
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,  # COPY isn't among what Django wraps by itself
        cursor.copy(f"COPY {table} ({names}) FROM STDIN (NULL '{_NULL}')") as copy,
    ):
        waiting, size = [], 0
        for row in rows:
            line = "\t".join([value if value.__class__ is str else write(value) for value in row])
            if "\\" in line or line.count("\t") >= width or "\n" in line or "\r" in line:
                line = "\t".join([_cell(value) for value in row])
            waiting.append(line + end)
            size += len(line)
            if size > _BLOCK:
                copy.write("".join(waiting))
                waiting, size = [], 0
        copy.write("".join(waiting))


def _cell(value: object) -> str:
    """Return a value as COPY's text format writes it."""
    plain = _PLAIN.get(value) if value is None or value.__class__ is bool else None
    if plain is not None:
        return plain
    if value.__class__ is str:
        return str(value).translate(_ESCAPES)
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    if not value and isinstance(value, dict):
        return "{}"
    if isinstance(value, dict | list):
        return json.dumps(value, default=str).translate(_ESCAPES)
    return str(value).translate(_ESCAPES)


def _defaults(model: type[models.Model]) -> dict[str, Any]:
    now = timezone.now()
    return {name: now if is_time else value for name, value, is_time in _fixed_defaults(model)}


@lru_cache(maxsize=64)
def _fixed_defaults(model: type[models.Model]) -> tuple[tuple[str, Any, bool], ...]:
    """Return attribute, default and whether it is the time of writing, of every column the database doesn't fill."""
    return tuple(
        (field.attname, None if field.primary_key else field.get_default(), is_time)
        for field in model._meta.concrete_fields
        if not getattr(field, "generated", False)
        for is_time in (bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)),)
        if not (field.primary_key and field.get_internal_type().endswith("AutoField"))
    )


def update_rows(model: type[models.Model], fields: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """Set ``fields`` of the rows named by primary key; returns how many there were. One statement.

    Args:
        model: whose table.
        fields: names of the columns to set, in the order of the values.
        rows: (primary key, value of the first field, …) each.
    """
    if not rows:
        return 0
    meta = model._meta
    columns = [meta.pk, *(meta.get_field(name) for name in fields)]
    quote = connection.ops.quote_name
    names = [quote(str(column.column)) for column in columns]  # type: ignore[union-attr]
    assignments = ", ".join(f"{name} = given.v{position}" for position, name in enumerate(names) if position)
    aliases = ", ".join(f"v{position}" for position in range(len(columns)))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(meta.db_table)} AS t SET {assignments} "
            f"FROM unnest({_casts(columns)}) AS given ({aliases}) WHERE t.{names[0]} = given.v0",
            [_values(column, rows, position) for position, column in enumerate(columns)],
        )
        return int(cursor.rowcount)


def insert_missing(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Insert unsaved instances, except those whose primary key or unique values are there already. One statement."""
    if not rows:
        return
    columns = [field for field in model._meta.concrete_fields if not getattr(field, "generated", False)]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(column.column)) for column in columns)
    times = {name for name, _value, is_time in _fixed_defaults(model) if is_time}
    now = timezone.now()
    values = [
        [now if column.attname in times else getattr(row, column.attname) for column in columns]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({names}) SELECT * FROM unnest({_casts(columns)})"
            " ON CONFLICT DO NOTHING",
            [_values(column, values, position) for position, column in enumerate(columns)],
        )


def _casts(columns: Sequence[Any]) -> str:
    return ", ".join(f"%s::{column.rel_db_type(connection)}[]" for column in columns)


def _values(column: Any, rows: Sequence[Sequence[Any]], position: int) -> list[Any]:
    """Return the values of one column as the database driver takes them."""
    if isinstance(column, _TAKEN_AS_THEY_ARE):
        return [row[position] for row in rows]
    return [column.get_db_prep_save(row[position], connection) for row in rows]
