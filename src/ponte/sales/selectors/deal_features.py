"""What a chance is learnt from and told by: features of an opportunity at one moment of its past, or now.

Nothing is read that the moment did not know yet: stages, moves and values come from the history as it stood then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db import connection

# One moment of each stay of an opportunity that ended: a share of the stay chosen by its id, so it is as old as open ones are.
PAST = """
WITH stays AS (
  SELECT e.id, e.opportunity_id, e.stage_id, e.entered_at, e.left_at, e.amount, o.opened_at, o.closed_at, o.monthly, o.status,
    row_number() OVER (PARTITION BY e.opportunity_id ORDER BY e.entered_at, e.id) - 1 AS moves,
    ('x' || substr(replace(e.id::text, '-', ''), 25, 8))::bit(32)::bigint / 4294967296.0 AS share
  FROM sales_stageentry e JOIN sales_opportunity o ON o.id = e.opportunity_id
  WHERE o.status <> 'open' AND o.deleted_at IS NULL AND e.act IN ('opened', 'moved', 'reopened')
    AND e.left_at IS NOT NULL AND e.left_at <= o.closed_at
)
SELECT stage_id::text, {features}, CASE WHEN status = 'won' THEN 1 ELSE 0 END
FROM (SELECT *, entered_at + (left_at - entered_at) * share AS at, amount + 12 * monthly AS value FROM stays) s
{chosen} ORDER BY closed_at
"""
# what may be told of an opportunity at the moment ``at``
FEATURES = {
    "age": "ln(1 + greatest(0, EXTRACT(EPOCH FROM at - opened_at) / 86400))::float8",
    "stay": "ln(1 + greatest(0, EXTRACT(EPOCH FROM at - entered_at) / 86400))::float8",
    "moves": "least(moves, 20)::float8",
    "value": "ln(1 + greatest(0, value))::float8",
}
NOW = """
SELECT o.id, o.stage_id, now() AS at, o.opened_at, o.stage_since AS entered_at, o.amount + 12 * o.monthly AS value,
  (SELECT count(*) - 1 FROM sales_stageentry e WHERE e.opportunity_id = o.id AND e.act IN ('opened', 'moved', 'reopened')) AS moves
FROM sales_opportunity o WHERE o.status = 'open' AND o.deleted_at IS NULL
"""
KEPT_DAYS = 14
MOST = 60_000  # moments learnt from; of more a part is taken, by the opportunity's id


def past_moments(stages: list[str]) -> Iterator[list[float]]:
    """Yield the features of past moments with whether the opportunity was won (1.0 or 0.0), the earliest end first.

    Args:
        stages: ids of the stages told apart, in the order of their features; they come after ``FEATURES``.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sales_stageentry")
        number = cursor.fetchone()[0]
        chosen = f"WHERE share < {MOST / number:.6f}" if number > MOST else ""
        cursor.execute(PAST.format(features=", ".join(FEATURES.values()), chosen=chosen))
        while rows := cursor.fetchmany(5_000):
            for stage, *features, won in rows:
                yield [*features, *(1.0 if stage == one else 0.0 for one in stages), float(won)]


def chance_statement(weights: Mapping[str, float], intercept: float, day: date) -> tuple[str, list[Any]]:
    """Return the statement that writes the chance of every open opportunity anew, with its parameters: set-based, no row comes here.

    The chance it had on a day ``KEPT_DAYS`` ago at most is kept beside it; an older one gives way to the last.
    """
    terms = " + ".join(f"%s * {FEATURES[name]}" for name in FEATURES)
    values: list[Any] = [weights[name] for name in FEATURES]
    stages = [(name, weight) for name, weight in weights.items() if name not in FEATURES]
    whens = " ".join("WHEN %s THEN %s" for _stage in stages)
    by_stage = f"CASE stage_id::text {whens} ELSE 0 END" if stages else "0"
    flat = [value for pair in stages for value in pair]
    score = f"(%s::float8 + {terms} + ({by_stage})::float8)"
    told = f"least(0.9999, greatest(0.0001, 1 / (1 + exp(-greatest(-30, least(30, {score}))))))"
    # a row goes away before its successor is made of it, so that none stands in the way
    sql = (
        "WITH old AS (DELETE FROM sales_dealchance RETURNING opportunity_id, chance, earlier, earlier_on, "
        f"coalesce(earlier_on <= %s::date - {KEPT_DAYS}, true) AS is_old) "
        "INSERT INTO sales_dealchance (opportunity_id, chance, earlier, earlier_on) "
        f"SELECT s.id, {told}, CASE WHEN old.is_old THEN old.chance ELSE old.earlier END, "
        f"CASE WHEN old.is_old AND old.chance IS NOT NULL THEN %s::date - 1 ELSE old.earlier_on END "
        f"FROM ({NOW}) s LEFT JOIN old ON old.opportunity_id = s.id"
    )
    return sql, [day, intercept, *values, *flat, day]
