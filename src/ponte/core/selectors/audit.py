"""Reading the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ponte.core.models import AuditEntry
from ponte.core.services.subject_keys import open_for


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
