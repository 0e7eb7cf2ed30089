"""The rows before and after one, in the order and with the filters of the list it was opened from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from ponte.core.models import Member
from ponte.workplace.lists.keyset import fetch, place_of
from ponte.workplace.lists.results import joined, select
from ponte.workplace.lists.showing import show_rows
from ponte.workplace.lists.state import ListState


@dataclass(frozen=True)
class Neighbours:
    """Addresses of the rows around one ("" where there is none) and of the list itself."""

    previous: str
    next: str
    back: str


def neighbours_of(state: ListState, member: Member, row_id: Any) -> Neighbours:
    """Return what stands around a row: three index look-ups, wherever in the list it is."""
    back = reverse(state.page.url_name) + state.query()
    rows = joined(state, select(state, member).rows)
    row = rows.filter(pk=row_id).first()
    if row is None:
        return Neighbours("", "", back)
    place = place_of(row, state.sort)
    after = fetch(rows, state.sort, descending=state.descending, size=1, after=place).rows
    # Empty values come last both ways, so walking backwards over that border isn't the mirror of walking forwards.
    before = (
        []
        if place.in_nulls
        else fetch(
            rows if not state.sort.nullable else rows.filter(**{f"{state.sort.columns[0]}__isnull": False}),
            state.sort,
            descending=not state.descending,
            size=1,
            after=place,
        ).rows
    )
    return Neighbours(_url(state, before), _url(state, after), back)


def _url(state: ListState, rows: list[Any]) -> str:
    return show_rows(state, rows)[0].link.url if rows else ""
