"""The order in which the files of one bundle come in, and go out again: the last first."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.jobs import enqueue
from ponte.core.services.runs import fail_run
from ponte.workplace.models import ImportRun

UNDERWAY = (ImportRun.State.QUEUED, ImportRun.State.RUNNING)


def earlier_parts(run: ImportRun) -> list[ImportRun]:
    """Return the files of the same bundle that are to come in before this one and are under way."""
    if run.bundle is None:
        return []
    return list(ImportRun.objects.filter(bundle=run.bundle, place__lt=run.place, state__in=UNDERWAY))


def go_on_with_bundle(run: ImportRun) -> None:
    """Let the next file of a bundle come in; where this one failed, stop those behind it: they may need it."""
    if run.bundle is None:
        return
    behind = ImportRun.objects.filter(bundle=run.bundle, place__gt=run.place, state=ImportRun.State.QUEUED)
    if run.state == ImportRun.State.DONE:
        following = behind.order_by("place").first()
        if following is not None:
            enqueue("workplace.import", once=f"import:{following.id}", run_id=str(following.id))
        return
    for other in behind.select_for_update(of=("self",)):
        other.state, other.finished_at = ImportRun.State.CANCELLED, timezone.now()
        other.error = _("%(file)s stopped before. Go on with it first.") % {"file": run.file_name}
        other.save(update_fields=["state", "finished_at", "error", "updated_at"])


def is_last_part(run: ImportRun) -> bool:
    """Return whether nothing of the same bundle is still to come in behind this one."""
    if run.bundle is None:
        return True
    behind = ImportRun.objects.filter(bundle=run.bundle, place__gt=run.place, state__in=UNDERWAY)
    return not behind.exists()


def undone_before(run: ImportRun) -> list[ImportRun]:
    """Return the files of the same bundle that are to be taken back before this one: what came in later refers to it."""
    if run.bundle is None:
        return []
    later = ImportRun.objects.filter(bundle=run.bundle, place__gt=run.place, state=ImportRun.State.UNDOING)
    return list(later)


def go_on_undoing(run: ImportRun) -> bool:
    """Let the next file of a bundle be taken back; where this one stopped, stop those that wait for it.

    Returns whether another one waits.
    """
    if run.bundle is None:
        return False
    waiting = ImportRun.objects.filter(bundle=run.bundle, place__lt=run.place, state=ImportRun.State.UNDOING)
    if run.state == ImportRun.State.UNDONE:
        following = waiting.order_by("-place").first()
        if following is not None:
            enqueue("workplace.import_undo", once=f"import-undo:{following.id}", run_id=str(following.id))
        return following is not None
    for other in waiting.select_for_update(of=("self",)).select_related("background"):
        other.state = ImportRun.State.DONE
        other.error = _("Undoing %(file)s stopped before. Undo everything again.") % {"file": run.file_name}
        other.save(update_fields=["state", "error", "updated_at"])
        if other.background is not None:
            fail_run(other.background, error=other.error)
    return False
