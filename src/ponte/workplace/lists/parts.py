"""A list's rows by a choice: the first rows of each group and how many there are, whatever the number of groups.

One query finds the first ids of every group along the list's order, one fetches those rows, one asks the planner how many
each group has, one counts those that are small.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from ponte.core.models import Member
from ponte.workplace.lists.filters import NONE, ChoiceFilter
from ponte.workplace.lists.keyset import Place, first_ids, place_of
from ponte.workplace.lists.results import COUNT_CAP, Found, Size, joined, rounded
from ponte.workplace.lists.state import ListState

Rows = QuerySet[Any]
Sql = tuple[str, Sequence[Any]]


@dataclass(frozen=True)
class Part:
    """One group: its place among the choices, what it is filtered by, its first rows, where the next begin (None: that was all), how many there are."""

    number: int
    value: str
    label: str
    rows: list[Any]
    next: Place | None
    size: Size

    def stored(self, by: ChoiceFilter) -> str:
        """Return the value a row of this group has in its field, "" for none."""
        return "" if self.value == NONE and by.empty else self.value


def parts_of(
    state: ListState,
    member: Member,
    found: Found,
    by: ChoiceFilter,
    *,
    size: int,
    rest: bool = False,
    sized: bool = True,
) -> list[Part]:
    """Return the groups of a state's rows, each with its first ``size`` rows, in the order of the choices.

    With the field itself filtered only the groups asked for are there; ``rest`` adds the rows with none of the choices,
    where the field itself has no word for them. Unless ``sized``, nobody counts: sizes are known elsewhere.
    """
    chosen = state.value_of(by.key)
    options = [
        (place, str(key), str(label)) for place, (key, label) in enumerate(by.options_in(state, member))
    ]
    options = [option for option in options if not chosen or option[1] in chosen]
    groups = [by.narrowed(found.rows, [value], member) for _number, value, _label in options]
    if rest and not by.empty and not chosen and not by.covers(found.rows.model):
        options.append((len(options), NONE, _("Without a value")))
        groups.append(rest_of(found.rows, by, member))
    ids = _first_ids(state, groups, size + 1)
    rows = _fetched(state, member, [one for several in ids for one in several[:size]])
    counted = {number: groups[number] for number, several in enumerate(ids) if len(several) > size}
    sizes = _sizes(counted if sized else {})
    parts = []
    for number, (place, value, label) in enumerate(options):
        mine = [rows[one] for one in ids[number][:size] if one in rows]
        more = place_of(mine[-1], state.sort) if len(ids[number]) > size and mine else None
        parts.append(Part(place, value, label, mine, more, sizes.get(number, Size(len(mine)))))
    return parts


def rest_of(rows: Rows, by: ChoiceFilter, member: Member) -> Rows:
    """Return the rows with none of the choices of a field."""
    values = [str(key) for key, _label in by.options(member)]
    return by.grouped(rows).filter(Q(group_value__isnull=True) | ~Q(group_value__in=values))


def _first_ids(state: ListState, groups: Sequence[Rows], size: int) -> list[list[Any]]:
    pieces: list[Sql] = []
    for number, group in enumerate(groups):
        rows = state.sort.restrict(group) if state.sort.restrict is not None else group
        branches = first_ids(rows, state.sort, descending=state.descending, size=size)
        for place, branch in enumerate(branches):
            compiled = _compiled(branch)
            if compiled is not None:
                sql, params = compiled
                pieces.append(
                    (f"SELECT {number}, {place}, row_number() OVER (), s.id FROM ({sql}) AS s (id)", params)
                )
    found: list[list[Any]] = [[] for _group in groups]
    for number, _place, _row, row_id in sorted(_united(pieces), key=lambda line: line[:3]):
        if len(found[number]) < size:
            found[number].append(row_id)
    return found


def _fetched(state: ListState, member: Member, ids: Sequence[Any]) -> dict[Any, Any]:
    if not ids:
        return {}
    return {row.pk: row for row in joined(state, state.page.queryset(member).filter(pk__in=ids))}


def _sizes(groups: dict[int, Rows]) -> dict[int, Size]:
    """Return how many rows groups have: counted up to ``COUNT_CAP``, the planner's estimate beyond."""
    compiled = {
        number: sql for number, rows in groups.items() if (sql := _compiled(rows.order_by().values("pk")))
    }
    if not compiled:
        return {}
    estimates = _estimates(compiled)
    pieces: list[Sql] = [
        (f"SELECT {number}, (SELECT count(*) FROM ({sql} LIMIT {COUNT_CAP + 1}) AS s)", params)
        for number, (sql, params) in compiled.items()
        if estimates.get(number, 0) <= 20 * COUNT_CAP
    ]
    counts = dict(_united(pieces))
    sizes = {}
    for number in compiled:
        count = counts.get(number)
        if count is not None and count <= COUNT_CAP:
            sizes[number] = Size(count)
        else:
            sizes[number] = Size(max(rounded(estimates.get(number, 0)), COUNT_CAP), estimated=True)
    return sizes


def _estimates(compiled: dict[int, Sql]) -> dict[int, int]:
    """Ask the planner once for all; it names no branch, so with one fewer than asked nothing is told."""
    pieces = [(f"SELECT 1 FROM ({sql} OFFSET 0) AS s", params) for sql, params in compiled.values()]
    with connection.cursor() as cursor:
        sql, params = _union(pieces)
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        answer = cursor.fetchone()[0]
    plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    while plan["Node Type"] == "Gather" and len(plan.get("Plans", ())) == 1:
        plan = plan["Plans"][0]
    branches = plan["Plans"] if plan["Node Type"] == "Append" else [plan]
    if len(branches) != len(compiled):
        return {}
    return {number: int(branch["Plan Rows"]) for number, branch in zip(compiled, branches, strict=True)}


def _compiled(rows: Rows) -> Sql | None:
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    return sql, params


def _union(pieces: Sequence[Sql]) -> Sql:
    return " UNION ALL ".join(sql for sql, _params in pieces), [
        one for _sql, params in pieces for one in params
    ]


def _united(pieces: Sequence[Sql]) -> list[Any]:
    if not pieces:
        return []
    with connection.cursor() as cursor:
        cursor.execute(*_union(pieces))
        return list(cursor.fetchall())
