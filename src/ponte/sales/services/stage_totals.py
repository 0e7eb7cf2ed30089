"""Summing up the parts that triggers write about stages' totals, and mending what they may have missed."""

from __future__ import annotations

from django.db import connection

MANY = 500  # parts that are worth summing up
_SUM_UP = """
WITH gone AS (DELETE FROM sales_stagetotal RETURNING stage_id, owner_id, deals, amount, monthly)
INSERT INTO sales_stagetotal (stage_id, owner_id, deals, amount, monthly)
SELECT stage_id, owner_id, sum(deals), sum(amount), sum(monthly) FROM gone GROUP BY 1, 2
HAVING sum(deals) <> 0 OR sum(amount) <> 0 OR sum(monthly) <> 0
"""
# one statement, one snapshot: what others write meanwhile is counted by their own parts
_MEND = """
WITH there AS (
  SELECT o.stage_id, o.owner_id, count(*) AS deals, sum(o.amount) AS amount, sum(o.monthly) AS monthly
  FROM sales_opportunity o JOIN directory_party p ON p.id = o.party_id AND p.deleted_at IS NULL
  WHERE o.status = 'open' AND o.deleted_at IS NULL GROUP BY 1, 2
), kept AS (
  SELECT stage_id, owner_id, sum(deals) AS deals, sum(amount) AS amount, sum(monthly) AS monthly
  FROM sales_stagetotal GROUP BY 1, 2
), off AS (
  SELECT stage_id, owner_id, sum(deals) AS deals, sum(amount) AS amount, sum(monthly) AS monthly FROM (
    SELECT stage_id, owner_id, deals, amount, monthly FROM there
    UNION ALL SELECT stage_id, owner_id, -deals, -amount, -monthly FROM kept
  ) AS together GROUP BY 1, 2
)
INSERT INTO sales_stagetotal (stage_id, owner_id, deals, amount, monthly)
SELECT stage_id, owner_id, deals, amount, monthly FROM off WHERE deals <> 0 OR amount <> 0 OR monthly <> 0
"""


def sum_up_totals(*, at_least: int = MANY) -> bool:
    """Put the parts of each stage and salesperson together, where there are many; return whether that was done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM (SELECT 1 FROM sales_stagetotal LIMIT %s) AS s", [at_least])
        if cursor.fetchone()[0] < at_least:
            return False
        cursor.execute(_SUM_UP)
    return True


def mend_totals() -> int:
    """Compare the kept totals with the opportunities and add what is off; return how many were (0: all right)."""
    with connection.cursor() as cursor:
        cursor.execute(_MEND)
        return int(cursor.rowcount)
