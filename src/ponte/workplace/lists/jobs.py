"""Background work of lists."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from ponte.core.jobs import enqueue, every, job
from ponte.workplace.models import BulkChange, ListExport
from ponte.workplace.services.bulk_running import carry_on
from ponte.workplace.services.list_exports import build_file, forget_old_files

QUIET = timedelta(minutes=2)


@job("workplace.bulk", queue="bulk", transaction=False)
def change_many(*, change_id: str) -> None:
    """Carry one bulk act on to its end, or take it back, chunk by chunk."""
    carry_on(UUID(change_id))


@every("*/2 * * * *", name="workplace.bulk_sweep")
def sweep_changes() -> None:
    """Take up bulk acts whose worker was killed: under way, and no chunk for two minutes."""
    quiet = BulkChange.objects.filter(state__in=BulkChange.UNDERWAY, updated_at__lt=timezone.now() - QUIET)
    for change_id in quiet.values_list("id", flat=True):
        enqueue("workplace.bulk", once=f"bulk:{change_id}", change_id=str(change_id))


@job("workplace.list_export", queue="bulk", transaction=False)
def make_file(*, export_id: str) -> None:
    """Make the file of one list."""
    build_file(UUID(export_id))


@every("*/5 * * * *", name="workplace.list_export_sweep")
def sweep_files() -> None:
    """Begin anew the files whose worker was killed: unfinished, and no chunk for two minutes; remove old ones."""
    quiet = ListExport.objects.filter(
        finished_at=None,
        created_at__lt=timezone.now() - QUIET,
        background__updated_at__lt=timezone.now() - QUIET,
    )
    for export_id in quiet.values_list("id", flat=True):
        enqueue("workplace.list_export", once=f"list_export:{export_id}", export_id=str(export_id))
    forget_old_files()
