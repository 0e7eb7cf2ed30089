"""The API of how the business sells: pipelines, stages, reasons, competitors; and who else works on an opportunity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import HttpResponse
from ninja import Query, Router
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.replies import json_response
from ponte.apikit.requests import ApiRequest
from ponte.apikit.writes import if_match
from ponte.core.errors import Missing
from ponte.core.rights import require
from ponte.sales.api.pipelines_schemas import (
    CompetitorIn,
    HelperIn,
    PipelineFilters,
    PipelineIn,
    PipelineOut,
    PipelinePatch,
    PipelinesOut,
    PipelineStageIn,
    PipelineStagePatch,
    ReasonFilters,
    ReasonIn,
    RivalIn,
    SequenceIn,
    StageGone,
    StageOut,
    WordOut,
    WordPatch,
    WordsOut,
)
from ponte.sales.models import Competitor, Pipeline, Reason, ReasonKind, Stage
from ponte.sales.policies import check_sales_settings, visible_opportunities
from ponte.sales.selectors.pipelines import list_pipelines, stages_of
from ponte.sales.services import opportunity_people as people
from ponte.sales.services import pipeline_settings as acts
from ponte.sales.services.sales_words import archive_word, save_competitor, save_reason

router = Router(tags=["Pipelines"])
READ, WRITE, ADMIN = scope("sales:read"), scope("sales:write"), scope("admin")
STAGE = (
    "id",
    "version",
    "name",
    "position",
    "probability",
    "max_days",
    "goal",
    "required_fields",
    "checklist",
)


@router.get("/pipelines", auth=READ, response=PipelinesOut)
def list_all_pipelines(request: ApiRequest, filters: Query[PipelineFilters]) -> HttpResponse:
    """Pipelines with their stages, reasons for losing and competitors."""
    require(request.member, "opportunity", "view")
    counted = dict(
        visible_opportunities(request.member)
        .filter(status="open")
        .order_by()
        .values_list("stage_id")
        .annotate(n=Count("id"))
    )
    items = [_pipeline(one, stages_of(one), counted) for one in list_pipelines(archived=filters.archived)]
    reasons = Reason.objects.filter(kind=ReasonKind.LOST, archived_at=None).order_by("position", "id")
    rivals = Competitor.objects.filter(archived_at=None).order_by("name")
    body = PipelinesOut.model_validate(
        {
            "items": items,
            "reasons": list(reasons.values("id", "name")),
            "competitors": list(rivals.values("id", "name")),
        }
    )
    return json_response(body.model_dump(mode="json"))


@router.post("/pipelines", auth=ADMIN, response={201: PipelineOut})
def add_pipeline(request: ApiRequest, data: PipelineIn) -> HttpResponse:
    """Add a way of selling, behind the others."""
    pipeline = acts.create_pipeline(actor=request.actor, name=data.name, stages=data.stages)
    return _reply(pipeline, status=201)


@router.put("/pipelines/order", auth=ADMIN, response={204: None})
def order_pipelines(request: ApiRequest, data: SequenceIn) -> Status[None]:
    """Put the pipelines into an order; the first is the one offered."""
    acts.order_pipelines(actor=request.actor, pipeline_ids=data.ids)
    return Status(204, None)


@router.patch("/pipelines/{pipeline_id}", auth=ADMIN, response=PipelineOut)
def change_pipeline(request: ApiRequest, pipeline_id: UUID, data: PipelinePatch) -> HttpResponse:
    """Rename a pipeline, take it out of use or back. What was won and lost in it stays."""
    check_sales_settings(request.actor)
    version = if_match(request)
    pipeline = _found(Pipeline, pipeline_id)
    if data.name is not None:
        pipeline = acts.rename_pipeline(
            actor=request.actor, pipeline_id=pipeline_id, name=data.name, version=version
        )
    if "archived" in data.model_fields_set and data.archived != (pipeline.archived_at is not None):
        pipeline = acts.archive_pipeline(actor=request.actor, pipeline_id=pipeline_id, archived=data.archived)
    return _reply(pipeline)


@router.post("/pipelines/{pipeline_id}/stages", auth=ADMIN, response={201: StageOut})
def add_stage(request: ApiRequest, pipeline_id: UUID, data: PipelineStageIn) -> HttpResponse:
    """Add a stage at the end of a pipeline."""
    stage = acts.create_stage(actor=request.actor, pipeline_id=pipeline_id, values=data.dict())
    return _reply_stage(stage, status=201)


@router.put("/pipelines/{pipeline_id}/stages/order", auth=ADMIN, response={204: None})
def order_stages(request: ApiRequest, pipeline_id: UUID, data: SequenceIn) -> Status[None]:
    """Put the stages of a pipeline into an order."""
    acts.order_stages(actor=request.actor, pipeline_id=pipeline_id, stage_ids=data.ids)
    return Status(204, None)


@router.patch("/stages/{stage_id}", auth=ADMIN, response=StageOut)
def change_stage(request: ApiRequest, stage_id: UUID, data: PipelineStagePatch) -> HttpResponse:
    """Change a stage; send the version you read in If-Match."""
    told = data.dict()
    values = {name: told[name] for name in data.model_fields_set if name != "name" or told[name]}
    stage = acts.update_stage(
        actor=request.actor, stage_id=stage_id, values=values, version=if_match(request)
    )
    return _reply_stage(stage)


@router.delete("/stages/{stage_id}", auth=ADMIN, response={204: None})
def remove_stage(request: ApiRequest, stage_id: UUID, gone: Query[StageGone]) -> Status[None]:
    """Remove a stage; what stands or ended there goes to `move_to`."""
    acts.delete_stage(actor=request.actor, stage_id=stage_id, move_to=gone.move_to)
    return Status(204, None)


@router.get("/reasons", auth=READ, response=WordsOut)
def list_reasons(request: ApiRequest, filters: Query[ReasonFilters]) -> dict[str, Any]:
    """Why opportunities are lost, leads disqualified or given back."""
    require(request.member, "opportunity", "view")
    rows = Reason.objects.order_by("kind", "position", "id")
    return {"items": list(rows.filter(kind=filters.kind) if filters.kind else rows)}


@router.post("/reasons", auth=ADMIN, response={201: WordOut})
def add_reason(request: ApiRequest, data: ReasonIn) -> Status[Any]:
    """Add a reason."""
    return Status(201, save_reason(actor=request.actor, name=data.name, kind=data.kind))


@router.patch("/reasons/{reason_id}", auth=ADMIN, response=WordOut)
def change_reason(request: ApiRequest, reason_id: UUID, data: WordPatch) -> Any:
    """Call a reason something else, take it out of use or back."""
    if data.name is not None:
        save_reason(actor=request.actor, name=data.name, reason_id=reason_id)
    return _archived(request, Reason, reason_id, data)


@router.get("/competitors", auth=READ, response=WordsOut)
def list_competitors(request: ApiRequest) -> dict[str, Any]:
    """Who else customers may buy from."""
    require(request.member, "opportunity", "view")
    return {"items": list(Competitor.objects.order_by("name"))}


@router.post("/competitors", auth=ADMIN, response={201: WordOut})
def add_competitor(request: ApiRequest, data: CompetitorIn) -> Status[Any]:
    """Add a competitor."""
    return Status(201, save_competitor(actor=request.actor, name=data.name))


@router.patch("/competitors/{competitor_id}", auth=ADMIN, response=WordOut)
def change_competitor(request: ApiRequest, competitor_id: UUID, data: WordPatch) -> Any:
    """Call a competitor something else, take it out of use or back."""
    if data.name is not None:
        save_competitor(actor=request.actor, name=data.name, competitor_id=competitor_id)
    return _archived(request, Competitor, competitor_id, data)


@router.put("/opportunities/{opportunity_id}/team/{member_id}", auth=WRITE, response={204: None})
def set_helper(request: ApiRequest, opportunity_id: UUID, member_id: UUID, data: HelperIn) -> Status[None]:
    """Let a colleague work on an opportunity, or change what they do there; they are told."""
    people.add_helper(actor=request.actor, opportunity_id=opportunity_id, member_id=member_id, task=data.task)
    return Status(204, None)


@router.delete("/opportunities/{opportunity_id}/team/{member_id}", auth=WRITE, response={204: None})
def remove_helper(request: ApiRequest, opportunity_id: UUID, member_id: UUID) -> Status[None]:
    """Take a colleague off an opportunity."""
    people.remove_helper(actor=request.actor, opportunity_id=opportunity_id, member_id=member_id)
    return Status(204, None)


@router.put("/opportunities/{opportunity_id}/competitors/{competitor_id}", auth=WRITE, response={204: None})
def set_rival(request: ApiRequest, opportunity_id: UUID, competitor_id: UUID, data: RivalIn) -> Status[None]:
    """Note that the customer talks to a competitor too, and what is known of it."""
    people.add_rival(
        actor=request.actor, opportunity_id=opportunity_id, competitor_id=competitor_id, note=data.note
    )
    return Status(204, None)


@router.delete(
    "/opportunities/{opportunity_id}/competitors/{competitor_id}", auth=WRITE, response={204: None}
)
def remove_rival(request: ApiRequest, opportunity_id: UUID, competitor_id: UUID) -> Status[None]:
    """Take a competitor off an opportunity."""
    people.remove_rival(actor=request.actor, opportunity_id=opportunity_id, competitor_id=competitor_id)
    return Status(204, None)


def _found(model: type[Any], row_id: UUID) -> Any:
    row = model.objects.filter(id=row_id).first()
    if row is None:
        raise Missing
    return row


def _archived(request: ApiRequest, model: type[Any], row_id: UUID, data: WordPatch) -> Any:
    check_sales_settings(request.actor)
    row = _found(model, row_id)
    if "archived" in data.model_fields_set and data.archived != (row.archived_at is not None):
        archive_word(actor=request.actor, model=model, row_id=row_id, archived=data.archived)
        row.refresh_from_db()
    return row


def _pipeline(pipeline: Pipeline, stages: list[Stage], counted: Mapping[UUID, int]) -> dict[str, Any]:
    return {
        "id": pipeline.id,
        "version": pipeline.version,
        "name": pipeline.name,
        "archived": pipeline.archived_at is not None,
        "stages": [_stage(stage, counted.get(stage.id, 0)) for stage in stages],
    }


def _stage(stage: Stage, deals: int = 0) -> dict[str, Any]:
    return {**{name: getattr(stage, name) for name in STAGE}, "open_deals": deals}


def _reply(pipeline: Pipeline, *, status: int = 200) -> HttpResponse:
    stages = list(pipeline.stages.order_by("position", "id"))
    body = PipelineOut.model_validate(_pipeline(pipeline, stages, {}))
    response = json_response(body.model_dump(mode="json"), status=status)
    response["ETag"] = f'"{pipeline.version}"'
    return response


def _reply_stage(stage: Stage, *, status: int = 200) -> HttpResponse:
    body = StageOut.model_validate(_stage(stage))
    response = json_response(body.model_dump(mode="json"), status=status)
    response["ETag"] = f'"{stage.version}"'
    return response
