"""Changing many rows to different values in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models


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
    casts = ", ".join(f"%s::{column.rel_db_type(connection)}[]" for column in columns)  # type: ignore[union-attr]
    assignments = ", ".join(f"{name} = given.v{position}" for position, name in enumerate(names) if position)
    aliases = ", ".join(f"v{position}" for position in range(len(columns)))
    values = [
        [column.get_db_prep_save(row[position], connection) for row in rows]  # type: ignore[union-attr]
        for position, column in enumerate(columns)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(meta.db_table)} AS t SET {assignments} "
            f"FROM unnest({casts}) AS given ({aliases}) WHERE t.{names[0]} = given.v0",
            values,
        )
        return int(cursor.rowcount)
