"""What a bulk act would do, before it is done: how many rows, how many are not the member's to change, some of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.http import QueryDict

from ponte.core.models import Member
from ponte.core.rights import Scope, scope_of
from ponte.workplace.lists.bulk import BulkAction, Inputs
from ponte.workplace.lists.cells import Main, RowLink, one_reader
from ponte.workplace.lists.page import ListPage
from ponte.workplace.lists.results import Size, among, estimated_size, select_whole
from ponte.workplace.lists.state import read_state

SAMPLE = 5
PATIENCE = 3_000  # milliseconds a count may take before the estimate is told


@dataclass(frozen=True)
class Sample:
    """One row of the preview: its name, and the field as it is now (HTML)."""

    name: str
    now: str


@dataclass(frozen=True)
class Preview:
    """What a bulk act would do. ``skipped`` rows stay as they are; ``after`` is what the others would show."""

    total: Size
    skipped: Size
    sample: list[Sample]
    column: str
    after: str
    loose: bool = (
        False  # a search that each row is checked against once more: the count is the most there can be
    )

    @property
    def changing(self) -> Size:
        """How many rows would be acted on."""
        estimated = self.total.estimated or self.skipped.estimated
        return Size(max(self.total.count - self.skipped.count, 0), estimated)


def preview_of(
    page: ListPage,
    action: BulkAction,
    member: Member,
    *,
    ids: Sequence[UUID],
    query: str | None,
    inputs: Inputs,
) -> Preview:
    """Return what ``action`` would do to rows named by ids, or by the list's state ``query``."""
    loose = False
    if query is None:
        seen = among(page.queryset(member), ids)
        mine = among(page.reach(member, action.act), ids)
        shown = seen
    else:
        state = read_state(page, QueryDict(query.removeprefix("?")), member)
        whole = select_whole(state, member, act="view")
        seen, loose = whole.rows, whole.keep is not None
        mine = select_whole(state, member, act=action.act).rows
        shown = seen
    total = _counted(seen)
    skipped = Size(0) if _reaches_all(page, action, member) else _less(total, _counted(mine))
    column = next((each for each in page.columns_for(member) if each.key == action.shows), None)
    sample = [] if loose else _sample(page, member, shown, column)
    label = str(column.label) if column is not None else ""
    return Preview(total, skipped, sample, label, _after(action, member, inputs), loose)


def _reaches_all(page: ListPage, action: BulkAction, member: Member) -> bool:
    return not page.owner or scope_of(member, page.object, action.act) is Scope.ALL


def _counted(rows: QuerySet[Any]) -> Size:
    """Count exactly when that is quick, estimate otherwise."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            before = cursor.fetchone()[0]
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(PATIENCE)])
            count = rows.order_by().values("pk").count()
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])
            return Size(count)
    except OperationalError:
        return estimated_size(rows)


def _less(total: Size, mine: Size) -> Size:
    return Size(max(total.count - mine.count, 0), total.estimated or mine.estimated)


def _sample(page: ListPage, member: Member, rows: QuerySet[Any], column: Any) -> list[Sample]:
    main = next(each.cell for each in page.columns if isinstance(each.cell, Main))
    needs = column.needs if column is not None else ()
    if needs:
        rows = rows.select_related(*needs)
    shown = list(rows.order_by("pk")[:SAMPLE])
    with one_reader():
        cell = column.cell.prepared(shown) if column is not None else None
        return [
            Sample(str(main.value(row) or ""), cell.render(row, RowLink()) if cell is not None else "")
            for row in shown
        ]


def _after(action: BulkAction, member: Member, inputs: Inputs) -> str:
    if not action.inputs or not action.shows:
        return ""
    first = action.inputs[0]
    value = inputs.get(first.name, "")
    if first.choices is None:
        return value
    return next((str(label) for key, label in first.choices(member) if str(key) == value), "")
