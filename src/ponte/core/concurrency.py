"""Optimistic concurrency: the second of two writers is told, nothing is overwritten."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from django.utils import timezone

from ponte.core.errors import Conflict

NEXT = ("version", "updated_at")  # the columns ``step_versions`` writes


class Versioned(Protocol):
    version: int


class Dated(Versioned, Protocol):
    updated_at: datetime


def step_versions(rows: Iterable[Dated]) -> None:
    """Make rows about to be saved by ``bulk_update`` (with ``NEXT``) their next versions: that dates nothing by itself."""
    now = timezone.now()
    for row in rows:
        row.version += 1
        row.updated_at = now


def check_version(record: Versioned, given: int | None) -> None:
    """Raise ``Conflict`` when ``given`` (None: the caller doesn't care) is not the record's version.

    Call it on a row locked with ``select_for_update``, before changing it.
    """
    if given is not None and given != record.version:
        raise Conflict(current_version=record.version, given_version=given, current=record)
