"""A list as a board: one column for each choice of a field, cards paged by keyset, totals counted or estimated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import Any

from django.utils.safestring import SafeString

from ponte.core.models import Member
from ponte.workplace.lists.cells import Main, RowLink, one_reader
from ponte.workplace.lists.editing import Editable
from ponte.workplace.lists.filters import NONE
from ponte.workplace.lists.results import Found, Size, cursor_of, page_of, size_of
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
    """One choice with its first cards. ``more`` is the query of the next ones, "" for none."""

    value: str
    label: str
    cards: list[Card]
    more: str
    size: Size | None = None


def mover(state: ListState, member: Member) -> Editable | None:
    """Return the field that dragging a card writes, None where the member may not or the list can't."""
    assert state.board is not None
    editables = state.page.editables_for(member)
    return next((item for item in editables if item.key == state.board.key and item.kind == "choice"), None)


def board_columns(state: ListState, member: Member, found: Found, *, beside: bool) -> list[BoardColumn]:
    """Return every column with its first cards and its size: a few indexed queries a column, none counts far."""
    assert state.board is not None
    chosen = state.value_of(state.board.key)
    options = [(str(key), str(label)) for key, label in state.board.options(member)]
    return [
        board_column(state, member, found, value, label, beside=beside, with_size=True)
        for value, label in options
        if not chosen or value in chosen
    ]


def board_column(
    state: ListState,
    member: Member,
    found: Found,
    value: str,
    label: str,
    *,
    beside: bool,
    with_size: bool = False,
) -> BoardColumn:
    """Return one column, from the state's cursor on."""
    assert state.board is not None
    rows = state.board.apply(found.rows, [value], member)
    part = page_of(state, member, Found(rows), size=CARDS)
    more = (
        state.query(without=("layout",), column=value, cursor=cursor_of(state, rows, part.next))
        if part.next
        else ""
    )
    cards = _cards(state, part.rows, beside=beside)
    is_whole = part.next is None and not state.cursor
    size = None if not with_size else Size(len(cards)) if is_whole else size_of(rows)
    return BoardColumn("" if value == NONE and state.board.empty else value, label, cards, more, size)


def _cards(state: ListState, rows: list[Any], *, beside: bool) -> list[Card]:
    assert state.board is not None
    main = [column for column in state.columns if isinstance(column.cell, Main)]
    figures = [
        column
        for column in state.columns
        if not isinstance(column.cell, Main) and column.key != state.board.key
    ][:FIGURES]
    shown = show_rows(replace(state, columns=tuple(main)), rows, beside=beside)
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
            cards.append(
                Card(row.pk, link, each.name, int(getattr(row, "version", 0)), SafeString("".join(parts)))
            )
    return cards
