"""What taking back all files of a bundle would do: done, looked at, and rolled back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from ponte.core.actors import Actor
from ponte.core.tenancy.models import Workspace
from ponte.workplace.importing.targets import targets
from ponte.workplace.importing.undoing import UndoPreview, take_chunk_back, undo_context
from ponte.workplace.models import ImportRun

LOOKED_AT = 1_000  # records in all


@dataclass(frozen=True)
class PartPreview:
    """What would become of one file."""

    run: ImportRun
    found: UndoPreview


def preview_bundle_undo(
    runs: Sequence[ImportRun], actor: Actor, workspace: Workspace, most: int = LOOKED_AT
) -> list[PartPreview]:
    """Return what taking these files back in this order would do; nothing stays written.

    A customer whose only order came in with the same archive goes with it: so each file is really taken back, in a transaction that is
    rolled back, before the one it refers to is judged.

    Args:
        runs: those that can be taken back, the last in first.
        most: how many records to look at in all; the rest is judged when it is undone.
    """
    shown = []
    with transaction.atomic():
        for run in runs:
            found = UndoPreview(records=run.created + run.updated)
            shown.append(PartPreview(run, found))
            if most > 0:
                _look(run, found, actor, workspace, most)
                most -= found.looked if found.is_whole else most
        transaction.set_rollback(True)
    return shown


def _look(run: ImportRun, found: UndoPreview, actor: Actor, workspace: Workspace, most: int) -> None:
    target, context = targets.get(run.target), undo_context(run, actor, workspace)
    assert target is not None
    for chunk in run.chunks.filter(undone_at=None).order_by("-id").iterator(chunk_size=1):
        if found.looked >= most:
            return
        reversal = take_chunk_back(run, target, chunk, context)
        found.looked += len(chunk.created_ids) + len(chunk.updated_ids)
        found.removed += len(reversal.removed)
        found.restored += len(reversal.restored)
        found.kept += len(reversal.left)
    found.looked = found.records
    # what an import did that is undone counts for nobody's work since
    ImportRun.objects.filter(id=run.id).update(state=ImportRun.State.UNDONE)
