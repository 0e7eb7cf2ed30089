"""A condition Django has no words for."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Lookup


@SearchVectorField.register_lookup
class Matches(Lookup):
    """``column @@ 'query'::tsquery``: the query is used as it is, its words were folded in Python."""

    lookup_name = "words"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the condition with its parameters."""
        column, given = self.process_lhs(compiler, connection)
        query, values = self.process_rhs(compiler, connection)
        return f"({column} @@ {query}::tsquery)", (*given, *values)
