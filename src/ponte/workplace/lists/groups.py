"""A table in sections: one for each choice of a field, with how many rows it has and the first of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ponte.core.models import Member
from ponte.workplace.lists.filters import NONE, ChoiceFilter
from ponte.workplace.lists.parts import Part, parts_of, rest_of
from ponte.workplace.lists.results import Found, Size, cursor_of, page_of
from ponte.workplace.lists.showing import ShownRow, show_rows
from ponte.workplace.lists.state import ListState

ROWS = 10  # of a section at first; more come a page at a time


@dataclass(frozen=True)
class Group:
    """One section. ``more`` is the query of its next rows, "" for none; ``ids`` are those of its rows."""

    number: int
    value: str
    label: str
    rows: list[ShownRow]
    more: str
    size: Size | None = None


def groups_of(state: ListState, member: Member, found: Found, *, beside: bool) -> list[Group]:
    """Return the sections that have rows, in the same few queries however many choices there are."""
    by = _by(state)
    parts = [part for part in parts_of(state, member, found, by, size=ROWS, rest=True) if part.rows]
    shown = iter(_shown(state, member, [row for part in parts for row in part.rows], beside=beside))
    return [
        Group(
            part.number,
            part.value,
            part.label,
            [next(shown) for _row in part.rows],
            _more(state, found, part),
            part.size,
        )
        for part in parts
    ]


def more_of_group(state: ListState, member: Member, found: Found, value: str, *, beside: bool) -> Group:
    """Return further rows of one section, from the state's cursor on."""
    by = _by(state)
    is_rest = value == NONE and not by.empty
    rows = rest_of(found.rows, by, member) if is_rest else by.narrowed(found.rows, [value], member)
    part = page_of(state, member, Found(rows))
    more = state.query(column=value, cursor=cursor_of(state, found.rows, part.next)) if part.next else ""
    return Group(0, value, "", _shown(state, member, part.rows, beside=beside), more)


def _shown(state: ListState, member: Member, rows: list[Any], *, beside: bool) -> list[ShownRow]:
    selectable = bool(state.page.actions_for(member))
    return show_rows(state, rows, beside=beside, member=member, selectable=selectable)


def _more(state: ListState, found: Found, part: Part) -> str:
    if part.next is None:
        return ""
    return state.query(column=part.value, cursor=cursor_of(state, found.rows, part.next))


def _by(state: ListState) -> ChoiceFilter:
    assert state.group is not None
    return state.group
