"""Routes of imports: a file comes in, is watched, and can be undone."""

from __future__ import annotations

import base64
from typing import Annotated
from uuid import UUID

from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from ponte.apikit.auth import scope
from ponte.apikit.pagination import page
from ponte.apikit.replies import json_response, respond
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Page, Paging, Sparse
from ponte.core.errors import Denied, Invalid
from ponte.core.rights import may_area
from ponte.workplace.api.import_schemas import (
    BundleIn,
    BundleOut,
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
from ponte.workplace.services.import_bundles import (
    create_bundle,
    get_bundle,
    retarget_import,
    start_bundle,
)
from ponte.workplace.services.import_reviews import decide_rows
from ponte.workplace.services.import_starting import cancel_import, start_import
from ponte.workplace.services.import_undo import check_undoable, undo_import, undo_until
from ponte.workplace.services.imports import create_import, get_for, map_import

router = Router()
IMPORT = scope("admin")


@router.get("/imports/targets", auth=IMPORT, response=list[ImportTargetOut], tags=["imports"])
def list_import_targets(request: ApiRequest) -> HttpResponse:
    """What can be imported, with the fields columns can go to."""
    _require_import(request)
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
    _require_import(request)
    return page(request, visible_imports(request.member), order=("-id",), schema=ImportOut, paging=paging)


@router.post("/imports", auth=IMPORT, response={201: ImportOut}, tags=["imports"])
def create_an_import(request: ApiRequest, data: ImportIn) -> HttpResponse:
    """Send a file and start importing it in the background; ask for its state until it is done."""
    _require_import(request)
    run = create_import(
        actor=request.actor,
        target=data.target,
        upload=ContentFile(_content(data.content)),
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


@router.post("/imports/bundles", auth=IMPORT, response={201: BundleOut}, tags=["imports"])
def create_a_bundle(request: ApiRequest, data: BundleIn) -> HttpResponse:
    """Send several tables in one file: each becomes a draft whose target is guessed by its name and columns."""
    _require_import(request)
    bundle = create_bundle(
        actor=request.actor,
        upload=ContentFile(_content(data.content)),
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
    _require_import(request)
    return _bundle(request, bundle_id, [])


@router.post("/imports/bundles/{bundle_id}/start", auth=IMPORT, response=BundleOut, tags=["imports"])
def start_a_bundle(request: ApiRequest, bundle_id: UUID) -> HttpResponse:
    """Let the tables of a bundle come in, one after the other; stopped ones go on."""
    _require_import(request)
    start_bundle(bundle_id=bundle_id, actor=request.actor)
    return _bundle(request, bundle_id, [])


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


def _content(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise Invalid.on("content", "base64", _("The content is not base64.")) from error


def _bundle(request: ApiRequest, bundle_id: UUID, left_out: list[str], status: int = 200) -> HttpResponse:
    runs = get_bundle(request.actor, bundle_id)
    out = BundleOut(id=bundle_id, imports=[ImportOut.model_validate(run) for run in runs], left_out=left_out)
    return json_response(out.model_dump(mode="json"), status=status)


def _import(request: ApiRequest, import_id: UUID) -> ImportRun:
    _require_import(request)
    return get_for(request.actor, import_id)


def _require_import(request: ApiRequest) -> None:
    if not may_area(request.member, "import"):
        raise Denied("import", "open")
