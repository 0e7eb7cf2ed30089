"""Carrying an import on, chunk by chunk, from wherever it stands."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import InterfaceError, OperationalError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.collecting import seldom_collected
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.core.services.notifications import notify
from ponte.core.services.runs import advance_run, fail_run, finish_run
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.events.workplace import ImportFinished
from ponte.workplace.importing.bundle_order import UNDERWAY, earlier_parts, go_on_with_bundle, is_last_part
from ponte.workplace.importing.chunks import ChunkResult, ReadChunk, read_chunk, write_chunk
from ponte.workplace.importing.extensions import extended
from ponte.workplace.importing.files import SourceRow, data_rows, local_file
from ponte.workplace.importing.layouts import Layout
from ponte.workplace.importing.targets import (
    MANY_ROWS,
    Ahead,
    ImportContext,
    ImportTarget,
    Policy,
    RowOutcome,
    targets,
)
from ponte.workplace.importing.values import Plan, Reader
from ponte.workplace.models import ImportChunk, ImportRejection, ImportReview, ImportRun

log = logging.getLogger(__name__)

Progress = Callable[[ImportRun], None]
_SMALL_CHUNK = 1000
COUNTED = ("created", "updated", "unchanged", "skipped", "rejected", "asked")


class Overtaken(Exception):
    """Another worker carries this import on, or somebody stopped it."""


def carry_on(run_id: UUID, *, progress: Progress | None = None) -> ImportRun:
    """Bring an import that is queued or running to its end.

    Each chunk is one transaction that writes its rows and moves the cursor, so a process killed at any moment leaves
    nothing half done and the next call goes on behind the last chunk. Runs outside a scope (jobs, command line) or
    inside one (tests).

    Args:
        run_id: the import; one that isn't under way is left alone.
        progress: called after each chunk.

    Returns:
        The import as it stands afterwards.

    Raises:
        OperationalError: the database went away; call again.
    """
    workspace = named_workspace()
    with workspace_scope(workspace):
        run = _get(run_id)
        context = context_of(run, workspace)
        waits = bool(earlier_parts(run))
    if not run.is_underway or waits:
        return run
    member = context.actor.member
    with translation.override(member.language if member else workspace.language):
        try:
            _read_and_write(run, workspace, context, progress)
            _finish(run.id, workspace, context)
        except Overtaken:
            pass
        except Invalid as refusal:
            _fail(run.id, workspace, " ".join(str(each.message) for each in refusal.problems))
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("import %s stopped", run.id)
            _fail(
                run.id,
                workspace,
                _("Something unexpected happened. What is in stays in; you can go on from here."),
            )
    calm_down(workspace)
    with workspace_scope(workspace):
        return _get(run_id)


def calm_down(workspace: Workspace) -> None:
    """Undo what targets prepared for many rows, unless an import is under way."""
    with workspace_scope(workspace):
        if not ImportRun.objects.filter(state__in=UNDERWAY, estimated_rows__gte=MANY_ROWS).exists():
            for target in targets:
                if target.after_many is not None:
                    target.after_many()


def context_of(run: ImportRun, workspace: Workspace) -> ImportContext:
    """Return what the target of an import is told besides the rows."""
    member = run.started_by
    actor = (
        Actor.for_job(f"import: {run.file_name}", member)
        if member
        else Actor.system(f"import: {run.file_name}")
    )
    return ImportContext(
        actor=actor,
        source=run.source,
        policy=Policy(run.policy),
        zone=ZoneInfo(workspace.timezone),
        currency=workspace.currency,
        match=tuple(run.match),
    )


def target_of(run: ImportRun) -> ImportTarget:
    """Return the target of an import, with what extensions add for whoever runs it.

    Raises:
        Invalid: no module offers it any more.
    """
    found = targets.get(run.target)
    if found is None:
        raise Invalid.on("target", "unknown", _("This kind of record can no longer be imported."))
    return extended(found, run.started_by)


def reader_of(run: ImportRun, target: ImportTarget, context: ImportContext) -> Reader:
    """Return what turns the rows of an import's file into values."""
    return Reader(target, Plan.from_json(run.plan), width=len(run.headers), zone=context.zone)


