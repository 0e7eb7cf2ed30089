"""Counts, sums and averages of a list's rows, in all and by a choice. Added up when asked for, never while browsing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Avg, Count, QuerySet, Sum

from ponte.core.models import Member
from ponte.workplace.lists.cells import reader
from ponte.workplace.lists.columns import Column
from ponte.workplace.lists.filters import NONE, ChoiceFilter
from ponte.workplace.lists.results import Size, estimated_size, select_whole
from ponte.workplace.lists.state import ListState

MOST_AT_ONCE = 20_000  # rows added up without asking; more, by the planner's estimate, only on demand
PATIENCE = 8_000  # milliseconds adding up may take


@dataclass(frozen=True)
class Line:
    """One group, or all rows: its label, the query that shows its rows, how many, and a (sum, average) a column."""

    label: str
    query: str
    count: int
    figures: list[tuple[str, str]]


@dataclass(frozen=True)
class Summary:
    """What the rows add up to. ``lines`` is None when it wasn't done: ``size`` rows are many, or it took too long."""

    headings: list[str]
    lines: list[Line] | None
    total: Line | None
    size: Size
    took_too_long: bool = False
    not_possible: bool = False  # a search that each row must be checked against once more


def summary_of(state: ListState, member: Member, *, by: ChoiceFilter | None, anyway: bool) -> Summary:
    """Return counts, sums and averages of a state's rows, for the columns the member sees.

    Args:
        by: the field to group by, None for the total alone.
        anyway: add up however many rows there are, within ``PATIENCE``.
    """
    columns = _figures(state, member)
    headings = [str(column.label) for column in columns]
    whole = select_whole(state, member, act="view")
    size = estimated_size(whole.rows)
    if whole.keep is not None:
        return Summary(headings, None, None, size, not_possible=True)
    if size.count > MOST_AT_ONCE and not anyway:
        return Summary(headings, None, None, size)
    try:
        with whole.scans, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(PATIENCE)])
            found = _added(whole.rows, columns, by)
            cursor.execute("SELECT set_config('statement_timeout', '0', true)")
    except OperationalError:
        return Summary(headings, None, None, size, took_too_long=True)
    return _told(state, member, columns, by, found, size)


def _figures(state: ListState, member: Member) -> list[Column]:
    """Return the columns that can be added up: stored numbers, and amounts in the workspace's own currency."""
    return [column for column in state.page.columns_for(member) if column.cell.figure() is not None]


def _added(rows: QuerySet[Any], columns: list[Column], by: ChoiceFilter | None) -> list[dict[str, Any]]:
    wanted: dict[str, Any] = {"rows_counted": Count("pk")}
    for number, column in enumerate(columns):
        wanted[f"sum_{number}"] = Sum(column.cell.figure())
        wanted[f"mean_{number}"] = Avg(column.cell.figure())
    if by is None:
        return [rows.order_by().aggregate(**wanted)]
    return list(by.grouped(rows.order_by()).values("group_value").annotate(**wanted))


def _told(
    state: ListState,
    member: Member,
    columns: list[Column],
    by: ChoiceFilter | None,
    found: list[dict[str, Any]],
    size: Size,
) -> Summary:
    total = {"rows_counted": sum(row["rows_counted"] for row in found)}
    for number, _column in enumerate(columns):
        total[f"sum_{number}"] = sum((row[f"sum_{number}"] or 0) for row in found)
        means = [
            (row[f"mean_{number}"], row["rows_counted"]) for row in found if row[f"mean_{number}"] is not None
        ]
        count = sum(weight for _mean, weight in means)
        weighted = sum(Decimal(str(mean)) * weight for mean, weight in means)
        total[f"mean_{number}"] = weighted / count if count else None
    lines = []
    if by is not None:
        rows = {"" if row["group_value"] is None else str(row["group_value"]): row for row in found}
        for value, label in by.options(member):
            row = rows.get("" if value == NONE else str(value))
            if row is not None:
                query = _narrowed(state, by, str(value))
                lines.append(Line(str(label), query, row["rows_counted"], _texts(columns, row)))
    whole = Line("", state.query(), int(total["rows_counted"]), _texts(columns, total))
    return Summary([str(column.label) for column in columns], lines, whole, size)


def _narrowed(state: ListState, by: ChoiceFilter, value: str) -> str:
    return replace(state, board=None, group=None).query(without=(by.key, "cursor"), **{by.key: value})


def _texts(columns: list[Column], row: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (figure_text(column, row[f"sum_{number}"], 0), figure_text(column, row[f"mean_{number}"], 2))
        for number, column in enumerate(columns)
    ]


def figure_text(column: Column, value: Any, digits: int) -> str:
    """Return a sum or an average as a person reads it."""
    if value is None:
        return "–"
    told = reader()
    amount = Decimal(str(value)).quantize(Decimal("0.01"))
    if column.cell.is_money:
        return told.money(amount, told.currency)
    return told.number(amount if digits else int(value), digits)
