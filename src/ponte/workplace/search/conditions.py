"""Two conditions Django has no words for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, F, Func, TextField, UUIDField, Value


class Matches(Func):
    """``column @@ 'query'::tsquery``: the query is used as it is, its words were folded in Python."""

    template = "(%(expressions)s::tsquery)"
    arg_joiner = " @@ "
    output_field = BooleanField()

    def __init__(self, column: str, tsquery: str) -> None:
        super().__init__(F(column), Value(tsquery, output_field=TextField()))


class AnyOf(Func):
    """``column = ANY(array)``: many ids sent as one value."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()

    def __init__(self, column: str, ids: Sequence[Any]) -> None:
        super().__init__(F(column), Value(list(ids), output_field=ArrayField(UUIDField())))
