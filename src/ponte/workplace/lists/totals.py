"""What the rows of a list add up to: under its columns, and group by group. Estimated from a sample where they are many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Count, QuerySet, Sum
from django.db.models.expressions import RawSQL

from ponte.core.models import Member
from ponte.workplace.lists.columns import Column
from ponte.workplace.lists.filters import NONE, ChoiceFilter
from ponte.workplace.lists.results import Whole, estimated_size, select_whole
from ponte.workplace.lists.state import ListState
from ponte.workplace.lists.summary import figure_text

AT_ONCE = 200_000  # rows added up without asking, by the planner's estimate
SAMPLE = 20_000  # rows of the table looked at for an estimate
PATIENCE = 4_000  # milliseconds adding up may take
BOARD_FIGURES = 2  # sums at the head of a board's column


@dataclass(frozen=True)
class Totals:
    """Sums by the column's key; ``about``: from a sample. None where adding up takes longer than anybody waits for."""

    sums: dict[str, str] | None
    about: bool = False


@dataclass(frozen=True)
class GroupTotal:
    """One group: its place among the choices, how many rows, the sums by the column's key."""

    number: int
    count: int
    sums: dict[str, str]


def figures_of(columns: Iterable[Column]) -> list[Column]:
    """Return the columns that can be added up and whose sum tells something."""
    return [
        column
        for column in columns
        if column.cell.figure() is not None and getattr(column.cell, "adds", True)
    ]


def totals_of_rows(state: ListState, rows: Iterable[Any]) -> Totals:
    """Return the sums of rows that are all there: no query."""
    shown = list(rows)
    sums = {}
    for column in figures_of(state.columns):
        values = [value for row in shown if (value := column.cell.amount(row)) is not None]
        sums[column.key] = figure_text(column, sum(values) if values else None, 0)
    return Totals(sums)


def totals_of(state: ListState, member: Member, *, exact: bool) -> Totals:
    """Return the sums of the shown columns over all rows of a state.

    Args:
        exact: add up however many rows there are, within ``PATIENCE``; else many are estimated.
    """
    columns = figures_of(state.columns)
    whole = select_whole(state, member, act="view")
    if not columns or whole.keep is not None:
        return Totals(None)
    if exact or estimated_size(whole.rows).count <= AT_ONCE:
        found = within_patience(whole, lambda rows: rows.aggregate(**_wanted(columns)))
        return Totals(None) if found is None else Totals(_texts(columns, found))
    share = _share(whole.rows)
    found = within_patience(whole, lambda rows: _sampled(rows, share).aggregate(**_wanted(columns)))
    if found is None:
        return Totals(None)
    scaled = {name: None if value is None else float(value) * 100 / share for name, value in found.items()}
    return Totals(_texts(columns, scaled), about=share < 100)


def group_totals(state: ListState, member: Member, by: ChoiceFilter) -> list[GroupTotal] | None:
    """Return count and sums of every group that has rows, in one query; None where it takes too long.

    On a board the first two figures are added up, in a table those of its columns.
    """
    columns = board_figures(state, member) if state.board else figures_of(state.columns)
    whole = select_whole(state, member, act="view")
    if whole.keep is not None:
        return None
    wanted = {"rows_counted": Count("pk"), **_wanted(columns)}
    found = within_patience(
        whole, lambda rows: list(by.grouped(rows).values("group_value").annotate(**wanted))
    )
    if found is None:
        return None
    options = by.options_in(state, member) if state.board else by.options(member)
    places = {
        "" if key == NONE and by.empty else str(key): place for place, (key, _label) in enumerate(options)
    }
    rows: dict[int, dict[str, Any]] = {}
    for row in found:
        value = "" if row["group_value"] is None else str(row["group_value"])
        _add_to(rows.setdefault(places.get(value, len(options)), {}), row)
    return [
        GroupTotal(place, row["rows_counted"], _texts(columns, row)) for place, row in sorted(rows.items())
    ]


def _add_to(whole: dict[str, Any], row: dict[str, Any]) -> None:
    for name, value in row.items():
        if name != "group_value" and value is not None:
            whole[name] = whole.get(name, 0) + value


def board_figures(state: ListState, member: Member) -> list[Column]:
    """Return what is added up at the head of a board's columns: figures shown, else the list's first."""
    shown = figures_of(state.columns) or figures_of(state.page.columns_for(member))
    return shown[:BOARD_FIGURES]


def _wanted(columns: Iterable[Column]) -> dict[str, Any]:
    return {f"sum_{number}": Sum(column.cell.figure()) for number, column in enumerate(columns)}


def _texts(columns: Iterable[Column], row: dict[str, Any]) -> dict[str, str]:
    return {
        column.key: figure_text(column, row.get(f"sum_{number}"), 0) for number, column in enumerate(columns)
    }


def within_patience(whole: Whole, add: Any) -> Any:
    """Return what ``add`` makes of the rows, None where it takes longer than ``PATIENCE``."""
    try:
        with whole.scans, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(PATIENCE)])
            found = add(whole.rows.order_by())
            cursor.execute("SELECT set_config('statement_timeout', '0', true)")
            return found
    except OperationalError:
        return None


def _share(rows: QuerySet[Any]) -> float:
    """Return which percentage of the table's pages a sample takes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples FROM pg_class WHERE oid = to_regclass(%s)", [rows.model._meta.db_table]
        )
        known = cursor.fetchone()
    size = float(known[0]) if known and known[0] > 0 else 0.0
    return min(100.0, 100 * SAMPLE / size) if size else 100.0


def _sampled(rows: QuerySet[Any], share: float) -> QuerySet[Any]:
    table = connection.ops.quote_name(rows.model._meta.db_table)
    key = connection.ops.quote_name(str(rows.model._meta.pk.column))
    found: QuerySet[Any] = rows.filter(
        pk__in=RawSQL(f"SELECT {key} FROM {table} TABLESAMPLE SYSTEM (%s)", [share])  # noqa: S611
    )
    return found
