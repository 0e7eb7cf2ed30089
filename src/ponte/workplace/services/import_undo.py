"""Asking for an import to be taken back, and forgetting what that needs once it can't be any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid, Missing
from ponte.core.jobs import enqueue
from ponte.core.services import audit
from ponte.core.services.runs import start_run
from ponte.workplace.importing.reviewing import forget_reviews
from ponte.workplace.importing.running import page_of
from ponte.workplace.importing.targets import may_undo, targets
from ponte.workplace.models import ImportChunk, ImportRun

UNDO_FOR = timedelta(days=30)
UNDOABLE = (ImportRun.State.DONE, ImportRun.State.FAILED, ImportRun.State.CANCELLED)


def undo_import(*, run: ImportRun, actor: Actor, in_background: bool = True) -> ImportRun:
    """Have an import taken back: what it made is removed, what it changed gets its values back, chunk by chunk.

    Raises:
        Invalid: it is older than 30 days, undone already or being undone, still under way, or made nothing.
        Denied: the member may not delete and edit such records.
        Missing: somebody has deleted it meanwhile.
    """
    held = ImportRun.objects.select_for_update().filter(id=run.id).first()
    if held is None:
        raise Missing("import")
    check_undoable(held, actor)
    held.background = start_run(
        kind="import",
        title=_("Undo: %(file)s") % {"file": held.file_name},
        member=actor.member,
        total=held.created + held.updated,
        url=page_of(held.id),
    )
    held.state, held.undone_by, held.error = ImportRun.State.UNDOING, actor.member, ""
    held.save(update_fields=["state", "undone_by", "background", "error", "updated_at"])
    audit.record(actor=actor, act="import.undo_started", target=held)
    if in_background:
        enqueue("workplace.import_undo", once=f"import-undo:{held.id}", run_id=str(held.id))
    return held


def check_undoable(run: ImportRun, actor: Actor) -> None:
    """Refuse an import that can't be undone now; the message says why.

    Raises:
        Invalid, Denied: see ``undo_import``.
    """
    target = targets.get(run.target)
    if run.state == ImportRun.State.UNDONE:
        raise Invalid.on("", "undone", _("This import is undone already."))
    if run.state == ImportRun.State.UNDOING:
        raise Invalid.on("", "undoing", _("This import is being undone already."))
    if run.state not in UNDOABLE:
        raise Invalid.on("", "state", _("This import is still under way. Stop it first."))
    if target is None or target.undo is None:
        raise Invalid.on("", "target", _("Imports of this kind can't be undone."))
    if timezone.now() > undo_until(run):
        raise Invalid.on("", "too_old", _("An import can be undone within 30 days; this one is older."))
    if not _has_chunks(run):
        raise Invalid.on("", "nothing", _("This import brought nothing in, so there is nothing to undo."))
    if actor.member is not None and not may_undo(actor.member, target):
        raise Denied("import", "undo")


def _has_chunks(run: ImportRun) -> bool:
    """Return whether an import wrote anything; files of a bundle were asked together."""
    known: bool | None = getattr(run, "has_chunks", None)
    return run.chunks.exists() if known is None else known


def can_undo(run: ImportRun, actor: Actor) -> bool:
    """Return whether ``undo_import`` would be accepted now."""
    try:
        check_undoable(run, actor)
    except (Invalid, Denied):
        return False
    return True


def undo_until(run: ImportRun) -> datetime:
    """Return until when an import can be undone."""
    return (run.finished_at or run.created_at) + UNDO_FOR


def forget_undo() -> int:
    """Empty the notes that only undoing needs of imports that are too old for it, and drop rows nobody decided.

    Returns how many chunks.
    """
    before = timezone.now() - UNDO_FOR
    forget_reviews(before)
    old = ImportRun.objects.filter(finished_at__lt=before).exclude(
        state__in=(ImportRun.State.QUEUED, ImportRun.State.RUNNING, ImportRun.State.UNDOING)
    )
    chunks = ImportChunk.objects.filter(run__in=old).exclude(
        entry_ids=[], touched_ids=[], journal={}, left={}
    )
    return chunks.update(entry_ids=[], touched_ids=[], journal={}, left={})
