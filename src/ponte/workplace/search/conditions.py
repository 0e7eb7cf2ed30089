"""A condition Django has no words for."""

from __future__ import annotations

from django.db.models import BooleanField, F, Func, TextField, Value


class Matches(Func):
    """``column @@ 'query'::tsquery``: the query is used as it is, its words were folded in Python."""

    template = "(%(expressions)s::tsquery)"
    arg_joiner = " @@ "
    output_field = BooleanField()

    def __init__(self, column: str, tsquery: str) -> None:
        super().__init__(F(column), Value(tsquery, output_field=TextField()))
