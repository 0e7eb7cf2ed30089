"""Background work of the importer."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from ponte.core.jobs import enqueue, every, job
from ponte.core.tenancy.scope import named_workspace
from ponte.workplace.importing.bundle_order import UNDERWAY
from ponte.workplace.importing.reviewing import carry_out_decisions
from ponte.workplace.importing.running import calm_down, carry_on
from ponte.workplace.importing.undoing import carry_on_undoing
from ponte.workplace.models import ImportReview, ImportRun

QUIET = timedelta(minutes=2)


@job("workplace.import", queue="bulk", transaction=False)
def run_import(*, run_id: str) -> None:
    """Carry one import on to its end, chunk by chunk."""
    carry_on(UUID(run_id))


@job("workplace.import_undo", queue="bulk", transaction=False)
def undo_import(*, run_id: str) -> None:
    """Take one import back to its end, chunk by chunk."""
    carry_on_undoing(UUID(run_id))


@job("workplace.import_decisions", queue="bulk", transaction=False)
def carry_out(*, run_id: str) -> None:
    """Write the rows of one import that somebody has decided."""
    carry_out_decisions(UUID(run_id))


@every("*/2 * * * *", name="workplace.import_sweep")
def sweep_imports() -> None:
    """Take up imports whose worker was killed: under way, and no chunk for two minutes."""
    quiet = ImportRun.objects.filter(state__in=UNDERWAY, updated_at__lt=timezone.now() - QUIET)
    for run_id in quiet.values_list("id", flat=True):
        enqueue("workplace.import", once=f"import:{run_id}", run_id=str(run_id))
    halfway = ImportRun.objects.filter(state=ImportRun.State.UNDOING, updated_at__lt=timezone.now() - QUIET)
    for run_id in halfway.values_list("id", flat=True):
        enqueue("workplace.import_undo", once=f"import-undo:{run_id}", run_id=str(run_id))
    decided = ImportReview.objects.filter(outcome="", decided_at__lt=timezone.now() - QUIET).exclude(
        decision=""
    )
    for run_id in decided.values_list("run_id", flat=True).distinct():
        enqueue("workplace.import_decisions", once=f"import-decisions:{run_id}", run_id=str(run_id))
    calm_down(named_workspace())
