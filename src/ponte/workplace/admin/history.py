"""Whose history may be read where: modules register the records that have a history tab."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from ponte.core.models import Member


@dataclass(frozen=True)
class HistorySource:
    """Records with a history.

    Attributes:
        object: name in the address of the history (``/history/<object>/<id>/``).
        may_view: ``(member, id)`` → whether the member may see the record; asked before anything is read.
        rights_object: the rights object whose hidden fields are left out; "" for none.
        object_types: names the audit log uses for the record; ``(object,)`` when empty.
        by_subject: also show what was done to the customer's other records (interactions, orders, files).
    """

    object: str
    may_view: Callable[[Member, UUID], bool]
    rights_object: str = ""
    object_types: tuple[str, ...] = ()
    by_subject: bool = False

    @property
    def types(self) -> tuple[str, ...]:
        return self.object_types or (self.object,)


_sources: dict[str, HistorySource] = {}


def register_history(source: HistorySource) -> None:
    """Give an object's records a history; a second source of the same object replaces the first."""
    _sources[source.object] = source


def history_source(name: str) -> HistorySource | None:
    """Return the source of an object, or None."""
    return _sources.get(name)


def rights_object_of(object_type: str) -> str:
    """Return the rights object that a name of the audit log belongs to ("party" → "customer"); itself where unknown."""
    for source in _sources.values():
        if object_type in source.types:
            return source.rights_object or object_type
    return object_type
