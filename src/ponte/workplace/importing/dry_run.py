"""Trying an import without keeping it: the first rows for the preview, or the whole file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format, number_format

from ponte.core.tenancy.models import Workspace
from ponte.workplace.importing.chunks import read_chunk, write_chunk
from ponte.workplace.importing.files import data_rows, local_file
from ponte.workplace.importing.layouts import Layout
from ponte.workplace.importing.running import (
    COUNTED,
    Progress,
    batches,
    chunk_rows,
    context_of,
    reader_of,
    target_of,
)
from ponte.workplace.importing.targets import ImportRow, ImportTarget, Problem
from ponte.workplace.models import ImportRun

PREVIEW_ROWS = 12


@dataclass(frozen=True)
class PreviewRow:
    """One row as it would come in: the values by field, the outcome, what is wrong, and what looks wrong but isn't refused; the file's own cells."""

    number: int
    values: dict[str, str]
    outcome: str
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    cells: tuple[str, ...] = ()


def preview(run: ImportRun, workspace: Workspace, rows: int = PREVIEW_ROWS) -> list[PreviewRow]:
    """Return how the first rows would come in; everything is written and rolled back at once."""
    context = context_of(run, workspace)
    target = target_of(run)
    reader = reader_of(run, target, context)
    with local_file(run.storage_key) as path:
        first = list(islice(data_rows(path, Layout.from_json(run.layout)), rows))
    with transaction.atomic():
        result = write_chunk(target, read_chunk(first, reader), context)
        transaction.set_rollback(True)
    shown = []
    for row, outcome in zip(first, result.outcomes, strict=True):
        read = reader.read(row)
        values = _shown(target, read) if isinstance(read, ImportRow) else {}
        warned = target.warn(read.values) if target.warn and isinstance(read, ImportRow) else ()
        shown.append(
            PreviewRow(row.number, values, outcome.outcome, outcome.problems, tuple(warned), tuple(row.cells))
        )
    return shown


@dataclass
class Trial:
    """What a whole import would do."""

    rows: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    rejected: list[tuple[int, tuple[Problem, ...]]] = field(default_factory=list)


def try_whole(
    run: ImportRun, workspace: Workspace, *, keep_rejected: int = 100, progress: Progress | None = None
) -> Trial:
    """Run a whole import inside one transaction and roll it back.

    Args:
        keep_rejected: how many refused rows to return with their reasons.
        progress: called after each chunk with the run, whose ``rows`` tells how far it is.
    """
    context = context_of(run, workspace)
    target = target_of(run)
    reader = reader_of(run, target, context)
    trial = Trial()
    with local_file(run.storage_key) as path, transaction.atomic():
        rows = data_rows(path, Layout.from_json(run.layout))
        for chunk in batches(rows, chunk_rows(run, target)):
            result = write_chunk(target, read_chunk(chunk, reader), context)
            trial.rows += len(chunk)
            for outcome in COUNTED:
                trial.counts[outcome] += result.count(outcome)
            refused = [
                (row.number, outcome.problems)
                for row, outcome in zip(chunk, result.outcomes, strict=True)
                if outcome.outcome == "rejected"
            ]
            trial.rejected += refused[: max(0, keep_rejected - len(trial.rejected))]
            run.rows = trial.rows
            if progress is not None:
                progress(run)
        transaction.set_rollback(True)
    return trial


def _shown(target: ImportTarget, row: ImportRow) -> dict[str, str]:
    return {key: _text(value) for key, value in row.values.items()}


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, Decimal):
        return number_format(value)
    return str(value)
