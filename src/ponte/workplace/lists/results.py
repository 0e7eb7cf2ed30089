"""From a list's state to its rows: joins, filters, search, one page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet

from ponte.core.models import Member
from ponte.workplace.lists.keyset import Slice, decode, fetch
from ponte.workplace.lists.state import ListState
from ponte.workplace.search.candidates import bitmap_scans_only, matching
from ponte.workplace.search.conditions import AnyOf
from ponte.workplace.search.recheck import texts_match
from ponte.workplace.search.sources import SearchTerms

SEARCH_CAP = 500  # rows a search inside a list sorts at most: any sort of any search within a few ms
COUNT_CAP = 500  # rows counted one by one; beyond, the planner's estimate is told


@dataclass(frozen=True)
class Found:
    """The rows a state selects, unordered; ``capped`` when a search met more than can be sorted at once."""

    rows: QuerySet[Any]
    capped: bool = False


def select(state: ListState, member: Member, *, act: str = "view") -> Found:
    """Return the rows of a state that the member may do ``act`` to, without joins and order."""
    page = state.page
    rows = page.queryset(member) if act == "view" else page.reach(member, act)
    for item in state.active:
        rows = item.filter.narrowed(rows, item.value, member)
    if not state.search:
        return Found(rows)
    if page.search is not None:
        return Found(page.search(rows, state.search))
    terms = SearchTerms.of(state.search)
    return Found(rows.none()) if terms is None else _searched(state, rows, terms, member)


def _searched(state: ListState, rows: QuerySet[Any], terms: SearchTerms, member: Member) -> Found:
    """Take the ids out of the search index first, so that no sort ever makes PostgreSQL walk the table for a word."""
    page = state.page
    query = page.search_within(terms.tsquery, member) if page.search_within else terms.tsquery
    found = matching(rows, query, column=page.search_column)
    with bitmap_scans_only():
        if page.search_within is None and page.hides_searched(member):
            ids = _visible_matches(state, found, terms, member)
        else:
            ids = list(found.values_list("pk", flat=True)[: SEARCH_CAP + 1])
    return Found(among(page.queryset(member), ids[:SEARCH_CAP]), capped=len(ids) > SEARCH_CAP)


def _visible_matches(state: ListState, found: QuerySet[Any], terms: SearchTerms, member: Member) -> list[Any]:
    """Keep what matches in texts the member may read: a hidden CPF must not be found out by searching for it."""
    texts = state.page.search_text
    if texts is None:
        return []
    return [row.pk for row in found[:SEARCH_CAP] if texts_match(terms.words, texts(row, member))]


def among(rows: QuerySet[Any], ids: Sequence[Any]) -> QuerySet[Any]:
    """Return the rows with these ids, the ids sent as one array."""
    return rows.filter(AnyOf("pk", ids))


def page_of(state: ListState, member: Member, found: Found, *, size: int | None = None) -> Slice:
    """Return one page of the rows found, in the state's sort, with what its columns need."""
    rows = joined(state, found.rows)
    after = (
        decode(state.cursor, rows.model, state.sort, descending=state.descending) if state.cursor else None
    )
    return fetch(
        rows, state.sort, descending=state.descending, size=size or state.page.page_size, after=after
    )


def joined(state: ListState, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add what the sort and the shown columns need: conditions for the index, joins, prefetches."""
    if state.sort.restrict is not None:
        rows = state.sort.restrict(rows)
    needs = dict.fromkeys(name for column in state.columns for name in column.needs)
    sorted_over = dict.fromkeys(path.rpartition("__")[0] for path in state.sort.columns if "__" in path)
    relations = [*needs, *(path for path in sorted_over if path not in needs)]
    if relations:
        rows = rows.select_related(*relations)
    prefetch = [item for column in state.columns for item in column.prefetch]
    return rows.prefetch_related(*prefetch) if prefetch else rows


@dataclass(frozen=True)
class Size:
    """How many rows there are: exactly, or about so many (``estimated``)."""

    count: int
    estimated: bool = False


def size_of(rows: QuerySet[Model]) -> Size:
    """Return the number of rows: counted up to ``COUNT_CAP``, estimated by the planner beyond."""
    try:
        estimate = _estimate(rows)
    except EmptyResultSet:
        return Size(0)
    if estimate > 20 * COUNT_CAP:
        return Size(_rounded(estimate), estimated=True)
    counted = rows.order_by().values("pk")[: COUNT_CAP + 1].count()
    if counted <= COUNT_CAP:
        return Size(counted)
    return Size(max(_rounded(estimate), COUNT_CAP), estimated=True)


def _estimate(rows: QuerySet[Model]) -> int:
    sql, params = rows.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0]
    parsed = json.loads(plan) if isinstance(plan, str) else plan
    estimate: int = parsed[0]["Plan"]["Plan Rows"]
    return estimate


def _rounded(number: int) -> int:
    step: int = 10 ** max(len(str(number)) - 2, 0)
    return number // step * step
