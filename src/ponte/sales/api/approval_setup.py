"""The API of who approves what, for who may change how the business sells."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Router
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.requests import ApiRequest
from ponte.apikit.writes import if_match
from ponte.core.errors import Missing
from ponte.sales.api.approval_setup_schemas import (
    ApprovalDays,
    ApprovalOrderIn,
    ApprovalStepFields,
    ApprovalStepIn,
    ApprovalStepOut,
)
from ponte.sales.models.approval import ApprovalKind, ApprovalStep
from ponte.sales.policies import check_sales_settings
from ponte.sales.selectors.approvals import ApprovalSettings, load_approval_settings, steps_of
from ponte.sales.services.approval_setup import (
    StepData,
    delete_approval_step,
    move_approval_steps,
    save_approval_step,
    set_approval_settings,
)

router = Router(tags=["approvals"])
READ, WRITE = scope("quotes:read"), scope("quotes:write")


@router.get("/approval-steps", auth=READ, response=list[ApprovalStepOut])
def list_approval_steps(request: ApiRequest, kind: ApprovalKind) -> Any:
    """The steps of a kind of document, in the order they are asked. None: quotes ask the team's leader, contracts who runs sales."""
    check_sales_settings(request.actor)
    return list(steps_of(kind))


@router.post("/approval-steps", auth=WRITE, response={201: ApprovalStepOut})
def add_approval_step(request: ApiRequest, data: ApprovalStepIn) -> Any:
    """Add a step after the others of its kind; requests already made keep theirs."""
    return Status(201, save_approval_step(actor=request.actor, data=StepData(**data.dict())))


@router.put("/approval-steps/order", auth=WRITE, response=list[ApprovalStepOut])
def order_approval_steps(request: ApiRequest, data: ApprovalOrderIn) -> Any:
    """Put the steps of a kind into an order."""
    move_approval_steps(actor=request.actor, kind=data.kind, ids=data.ids)
    return list(steps_of(data.kind))


@router.put("/approval-steps/{step_id}", auth=WRITE, response=ApprovalStepOut)
def put_approval_step(request: ApiRequest, step_id: UUID, data: ApprovalStepFields) -> Any:
    """Say a step anew; its kind and place stay."""
    check_sales_settings(request.actor)
    kind = ApprovalStep.objects.filter(id=step_id).values_list("kind", flat=True).first()
    if kind is None:
        raise Missing("approval_step")
    given = StepData(**data.dict(), kind=kind)
    return save_approval_step(actor=request.actor, data=given, step_id=step_id, version=if_match(request))


@router.delete("/approval-steps/{step_id}", auth=WRITE, response={204: None})
def remove_approval_step(request: ApiRequest, step_id: UUID) -> Any:
    """Take a step out; requests already made keep theirs."""
    delete_approval_step(actor=request.actor, step_id=step_id)
    return Status(204, None)


@router.get("/approval-settings/{kind}", auth=READ, response=ApprovalDays)
def get_approval_settings(request: ApiRequest, kind: ApprovalKind) -> Any:
    """How long requests of a kind wait, and approvals hold."""
    check_sales_settings(request.actor)
    return load_approval_settings(kind)


@router.put("/approval-settings/{kind}", auth=WRITE, response=ApprovalDays)
def put_approval_settings(request: ApiRequest, kind: ApprovalKind, data: ApprovalDays) -> Any:
    """Say how long requests of a kind wait, and approvals hold."""
    set_approval_settings(actor=request.actor, kind=kind, settings=ApprovalSettings(**data.dict()))
    return load_approval_settings(kind)
