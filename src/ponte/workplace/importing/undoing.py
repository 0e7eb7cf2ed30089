"""Taking an import back, chunk by chunk from its last, from wherever that stands; and saying first what it would do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, InterfaceError, OperationalError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid
from ponte.core.models import Member
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.core.services.notifications import notify
from ponte.core.services.runs import advance_run, fail_run, finish_run
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.events.workplace import ImportUndone
from ponte.workplace.importing.bundle_order import go_on_undoing, undone_before
from ponte.workplace.importing.extensions import extensions_of
from ponte.workplace.importing.reversal import CHANGED, KEPT, DoneChunk, Left, Reversal, UndoChunk, left_all
from ponte.workplace.importing.running import context_of, report_of
from ponte.workplace.importing.targets import ImportContext, ImportTarget, may_undo, targets
from ponte.workplace.models import ImportChunk, ImportRun

log = logging.getLogger(__name__)
LOOKED_AT = 5_000  # records a preview looks at


@dataclass
class UndoPreview:
    """What undoing would do, as far as was looked: ``looked`` of ``records``."""

    records: int = 0
    looked: int = 0
    removed: int = 0
    restored: int = 0
    kept: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether every record was looked at."""
        return self.looked >= self.records


def preview_undo(run: ImportRun, actor: Actor, workspace: Workspace, most: int = LOOKED_AT) -> UndoPreview:
    """Return what undoing an import would do, judged record by record; nothing is written.

    Args:
        most: how many records to look at; the rest of a larger import is judged when it is undone.
    """
    preview = UndoPreview(records=run.created + run.updated)
    target, context = _target(run), undo_context(run, actor, workspace)
    with transaction.atomic():
        for chunk in run.chunks.filter(undone_at=None).order_by("-id").iterator(chunk_size=1):
            reversal = _reverse(target, chunk, context, look=True)
            preview.looked += len(chunk.created_ids) + len(chunk.updated_ids)
            preview.removed += len(reversal.removed)
            preview.restored += len(reversal.restored)
            preview.kept += len(reversal.left)
            if preview.looked >= most:
                break
        else:
            preview.looked = preview.records
        transaction.set_rollback(True)
    return preview


def carry_on_undoing(run_id: UUID, *, progress: Callable[[ImportRun], None] | None = None) -> None:
    """Bring the undoing of an import to its end.

    Each chunk is taken back in one transaction that also notes it as undone, so a process killed at any moment leaves
    nothing half done and the next call goes on with the chunk before. Rights are read anew for each chunk.

    Raises:
        OperationalError: the database went away; call again.
    """
    workspace = named_workspace()
    with workspace_scope(workspace):
        run = _get(run_id)
        if undone_before(run):  # the last of them starts this one
            return
    member = run.undone_by
    with translation.override(member.language if member else workspace.language):
        try:
            while _step(run_id, workspace, progress):
                pass
        except (OperationalError, InterfaceError):
            raise
        except Denied:
            _fail(run_id, workspace, _("Your role doesn't allow this any more. What is undone stays undone."))
        except Exception:
            log.exception("undoing of import %s stopped", run_id)
            _fail(
                run_id, workspace, _("Something unexpected happened. What is undone stays undone; try again.")
            )


def undo_context(run: ImportRun, actor: Actor, workspace: Workspace) -> ImportContext:
    """Return what a target is told while its rows are taken back."""
    context = context_of(run, workspace)
    named = Actor.for_job(_("Undo: %(file)s") % {"file": run.file_name}, actor.member)
    return ImportContext(
        actor=named,
        source=context.source,
        policy=context.policy,
        zone=context.zone,
        currency=context.currency,
    )


def _step(run_id: UUID, workspace: Workspace, progress: Callable[[ImportRun], None] | None) -> bool:
    with workspace_scope(workspace):
        ImportRun.objects.select_for_update().get(id=run_id)
        run = _get(run_id)
        if not run.is_undoing:
            return False
        target, member = _target(run), run.undone_by
        if member is not None and not may_undo(member, target):
            raise Denied("import", "undo")
        chunk = run.chunks.filter(undone_at=None).order_by("-id").first()
        context = undo_context(run, Actor.for_job("import", member), workspace)
        if chunk is None:
            _finish(run, context)
            return False
        take_chunk_back(run, target, chunk, context)
    if progress is not None:
        progress(run)
    return True


def take_chunk_back(
    run: ImportRun, target: ImportTarget, chunk: ImportChunk, context: ImportContext
) -> Reversal:
    """Take one chunk of an import back and note it, inside the caller's transaction."""
    reversal = _reverse(target, chunk, context, look=False)
    _note(run, chunk, reversal)
    return reversal


def _reverse(target: ImportTarget, chunk: ImportChunk, context: ImportContext, *, look: bool) -> Reversal:
    assert target.undo is not None
    with audit.noting() as entries:
        done = done_chunk(chunk)
        reversal = _undone(target.undo, done, context, look)
        for extension in extensions_of(target.key):
            _reverse_extension(extension.undo, extension.key, chunk, reversal, context, look)
    if not look:
        chunk.entry_ids = [*chunk.entry_ids, *entries]
    return reversal


def _undone(undo: UndoChunk, done: DoneChunk, context: ImportContext, look: bool) -> Reversal:
    """Let the target take a chunk back; what the database refuses as a whole (a number taken since) is left as it is."""
    try:
        with transaction.atomic():
            return undo(done, context, look=look)
    except (IntegrityError, DataError):
        log.exception("a chunk of import %s can't be taken back", done.run_id)
        return Reversal(left=left_all([*done.created, *done.changes], CHANGED))


