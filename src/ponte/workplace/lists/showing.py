"""Turning rows and state into what the templates print. Done in Python: no component or tag runs per row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from ponte.core.models import Member
from ponte.core.rights import may
from ponte.workplace.lists.addresses import PLACEHOLDER
from ponte.workplace.lists.cells import Main, RowLink, one_reader
from ponte.workplace.lists.columns import Column, Sort
from ponte.workplace.lists.editing import Editable
from ponte.workplace.lists.page import ListPage
from ponte.workplace.lists.state import ActiveFilter, ListState


@dataclass(frozen=True)
class ShownRow:
    """One row of the table, ready to print: ``html`` is its whole ``<tr>``."""

    id: Any
    link: RowLink
    name: str
    html: SafeString


@dataclass(frozen=True)
class Heading:
    """One heading: where a click leads and how the column is sorted now."""

    label: str
    css: str
    url: str
    direction: str  # "", "ascending" or "descending"


@dataclass(frozen=True)
class Chip:
    """A filter that is on: its words, and the address of the list without it."""

    key: str
    label: str
    words: str
    without: str


def css_of(column: Column) -> str:
    """Return the classes of a column's cells."""
    parts = [
        "col-main" if isinstance(column.cell, Main) else "",
        "text-end num" if column.cell.align == "end" else "",
    ]
    if not column.phone and not isinstance(column.cell, Main):
        parts.append("hide-phone")
    return " ".join(part for part in parts if part)


def cell_maker(page: ListPage, item: Editable) -> Callable[[Any, str], str]:
    """Return what wraps a row's cell so that it turns into its field on a click or Enter (``inplace.ts``)."""
    sample = reverse("workplace:list_cell", args=[page.key, item.key, PLACEHOLDER])
    before, _id, after = sample.partition(str(PLACEHOLDER))
    label = escape(str(item.label))

    def wrap(row: Any, html: str) -> str:
        return (
            f'<span class="editable cell-editable" data-edit="{before}{row.pk}{after}" tabindex="0" role="button"'
            f' title="{label}">{html}</span>'
        )

    return wrap


def show_rows(
    state: ListState,
    rows: Iterable[Any],
    *,
    beside: bool = True,
    member: Member | None = None,
    selectable: bool = False,
) -> list[ShownRow]:
    """Return rows ready to print; their links carry the list's state, so that the record can step through it.

    ``beside`` tells whether rows open in the side panel. ``member`` is given where cells may be written in place,
    ``selectable`` where rows are chosen for bulk acts.
    """
    rows = list(rows)
    makers = _makers(state, member) if member is not None else {}
    columns = [
        (column.cell.prepared(rows).render, f'<td class="{css_of(column)}">', makers.get(column.key))
        for column in state.columns
    ]
    main = next((column.cell for column in state.columns if isinstance(column.cell, Main)), None)
    trail = f"?{_trail(state)}"
    select_word = escape(gettext("Select"))
    shown = []
    with one_reader():
        for row in rows:
            link = state.page.link(row)
            link = RowLink(f"{link.url}{trail}" if link.url else "", link.panel_url if beside else "")
            name = str(main.value(row) or "") if main else ""
            writable = bool(makers) and member is not None and may_write(state.page, member, row)
            parts = [_row_start(row.pk, link)]
            if selectable:
                parts.append(_selection(row.pk, f"{select_word} {escape(name)}"))
            for render, start, make in columns:
                cell: str = render(row, link)
                parts += (start, make(row, cell) if make and writable else cell, "</td>")
            parts.append("</tr>\n")
            shown.append(ShownRow(row.pk, link, name, SafeString("".join(parts))))
    return shown


def _row_start(row_id: Any, link: RowLink) -> str:
    panel = f' data-panel="{escape(link.panel_url)}"' if link.panel_url else ""
    return f'<tr data-row="{row_id}" data-href="{escape(link.url)}"{panel} tabindex="-1">'


def _selection(row_id: Any, label: str) -> str:
    return (
        f'<td class="col-check"><input class="form-check-input" type="checkbox" name="id" value="{row_id}"'
        f' form="bulk-form" data-select aria-label="{label}"></td>'
    )


def may_write(page: ListPage, member: Member, row: Any) -> bool:
    """Return whether a member may edit a row, as far as the row itself tells."""
    return may(member, page.object, "edit", row if page.owner == "owner" and page.team == "team" else None)


def _makers(state: ListState, member: Member) -> dict[str, Callable[[Any, str], str]]:
    return {
        item.column: cell_maker(state.page, item) for item in state.page.editables_for(member) if item.column
    }


def headings(state: ListState, sorts: Iterable[Sort]) -> list[Heading]:
    """Return the table's headings; ``sorts`` are those the reader may use."""
    offered = {sort.key: sort for sort in sorts}
    shown = []
    for column in state.columns:
        sort = offered.get(column.sort)
        is_sorted = sort is not None and sort.key == state.sort.key
        direction = ("descending" if state.descending else "ascending") if is_sorted else ""
        url = state.sorted_by(sort).query() if sort is not None else ""
        shown.append(Heading(str(column.label), css_of(column), url, direction))
    return shown


def chips(state: ListState, member: Member) -> list[Chip]:
    """Return the filters that are on."""
    return [_chip(state, item, member) for item in state.active]


def _chip(state: ListState, item: ActiveFilter, member: Member) -> Chip:
    key = item.filter.key
    return Chip(
        key, str(item.filter.label), item.filter.words(item.value, member), state.query(without=(key,))
    )


def _trail(state: ListState) -> str:
    within = urlencode(state.pairs(without=("cols", "view")))
    return urlencode([("list", state.page.key), *([("in", within)] if within else [])])
