"""Numbers of quotes and contracts."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

QUOTES, CONTRACTS = 1, 2
_NEXT = """
INSERT INTO sales_quotecounter AS c (id, last) VALUES (%s, 1)
ON CONFLICT (id) DO UPDATE SET last = c.last + 1 RETURNING last
"""

_COUNT_ON = """
INSERT INTO sales_quotecounter AS c (id, last) VALUES (%s, %s)
ON CONFLICT (id) DO UPDATE SET last = greatest(c.last, excluded.last)
"""
_LONGEST_COUNTED = 6  # digits of numbers our own might run into


def next_document_number(kind: int) -> str:
    """Return the next number of ``QUOTES`` or ``CONTRACTS``: without gaps, since the counter is locked till the commit."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [kind])
        return str(cursor.fetchone()[0])


def count_on_after(kind: int, numbers: Iterable[str]) -> None:
    """Let our own numbers go on after those brought in from elsewhere, as far as they are numbers of that kind."""
    counted = [
        int(one) for one in numbers if one.isascii() and one.isdigit() and len(one) <= _LONGEST_COUNTED
    ]
    if counted:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT_ON, [kind, max(counted)])
