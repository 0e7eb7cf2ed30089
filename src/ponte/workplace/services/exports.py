"""Acts around complete exports: asking for one, building it, letting it expire."""

from __future__ import annotations

import logging
import tempfile
import zipfile
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Denied
from ponte.core.jobs import enqueue
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.core.services.notifications import notify
from ponte.core.services.runs import advance_run, fail_run, finish_run, start_run
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.events.workplace import ExportFinished
from ponte.workplace.exporting.complete import export_workspace
from ponte.workplace.exporting.rights import may_export_everything
from ponte.workplace.exporting.sources import export_sources
from ponte.workplace.models import ExportRun

log = logging.getLogger(__name__)
KEPT = timedelta(days=7)
PAGE = "/settings/export/"


def start_export(*, actor: Actor) -> ExportRun:
    """Ask for a complete export; a worker builds it. Raises ``Denied`` unless the member may take everything out."""
    if actor.member is not None and not may_export_everything(actor.member):
        raise Denied("workspace", "export")
    total = sum(1 for _source in export_sources())
    background = start_run(
        kind="export", title=_("Complete export"), member=actor.member, total=total, url=PAGE
    )
    run = ExportRun.objects.create(background=background, started_by=actor.member)
    audit.record(actor=actor, act="workspace.export_started", target=run)
    enqueue("workplace.export", export_id=str(run.id))
    return run


def build_export(export_id: UUID) -> None:
    """Write the archive of an export and tell who asked for it. Does nothing when it is there already."""
    workspace = named_workspace()
    with workspace_scope(workspace):
        run = _get(export_id)
    if run is None or run.finished_at is not None:
        return
    member = run.started_by
    with translation.override(member.language if member else workspace.language):
        with tempfile.TemporaryDirectory(prefix="ponte-export-") as folder:
            try:
                rows, archive = _write(workspace, run, Path(folder))
            except Exception:
                log.exception("export %s failed", run.id)
                _fail(workspace, export_id)
                return
            with archive.open("rb") as file:
                key = default_storage.save(f"{workspace.schema_name}/exports/{run.id}.zip", File(file))
            size = archive.stat().st_size
        _finish(workspace, export_id, key=key, size=size, rows=rows)


def forget_old_exports() -> int:
    """Remove the files of exports whose time is over; return how many. The runs stay in the history."""
    old = ExportRun.objects.filter(expires_at__lt=timezone.now()).exclude(storage_key="")
    count = 0
    for run in old:
        default_storage.delete(run.storage_key)
        run.storage_key = ""
        run.save(update_fields=["storage_key", "updated_at"])
        count += 1
    return count


def note_download(*, run: ExportRun, actor: Actor) -> None:
    """Write that somebody took the archive. Raises ``Denied`` unless they may take everything out."""
    if actor.member is not None and not may_export_everything(actor.member):
        raise Denied("workspace", "export")
    audit.record_view(
        actor=actor, object_type="workspace", ids=[run.id], where="complete export", act="export"
    )


def _write(workspace: Workspace, run: ExportRun, folder: Path) -> tuple[int, Path]:
    directory = folder / "export"
    done = rows = 0

    def count(_table: str, written: int) -> None:
        nonlocal done, rows
        done, rows = done + 1, rows + written

    export_workspace(directory, progress=count)
    with workspace_scope(workspace):
        if run.background is not None:
            advance_run(run.background, done=done)
    archive = folder / "export.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for path in sorted(directory.rglob("*")):
            if path.is_file():
                packed.write(path, path.relative_to(directory))
    return rows, archive


def _finish(workspace: Workspace, export_id: UUID, *, key: str, size: int, rows: int) -> None:
    with workspace_scope(workspace):
        run = _get(export_id)
        if run is None:
            return
        run.storage_key, run.size, run.rows = key, size, rows
        run.finished_at, run.expires_at = timezone.now(), timezone.now() + KEPT
        run.save()
        actor = Actor.for_job("export", run.started_by) if run.started_by else Actor.system("export")
        audit.record(actor=actor, act="workspace.exported", target=run, changes={"rows": (None, rows)})
        publish(ExportFinished(export_id=str(run.id), rows=rows), actor=actor)
        if run.background is not None:
            finish_run(run.background, result={"rows": rows})
        if run.started_by is not None:
            title = _("Your complete export is ready")
            notify(member=run.started_by, kind="export.finished", title=title, url=PAGE, actor=actor)


def _fail(workspace: Workspace, export_id: UUID) -> None:
    with workspace_scope(workspace):
        run = _get(export_id)
        if run is None:
            return
        run.finished_at, run.error = timezone.now(), _("The export could not be finished. Please try again.")
        run.save()
        if run.background is not None:
            fail_run(run.background, error=run.error)


def _get(export_id: UUID) -> ExportRun | None:
    runs = ExportRun.objects.select_related("background", "started_by__role", "started_by__team")
    return runs.filter(id=export_id).first()
