"""The way back of imported parts of records (lines, payments): they go with their record, whose reach and changes count."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from django.db.models import Model

from ponte.core.actors import Actor
from ponte.core.services.audit import record_each
from ponte.workplace.importing.record_undo import Moved
from ponte.workplace.importing.reversal import (
    CHANGED,
    FOREIGN,
    GONE,
    IN_USE,
    UNDO_ACT,
    UNREADABLE,
    DoneChunk,
    Known,
    Left,
    Reversal,
    changed_since,
    left_all,
    take_back,
)
from ponte.workplace.importing.targets import ImportContext

BATCH = 1000
PartT = TypeVar("PartT", bound=Model)


class PartUndo(ABC, Generic[PartT]):
    """Takes a chunk of parts back; an instance is what ``ImportTarget.undo`` wants.

    ``record_type`` is the record's kind in the audit log; ``apart_from`` are acts on it that don't count as changed since.
    """

    model: ClassVar[Any]
    record_type: ClassVar[str]
    columns: ClassVar[Sequence[str]]
    apart_from: ClassVar[Collection[str]] = ()

    def __call__(self, chunk: DoneChunk, context: ImportContext, /, *, look: bool) -> Reversal:
        """Remove the parts the chunk made and give changed ones their values back; with ``look`` only say so."""
        wanted = [*chunk.created, *chunk.changes]
        reversal = Reversal(left=left_all(chunk.unreadable, UNREADABLE))
        rows = {row.pk: row for row in (self.found(wanted) if look else self.locked(wanted))}
        reversal.left |= left_all((one for one in wanted if one not in rows), GONE)
        open_to = self._open_to(chunk, context, rows, reversal)
        reversal.removed = [one for one in chunk.created if one in open_to]
        moved = self._restored(chunk, open_to, reversal)
        if not look and (reversal.removed or moved):
            self._write(
                context, [open_to[one] for one in reversal.removed], [open_to[one] for one in moved], moved
            )
        return reversal

    @abstractmethod
    def found(self, ids: Collection[UUID]) -> Sequence[PartT]:
        """Return the parts of records outside the bin; a preview locks nobody out."""

    @abstractmethod
    def locked(self, ids: Collection[UUID]) -> Sequence[PartT]:
        """Return the parts of records outside the bin, their records locked."""

    @abstractmethod
    def record_of(self, row: PartT) -> UUID:
        """Return the record a part belongs to."""

    @abstractmethod
    def editable(self, actor: Actor, ids: Collection[UUID]) -> set[UUID]:
        """Return the records among ``ids`` the actor may edit."""

    @abstractmethod
    def finish(self, context: ImportContext, rows: Sequence[PartT]) -> None:
        """Let the records of removed and changed parts follow: totals, audit, event."""

    def busy(self, ids: Collection[UUID]) -> set[UUID]:
        """Return the records whose parts have to stay as they are."""
        return set()

    def settle(self, row: PartT) -> None:
        """Write what follows from a part's own values."""

    def subjects(self, rows: Sequence[PartT]) -> Mapping[UUID, UUID] | None:
        """Return the customers whose keys seal what the audit log says of parts."""
        return None

    def _open_to(
        self, chunk: DoneChunk, context: ImportContext, rows: Mapping[UUID, PartT], reversal: Reversal
    ) -> dict[UUID, PartT]:
        records = {self.record_of(row) for row in rows.values()}
        reach = self.editable(context.actor, records)
        changed = changed_since(self.record_type, reach, chunk, apart_from=self.apart_from)
        busy = self.busy(records)
        open_to = {}
        for row_id, row in rows.items():
            record_id = self.record_of(row)
            if record_id not in reach:
                reversal.left[row_id] = Left(FOREIGN)
            elif record_id in busy:
                reversal.left[row_id] = Left(IN_USE)
            elif record_id in changed and row_id not in chunk.changes:
                reversal.left[row_id] = Left(CHANGED)
            else:
                open_to[row_id] = row
        return open_to

    def _restored(self, chunk: DoneChunk, rows: Mapping[UUID, PartT], reversal: Reversal) -> Moved:
        moved: Moved = {}
        known: Known = {}
        for row_id in [one for one in chunk.changes if one in rows]:
            back, others = take_back(rows[row_id], chunk.changes[row_id], known)
            self.settle(rows[row_id])
            if others:
                reversal.left[row_id] = Left(CHANGED, tuple(others))
            elif back:
                reversal.restored.append(row_id)
            if back:
                moved[row_id] = back
        return moved

    def _write(
        self, context: ImportContext, removed: Sequence[PartT], changed: Sequence[PartT], moved: Moved
    ) -> None:
        self.model._default_manager.filter(pk__in=[row.pk for row in removed]).delete()
        self.model._default_manager.bulk_update(changed, list(self.columns), batch_size=BATCH)
        name = str(self.model._meta.model_name)
        record_each(
            actor=context.actor, act=f"{name}.{UNDO_ACT}", object_type=name, changes=moved,
            subjects=self.subjects(changed),
        )  # fmt: skip
        self.finish(context, [*removed, *changed])
