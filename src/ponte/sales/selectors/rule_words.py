"""Rules' conditions in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ponte.conditions.explaining import explain
from ponte.conditions.parsing import read_condition
from ponte.core.errors import Invalid


def words_of(where: Mapping[str, Any], subject: str) -> str | None:
    """Return a condition in words, "" for one that holds for all, None for one that no longer works."""
    if not where:
        return ""
    try:
        return explain(read_condition({"v": 1, "where": dict(where)}, subject=subject, reader=None))
    except Invalid:
        return None
