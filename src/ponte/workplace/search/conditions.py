"""Two conditions Django has no words for."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import BooleanField, F, Func, TextField, Value

from ponte.core.prepared import uuid_array


class Matches(Func):
    """``column @@ 'query'::tsquery``: the query is used as it is, its words were folded in Python."""

    template = "(%(expressions)s::tsquery)"
    arg_joiner = " @@ "
    output_field = BooleanField()

    def __init__(self, column: str, tsquery: str) -> None:
        super().__init__(F(column), Value(tsquery, output_field=TextField()))


class AnyOf(Func):
    """``column = ANY(array)``: many ids sent as one value."""

    template = "(%(expressions)s::uuid[]))"
    arg_joiner = " = ANY("
    output_field = BooleanField()

    def __init__(self, column: str, ids: Sequence[UUID]) -> None:
        super().__init__(F(column), Value(uuid_array(ids), output_field=TextField()))
