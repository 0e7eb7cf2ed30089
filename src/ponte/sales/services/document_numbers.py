"""Numbers of quotes and contracts."""

from __future__ import annotations

from django.db import connection

QUOTES, CONTRACTS = 1, 2
_NEXT = """
INSERT INTO sales_quotecounter AS c (id, last) VALUES (%s, 1)
ON CONFLICT (id) DO UPDATE SET last = c.last + 1 RETURNING last
"""


def next_document_number(kind: int) -> str:
    """Return the next number of ``QUOTES`` or ``CONTRACTS``: without gaps, since the counter is locked till the commit."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [kind])
        return str(cursor.fetchone()[0])
