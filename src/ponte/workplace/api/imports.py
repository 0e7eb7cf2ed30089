"""Routes of imports: a file comes in, is watched, and can be undone."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.core.files.base import ContentFile
from django.http import HttpResponse
from ninja import Query, Router

from ponte.apikit.pagination import page
from ponte.apikit.replies import json_response, respond
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Page, Paging, Sparse
from ponte.workplace.api.import_asking import IMPORT, content_of, require_import
from ponte.workplace.api.import_schemas import (
    ImportFieldOut,
    ImportIn,
    ImportOut,
    ImportTargetOut,
    KeptOut,
    RejectionOut,
    ReviewOut,
    RowDecisionIn,
    RowDecisionOut,
    SideOut,
    TargetIn,
    UndoPreviewOut,
)
from ponte.workplace.importing.command import columns_by_header
from ponte.workplace.importing.extensions import extended
from ponte.workplace.importing.targets import targets_for
from ponte.workplace.importing.undoing import preview_undo
from ponte.workplace.importing.values import Plan
from ponte.workplace.models import ImportRun
from ponte.workplace.selectors.import_reviews import waiting_rows
from ponte.workplace.selectors.import_undo import left_records
from ponte.workplace.selectors.imports import visible_imports
from ponte.workplace.services.import_bundles import retarget_import
from ponte.workplace.services.import_reviews import decide_rows
from ponte.workplace.services.import_starting import cancel_import, start_import
from ponte.workplace.services.import_undo import check_undoable, undo_import, undo_until
from ponte.workplace.services.imports import create_import, get_for, map_import

router = Router()


@router.get("/imports/targets", auth=IMPORT, response=list[ImportTargetOut], tags=["imports"])
def list_import_targets(request: ApiRequest) -> HttpResponse:
    """What can be imported, with the fields columns can go to."""
    require_import(request)
    found = [
        ImportTargetOut(
            key=target.key,
            label=str(target.label),
            policies=list(target.policies),
            match={key: str(label) for key, label in target.match.items()},
            fields=[
                ImportFieldOut(
                    key=field.key, label=str(field.label), type=field.type, required=field.required,
                    identity=field.identity, several=field.several,
                )
                for field in extended(target, request.member).fields
            ],
        )
        for target in targets_for(request.member)
    ]  # fmt: skip
    return json_response([each.model_dump(mode="json") for each in found])


@router.get("/imports", auth=IMPORT, response=Page[ImportOut], tags=["imports"])
def list_imports(request: ApiRequest, paging: Query[Paging]) -> HttpResponse:
    """Imports, newest first."""
    require_import(request)
    return page(request, visible_imports(request.member), order=("-id",), schema=ImportOut, paging=paging)


@router.post("/imports", auth=IMPORT, response={201: ImportOut}, tags=["imports"])
def create_an_import(request: ApiRequest, data: ImportIn) -> HttpResponse:
    """Send a file and start importing it in the background; ask for its state until it is done."""
    require_import(request)
    run = create_import(
        actor=request.actor,
        target=data.target or "",
        upload=ContentFile(content_of(data.content)),
        name=data.file_name,
        source=data.source or "",
        policy=data.policy or "",
        match=data.match,
        kit=data.kit or "",
    )
    if data.mapping or data.constants:
        columns = {**Plan.from_json(run.plan).columns, **columns_by_header(run, data.mapping)}
        kept = {index: key for index, key in columns.items() if key}
        run = map_import(run=run, actor=request.actor, columns=kept, constants=data.constants or None)
    if data.start:
        run = start_import(run=run, actor=request.actor)
    return respond(request, run, ImportOut, status=201, location=f"/api/v1/imports/{run.id}")


@router.post("/imports/{import_id}/target", auth=IMPORT, response=ImportOut, tags=["imports"])
def retarget_an_import(request: ApiRequest, import_id: UUID, data: TargetIn) -> HttpResponse:
    """Let a draft become records of another kind; its columns are guessed anew."""
    run = retarget_import(run=_import(request, import_id), actor=request.actor, target=data.target)
    return respond(request, run, ImportOut)


@router.get("/imports/{import_id}", auth=IMPORT, response=ImportOut, tags=["imports"])
def get_import(request: ApiRequest, import_id: UUID, sparse: Query[Sparse]) -> HttpResponse:
    """One import and how far it is."""
    return respond(request, _import(request, import_id), ImportOut, fields=sparse.fields)


@router.get("/imports/{import_id}/rejections", auth=IMPORT, response=Page[RejectionOut], tags=["imports"])
def list_import_rejections(request: ApiRequest, import_id: UUID, paging: Query[Paging]) -> HttpResponse:
    """The refused rows with their reasons."""
    rejections = _import(request, import_id).rejections.all()
    return page(request, rejections, order=("row",), schema=RejectionOut, paging=paging)


@router.post("/imports/{import_id}/cancel", auth=IMPORT, response=ImportOut, tags=["imports"])
def cancel_an_import(request: ApiRequest, import_id: UUID) -> HttpResponse:
    """Stop it behind its current chunk; what is in stays in."""
    run = cancel_import(run=_import(request, import_id), actor=request.actor)
    return respond(request, run, ImportOut)


@router.post("/imports/{import_id}/start", auth=IMPORT, response=ImportOut, tags=["imports"])
def start_an_import(request: ApiRequest, import_id: UUID) -> HttpResponse:
    """Start a draft, or let a stopped or failed import go on."""
    return respond(request, start_import(run=_import(request, import_id), actor=request.actor), ImportOut)


@router.get("/imports/{import_id}/reviews", auth=IMPORT, response=list[ReviewOut], tags=["imports"])
def list_reviews(
    request: ApiRequest, import_id: UUID, after: int = 0, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> HttpResponse:
    """Rows about records that are there already and wait for a decision (policy "ask"), those below row ``after``."""
    found = waiting_rows(
        _import(request, import_id), request.actor, request.workspace, after=after, limit=limit
    )
    shown = [
        ReviewOut(
            row=one.row, record_id=one.record_id, label=one.label, sides=[SideOut(**vars(side)) for side in one.sides]
        )
        for one in found
    ]  # fmt: skip
    return json_response([one.model_dump(mode="json") for one in shown])


@router.post("/imports/{import_id}/reviews", auth=IMPORT, response=RowDecisionOut, tags=["imports"])
def decide_reviews(request: ApiRequest, import_id: UUID, data: RowDecisionIn) -> HttpResponse:
    """Decide what becomes of rows that wait."""
    run = _import(request, import_id)
    rows = None if data.every else data.rows
    count = decide_rows(run=run, actor=request.actor, decision=data.decision, rows=rows)
    return json_response(RowDecisionOut(decided=count).model_dump(mode="json"))


@router.get("/imports/{import_id}/undo", auth=IMPORT, response=UndoPreviewOut, tags=["imports"])
def preview_undoing(request: ApiRequest, import_id: UUID) -> HttpResponse:
    """What undoing an import would do; changes nothing. Refused where it can't be undone, with the reason."""
    run = _import(request, import_id)
    check_undoable(run, request.actor)
    found = preview_undo(run, request.actor, request.workspace)
    out = UndoPreviewOut(
        records=found.records, looked=found.looked, removed=found.removed, restored=found.restored, kept=found.kept,
        until=undo_until(run),
    )  # fmt: skip
    return json_response(out.model_dump(mode="json"))


@router.post("/imports/{import_id}/undo", auth=IMPORT, response={202: ImportOut}, tags=["imports"])
def undo_an_import(request: ApiRequest, import_id: UUID) -> HttpResponse:
    """Undo an import within 30 days, in the background; ask for its state until it is "undone"."""
    run = undo_import(run=_import(request, import_id), actor=request.actor)
    return respond(request, run, ImportOut, status=202)


@router.get("/imports/{import_id}/kept", auth=IMPORT, response=list[KeptOut], tags=["imports"])
def list_kept(request: ApiRequest, import_id: UUID) -> HttpResponse:
    """What undoing left as it was, with the reasons; the first 500."""
    found = left_records(_import(request, import_id), request.member, limit=500)
    kept = [KeptOut(id=one.id, label=one.label, reason=one.reason, fields=list(one.fields)) for one in found]
    return json_response([one.model_dump(mode="json") for one in kept])


def _import(request: ApiRequest, import_id: UUID) -> ImportRun:
    require_import(request)
    return get_for(request.actor, import_id)
