"""The way back of imported records that have owners and a bin: what is judged is the same for all, what is written is each module's."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from ponte.core.models import Member
from ponte.core.rights import filter_owned
from ponte.core.services.audit import record_each
from ponte.workplace.custom_fields.reverting import take_back_custom
from ponte.workplace.importing.reversal import (
    CHANGED,
    FOREIGN,
    GONE,
    IN_USE,
    UNDO_ACT,
    UNREADABLE,
    Changes,
    DoneChunk,
    Known,
    Left,
    Reversal,
    changed_since,
    left_all,
    take_back,
)
from ponte.workplace.importing.targets import ImportContext

RowT = TypeVar("RowT", bound=Model)
Moved = dict[UUID, dict[str, tuple[Any, Any]]]  # record → attribute → value now, value before the import
Back = tuple[
    dict[str, tuple[Any, Any]], list[str]
]  # what was put back, and the fields somebody changed since


class RecordUndo(ABC, Generic[RowT]):
    """Takes a chunk of records of one kind back; an instance is what ``ImportTarget.undo`` wants.

    ``object_type`` is the kind in rights and audit; ``apart_from`` are acts that don't count as changed since. Rows have ``owner``,
    ``deleted_at`` and custom fields.
    """

    model: ClassVar[Any]
    object_type: ClassVar[str]
    apart_from: ClassVar[Collection[str]] = ()

    def __call__(self, chunk: DoneChunk, context: ImportContext, /, *, look: bool) -> Reversal:
        """Put what the chunk made into the bin and give what it changed its values back; with ``look`` only say so."""
        reversal = Reversal(left=left_all(chunk.unreadable, UNREADABLE))
        wanted = [*chunk.created, *chunk.changes]
        rows = {row.pk: row for row in (self.found(wanted) if look else self.locked(wanted))}
        self._judge_created(chunk, context, rows, reversal)
        if reversal.removed and not look:
            self.remove(chunk, context, [rows[one] for one in reversal.removed])
        moved = self._restored(chunk, context, rows, reversal)
        if moved and not look:
            self.write(context, [rows[one] for one in moved], moved)
        return reversal

    @abstractmethod
    def visible(self, member: Member) -> QuerySet[RowT]:
        """Return what the member sees outside the bin."""

    @abstractmethod
    def remove(self, chunk: DoneChunk, context: ImportContext, rows: Sequence[RowT]) -> None:
        """Delete rows as the product deletes, and free the other system's ids: what was undone may be imported again."""

    @abstractmethod
    def write(self, context: ImportContext, rows: Sequence[RowT], moved: Moved) -> None:
        """Save rows whose values were put back, with audit entries and an event."""

    def note(
        self, context: ImportContext, rows: Sequence[Any], moved: Moved, *, impersonal: Collection[str]
    ) -> None:
        """Write an audit entry for each row put back; ``impersonal`` fields are not sealed with its customer's key."""
        record_each(
            actor=context.actor,
            act=f"{self.object_type}.{UNDO_ACT}",
            object_type=self.object_type,
            changes=plain_names(moved),
            subjects={row.id: row.party_id for row in rows},
            impersonal=set(impersonal),
        )

    def found(self, ids: Collection[UUID]) -> QuerySet[RowT]:
        """Return the rows outside the bin, with what judging them reads; a preview locks nobody out."""
        rows: QuerySet[RowT] = self.model.objects.filter(id__in=ids, deleted_at=None)
        return rows.order_by("id")

    def locked(self, ids: Collection[UUID]) -> Sequence[RowT]:
        """Return the rows outside the bin, locked in the order of their ids."""
        return list(self.found(ids).select_for_update(of=("self",)))

    def within(self, context: ImportContext, rows: Mapping[UUID, RowT], act: str) -> set[UUID]:
        """Return the rows that ``act`` reaches."""
        member = context.actor.member
        if member is None:
            return set(rows)
        seen = self.visible(member).filter(pk__in=list(rows))
        reach = filter_owned(seen, member, self.object_type, act, owner="owner", team="owner__team")
        return set(reach.values_list("pk", flat=True))

    def in_use(self, rows: Mapping[UUID, RowT]) -> set[UUID]:
        """Return the rows that can't go because something hangs on them."""
        return set()

    def worked_on(self, ids: Collection[UUID]) -> set[UUID]:
        """Return the rows that count as changed for other reasons than an entry in the audit log."""
        return set()

    def column_of(self, name: str) -> str:
        """Return the column a name in the audit log stands for."""
        return name.removesuffix("_id")

    def put_back(self, row: RowT, changes: Changes, known: Known) -> Back:
        """Put a row's values back, unsaved; see ``take_back``."""
        return take_back(row, changes, known)

    def _judge_created(
        self, chunk: DoneChunk, context: ImportContext, rows: Mapping[UUID, RowT], reversal: Reversal
    ) -> None:
        living = {one: rows[one] for one in chunk.created if one in rows}
        reversal.left |= left_all((one for one in chunk.created if one not in rows), GONE)
        mine = self.within(context, living, "delete")
        reversal.left |= left_all(living.keys() - mine, FOREIGN)
        used = self.in_use({one: row for one, row in living.items() if one in mine})
        changed = changed_since(self.object_type, mine - used, chunk, apart_from=self.apart_from)
        changed |= self.worked_on(mine - used - changed)
        reversal.left |= left_all(used, IN_USE) | left_all(changed, CHANGED)
        reversal.removed = [one for one in living if one in mine - used - changed]

    def _restored(
        self, chunk: DoneChunk, context: ImportContext, rows: Mapping[UUID, RowT], reversal: Reversal
    ) -> Moved:
        """Put values of changed rows back in memory; return what changed."""
        there = {one: rows[one] for one in chunk.changes if one in rows}
        reach = self.within(context, there, "edit")
        open_to = {one: row for one, row in there.items() if one in reach}
        custom, kept = take_back_custom(self.object_type, open_to, chunk.changes, actor=context.actor)
        moved: Moved = {}
        known: Known = {}
        for row_id, changes in chunk.changes.items():
            row = there.get(row_id)
            if row is None or row_id not in reach:
                reversal.left[row_id] = Left(GONE if row is None else FOREIGN)
                continue
            told = {self.column_of(name): pair for name, pair in changes.items()}
            back, others = self.put_back(row, told, known)
            back |= custom.get(row_id, {})
            others += kept.get(row_id, [])
            if others:
                reversal.left[row_id] = Left(CHANGED, tuple(others))
            elif back:
                reversal.restored.append(row_id)
            if back:
                moved[row_id] = back
        return moved


def plain_names(moved: Moved) -> Moved:
    """Return changes with relations named without ``_id``, as the audit log names them."""
    return {
        one: {name.removesuffix("_id"): pair for name, pair in back.items()} for one, back in moved.items()
    }