def _reverse_extension(
    undo: Any, key: str, chunk: ImportChunk, reversal: Reversal, context: ImportContext, look: bool
) -> None:
    gone = {str(one) for one in reversal.removed}
    noted = {UUID(one): fields for one, fields in chunk.journal.get(key, {}).items() if one not in gone}
    changes: Mapping[UUID, Mapping[str, tuple[Any, Any]]] = {
        one: {name: (pair[0], pair[1]) for name, pair in fields.items()} for one, fields in noted.items()
    }
    if undo is None or not changes:
        return
    left = {} if look else undo(changes, context)
    for record_id, names in left.items():
        known = reversal.left.get(record_id)
        reversal.left[record_id] = Left(
            known.reason if known else KEPT, (*(known.fields if known else ()), *names)
        )
    restored = set(reversal.restored)
    reversal.restored += [one for one in changes if one not in restored and one not in reversal.left]


def done_chunk(chunk: ImportChunk) -> DoneChunk:
    """Return what a chunk did, its changes opened."""
    created = list(chunk.created_ids)
    before = set(chunk.updated_ids)
    if before:  # what an earlier chunk of the same import made goes with that chunk
        earlier = ImportChunk.objects.filter(run_id=chunk.run_id, created_ids__overlap=list(before))
        before -= {one for ids in earlier.values_list("created_ids", flat=True) for one in ids}
    changes: dict[UUID, dict[str, list[Any]]] = {}
    unreadable = set(before)
    entries = audit.opened_changes(chunk.entry_ids) if before else []
    for entry, opened in entries:
        if entry.object_id in before and opened is not None and entry.act.endswith(".updated"):
            unreadable.discard(entry.object_id)
            mine = changes.setdefault(entry.object_id, {})
            for name, (was, now) in opened.items():
                mine[name] = [mine[name][0] if name in mine else was, now]
    return DoneChunk(
        created=created,
        changes=changes,
        unreadable=frozenset(unreadable - {UUID(one) for part in chunk.journal.values() for one in part}),
        touched=list(chunk.touched_ids),
        made=audit.bulk_ids(chunk.entry_ids),
        began=chunk.began_at,
        ended=chunk.ended_at,
        # chunks of before the journal don't know when they were written
        since=chunk.began_at or chunk.run.finished_at or timezone.now(),
        run_id=chunk.run_id,
    )


def _note(run: ImportRun, chunk: ImportChunk, reversal: Reversal) -> None:
    chunk.undone_at = timezone.now()
    chunk.left = {str(one): [why.reason, *why.fields] for one, why in reversal.left.items()}
    chunk.save(update_fields=["undone_at", "left", "entry_ids"])
    run.removed += len(reversal.removed)
    run.restored += len(reversal.restored)
    run.kept += len(reversal.left)
    run.save(update_fields=["removed", "restored", "kept", "updated_at"])
    if run.background is not None:
        advance_run(run.background, done=run.removed + run.restored + run.kept)


def _finish(run: ImportRun, context: ImportContext) -> None:
    run.state, run.undone_at, run.error, run.asked = ImportRun.State.UNDONE, timezone.now(), "", 0
    run.save(update_fields=["state", "undone_at", "error", "asked", "updated_at"])
    run.reviews.all().delete()
    counts = {"removed": run.removed, "restored": run.restored, "kept": run.kept}
    audit.record(
        actor=context.actor,
        act="import.undone",
        target=run,
        changes={name: (None, count) for name, count in counts.items()},
    )
    publish(ImportUndone(import_id=str(run.id), target=run.target, **counts), actor=context.actor)
    if run.background is not None:
        finish_run(run.background, result=counts)
    if not go_on_undoing(run) and run.undone_by is not None:
        title = _("%(file)s was undone") % {"file": run.bundle_name or run.file_name}
        _tell(run, run.undone_by, title, in_words(_undone_together(run)))


def _undone_together(run: ImportRun) -> list[ImportRun]:
    """Return the files taken back at one go, this one last."""
    if run.bundle is None:
        return [run]
    undone = ImportRun.objects.filter(bundle=run.bundle, state=ImportRun.State.UNDONE)
    return list(undone)


def in_words(runs: Sequence[ImportRun]) -> str:
    """Return what undoing these imports did: "3 removed, 2 put back, 1 kept"."""
    removed, restored, kept = (
        sum(getattr(run, name) for run in runs) for name in ("removed", "restored", "kept")
    )
    parts = [
        ngettext("%(count)s removed", "%(count)s removed", removed) % {"count": removed},
        ngettext("%(count)s put back", "%(count)s put back", restored) % {"count": restored},
        ngettext("%(count)s kept", "%(count)s kept", kept) % {"count": kept},
    ]
    return ", ".join(parts)


def _tell(run: ImportRun, member: Member, title: str, body: str) -> None:
    notify(member=member, kind="import.finished", title=title, body=body, url=report_of(run))


def _fail(run_id: UUID, workspace: Workspace, error: str) -> None:
    with workspace_scope(workspace):
        ImportRun.objects.select_for_update().get(id=run_id)
        run = _get(run_id)
        if not run.is_undoing:
            return
        run.state, run.error = ImportRun.State.DONE, error
        run.save(update_fields=["state", "error", "updated_at"])
        if run.background is not None:
            fail_run(run.background, error=error)
        if run.undone_by is not None:
            _tell(run, run.undone_by, _("Undoing %(file)s stopped") % {"file": run.file_name}, error)
        go_on_undoing(run)


def _target(run: ImportRun) -> ImportTarget:
    target = targets.get(run.target)
    if target is None or target.undo is None:
        raise Invalid.on("", "target", _("Imports of this kind can't be undone."))
    return target


def _get(run_id: UUID) -> ImportRun:
    related = ("started_by__role", "started_by__team", "undone_by__role", "undone_by__team", "background")
    return ImportRun.objects.select_related(*related).get(id=run_id)
