"""One chunk of an import: read, written and noted in one transaction, with bad rows singled out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.errors import DomainError, Invalid
from ponte.core.services import audit
from ponte.workplace.importing.extensions import RowsRefused
from ponte.workplace.importing.files import SourceRow
from ponte.workplace.importing.targets import (
    Ahead,
    ImportContext,
    ImportRow,
    ImportTarget,
    Journal,
    Policy,
    Problem,
    RowOutcome,
)
from ponte.workplace.importing.values import Reader

Refusable = (DomainError, DataError, IntegrityError)


@dataclass
class ChunkResult:
    """What became of the rows of one chunk, in order."""

    outcomes: list[RowOutcome] = field(default_factory=list)
    journal: Journal = field(default_factory=Journal)
    entries: list[UUID] = field(default_factory=list)  # of the audit log
    began_at: datetime = field(default_factory=timezone.now)

    def count(self, outcome: str) -> int:
        """Return how many rows had this outcome."""
        return sum(each.outcome == outcome for each in self.outcomes)

    def ids(self, outcome: str) -> list[UUID]:
        """Return the distinct records of this outcome, in order."""
        return list(
            dict.fromkeys(
                each.object_id for each in self.outcomes if each.outcome == outcome and each.object_id
            )
        )


@dataclass(frozen=True)
class ReadChunk:
    """Rows of a file whose cells were read: those to be written, and the refusals of the others by row number."""

    rows: Sequence[SourceRow]
    readable: Sequence[ImportRow]
    refused: Mapping[int, RowOutcome]
    ahead: Mapping[int, Any] = field(default_factory=dict)


def read_chunk(rows: Sequence[SourceRow], reader: Reader, ahead: Ahead | None = None) -> ReadChunk:
    """Read the cells of ``rows``, and what the target does ``ahead``; touches no database, so that it may run before its turn."""
    readable: list[ImportRow] = []
    refused: dict[int, RowOutcome] = {}
    for row in rows:
        read = reader.read(row)
        if isinstance(read, ImportRow):
            readable.append(read)
        else:
            refused[row.number] = RowOutcome("rejected", problems=tuple(read))
    return ReadChunk(rows, readable, refused, ahead(readable) if ahead else {})


def write_chunk(target: ImportTarget, chunk: ReadChunk, context: ImportContext) -> ChunkResult:
    """Let the target write the rows that could be read. Call it inside the chunk's transaction.

    Rows the target refuses are answered "rejected"; where a whole chunk fails, it is halved until the rows that are to
    blame stand alone. With the policy "ask", rows that would change a record that is there are answered "asked", unwritten.
    """
    if context.policy is Policy.ASK:
        return _ask(target, chunk, replace(context, policy=Policy.UPDATE))
    return _write(target, chunk, context)


def _ask(target: ImportTarget, chunk: ReadChunk, context: ImportContext) -> ChunkResult:
    """Write what changes nothing that is there: tried, and tried again without the rows that would."""
    asked: dict[int, RowOutcome] = {}
    while True:
        readable = [row for row in chunk.readable if row.number not in asked]
        with transaction.atomic():
            result = _write(target, ReadChunk(chunk.rows, readable, {**chunk.refused, **asked}), context)
            created = {one.object_id for one in result.outcomes if one.outcome == "created"}
            changing = {
                row.number: RowOutcome("asked", outcome.object_id)
                for row, outcome in zip(chunk.rows, result.outcomes, strict=True)
                if outcome.outcome == "updated" and outcome.object_id not in created
            }
            if not changing:
                return result
            transaction.set_rollback(True)
        _forget(context)
        asked |= changing


def _write(target: ImportTarget, chunk: ReadChunk, context: ImportContext) -> ChunkResult:
    answers = dict(chunk.refused)
    result = ChunkResult()
    context.journal.parts.clear()
    context.ahead.clear()
    context.ahead.update(chunk.ahead)
    for read, outcome in _apply(target, chunk.readable, context, result):
        answers[read.number] = outcome
    result.outcomes = [answers[row.number] for row in chunk.rows]
    return result


def _apply(
    target: ImportTarget, rows: Sequence[ImportRow], context: ImportContext, result: ChunkResult
) -> Iterator[tuple[ImportRow, RowOutcome]]:
    if not rows:
        return
    try:
        with transaction.atomic(), audit.noting() as entries:
            outcomes = list(target.apply(rows, context))
    except RowsRefused as refused:
        _forget(context)
        for row in rows:
            if row.number in refused.problems:
                yield row, RowOutcome("rejected", problems=tuple(refused.problems[row.number]))
        rest = [row for row in rows if row.number not in refused.problems]
        yield from _apply(target, rest, context, result)
        return
    except Refusable as refusal:
        _forget(context)
        if len(rows) == 1:
            yield rows[0], RowOutcome("rejected", problems=tuple(_reasons(refusal)))
            return
        middle = len(rows) // 2
        yield from _apply(target, rows[:middle], context, result)
        yield from _apply(target, rows[middle:], context, result)
        return
    if len(outcomes) != len(rows):
        raise RuntimeError(f"import target {target.key} answered {len(outcomes)} of {len(rows)} rows")
    result.journal.take(context.journal)
    result.entries += entries
    yield from zip(rows, outcomes, strict=True)


def _forget(context: ImportContext) -> None:
    """Drop what was looked up, done ahead and noted in the part that was undone."""
    context.memory.clear()
    context.ahead.clear()
    context.journal.parts.clear()


def _reasons(refusal: Exception) -> list[Problem]:
    if isinstance(refusal, Invalid):
        return [Problem(each.field, each.code, str(each.message)) for each in refusal.problems]
    if isinstance(refusal, IntegrityError):
        return [Problem("", "conflict", _("The row contradicts what is stored already."))]
    if isinstance(refusal, DataError):
        return [Problem("", "too_large", _("A value of the row is too large to be stored."))]
    return [Problem("", "refused", _("You may not write this record."))]
