"""Optimistic concurrency: the second of two writers is told, nothing is overwritten."""

from __future__ import annotations

from typing import Protocol

from ponte.core.errors import Conflict


class Versioned(Protocol):
    version: int


def check_version(record: Versioned, given: int | None) -> None:
    """Raise ``Conflict`` when ``given`` (None: the caller doesn't care) is not the record's version.

    Call it on a row locked with ``select_for_update``, before changing it.
    """
    if given is not None and given != record.version:
        raise Conflict(current_version=record.version, given_version=given, current=record)
