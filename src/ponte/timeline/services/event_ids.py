"""Ids as events carry them."""

from uuid import UUID


def id_text(value: UUID | None) -> str:
    """Return an id as text; empty for nobody and nothing."""
    return "" if value is None else str(value)
