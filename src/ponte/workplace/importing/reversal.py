"""What targets need to take a chunk of an import back: what it did, who changed it since, and values put back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.db import models
from django.db.models import Q

from ponte.core.models import AuditEntry
from ponte.events.base import plain
from ponte.workplace.importing.targets import ImportContext
from ponte.workplace.models import ImportChunk, ImportRun

CHANGED, IN_USE, GONE, FOREIGN, UNREADABLE, KEPT = (
    "changed",
    "in_use",
    "gone",
    "foreign",
    "unreadable",
    "kept",
)
UNDO_ACT = "import_undone"
Changes = Mapping[str, Sequence[Any]]  # field → before and after, as JSON holds them


@dataclass(frozen=True)
class DoneChunk:
    """What a chunk did.

    ``changes`` are those of records that were there before (record → field → before, after); of ``unreadable`` ones nobody can
    tell any more (the customer was erased, or the import is older than the journal). ``touched`` were found and got at most
    an identity or a role. ``made`` are records of other kinds the chunk made along the way: act → ids.
    """

    created: Sequence[UUID]
    changes: Mapping[UUID, Changes]
    unreadable: frozenset[UUID]
    touched: Sequence[UUID]
    made: Mapping[str, Sequence[UUID]]
    began: datetime | None
    ended: datetime | None
    since: datetime  # what others changed later than this counts
    run_id: UUID

    @property
    def births(self) -> tuple[UUID, UUID] | None:
        """The lowest and highest id a row born during the chunk can have (ids are UUIDv7)."""
        if self.began is None or self.ended is None:
            return None
        return _lowest_id(self.began), _lowest_id(self.ended + timedelta(milliseconds=2))


@dataclass(frozen=True)
class Left:
    """Why a record, or some of its fields, stay as they are."""

    reason: str
    fields: tuple[str, ...] = ()


@dataclass
class Reversal:
    """What was taken back, or would be."""

    removed: list[UUID] = field(default_factory=list)
    restored: list[UUID] = field(default_factory=list)
    left: dict[UUID, Left] = field(default_factory=dict)


class UndoChunk(Protocol):
    """Takes a chunk back, or with ``look`` only says what would become of it.

    It runs in one transaction with the note that the chunk is undone. Records made by the import are deleted as the product
    deletes, changed ones get back what the import changed, except where somebody changed it since or it is beyond the
    member's reach: those are ``left``.
    """

    def __call__(self, chunk: DoneChunk, context: ImportContext, /, *, look: bool) -> Reversal: ...


def changed_since(
    object_type: str, ids: Collection[UUID], chunk: DoneChunk, *, apart_from: Collection[str] = ()
) -> set[UUID]:
    """Return the records a person (or a program or job in a person's name) changed since the chunk.

    What the same import did counts for nothing, nor what imports did that are undone.

    Args:
        object_type: as the audit log names it.
        apart_from: acts that don't count.
    """
    if not ids:
        return set()
    since = Q(object_id__in=ids) | Q(object_ids__overlap=list(ids))
    entries = AuditEntry.objects.filter(since, object_type=object_type, actor_id__isnull=False)
    entries = (
        entries.filter(id__gt=_lowest_id(chunk.since))
        .exclude(act__endswith=UNDO_ACT)
        .exclude(act__in=apart_from)
    )
    rows = list(entries.values_list("id", "object_id", "object_ids", "actor_kind", "actor_label"))
    if not rows:
        return set()
    by_imports = {row[0] for row in rows if row[3] == "job" and row[4].startswith("import: ")}
    harmless = _harmless(chunk, {row[0] for row in rows}, by_imports)
    wanted, found = set(ids), set()
    for entry_id, object_id, object_ids, *_actor in rows:
        if entry_id not in harmless:
            found |= wanted & {object_id, *(object_ids or ())}
    return found


def _harmless(chunk: DoneChunk, entry_ids: set[UUID], by_imports: set[UUID]) -> set[UUID]:
    """Return the entries of this import, of undone ones, and of what followed from imports by itself.

    A customer's stage moves on with imported orders, for one: the entry bears the import's name, but no chunk wrote it.
    """
    chunks = ImportChunk.objects.filter(
        Q(run_id=chunk.run_id) | Q(began_at__gte=chunk.since), entry_ids__overlap=list(entry_ids)
    )
    undone = (ImportRun.State.UNDONE, ImportRun.State.UNDOING)
    mine: set[UUID] = set()
    live: set[UUID] = set()
    for run_id, state, ids in chunks.values_list("run_id", "run__state", "entry_ids").iterator():
        (mine if run_id == chunk.run_id or state in undone else live).update(entry_ids.intersection(ids))
    return mine | (by_imports - live)


Known = dict[tuple[Any, Any], bool]


def take_back(
    row: models.Model, changes: Changes, known: Known | None = None
) -> tuple[dict[str, tuple[Any, Any]], list[str]]:
    """Put values of one row back, unsaved; names are attributes or, of relations, names without ``_id``.

    Args:
        row: as it stands now. changes: field → before and after the import; names that are no columns are passed over.
        known: remembers from row to row which related records there still are.

    Returns:
        What changed (attribute → value now, value before the import), and the fields somebody else changed since.
    """
    back: dict[str, tuple[Any, Any]] = {}
    others: list[str] = []
    columns = {each.name: each for each in row._meta.concrete_fields}
    for name, (before, after) in changes.items():
        column = columns.get(name)
        if column is None:
            continue
        current = getattr(row, column.attname)
        if plain(current) != after and not _same(column, current, after):
            others.append(name)
            continue
        value = _value(column, before)
        if column.is_relation and value is not None and not _exists(column, value, known):
            others.append(name)
            continue
        setattr(row, column.attname, value)
        back[column.attname] = (current, value)
    return back, others


def _exists(column: models.Field[Any, Any], value: Any, known: Known | None) -> bool:
    memory = {} if known is None else known
    key = (column.related_model, value)
    if key not in memory:
        model: Any = column.related_model
        memory[key] = model._base_manager.filter(pk=value).exists()
    return memory[key]


def has_column(row: models.Model, name: str) -> bool:
    """Return whether a change named ``name`` is one of the row's own columns."""
    return any(each.name == name for each in row._meta.concrete_fields)


def _same(column: models.Field[Any, Any], current: Any, after: Any) -> bool:
    """Compare as the column stores: 1 and "1.00" are the same price."""
    return after is not None and current is not None and current == _value(column, after)


def _value(column: models.Field[Any, Any], stored: Any) -> Any:
    if stored is None:
        return None if column.null else column.get_default()
    kind: Any = getattr(column, "target_field", column) if column.is_relation else column
    return kind.to_python(stored)


def _lowest_id(moment: datetime) -> UUID:
    """Return the lowest UUIDv7 of a moment's millisecond."""
    return UUID(int=(int(moment.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62))


def left_all(ids: Iterable[UUID], reason: str) -> dict[UUID, Left]:
    """Return the same reason for several records."""
    return dict.fromkeys(ids, Left(reason))
