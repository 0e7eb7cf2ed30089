"""What a list shows, as its URL says it: search, filters, sort, columns. Nonsense in a URL is ignored, never an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from ponte.core.models import Member
from ponte.workplace.lists.cells import Main
from ponte.workplace.lists.columns import Column, Sort
from ponte.workplace.lists.filters import ChoiceFilter, DateFilter, Filter
from ponte.workplace.lists.looks import BoardLook
from ponte.workplace.lists.page import ListPage

LONGEST_SEARCH = 200
BOARD = "board"  # the value of ``layout`` for columns of cards; a table is the layout of none
CALENDAR = "calendar"  # the value of ``layout`` for a calendar
ALL_ROWS = "all"  # the value of ``view`` that stands for none


@dataclass(frozen=True)
class ActiveFilter:
    """A filter that is on, with its value."""

    filter: Filter
    value: Any


@dataclass(frozen=True)
class ListState:
    """The whole state of a list as one member sees it; ``query()`` writes it back into a URL."""

    page: ListPage
    sort: Sort
    descending: bool
    columns: tuple[Column, ...]
    search: str = ""
    active: tuple[ActiveFilter, ...] = ()
    cursor: str = ""
    view: UUID | None = None
    columns_in_url: bool = False
    board: ChoiceFilter | None = None  # shown as a board with a column for each of its choices
    group: ChoiceFilter | None = None  # shown as a table with a section for each of its choices
    calendar: DateFilter | None = None  # shown as a calendar by this date
    all_rows: bool = False  # asked for by name, by someone whose list opens with a view

    @property
    def sort_param(self) -> str:
        """The sort as the URL has it."""
        return f"-{self.sort.key}" if self.descending else self.sort.key

    @property
    def look(self) -> BoardLook | None:
        """How its board looks, None for the usual (or no board)."""
        return self.page.look_of(self.board.key) if self.board is not None else None

    def filtered(self, key: str, value: Any) -> ListState:
        """Return the state with one filter set to a value; without it where the list has none of that key."""
        found = next((item for item in self.page.filters if item.key == key), None)
        others = tuple(item for item in self.active if item.filter.key != key)
        return self if found is None else replace(self, active=(*others, ActiveFilter(found, value)))

    @property
    def is_narrowed(self) -> bool:
        """Whether anything leaves rows out."""
        return bool(self.search or self.active)

    def value_of(self, key: str) -> Any:
        """Return the value of the filter ``key``, None when it is off."""
        return next((item.value for item in self.active if item.filter.key == key), None)

    def pairs(self, *, without: Sequence[str] = ()) -> list[tuple[str, str]]:
        """Return the state as URL parameters; ``without`` names parts (or filters) left out. The cursor never is in."""
        pairs: list[tuple[str, str]] = []
        if self.search:
            pairs.append(("q", self.search))
        for item in self.active:
            if item.filter.key not in without:
                pairs += item.filter.params(item.value)
        if self.sort_param != self.page.default_sort:
            pairs.append(("sort", self.sort_param))
        if self.columns_in_url:
            pairs.append(("cols", ",".join(column.key for column in self.columns)))
        if self.board is not None:
            pairs += [("layout", BOARD), ("by", self.board.key)]
        if self.calendar is not None:
            pairs += [("layout", CALENDAR), ("by", self.calendar.key)]
        if self.group is not None:
            pairs.append(("group", self.group.key))
        if self.view is not None or self.all_rows:
            pairs.append(("view", str(self.view or ALL_ROWS)))
        return [pair for pair in pairs if pair[0] not in without]

    def query(self, *, without: Sequence[str] = (), **extra: str) -> str:
        """Return the state as a query string, with ``?`` before it."""
        return "?" + urlencode([*self.pairs(without=without), *extra.items()])

    def sorted_by(self, sort: Sort) -> ListState:
        """Return the state after a click on the heading of ``sort``."""
        descending = not self.descending if sort.key == self.sort.key else sort.descending
        return replace(self, sort=sort, descending=descending, cursor="")


def read_state(
    page: ListPage, params: QueryDict, member: Member, *, chosen: Sequence[str] | None = None
) -> ListState:
    """Return the state ``params`` ask for, as far as the member may have it.

    Args:
        params: the URL's parameters.
        chosen: column keys the member prefers, None for the list's own choice.
    """
    sort, descending = _sort(page, params.get("sort", ""), member)
    in_url = params.get("cols", "")
    columns = _columns(page, in_url.split(",") if in_url else chosen, member)
    active = [ActiveFilter(item, item.read(params)) for item in page.filters_for(member)]
    search = " ".join(params.get("q", "").replace("\x00", " ").split())[:LONGEST_SEARCH]
    state = ListState(
        page=page,
        sort=sort,
        descending=descending,
        columns=tuple(columns),
        search=search if page.search_shown(member) else "",
        active=tuple(item for item in active if item.value is not None),
        cursor=params.get("cursor", "")[:2000],
        view=_uuid(params.get("view", "")),
        columns_in_url=bool(in_url),
        board=_board(page, params, member),
        calendar=_calendar(page, params, member),
        group=None if params.get("layout") in (BOARD, CALENDAR) else _group(page, params, member),
        all_rows=params.get("view") == ALL_ROWS,
    )
    look = state.look
    return look.settle(state, member) if look is not None and look.settle is not None else state


def _board(page: ListPage, params: QueryDict, member: Member) -> ChoiceFilter | None:
    if params.get("layout") != BOARD:
        return None
    offered = page.groupings_for(member)
    return next((item for item in offered if item.key == params.get("by")), next(iter(offered), None))


def _calendar(page: ListPage, params: QueryDict, member: Member) -> DateFilter | None:
    if params.get("layout") != CALENDAR:
        return None
    offered = page.dates_for(member)
    return next((item for item in offered if item.key == params.get("by")), next(iter(offered), None))


def _group(page: ListPage, params: QueryDict, member: Member) -> ChoiceFilter | None:
    wanted = params.get("group")
    if not wanted:
        return None
    return next((item for item in page.groupings_for(member) if item.key == wanted), None)


def _sort(page: ListPage, asked: str, member: Member) -> tuple[Sort, bool]:
    offered = {sort.key: sort for sort in page.sorts_for(member)}
    for wanted in (asked, page.default_sort):
        if wanted.lstrip("-") in offered and wanted.count("-") - wanted.lstrip("-").count("-") <= 1:
            return offered[wanted.lstrip("-")], wanted.startswith("-")
    first = next(iter(offered.values()), None) or Sort("id", "", ())
    return first, first.descending


def _columns(page: ListPage, wanted: Sequence[str] | None, member: Member) -> list[Column]:
    allowed = {column.key: column for column in page.columns_for(member)}
    chosen = [allowed[key] for key in dict.fromkeys(wanted or ()) if key in allowed]
    if not chosen:
        chosen = [column for column in allowed.values() if column.shown]
    main = next((column for column in allowed.values() if isinstance(column.cell, Main)), None)
    return [main, *chosen] if main is not None and main not in chosen else chosen


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
