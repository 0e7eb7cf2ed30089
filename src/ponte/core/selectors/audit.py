"""Reading the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ponte.core.models import AuditEntry
from ponte.core.services.subject_keys import open_for, open_many


@dataclass(frozen=True)
class ReadEntry:
    """An entry as a person reads it: personal values opened, or ``erased`` when their key is gone."""

    entry: AuditEntry
    changes: dict[str, Any]
    erased: bool


def read_entry(entry: AuditEntry) -> ReadEntry:
    """Open an entry's personal values where their subject's key still exists."""
    if entry.sealed is None or entry.subject_id is None:
        return ReadEntry(entry, dict(entry.changes), erased=False)
    opened = open_for(entry.subject_id, bytes(entry.sealed))
    return ReadEntry(entry, {**entry.changes, **(opened or {})}, erased=opened is None)


def read_entries(entries: Sequence[AuditEntry]) -> list[ReadEntry]:
    """Open a page of entries with one query for the keys of all their subjects."""
    sealed = [
        (entry.subject_id, bytes(entry.sealed)) for entry in entries if entry.sealed and entry.subject_id
    ]
    opened = iter(open_many(sealed))
    read = []
    for entry in entries:
        if not (entry.sealed and entry.subject_id):
            read.append(ReadEntry(entry, dict(entry.changes), erased=False))
            continue
        values = next(opened)
        read.append(ReadEntry(entry, {**entry.changes, **(values or {})}, erased=values is None))
    return read


def first_id_at(moment: datetime) -> UUID:
    """Return the smallest UUIDv7 of a moment: ids are ordered by time, so that a period is a range of ids."""
    return UUID(int=(int(moment.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62))
