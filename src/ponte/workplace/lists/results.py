"""From a list's state to its rows: joins, filters, search, one page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection, transaction
from django.db.models import Model, QuerySet

from ponte.core.arrays import AnyOf
from ponte.core.models import Member
from ponte.workplace.lists.filters.condition import ConditionFilter
from ponte.workplace.lists.keyset import Place, Slice, decode, encode, fetch
from ponte.workplace.lists.page import ListPage
from ponte.workplace.lists.state import ListState
from ponte.workplace.search.candidates import bitmap_scans_only, matching
from ponte.workplace.search.recheck import texts_match
from ponte.workplace.search.sources import SearchTerms

SEARCH_CAP = 500  # rows a search inside a list sorts at most: any sort of any search within a few ms
COUNT_PATIENCE = 5_000  # ms an exact count in the background may take
COUNT_CAP = 500  # rows counted one by one; beyond, the planner's estimate is told


@dataclass(frozen=True)
class Size:
    """How many rows there are: exactly, or about so many (``estimated``)."""

    count: int
    estimated: bool = False


@dataclass(frozen=True)
class Found:
    """The rows a state selects, unordered; ``capped`` when a search met more than can be sorted at once.

    ``size`` is how many there are, where a condition's plan has told already.
    """

    rows: QuerySet[Any]
    capped: bool = False
    size: Size | None = None


@dataclass(frozen=True)
class Whole:
    """Every row a state selects, however many, for a file.

    ``keep`` looks at each row once more, where the search index holds texts the member may not read.
    """

    rows: QuerySet[Any]
    by_index: bool = False
    keep: Callable[[Any], bool] | None = None

    @property
    def scans(self) -> AbstractContextManager[None]:
        """Within this the rows are to be read."""
        return bitmap_scans_only() if self.by_index else nullcontext()


def select(state: ListState, member: Member, *, act: str = "view") -> Found:
    """Return the rows of a state that the member may do ``act`` to, without joins and order."""
    page = state.page
    if not state.search:
        return _planned(state, member, act)
    rows = _filtered(state, member, act)
    if page.search is not None:
        return Found(page.search(rows, state.search))
    terms = SearchTerms.of(state.search)
    return Found(rows.none()) if terms is None else _searched(state, rows, terms, member)


def select_whole(state: ListState, member: Member, *, act: str, by_pages: bool = False) -> Whole:
    """Return what ``select`` does without the cap a search has on the screen; slower, read it in chunks.

    Args:
        state: of the list.
        member: who reads.
        act: what they may do to the rows.
        by_pages: whether the rows will be read page by page in the list's order, rather than counted or taken all at once.
    """
    page = state.page
    if not state.search:
        return Whole(_planned(state, member, act).rows if by_pages else _whole(state, member, act))
    rows = _filtered(state, member, act)
    if page.search is not None:
        return Whole(page.search(rows, state.search))
    terms = SearchTerms.of(state.search)
    if terms is None:
        return Whole(rows.none())
    found, words = _matching(page, rows, terms, member), terms.words
    if not _needs_recheck(page, member):
        return Whole(found, by_index=True)
    texts = page.search_text
    if texts is None:
        return Whole(rows.none())
    return Whole(found, by_index=True, keep=lambda row: texts_match(words, texts(row, member)))


def _filtered(state: ListState, member: Member, act: str) -> QuerySet[Any]:
    page = state.page
    rows = page.queryset(member) if act == "view" else page.reach(member, act)
    for item in state.active:
        rows = item.filter.narrowed(rows, item.value, member)
    return rows


def _planned(state: ListState, member: Member, act: str) -> Found:
    """Apply a condition last, in the form that is quickest among the rows the other filters leave."""
    condition, value, rows = _before_condition(state, member, act)
    if condition is None:
        return Found(rows)
    plan = condition.planned(rows, value, member)
    if plan.count is None:
        return Found(plan.rows)
    return Found(plan.rows, size=Size(plan.count if plan.exact else rounded(plan.count), not plan.exact))


def _whole(state: ListState, member: Member, act: str) -> QuerySet[Any]:
    """Apply a condition last, in the form that is quickest to go through all rows."""
    condition, value, rows = _before_condition(state, member, act)
    return rows if condition is None else condition.whole(rows, value, member)


def _before_condition(
    state: ListState, member: Member, act: str
) -> tuple[ConditionFilter | None, Any, QuerySet[Any]]:
    """Return the condition among the filters, its value, and the rows the other filters leave."""
    for item in state.active:
        if isinstance(item.filter, ConditionFilter):
            others = replace(state, active=tuple(other for other in state.active if other is not item))
            return item.filter, item.value, _filtered(others, member, act)
    return None, None, _filtered(state, member, act)


def _matching(page: ListPage, rows: QuerySet[Any], terms: SearchTerms, member: Member) -> QuerySet[Any]:
    query = page.search_within(terms.tsquery, member) if page.search_within else terms.tsquery
    return matching(rows, query, column=page.search_column)


def _needs_recheck(page: ListPage, member: Member) -> bool:
    return page.search_within is None and page.hides_searched(member)


def _searched(state: ListState, rows: QuerySet[Any], terms: SearchTerms, member: Member) -> Found:
    """Take the ids out of the search index first, so that no sort ever makes PostgreSQL walk the table for a word."""
    page = state.page
    found = _matching(page, rows, terms, member)
    with bitmap_scans_only():
        if _needs_recheck(page, member):
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


def part_of(state: ListState, member: Member, whole: Whole, *, size: int) -> Slice:
    """Return one page of all rows; ``keep`` may leave fewer than ``size`` of them, even none, with more to come."""
    with whole.scans:
        part = page_of(state, member, Found(whole.rows), size=size)
        keep = whole.keep
        return part if keep is None else Slice([row for row in part.rows if keep(row)], part.next)


def more_than(whole: Whole, limit: int) -> bool:
    """Return whether there are more than ``limit`` rows, counting no further; rows ``keep`` would drop count too."""
    with whole.scans:
        return whole.rows.order_by().values("pk")[: limit + 1].count() > limit


def cursor_of(state: ListState, rows: QuerySet[Any], place: Place) -> str:
    """Return what a URL says to go on behind a place among a state's rows."""
    return encode(place, rows.model, state.sort, descending=state.descending)


