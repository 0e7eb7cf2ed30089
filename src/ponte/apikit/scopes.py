"""What a token may be allowed to touch: one object and read or write, written ``customers:read``."""

from __future__ import annotations

from collections.abc import Iterable

from ponte.core.services.tokens import SCOPES


def is_scope(name: str) -> bool:
    """Tell whether ``name`` is a scope that tokens can carry."""
    return name in SCOPES


def covers(granted: Iterable[str], wanted: str) -> bool:
    """Tell whether the granted scopes allow ``wanted``; write includes read of the same object."""
    granted = set(granted)
    key, _, act = wanted.partition(":")
    return wanted in granted or (act == "read" and f"{key}:write" in granted)
