"""Events of the tools that every module uses: imports and exports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ponte.events.base import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ImportFinished(DomainEvent):
    """A file has come in to its end. ``target`` says what its rows became (people, orders …)."""

    name: ClassVar[str] = "workplace.import_finished"
    import_id: str
    target: str
    created: int
    updated: int
    unchanged: int
    skipped: int
    rejected: int


@dataclass(frozen=True, kw_only=True)
class ExportFinished(DomainEvent):
    """A complete export of the workspace was made."""

    name: ClassVar[str] = "workplace.export_finished"
    export_id: str
    rows: int
