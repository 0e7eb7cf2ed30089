"""Which customers somebody works with: an undone import leaves those. Modules register from their ``registrations.py``."""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

Uses = Callable[[Collection[UUID]], set[UUID]]
_uses: dict[str, Uses] = {}


def register_use(key: str, find: Uses) -> None:
    """Let a module say which of some customers have something of it that people made; the same key again replaces it."""
    _uses[key] = find


def customers_in_use(party_ids: Collection[UUID]) -> set[UUID]:
    """Return the customers that some module has work on. One query a module."""
    return set().union(*(find(party_ids) for find in _uses.values())) if party_ids else set()
