"""Routes of files with several tables: sent, started and undone together."""

from __future__ import annotations

from uuid import UUID

from django.core.files.base import ContentFile
from django.http import HttpResponse
from ninja import Router

from ponte.apikit.replies import json_response
from ponte.apikit.requests import ApiRequest
from ponte.workplace.api.import_asking import IMPORT, content_of, require_import
from ponte.workplace.api.import_schemas import BundleIn, BundleOut, BundleUndoOut, ImportOut, PartUndoOut
from ponte.workplace.importing.bundle_undoing import preview_bundle_undo
from ponte.workplace.importing.undoing import UndoPreview
from ponte.workplace.services.import_bundle_undo import refuse_busy, undo_bundle, undo_parts
from ponte.workplace.services.import_bundles import create_bundle, get_bundle, start_bundle

router = Router()


@router.post("/imports/bundles", auth=IMPORT, response={201: BundleOut}, tags=["imports"])
def create_a_bundle(request: ApiRequest, data: BundleIn) -> HttpResponse:
    """Send several tables in one file: each becomes a draft whose target is guessed by its name and columns."""
    require_import(request)
    bundle = create_bundle(
        actor=request.actor,
        upload=ContentFile(content_of(data.content)),
        name=data.file_name,
        source=data.source or "",
        kit=data.kit or "",
    )
    if data.start:
        start_bundle(bundle_id=bundle.id, actor=request.actor)
    return _bundle(request, bundle.id, bundle.left_out, status=201)


@router.get("/imports/bundles/{bundle_id}", auth=IMPORT, response=BundleOut, tags=["imports"])
def get_a_bundle(request: ApiRequest, bundle_id: UUID) -> HttpResponse:
    """The tables of a bundle and how far each is."""
    require_import(request)
    return _bundle(request, bundle_id, [])


@router.post("/imports/bundles/{bundle_id}/start", auth=IMPORT, response=BundleOut, tags=["imports"])
def start_a_bundle(request: ApiRequest, bundle_id: UUID) -> HttpResponse:
    """Let the tables of a bundle come in, one after the other; stopped ones go on."""
    require_import(request)
    start_bundle(bundle_id=bundle_id, actor=request.actor)
    return _bundle(request, bundle_id, [])


@router.get("/imports/bundles/{bundle_id}/undo", auth=IMPORT, response=BundleUndoOut, tags=["imports"])
def preview_undoing_a_bundle(request: ApiRequest, bundle_id: UUID) -> HttpResponse:
    """What undoing all tables of a bundle would do, the last first, and what can't be undone; changes nothing."""
    require_import(request)
    runs = get_bundle(request.actor, bundle_id)
    refuse_busy(runs)
    parts = undo_parts(runs, request.actor)
    able = [part.run for part in parts if not part.reason]
    shown = {one.run.id: one.found for one in preview_bundle_undo(able, request.actor, request.workspace)}
    told = []
    for part in parts:
        found = shown.get(part.run.id, UndoPreview(records=part.run.created + part.run.updated))
        told.append(PartUndoOut(import_id=part.run.id, reason=part.reason, **vars(found)))
    return json_response(BundleUndoOut(id=bundle_id, parts=told).model_dump(mode="json"))


@router.post("/imports/bundles/{bundle_id}/undo", auth=IMPORT, response={202: BundleOut}, tags=["imports"])
def undo_a_bundle(request: ApiRequest, bundle_id: UUID) -> HttpResponse:
    """Undo all tables of a bundle in the background, the last first; ask for it until none is "undoing"."""
    require_import(request)
    undo_bundle(bundle_id=bundle_id, actor=request.actor)
    return _bundle(request, bundle_id, [], status=202)


def _bundle(request: ApiRequest, bundle_id: UUID, left_out: list[str], status: int = 200) -> HttpResponse:
    runs = get_bundle(request.actor, bundle_id)
    out = BundleOut(id=bundle_id, imports=[ImportOut.model_validate(run) for run in runs], left_out=left_out)
    return json_response(out.model_dump(mode="json"), status=status)
