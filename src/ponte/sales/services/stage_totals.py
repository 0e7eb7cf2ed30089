"""Summing up the parts that triggers write about the totals of stages and of months, and mending what they may have missed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

MANY = 500  # parts that are worth summing up


@dataclass(frozen=True)
class Kept:
    """Totals that are kept: the table, what they are told apart by, and the same read from the opportunities."""

    table: str
    keys: str
    read: str


TOTALS = (
    Kept("sales_stagetotal", "stage_id, owner_id", "o.stage_id, o.owner_id"),
    Kept(
        "sales_closetotal",
        "month, category, pipeline_id, owner_id",
        "date_trunc('month', o.expected_close)::date, o.category, o.pipeline_id, o.owner_id",
    ),
)
_SUM_UP = """
WITH gone AS (DELETE FROM {table} RETURNING {keys}, deals, amount, monthly)
INSERT INTO {table} ({keys}, deals, amount, monthly)
SELECT {keys}, sum(deals), sum(amount), sum(monthly) FROM gone GROUP BY {keys}
HAVING sum(deals) <> 0 OR sum(amount) <> 0 OR sum(monthly) <> 0
"""
# one statement, one snapshot: what others write meanwhile is counted by their own parts
_MEND = """
WITH there ({keys}, deals, amount, monthly) AS (
  SELECT {read}, 1, o.amount, o.monthly
  FROM sales_opportunity o JOIN directory_party p ON p.id = o.party_id AND p.deleted_at IS NULL
  WHERE o.status = 'open' AND o.deleted_at IS NULL
), off AS (
  SELECT {keys}, sum(deals) AS deals, sum(amount) AS amount, sum(monthly) AS monthly FROM (
    SELECT {keys}, deals, amount, monthly FROM there
    UNION ALL SELECT {keys}, -deals, -amount, -monthly FROM {table}
  ) AS together GROUP BY {keys}
)
INSERT INTO {table} ({keys}, deals, amount, monthly)
SELECT {keys}, deals, amount, monthly FROM off WHERE deals <> 0 OR amount <> 0 OR monthly <> 0
"""


def sum_up_totals(*, at_least: int = MANY) -> bool:
    """Put the parts of each total together, where there are many; return whether that was done for any."""
    done = False
    for one in TOTALS:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM {one.table} LIMIT %s) AS s", [at_least])
            if cursor.fetchone()[0] >= at_least:
                cursor.execute(_SUM_UP.format(table=one.table, keys=one.keys))
                done = True
    return done


def mend_totals() -> int:
    """Compare the kept totals with the opportunities and add what is off; return how many were (0: all right)."""
    off = 0
    for one in TOTALS:
        with connection.cursor() as cursor:
            cursor.execute(_MEND.format(table=one.table, keys=one.keys, read=one.read))
            off += int(cursor.rowcount)
    return off
