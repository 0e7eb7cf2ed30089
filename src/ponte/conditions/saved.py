"""Where saved conditions are found by their id: a source that the module keeping them plugs in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ponte.core.models import Member


@dataclass(frozen=True)
class SavedTree:
    """A saved condition as another one refers to it."""

    id: str
    name: str
    where: Any


Find = Callable[[Member | None, str, str], SavedTree | None]


class _Sources:
    """Every module that keeps conditions under a name."""

    def __init__(self) -> None:
        self._finders: list[Find] = []

    def register(self, find: Find) -> Find:
        """Add a source, ``(reader, id, subject) -> SavedTree | None``."""
        if find not in self._finders:
            self._finders.append(find)
        return find

    def find(self, reader: Member | None, saved_id: str, subject: str) -> SavedTree | None:
        """Return the saved condition of an id that the reader may use."""
        return next((found for find in self._finders if (found := find(reader, saved_id, subject))), None)


saved_trees = _Sources()
