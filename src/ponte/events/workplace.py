"""Events of the tools that every module uses: imports and exports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ponte.events.base import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ImportFinished(DomainEvent):
    """A file has come in to its end. ``target`` says what its rows became (people, orders …); ``asked`` rows wait for a decision."""

    name: ClassVar[str] = "workplace.import_finished"
    import_id: str
    target: str
    created: int
    updated: int
    unchanged: int
    skipped: int
    rejected: int
    asked: int = 0


@dataclass(frozen=True, kw_only=True)
class ImportUndone(DomainEvent):
    """An import was taken back. ``kept`` counts records left wholly or partly as they are: somebody changed them since."""

    name: ClassVar[str] = "workplace.import_undone"
    import_id: str
    target: str
    removed: int
    restored: int
    kept: int


@dataclass(frozen=True, kw_only=True)
class ExportFinished(DomainEvent):
    """A complete export of the workspace was made."""

    name: ClassVar[str] = "workplace.export_finished"
    export_id: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class CustomFieldCreated(DomainEvent):
    """A business added a field to its records. ``object`` says to which ("person", "order" …)."""

    name: ClassVar[str] = "workplace.custom_field_created"
    field_id: str
    object: str
    key: str


@dataclass(frozen=True, kw_only=True)
class CustomFieldUpdated(DomainEvent):
    """The definition of a custom field changed; ``fields`` names what of it."""

    name: ClassVar[str] = "workplace.custom_field_updated"
    field_id: str
    object: str
    key: str
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class CustomFieldDeleted(DomainEvent):
    """A custom field went into the bin; its values stay for 30 days."""

    name: ClassVar[str] = "workplace.custom_field_deleted"
    field_id: str
    object: str
    key: str


@dataclass(frozen=True, kw_only=True)
class CustomFieldRestored(DomainEvent):
    """A custom field came back from the bin with its values."""

    name: ClassVar[str] = "workplace.custom_field_restored"
    field_id: str
    object: str
    key: str
