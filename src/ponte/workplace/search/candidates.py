"""Making PostgreSQL answer a word search from its GIN index and from nothing else.

With a ``LIMIT`` the planner gambles on finding enough rows early in a sequential scan, or in some partial index walked
whole; with no hit at all that reads the table (measured 235 ms against 0.01 ms). So both are switched off around a search:
only a bitmap scan is left, and the GIN index is the one that can serve it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

from ponte.workplace.search.conditions import Matches

ModelT = TypeVar("ModelT", bound=Model)

CANDIDATES = 300  # rows looked at for ranking; more than that can't be told apart by a person anyway


@contextmanager
def bitmap_scans_only() -> Iterator[None]:
    """Forbid sequential and plain index scans inside the block, for the current transaction only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', 'off', true), "
            "set_config('enable_indexonlyscan', 'off', true)"
        )
    failed = False
    try:
        yield
    except BaseException:
        failed = True  # the transaction may be broken; its end restores the settings
        raise
    finally:
        if not failed:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('enable_seqscan', 'on', true), set_config('enable_indexscan', 'on', true), "
                    "set_config('enable_indexonlyscan', 'on', true)"
                )


def matching(queryset: QuerySet[ModelT], tsquery: str, *, column: str = "search") -> QuerySet[ModelT]:
    """Return the rows of ``queryset`` whose ``tsvector`` column matches.

    Args:
        queryset: rows the member may see.
        tsquery: text of the query, from ``SearchTerms.tsquery``.
        column: the ``tsvector`` column, or the path to it over a relation that has one row at most.
    """
    return queryset.filter(**{f"{column}__{Matches.lookup_name}": tsquery})
