"""A list as a calendar: its rows by one of their dates, a stretch of days at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import F
from django.utils import timezone

from ponte.core.models import Member
from ponte.workplace.lists.cells import Main
from ponte.workplace.lists.editing import Editable
from ponte.workplace.lists.results import Found, joined
from ponte.workplace.lists.showing import may_write
from ponte.workplace.lists.state import ListState

MOST = 500  # rows of one stretch of days


@dataclass(frozen=True)
class Entry:
    """One row on its day: ``start`` as ISO text, a day or a moment."""

    id: str
    title: str
    start: str
    all_day: bool
    url: str
    panel_url: str
    version: int
    editable: bool


def mover(state: ListState, member: Member) -> Editable | None:
    """Return the field that dragging an entry writes, None where the member may not or the list can't."""
    assert state.calendar is not None
    offered = state.page.editables_for(member)
    return next((one for one in offered if one.key == state.calendar.key and one.kind == "date"), None)


def entries_of(
    state: ListState, member: Member, found: Found, *, first: date, last: date
) -> tuple[list[Entry], bool]:
    """Return the rows from ``first`` to the day before ``last``, earliest first, and whether there were too many."""
    by = state.calendar
    assert by is not None
    rows = by.restrict(found.rows) if by.restrict else found.rows
    rows = rows.annotate(calendar_value=F(by.path))
    start, end = (_midnight(first), _midnight(last)) if by.moments else (first, last)
    rows = joined(state, rows.filter(calendar_value__gte=start, calendar_value__lt=end))
    shown = list(rows.order_by("calendar_value", "pk")[: MOST + 1])
    field = mover(state, member)
    main = next(column.cell for column in state.columns if isinstance(column.cell, Main))
    entries = [
        _entry(
            state, row, str(main.value(row) or ""), field is not None and may_write(state.page, member, row)
        )
        for row in shown[:MOST]
    ]
    return entries, len(shown) > MOST


def _entry(state: ListState, row: Any, title: str, editable: bool) -> Entry:
    link, value = state.page.link(row), row.calendar_value
    timed = isinstance(value, datetime) and not getattr(row, "due_all_day", False)
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    start = (
        value.isoformat() if timed else (value.date() if isinstance(value, datetime) else value).isoformat()
    )
    version = int(getattr(row, "version", 0))
    return Entry(str(row.pk), title, start, not timed, link.url, link.panel_url, version, editable)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
