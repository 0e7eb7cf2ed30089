"""The page of complete exports."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ponte.core.errors import Denied, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.workplace.exporting.rights import may_export_everything
from ponte.workplace.models import ExportRun
from ponte.workplace.services.exports import note_download, start_export


@require_safe
@requires("workspace")
def exports(request: WorkspaceRequest) -> HttpResponse:
    """Show the complete exports made so far."""
    if not may_export_everything(request.member):
        raise Denied("workspace", "export")
    runs = list(ExportRun.objects.select_related("started_by", "background").order_by("-id")[:20])
    context = {"runs": runs, "underway": any(run.finished_at is None for run in runs)}
    template = "workplace/exports/_runs.html" if request.htmx else "workplace/exports/page.html"
    return render(request, template, context)


@require_POST
@requires("workspace")
def export_new(request: WorkspaceRequest) -> HttpResponse:
    """Ask for a complete export."""
    start_export(actor=request.actor)
    messages.success(request, _("The export has started. We tell you when it is ready."))
    return redirect("workplace:exports")


@require_safe
@requires("workspace")
def export_download(request: WorkspaceRequest, export_id: UUID) -> FileResponse:
    """Send an archive."""
    run = ExportRun.objects.filter(id=export_id).exclude(storage_key="").first()
    if run is None:
        raise Missing
    note_download(run=run, actor=request.actor)
    name = f"ponte-{request.workspace.slug}-{run.created_at:%Y-%m-%d}.zip"
    return FileResponse(default_storage.open(run.storage_key), as_attachment=True, filename=name)
