"""Fields that other modules add to a target: custom fields, consent. Written with the target's rows or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from uuid import UUID

from ponte.core.models import Member
from ponte.workplace.importing.targets import (
    Apply,
    ImportContext,
    ImportField,
    ImportRow,
    ImportTarget,
    Problem,
    RowOutcome,
)

Changes = Mapping[str, tuple[Any, Any]]  # field → before and after, as JSON can hold them
_WRITTEN = frozenset({"created", "updated", "unchanged"})


@dataclass(frozen=True)
class ExtendedRow:
    """A row whose record is written: ``values`` are those of the extension's fields alone (no entry: empty cell)."""

    number: int
    values: Mapping[str, Any]
    record_id: UUID
    outcome: str  # "created", "updated" or "unchanged"


@dataclass(frozen=True)
class ExtensionResult:
    """What an extension did.

    ``problems`` by row number refuse those rows altogether: what the target wrote for them is undone too. ``changes`` by
    record tell what was changed, for the report ("unchanged" becomes "updated") and for undoing the import.
    """

    problems: Mapping[int, Sequence[Problem]] = field(default_factory=dict)
    changes: Mapping[UUID, Changes] = field(default_factory=dict)


class UndoExtension(Protocol):
    """Gives values their state before an import, except where somebody changed them since; returns those left alone."""

    def __call__(
        self, changes: Mapping[UUID, Changes], context: ImportContext, /
    ) -> Mapping[UUID, Sequence[str]]: ...


@dataclass(frozen=True)
class ImportExtension:
    """More fields for a target, known only at run time.

    ``fields`` is asked with the member who imports (None: the system, who may everything) each time a file is mapped or a
    run begins; leave out what he may not write. Keys must differ from the target's: prefix them (``custom.size``).
    ``apply`` writes the values of a chunk set-based, inside the chunk's transaction, after the target; it honours
    ``context.policy`` and must do nothing a second time for the same values. A row may be given twice, in order: the later
    wins. ``undo`` takes the import's changes back; records the import created are gone by then.
    """

    key: str
    fields: Callable[[Member | None], Sequence[ImportField]]
    apply: Callable[[Sequence[ExtendedRow], ImportContext], ExtensionResult]
    undo: UndoExtension | None = None
    order: int = 100
    object_name: str = ""  # whose custom fields these are: an import may make new ones


class RowsRefused(Exception):
    """Rows whose record was written but whose further fields cannot be: the chunk is written again without them."""

    def __init__(self, problems: Mapping[int, Sequence[Problem]]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} rows")


_extensions: dict[str, dict[str, ImportExtension]] = {}


def register_import_extension(target_key: str, extension: ImportExtension) -> None:
    """Add an extension's fields to a target (``people``, ``companies`` …); the same key again replaces it."""
    _extensions.setdefault(target_key, {})[extension.key] = extension


def unregister_import_extension(target_key: str, key: str) -> None:
    """Forget an extension, if there is one (tests clean up with it)."""
    _extensions.get(target_key, {}).pop(key, None)


def extensions_of(target_key: str) -> list[ImportExtension]:
    """Return the extensions of a target in order."""
    return sorted(_extensions.get(target_key, {}).values(), key=lambda each: (each.order, each.key))


def extended(target: ImportTarget, member: Member | None) -> ImportTarget:
    """Return ``target`` with the fields ``member`` may fill of all its extensions.

    Raises:
        ValueError: an extension offers a key the target or another extension has.
    """
    offered = [(each, tuple(each.fields(member))) for each in extensions_of(target.key)]
    if not any(fields for _each, fields in offered):
        return target
    fields = (*target.fields, *(one for _each, several in offered for one in several))
    keys = [one.key for one in fields]
    if len(set(keys)) != len(keys):
        raise ValueError(f"extensions of import target {target.key} offer a field twice")
    return replace(target, fields=fields, apply=_with(target.apply, offered))


def _with(base: Apply, offered: Sequence[tuple[ImportExtension, Sequence[ImportField]]]) -> Apply:
    def apply(rows: Sequence[ImportRow], context: ImportContext) -> Sequence[RowOutcome]:
        outcomes = list(base(rows, context))
        problems: dict[int, list[Problem]] = {}
        for extension, fields in offered:
            given = _given(rows, outcomes, {each.key for each in fields})
            if not given:
                continue
            result = extension.apply(given, context)
            for number, found in result.problems.items():
                problems.setdefault(number, []).extend(found)
            context.journal.note(extension.key, result.changes)
            outcomes = [_moved(outcome, result) for outcome in outcomes]
        if problems:
            raise RowsRefused(problems)
        return outcomes

    return apply


def _given(
    rows: Sequence[ImportRow], outcomes: Sequence[RowOutcome], keys: set[str]
) -> Sequence[ExtendedRow]:
    given = []
    for row, outcome in zip(rows, outcomes, strict=True):
        values = {key: value for key, value in row.values.items() if key in keys}
        if values and outcome.object_id and outcome.outcome in _WRITTEN:
            given.append(ExtendedRow(row.number, values, outcome.object_id, outcome.outcome))
    return given


def _moved(outcome: RowOutcome, result: ExtensionResult) -> RowOutcome:
    if outcome.outcome == "unchanged" and outcome.object_id in result.changes:
        return replace(outcome, outcome="updated")
    return outcome
