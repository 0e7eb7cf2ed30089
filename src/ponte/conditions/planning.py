"""Choosing how a condition is asked, so that no page of a list waits for a walk through the whole table.

A first page is walked to along the sort's index, asking each record on the way; that is quick where many records satisfy the
condition and endless where few do. So 1,500 records taken at random are asked first: they tell about how many
satisfy it. Where it's few, their ids are found in one pass over the table, and then sorted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from ponte.conditions.compiling import condition_q
from ponte.conditions.nodes import Condition
from ponte.conditions.sampling import SAMPLE, SMALL, sampled, table_size
from ponte.conditions.whole import whole
from ponte.core.arrays import AnyOf

DENSE = 8  # hits among them from which walking finds a page within some ten thousand rows
MOST_IDS = 25_000  # found first and sorted; the estimate was wrong where there are more


@dataclass(frozen=True)
class Planned:
    """Rows that satisfy a condition, in the form that is quickest; about or (``exact``) exactly how many there are."""

    rows: QuerySet[Any]
    count: int | None = None
    exact: bool = False


def planned(condition: Condition, rows: QuerySet[Any]) -> Planned:
    """Return those of ``rows`` that satisfy the condition, for a page of them in any order.

    Args:
        condition: read for the same reader whose rows these are.
        rows: rows of the condition's subject, other filters applied, unordered.
    """
    size = table_size(rows.model)
    if size < SMALL:
        return Planned(rows.filter(condition_q(condition)))
    probing = rows.filter(condition_q(condition, form="probe"))
    hits = sampled(probing, size).count()  # some ten milliseconds
    if hits >= DENSE:
        return Planned(probing, count=hits * size // min(SAMPLE, size))
    ids = list(whole(condition, rows).order_by().values_list("pk", flat=True)[: MOST_IDS + 1])
    if len(ids) > MOST_IDS:
        return Planned(probing, count=max(MOST_IDS, hits * size // SAMPLE))
    return Planned(rows.filter(AnyOf("pk", ids)), count=len(ids), exact=True)
