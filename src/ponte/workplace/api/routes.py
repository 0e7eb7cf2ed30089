"""Routes of imports, complete exports and lists."""

from __future__ import annotations

from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from ninja import Query, Router

from ponte.apikit.auth import scope
from ponte.apikit.pagination import page
from ponte.apikit.replies import respond
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Page, Paging, Sparse
from ponte.core.errors import Denied, Missing
from ponte.workplace.api import bulk, import_bundles, imports, lists
from ponte.workplace.api.custom_fields import router as custom_fields
from ponte.workplace.api.schemas import ExportOut
from ponte.workplace.exporting.rights import may_export_everything
from ponte.workplace.models import ExportRun
from ponte.workplace.services.exports import note_download, start_export

router = Router()
router.add_router("", lists.router)
router.add_router("", custom_fields)
router.add_router("", bulk.router)
router.add_router("", import_bundles.router)
router.add_router("", imports.router)
EXPORT = scope("export")


@router.get("/exports", auth=EXPORT, response=Page[ExportOut], tags=["exports"])
def list_exports(request: ApiRequest, paging: Query[Paging]) -> HttpResponse:
    """Complete exports, newest first."""
    _require_export(request)
    return page(request, ExportRun.objects.all(), order=("-id",), schema=ExportOut, paging=paging)


@router.post("/exports", auth=EXPORT, response={201: ExportOut}, tags=["exports"])
def create_an_export(request: ApiRequest) -> HttpResponse:
    """Ask for a complete export; a worker builds it."""
    run = start_export(actor=request.actor)
    return respond(request, run, ExportOut, status=201, location=f"/api/v1/exports/{run.id}")


@router.get("/exports/{export_id}", auth=EXPORT, response=ExportOut, tags=["exports"])
def get_export(request: ApiRequest, export_id: UUID, sparse: Query[Sparse]) -> HttpResponse:
    """One complete export."""
    _require_export(request)
    run = ExportRun.objects.filter(id=export_id).first()
    if run is None:
        raise Missing
    return respond(request, run, ExportOut, fields=sparse.fields)


@router.get("/exports/{export_id}/download", auth=EXPORT, response=bytes, tags=["exports"])
def download_export(request: ApiRequest, export_id: UUID) -> FileResponse:
    """The archive (application/zip)."""
    _require_export(request)
    run = ExportRun.objects.filter(id=export_id).exclude(storage_key="").first()
    if run is None:
        raise Missing
    note_download(run=run, actor=request.actor)
    name = f"ponte-{request.workspace.slug}-{run.created_at:%Y-%m-%d}.zip"
    return FileResponse(default_storage.open(run.storage_key), as_attachment=True, filename=name)


def _require_export(request: ApiRequest) -> None:
    if not may_export_everything(request.member):
        raise Denied("workspace", "export")