def joined(state: ListState, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add what the sort and the shown columns need: conditions for the index and joins."""
    if state.sort.restrict is not None:
        rows = state.sort.restrict(rows)
    if (look := state.look) is not None:
        rows = rows.select_related(*look.needs) if look.needs else rows
        return rows.defer(*look.unread)
    needs = dict.fromkeys(name for column in state.columns for name in column.needs)
    sorted_over = dict.fromkeys(path.rpartition("__")[0] for path in state.sort.columns if "__" in path)
    relations = [*needs, *(path for path in sorted_over if path not in needs)]
    if relations:
        return rows.select_related(*relations).defer(*_unread(state, rows.model, needs))
    return rows


def _unread(state: ListState, model: type[Model], relations: Iterable[str]) -> list[str]:
    """Return what the shown columns do not read of the rows joined for them, as far as their cells tell."""
    found: list[str] = []
    for relation in relations:
        cells = [column.cell for column in state.columns if relation in column.needs]
        if "__" in relation or any(cell.reads_by_function for cell in cells):
            continue
        paths = [*state.sort.columns, *(path for cell in cells for path in cell.paths)]
        start = f"{relation}__"
        read = {path.removeprefix(start).partition("__")[0] for path in paths if path.startswith(start)}
        other = model._meta.get_field(relation).related_model
        if isinstance(other, type):
            found += [
                f"{start}{field.name}"
                for field in other._meta.concrete_fields
                if not field.primary_key and field.name not in read and field.remote_field is None
            ]
    return found


def size_of(rows: QuerySet[Model]) -> Size:
    """Return the number of rows: counted up to ``COUNT_CAP``, estimated by the planner beyond."""
    try:
        estimate = _estimate(rows)
    except EmptyResultSet:
        return Size(0)
    if estimate > 20 * COUNT_CAP:
        return Size(rounded(estimate), estimated=True)
    counted = rows.order_by().values("pk")[: COUNT_CAP + 1].count()
    if counted <= COUNT_CAP:
        return Size(counted)
    return Size(max(rounded(estimate), COUNT_CAP), estimated=True)


def estimated_size(rows: QuerySet[Model]) -> Size:
    """Return the planner's estimate of the number of rows."""
    try:
        return Size(rounded(_estimate(rows)), estimated=True)
    except EmptyResultSet:
        return Size(0)


def exact_size_of(rows: QuerySet[Model]) -> Size | None:
    """Return the exact number of rows, None where counting takes longer than anybody waits for."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = %s", [COUNT_PATIENCE])
            count = rows.order_by().values("pk").count()
            cursor.execute("SET LOCAL statement_timeout = DEFAULT")
            return Size(count)
    except OperationalError:
        return None


def _estimate(rows: QuerySet[Model]) -> int:
    sql, params = rows.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0]
    parsed = json.loads(plan) if isinstance(plan, str) else plan
    estimate: int = parsed[0]["Plan"]["Plan Rows"]
    return estimate


def rounded(number: int) -> int:
    """Return a number with two figures: what an estimate is told as."""
    step: int = 10 ** max(len(str(number)) - 2, 0)
    return number // step * step
