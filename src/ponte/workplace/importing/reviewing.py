"""Rows that wait for a decision (policy "ask"): what the file says beside what is stored, and carrying decisions out."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation

from ponte.core.actors import Actor
from ponte.core.services import audit
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.workplace.importing.chunks import ChunkResult, read_chunk, write_chunk
from ponte.workplace.importing.files import SourceRow
from ponte.workplace.importing.running import (
    context_of,
    keep_chunk,
    keep_rejections,
    reader_of,
    target_of,
)
from ponte.workplace.importing.targets import ImportContext, Policy
from ponte.workplace.models import ImportReview, ImportRun

log = logging.getLogger(__name__)
CHUNK = 500
_TOUCHED = ("created", "updated", "unchanged", "skipped", "rejected")


@dataclass(frozen=True)
class Difference:
    """A field the row would change: as it is stored, and as the file has it."""

    field: str
    stored: Any
    given: Any


def differences(
    run: ImportRun, reviews: Sequence[ImportReview], actor: Actor, workspace: Workspace
) -> dict[int, list[Difference]]:
    """Return what each row would change now, by its number; everything is written and rolled back at once.

    Two rows about one record are shown with what both together change.
    """
    context = _context(run, actor, workspace, Policy.UPDATE)
    with transaction.atomic():
        result = _write(run, reviews, context)
        changes = _changes(result)
        transaction.set_rollback(True)
    return {review.row: changes.get(review.object_id, []) for review in reviews}


def _changes(result: ChunkResult) -> dict[UUID, list[Difference]]:
    found: dict[UUID, dict[str, Difference]] = {}
    for entry, opened in audit.opened_changes(result.entries):
        if entry.object_id is not None and opened is not None and entry.act.endswith(".updated"):
            mine = found.setdefault(entry.object_id, {})
            for name, (before, after) in opened.items():
                mine[name] = Difference(name, mine[name].stored if name in mine else before, after)
    for fields in result.journal.parts.values():
        for record_id, pairs in fields.items():
            mine = found.setdefault(record_id, {})
            for name, (before, after) in pairs.items():
                mine[name] = Difference(name, before, after)
    return {record_id: list(mine.values()) for record_id, mine in found.items()}


def carry_out_decisions(run_id: UUID) -> int:
    """Write the decided rows of an import, chunk by chunk, each in one transaction; returns how many rows.

    Killed at any moment, nothing is half done, and the next call does the rest.
    """
    workspace = named_workspace()
    done = 0
    while True:
        with workspace_scope(workspace):
            run = ImportRun.objects.select_for_update().get(id=run_id)
            if run.is_busy or run.state == ImportRun.State.UNDONE:
                return done
            chunk = _next(run)
            if not chunk:
                return done
            _carry_out(run, chunk, workspace)
            done += len(chunk)


def _next(run: ImportRun) -> list[ImportReview]:
    """Return the next decided rows of one decision by one person, in the order of the file."""
    waiting = (
        run.reviews.filter(outcome="")
        .exclude(decision="")
        .select_related("decided_by__role", "decided_by__team")
    )
    first = waiting.order_by("row").first()
    if first is None:
        return []
    return list(waiting.filter(decision=first.decision, decided_by=first.decided_by).order_by("row")[:CHUNK])


def _carry_out(run: ImportRun, reviews: Sequence[ImportReview], workspace: Workspace) -> None:
    decision, member = Policy(reviews[0].decision), reviews[0].decided_by
    language = member.language if member else workspace.language
    with translation.override(language):
        actor = Actor.for_job(f"import: {run.file_name}", member) if member else Actor.system(run.file_name)
        outcomes: Mapping[int, str]
        if decision is Policy.SKIP:
            outcomes = {review.row: "skipped" for review in reviews}
        else:
            outcomes = _import(run, reviews, _context(run, actor, workspace, decision))
    for review in reviews:
        review.outcome, review.cells = outcomes[review.row], []
    ImportReview.objects.bulk_update(reviews, ["outcome", "cells"])
    for outcome in _TOUCHED:
        count = sum(one == outcome for one in outcomes.values())
        setattr(run, outcome, getattr(run, outcome) + count)
    run.asked = run.reviews.filter(outcome="").count()
    run.save(update_fields=[*_TOUCHED, "asked", "updated_at"])


def _import(run: ImportRun, reviews: Sequence[ImportReview], context: ImportContext) -> dict[int, str]:
    result = _write(run, reviews, context)
    part = (run.chunks.order_by("-part").values_list("part", flat=True).first() or 0) + 1
    keep_chunk(run, result, last_row=reviews[-1].row, part=part)
    rows = [SourceRow(review.row, review.cells) for review in reviews]
    keep_rejections(run, zip(rows, result.outcomes, strict=True))
    return {review.row: one.outcome for review, one in zip(reviews, result.outcomes, strict=True)}


def _write(run: ImportRun, reviews: Sequence[ImportReview], context: ImportContext) -> ChunkResult:
    target = target_of(run)
    rows = [SourceRow(review.row, review.cells) for review in reviews]
    return write_chunk(target, read_chunk(rows, reader_of(run, target, context)), context)


def _context(run: ImportRun, actor: Actor, workspace: Workspace, policy: Policy) -> ImportContext:
    context = context_of(run, workspace)
    return replace(context, actor=actor, policy=policy, memory={}, match=tuple(run.match))


def forget_reviews(before: Any) -> int:
    """Delete the rows of imports that ended before a moment, decided or not; returns how many."""
    old = ImportRun.objects.filter(finished_at__lt=before, reviews__isnull=False).distinct()
    ids = list(old.values_list("id", flat=True))
    deleted, _models = ImportReview.objects.filter(run_id__in=ids).delete()
    ImportRun.objects.filter(id__in=ids).update(asked=0, updated_at=timezone.now())
    return deleted
