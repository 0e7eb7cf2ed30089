"""Custom values given their state before an act: the audit log keeps them in words, which are read in again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from ponte.core.actors import Actor
from ponte.workplace.custom_fields.values import CustomRow, check_rows

PREFIX = "custom."
Noted = Mapping[UUID, Mapping[str, Sequence[Any]]]
Back = dict[UUID, dict[str, tuple[Any, Any]]]


def take_back_custom(
    object_name: str, records: Mapping[UUID, Any], noted: Noted, *, actor: Actor
) -> tuple[Back, dict[UUID, list[str]]]:
    """Put custom values of records (each has ``custom``) back in memory, where they still are what the act wrote.

    Args:
        noted: record → field → before and after, as the audit log keeps them; only "custom.…" counts.

    Returns:
        What changed by record, and the fields left alone: changed since, or not acceptable any more.
    """
    wanted = {
        record_id: {name: pair for name, pair in changes.items() if name.startswith(PREFIX)}
        for record_id, changes in noted.items()
        if record_id in records
    }
    looked = {
        record_id: _row(records[record_id], record_id, pairs, pairs)
        for record_id, pairs in wanted.items()
        if pairs
    }
    check_rows(object_name, list(looked.values()), actor=actor)
    others: dict[UUID, list[str]] = {}
    rows: dict[UUID, CustomRow] = {}
    for record_id, read in looked.items():
        pairs = wanted[record_id]
        still = [name for name, (_b, after) in pairs.items() if read.changes.get(name, (None,))[0] == after]
        kept = [problem.field for problem in read.problems] or [name for name in pairs if name not in still]
        if kept:
            others[record_id] = kept
        if still and not read.problems:
            rows[record_id] = _row(records[record_id], record_id, pairs, still)
    check_rows(object_name, list(rows.values()), actor=actor)
    back: Back = {}
    for record_id, row in rows.items():
        records[record_id].custom = row.values
        if row.changes:
            back[record_id] = row.changes
    return back, others


def _row(
    record: Any, record_id: UUID, pairs: Mapping[str, Sequence[Any]], names: Sequence[str] | Any
) -> CustomRow:
    given = {name.removeprefix(PREFIX): pairs[name][0] for name in names}
    return CustomRow(given, record.custom, record_id)
