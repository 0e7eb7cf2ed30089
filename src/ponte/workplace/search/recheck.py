"""Checking a match against texts a member may read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ponte.core.text import words


def texts_match(wanted: Sequence[str], texts: Iterable[str]) -> bool:
    """Return whether every wanted (folded) word begins some word of the texts."""
    found = [word for text in texts for word in words(text)]
    return all(any(word.startswith(part) for word in found) for part in wanted)