def _read_and_write(
    run: ImportRun, workspace: Workspace, context: ImportContext, progress: Progress | None
) -> None:
    with workspace_scope(workspace):
        target = target_of(run)
        reader = reader_of(run, target, context)
    cursor = run.cursor
    if target.before_many is not None and run.estimated_rows >= MANY_ROWS:
        target.before_many()
    with local_file(run.storage_key) as path, seldom_collected():
        rows = data_rows(path, Layout.from_json(run.layout), after=cursor)
        ahead = target.ahead(context) if target.ahead else None
        for chunk in read_ahead(batches(rows, chunk_rows(run, target)), reader, ahead):
            # not waiting for the disk: what a crash takes, it takes with the cursor, and the end of the import waits for all
            with workspace_scope(workspace, durable=False):
                current = _locked(run.id, cursor)
                result = write_chunk(target, chunk, context)
                _note(current, chunk.rows, result)
                cursor = current.cursor
            if progress is not None:
                progress(current)


def chunk_rows(run: ImportRun, target: ImportTarget) -> int:
    """Return the rows of a chunk: ten chunks at least, so that progress is seen, but none below a thousand rows."""
    return min(target.chunk_rows, max(_SMALL_CHUNK, run.estimated_rows // 10))


def batches(rows: Iterator[SourceRow], size: int) -> Iterator[Sequence[SourceRow]]:
    """Cut rows into chunks of ``size``."""
    while batch := list(islice(rows, size)):
        yield batch


def read_ahead(
    chunks: Iterator[Sequence[SourceRow]], reader: Reader, ahead: Ahead | None = None
) -> Iterator[ReadChunk]:
    """Read each chunk in a thread of its own while the one before is written: the database works meanwhile."""

    def read_next() -> ReadChunk | None:
        rows = next(chunks, None)
        return None if rows is None else read_chunk(rows, reader, ahead)

    surroundings = copy_context()  # the language of messages
    with ThreadPoolExecutor(1, thread_name_prefix="import") as pool:
        waiting = pool.submit(surroundings.run, read_next)
        while (chunk := waiting.result()) is not None:
            waiting = pool.submit(surroundings.run, read_next)
            yield chunk


def _locked(run_id: UUID, cursor: int) -> ImportRun:
    """Lock the import for one chunk; raises ``Overtaken`` unless it still stands at ``cursor``."""
    run = ImportRun.objects.select_for_update().select_related(None).get(id=run_id)
    if not run.is_underway or run.cursor != cursor:
        raise Overtaken
    return run


def _note(run: ImportRun, chunk: Sequence[SourceRow], result: ChunkResult) -> None:
    run.state = ImportRun.State.RUNNING
    run.cursor = chunk[-1].number
    run.rows += len(chunk)
    for outcome in COUNTED:
        setattr(run, outcome, getattr(run, outcome) + result.count(outcome))
    run.save(update_fields=["state", "cursor", "rows", *COUNTED, "updated_at"])
    keep_chunk(run, result, last_row=run.cursor)
    keep_rejections(run, zip(chunk, result.outcomes, strict=True))
    ImportReview.objects.bulk_create(
        ImportReview(run=run, row=row.number, cells=_plain_cells(row), object_id=outcome.object_id)
        for row, outcome in zip(chunk, result.outcomes, strict=True)
        if outcome.outcome == "asked" and outcome.object_id is not None
    )
    if run.background is not None:
        advance_run(run.background, done=run.rows, total=max(run.estimated_rows, run.rows))


def keep_chunk(run: ImportRun, result: ChunkResult, *, last_row: int, part: int = 0) -> None:
    """Note what a chunk did, so that it can be undone."""
    created = result.ids("created")
    fresh = set(created)
    ImportChunk.objects.create(
        run=run,
        last_row=last_row,
        part=part,
        created_ids=created,
        updated_ids=[one for one in result.ids("updated") if one not in fresh],
        touched_ids=result.ids("unchanged"),
        entry_ids=result.entries,
        journal=result.journal.to_json(),
        began_at=result.began_at,
        ended_at=timezone.now(),
    )


def keep_rejections(run: ImportRun, rows: Iterable[tuple[SourceRow, RowOutcome]]) -> None:
    """Keep the refused rows with their reasons."""
    ImportRejection.objects.bulk_create(
        ImportRejection(
            run=run,
            row=row.number,
            cells=_plain_cells(row),
            problems=[[each.field, each.code, each.message] for each in outcome.problems],
        )
        for row, outcome in rows
        if outcome.outcome == "rejected"
    )


def _plain_cells(row: SourceRow) -> list[str]:
    return [cell.replace("\x00", "")[:10_000] for cell in row.cells]


def _finish(run_id: UUID, workspace: Workspace, context: ImportContext) -> None:
    with workspace_scope(workspace):
        run = ImportRun.objects.select_for_update().select_related(None).get(id=run_id)
        if not run.is_underway:
            return
        run.state, run.finished_at, run.estimated_rows = ImportRun.State.DONE, timezone.now(), run.rows
        run.save(update_fields=["state", "finished_at", "estimated_rows", "updated_at"])
        counts = {outcome: getattr(run, outcome) for outcome in COUNTED}
        audit.record(
            actor=context.actor,
            act="import.finished",
            target=run,
            changes={name: (None, count) for name, count in counts.items()},
        )
        publish(ImportFinished(import_id=str(run.id), target=run.target, **counts), actor=context.actor)
        if run.background is not None:
            advance_run(run.background, done=run.rows, total=run.rows)
            finish_run(run.background, result=counts)
        if run.started_by is not None and is_last_part(run):
            _tell(run, run.started_by, context.actor)
        go_on_with_bundle(run)


def _tell(run: ImportRun, member: Member, actor: Actor) -> None:
    parts = [run] if run.bundle is None else list(ImportRun.objects.filter(bundle=run.bundle))
    title = _("%(file)s is in") % {"file": run.bundle_name or run.file_name}
    body = _("%(created)s created, %(updated)s updated, %(unchanged)s unchanged, %(rejected)s refused") % {
        "created": sum(part.created for part in parts),
        "updated": sum(part.updated for part in parts),
        "unchanged": sum(part.unchanged + part.skipped for part in parts),
        "rejected": sum(part.rejected for part in parts),
    }
    notify(member=member, kind="import.finished", title=title, body=body, url=report_of(run), actor=actor)


def page_of(run_id: UUID) -> str:
    """Return the path of an import's page inside the workspace."""
    return f"/import/{run_id}/"


def report_of(run: ImportRun) -> str:
    """Return the path of what tells how an import went: of files that came together one page for all."""
    return page_of(run.id) if run.bundle is None else f"/import/bundle/{run.bundle}/"


def _fail(run_id: UUID, workspace: Workspace, error: str) -> None:
    with workspace_scope(workspace):
        run = ImportRun.objects.select_for_update().select_related(None).get(id=run_id)
        if not run.is_underway:
            return
        run.state, run.error, run.finished_at = ImportRun.State.FAILED, error, timezone.now()
        run.save(update_fields=["state", "error", "finished_at", "updated_at"])
        if run.background is not None:
            fail_run(run.background, error=error)
        if run.started_by is not None:
            title = _("%(file)s stopped") % {"file": run.file_name}
            notify(member=run.started_by, kind="import.failed", title=title, body=error, url=page_of(run.id))
        go_on_with_bundle(run)


def _get(run_id: UUID) -> ImportRun:
    return ImportRun.objects.select_related("started_by__role", "started_by__team", "background").get(
        id=run_id
    )
