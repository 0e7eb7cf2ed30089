"""Whose history may be read where: modules register the records that have a history tab."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from ponte.core.models import Member


@dataclass(frozen=True)
class HistorySource:
    """Records with a history.

    Attributes:
        object: name in the address of the history (``/history/<object>/<id>/``).
        visible: ``(member, ids)`` → those of them the member may see; asked before anything is read. Entries of
            other types than ``object`` are asked by the customer they tell about.
        rights_object: the rights object whose hidden fields are left out; "" for none.
        field_rights: names the audit log uses for fields → the names a role hides them by, where they differ.
        object_types: names the audit log uses for the record; ``(object,)`` when empty.
        by_subject: also show what was done to the customer's other records (interactions, orders, files).
    """

    object: str
    visible: Callable[[Member, Collection[UUID]], set[UUID]]
    rights_object: str = ""
    field_rights: Mapping[str, str] = field(default_factory=dict)
    object_types: tuple[str, ...] = ()
    by_subject: bool = False

    @property
    def types(self) -> tuple[str, ...]:
        return self.object_types or (self.object,)

    def may_view(self, member: Member, object_id: UUID) -> bool:
        """Return whether the member may see the record."""
        return object_id in self.visible(member, [object_id])


_sources: dict[str, HistorySource] = {}


def register_history(source: HistorySource) -> None:
    """Give an object's records a history; a second source of the same object replaces the first."""
    _sources[source.object] = source


def history_source(name: str) -> HistorySource | None:
    """Return the source of an object, or None."""
    return _sources.get(name)


def source_of(object_type: str) -> HistorySource | None:
    """Return the source that a name of the audit log belongs to, or None."""
    return next((source for source in _sources.values() if object_type in source.types), None)


def rights_object_of(object_type: str) -> str:
    """Return the rights object that a name of the audit log belongs to ("party" → "customer"); itself where unknown."""
    source = source_of(object_type)
    return (source.rights_object if source else "") or object_type


def is_hidden(object_type: str, name: str, hidden: Collection[str]) -> bool:
    """Return whether a field of an entry is one of the ``hidden``, under its own name or the right's, nested or not."""
    source = source_of(object_type)
    rights = source.field_rights if source else {}
    names = {name, name.split(".")[0], name.split(".")[-1]}
    return any(part in hidden or rights.get(part, part) in hidden for part in names)
