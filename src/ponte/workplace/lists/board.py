"""A list as a board: one column for each choice of a field, cards paged by keyset, totals kept, counted or estimated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from django.utils.safestring import SafeString

from ponte.core.models import Member
from ponte.workplace.lists.cells import Main, RowLink, one_reader
from ponte.workplace.lists.editing import Editable
from ponte.workplace.lists.filters import NONE
from ponte.workplace.lists.keyset import Place
from ponte.workplace.lists.looks import Head
from ponte.workplace.lists.parts import parts_of
from ponte.workplace.lists.results import Found, Size, cursor_of, page_of
from ponte.workplace.lists.showing import show_rows
from ponte.workplace.lists.state import ListState

CARDS = 15  # of a column at first, and each time more are asked for
FIGURES = 3  # columns of the list a card shows besides the main one


@dataclass(frozen=True)
class Card:
    """One row as a card."""

    id: Any
    link: RowLink
    name: str
    version: int
    html: SafeString


@dataclass(frozen=True)
class BoardColumn:
    """One choice with its first cards. ``more`` is the query of the next ones, "" for none; ``head`` its kept totals."""

    value: str
    label: str
    cards: list[Card]
    more: str
    size: Size | None = None
    number: int = 0
    head: Head | None = None


def mover(state: ListState, member: Member) -> Editable | None:
    """Return the field that dragging a card writes, None where the member may not or the list can't."""
    assert state.board is not None
    editables = state.page.editables_for(member)
    return next((item for item in editables if item.key == state.board.key and item.kind == "choice"), None)


def board_columns(state: ListState, member: Member, found: Found, *, beside: bool) -> list[BoardColumn]:
    """Return every column with its first cards and its size, in the same few queries however many columns there are."""
    assert state.board is not None
    by, look = state.board, state.look
    heads = look.heads(state, member) if look is not None and look.heads is not None else None
    parts = parts_of(state, member, found, by, size=CARDS, sized=heads is None)
    rows = [row for part in parts for row in part.rows]
    cards = iter(_cards(state, rows, beside=beside))
    columns = []
    for part in parts:
        head = None if heads is None else heads.get(part.value, Head(0))
        mine = [next(cards) for _row in part.rows]
        if look is not None and not mine and part.value in look.hidden_when_empty:
            continue
        more = _more(state, found, part.value, part.next)
        size = part.size if head is None else Size(head.count)
        columns.append(BoardColumn(part.stored(by), part.label, mine, more, size, part.number, head))
    return columns


def more_of_column(
    state: ListState, member: Member, found: Found, value: str, label: str, *, beside: bool
) -> BoardColumn:
    """Return further cards of one column, from the state's cursor on; without a cursor the first ones."""
    assert state.board is not None
    rows = state.board.narrowed(found.rows, [value], member)
    part = page_of(state, member, Found(rows), size=CARDS)
    cards = _cards(state, part.rows, beside=beside)
    stored = "" if value == NONE and state.board.empty else value
    return BoardColumn(stored, label, cards, _more(state, found, value, part.next))


def _more(state: ListState, found: Found, value: str, place: Place | None) -> str:
    if place is None:
        return ""
    return state.query(without=("layout",), column=value, cursor=cursor_of(state, found.rows, place))


def _cards(state: ListState, rows: Sequence[Any], *, beside: bool) -> list[Card]:
    assert state.board is not None
    main = [column for column in state.columns if isinstance(column.cell, Main)]
    shown = show_rows(replace(state, columns=tuple(main)), rows, beside=beside)
    if (look := state.look) is not None:
        with one_reader():
            prepared = look.prepare(rows) if look.prepare is not None else None
            return [
                _card(row, each.link, each.name, look.card(row, each.link, prepared))
                for row, each in zip(rows, shown, strict=True)
            ]
    figures = [
        column
        for column in state.columns
        if not isinstance(column.cell, Main) and column.key != state.board.key
    ][:FIGURES]
    cards = []
    with one_reader():
        drawn = [(column, column.cell.prepared(rows)) for column in figures]
        heads = [column.cell.prepared(rows) for column in main]
        for row, each in zip(rows, shown, strict=True):
            link = each.link
            parts = [str(cell.render(row, link)) for cell in heads]
            parts += [
                f'<span class="card-figure" title="{escape(str(column.label))}">{cell.render(row, link)}</span>'
                for column, cell in drawn
            ]
            cards.append(_card(row, link, each.name, "".join(parts)))
    return cards


def _card(row: Any, link: RowLink, name: str, html: str) -> Card:
    return Card(row.pk, link, name, int(getattr(row, "version", 0)), SafeString(html))
