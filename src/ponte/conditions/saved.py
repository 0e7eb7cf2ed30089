"""Where saved conditions are found by their id: a source that the module keeping them plugs in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
Offer = Callable[[Member | None, str], Iterable[SavedTree]]


class _Sources:
    """Every module that keeps conditions under a name."""

    def __init__(self) -> None:
        self._sources: list[tuple[Find, Offer]] = []

    def register(self, find: Find, offer: Offer) -> None:
        """Add a source: ``find(reader, id, subject)`` and ``offer(reader, subject)``, what the builder lists."""
        if (find, offer) not in self._sources:
            self._sources.append((find, offer))

    def find(self, reader: Member | None, saved_id: str, subject: str) -> SavedTree | None:
        """Return the saved condition of an id that the reader may use."""
        answers = (find(reader, saved_id, subject) for find, _offer in self._sources)
        return next((answer for answer in answers if answer is not None), None)

    def offered(self, reader: Member | None, subject: str) -> list[SavedTree]:
        """Return the saved conditions about a subject that the reader may use."""
        return [saved for _find, offer in self._sources for saved in offer(reader, subject)]


saved_trees = _Sources()
