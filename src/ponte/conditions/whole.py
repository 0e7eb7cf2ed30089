"""All records of a big table that satisfy a condition: for its ids, its exact count, an act on every one.

Each measure of related records (how many, how much, when) can be counted in one pass over all of them or looked up record
by record. Where a condition asks for several of them, the one that leaves the fewest records is counted in one pass, and the
others are looked up for what it left, if that is less work than counting them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Count, Model, QuerySet

from ponte.conditions.compiling import condition_q
from ponte.conditions.nodes import Condition, Group, Member, Node, Not, Related
from ponte.conditions.sampling import SAMPLE, SMALL, sampled, table_size
from ponte.core.arrays import AnyOf

LOOK_UP = 10  # related records counted in one pass in the time in which those of one record are looked up
MOST_LEFT = 150_000  # ids sent back to be looked up; the estimate was wrong where there are more


def whole(condition: Condition, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return all of ``rows`` that satisfy a condition, in the form that finds every one of them soonest.

    May ask for some of the ids at once. For a page of rows in some order ask ``planning.planned`` instead.

    Args:
        condition: read for the same reader whose rows these are.
        rows: rows of the condition's subject, other filters applied, unordered.
    """
    measures: list[Node] = []
    rest: list[Node] = []
    for part in _conjuncts(condition.tree):
        (measures if any(_measures(part)) else rest).append(part)
    # the size of the table is asked for only where there is something to choose
    if len(measures) < 2 or (size := table_size(rows.model)) < SMALL:
        return rows.filter(condition_q(condition))
    plain = rows.filter(_q(condition, rest))
    hits = _hits(condition, plain, measures, size)
    fewest = measures[hits.index(min(hits))]
    others = [part for part in measures if part is not fewest]
    if LOOK_UP * min(hits) * size // SAMPLE > min(MOST_LEFT * LOOK_UP, _related_rows(condition, others)):
        return rows.filter(condition_q(condition))
    left = plain.filter(_q(condition, [fewest])).order_by().values_list("pk", flat=True)
    ids = list(left[: MOST_LEFT + 1])
    if len(ids) > MOST_LEFT:
        return rows.filter(condition_q(condition))
    return rows.filter(AnyOf("pk", ids)).filter(_q(condition, others, form="probe"))


def _conjuncts(node: Node) -> Iterator[Node]:
    """Yield what must hold altogether."""
    match node:
        case Group(joint="all"):
            for item in node.items:
                yield from _conjuncts(item)
        case Member(inside=True):
            yield from _conjuncts(node.tree)
        case _:
            yield node


def _measures(node: Node) -> Iterator[Related]:
    """Yield the questions in a part of a tree for which related records are counted; "any" and "none" stop at the first."""
    match node:
        case Group():
            for item in node.items:
                yield from _measures(item)
        case Not():
            yield from _measures(node.item)
        case Member():
            yield from _measures(node.tree)
        case Related() if node.measure not in ("any", "none"):
            yield node


def _q(condition: Condition, parts: Sequence[Node], *, form: Any = "set") -> Any:
    return condition_q(replace(condition, tree=Group("all", tuple(parts))), form=form)


def _hits(condition: Condition, rows: QuerySet[Any], parts: Sequence[Node], size: int) -> list[int]:
    """Return how many of a sample satisfy each part."""
    counts = {
        f"part_{number}": Count("pk", filter=_q(condition, [part], form="probe"))
        for number, part in enumerate(parts)
    }
    found = sampled(rows, size).aggregate(**counts)
    return [found[name] for name in counts]


def _related_rows(condition: Condition, parts: Sequence[Node]) -> int:
    """Return how many records the parts would count in one pass, at most."""
    reader = condition.catalogue.reader
    models: set[type[Model]] = {
        found.relation.rows(reader).model for part in parts for found in _measures(part)
    }
    return sum(table_size(model) for model in models)
