"""The API of cadences and enrolments."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.pagination import page
from ponte.apikit.replies import respond
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Page, Paging, Sparse
from ponte.apikit.writes import if_match
from ponte.core.errors import Missing
from ponte.core.rights import require
from ponte.sales.api.cadences_schemas import (
    CadenceIn,
    CadenceOut,
    CadencePatch,
    EnrolIn,
    EnrolledOut,
    EnrolmentFilters,
    EnrolmentOut,
    ResultsOut,
    StepIn,
    StepOrderIn,
    StepPatch,
)
from ponte.sales.cadence_policies import (
    get_cadence,
    get_enrolment,
    visible_cadences,
    visible_enrolments,
)
from ponte.sales.models import Cadence, CadenceStep, Enrolment
from ponte.sales.policies import get_visible_lead, get_visible_opportunity
from ponte.sales.selectors.cadence_results import Figures, results_of, totals_of
from ponte.sales.services import cadence_steps, cadences, enrolments
from ponte.sales.services.cadence_ends import say_answered

router = Router(tags=["Cadences"])
enrolment_router = Router(tags=["Cadences"])
READ, WRITE = scope("cadences:read"), scope("cadences:write")
PARTS = ("steps__variants",)


@router.get("", auth=READ, response=Page[CadenceOut])
def list_cadences(request: ApiRequest, paging: Query[Paging]) -> HttpResponse:
    """List cadences, archived ones among them."""
    require(request.member, "cadence", "view")
    rows = visible_cadences(request.member).select_related("owner").prefetch_related(*PARTS)
    return page(request, rows, order=("id",), schema=CadenceOut, paging=paging)


@router.post("", auth=WRITE, response={201: CadenceOut})
def create_cadence(request: ApiRequest, data: CadenceIn) -> HttpResponse:
    """Add a cadence, as a draft without steps."""
    row = cadences.create_cadence(actor=request.actor, **data.model_dump())
    return respond(request, row, CadenceOut, status=201, location=f"/api/v1/cadences/{row.id}")


@router.get("/{cadence_id}", auth=READ, response=CadenceOut)
def get_cadence_by_id(request: ApiRequest, cadence_id: UUID, sparse: Query[Sparse]) -> HttpResponse:
    """Return one cadence with its steps."""
    return respond(request, get_cadence(request.member, cadence_id), CadenceOut, fields=sparse.fields)


@router.patch("/{cadence_id}", auth=WRITE, response=CadenceOut)
def update_cadence(request: ApiRequest, cadence_id: UUID, data: CadencePatch) -> HttpResponse:
    """Change a cadence, or with `state` activate, pause or archive it; send the version you read in If-Match."""
    row = get_cadence(request.member, cadence_id)
    given = data.given()
    state, version = given.pop("state", None), if_match(request)
    if given:
        row = cadences.update_cadence(actor=request.actor, cadence=row, version=version, **given)
        version = None
    if state is not None:
        row = cadences.set_cadence_state(actor=request.actor, cadence=row, state=state, version=version)
    return respond(request, row, CadenceOut)


@router.delete("/{cadence_id}", auth=WRITE, response={204: None})
def delete_cadence(request: ApiRequest, cadence_id: UUID) -> Status[None]:
    """Remove a cadence nobody ever went through; archive the others."""
    row = get_cadence(request.member, cadence_id)
    cadences.delete_cadence(actor=request.actor, cadence=row, version=if_match(request))
    return Status(204, None)


@router.post("/{cadence_id}/steps", auth=WRITE, response={201: CadenceOut})
def add_step(request: ApiRequest, cadence_id: UUID, data: StepIn) -> HttpResponse:
    """Add a step at the end."""
    row = get_cadence(request.member, cadence_id)
    cadence_steps.add_step(actor=request.actor, cadence=row, **data.model_dump())
    return respond(request, _again(row), CadenceOut, status=201)


@router.put("/{cadence_id}/steps/order", auth=WRITE, response=CadenceOut)
def order_steps(request: ApiRequest, cadence_id: UUID, data: StepOrderIn) -> HttpResponse:
    """Put the steps into another order; nobody gets a step twice."""
    row = get_cadence(request.member, cadence_id)
    cadence_steps.order_steps(actor=request.actor, cadence=row, step_ids=data.step_ids)
    return respond(request, _again(row), CadenceOut)


@router.patch("/{cadence_id}/steps/{step_id}", auth=WRITE, response=CadenceOut)
def update_step(request: ApiRequest, cadence_id: UUID, step_id: UUID, data: StepPatch) -> HttpResponse:
    """Change a step."""
    row = get_cadence(request.member, cadence_id)
    given: Any = {name: value for name, value in data.model_dump().items() if name in data.model_fields_set}
    cadence_steps.update_step(actor=request.actor, step=_get_step(row, step_id), **given)
    return respond(request, _again(row), CadenceOut)


@router.delete("/{cadence_id}/steps/{step_id}", auth=WRITE, response={204: None})
def remove_step(request: ApiRequest, cadence_id: UUID, step_id: UUID) -> Status[None]:
    """Take a step out; whoever has it next goes on with the one after it."""
    row = get_cadence(request.member, cadence_id)
    cadence_steps.remove_step(actor=request.actor, step=_get_step(row, step_id))
    return Status(204, None)


@router.get("/{cadence_id}/results", auth=READ, response=ResultsOut)
def get_results(request: ApiRequest, cadence_id: UUID) -> dict[str, Any]:
    """Return how a cadence goes: who is in it, what came of each step and of each of its variants."""
    row = get_cadence(request.member, cadence_id)
    totals = totals_of([row.id])[row.id]
    return {
        "enrolled": totals.enrolled,
        "by_state": dict(totals.by_state),
        "replied": totals.replied,
        "meetings": totals.met,
        "steps": [
            {
                "step_id": one.step.id,
                "channel": one.step.channel,
                "total": _figures(one.figures),
                "variants": [_figures(figures, letter) for letter, _subject, _body, figures in one.variants],
            }
            for one in results_of(row)
        ],
    }


@router.post("/{cadence_id}/enrolments", auth=WRITE, response={201: EnrolledOut})
def enrol(request: ApiRequest, cadence_id: UUID, data: EnrolIn) -> Status[Any]:
    """Begin the cadence for up to 2,000 customers."""
    row = get_cadence(request.member, cadence_id)
    if data.opportunity_id is not None:
        get_visible_opportunity(request.member, data.opportunity_id)
    if data.lead_id is not None:
        get_visible_lead(request.member, data.lead_id)
    found = enrolments.enrol_customers(actor=request.actor, cadence=row, **data.model_dump())
    answer = {
        "enrolment_ids": [one.id for one in found.enrolments],
        "already": found.already,
        "unreachable": found.unreachable,
    }
    return Status(201, answer)


@enrolment_router.get("", auth=READ, response=Page[EnrolmentOut])
def list_enrolments(
    request: ApiRequest, filters: Query[EnrolmentFilters], paging: Query[Paging]
) -> HttpResponse:
    """List who is in which cadence."""
    require(request.member, "cadence", "view")
    rows = visible_enrolments(request.member).select_related("sender").prefetch_related("runs")
    for name in ("cadence_id", "party_id", "state"):
        value = getattr(filters, name)
        if value is not None:
            rows = rows.filter(**{name: value})
    return page(request, rows, order=("id",), schema=EnrolmentOut, paging=paging)


@enrolment_router.get("/{enrolment_id}", auth=READ, response=EnrolmentOut)
def get_enrolment_by_id(request: ApiRequest, enrolment_id: UUID, sparse: Query[Sparse]) -> HttpResponse:
    """Return one enrolment with what was done so far."""
    return respond(request, get_enrolment(request.member, enrolment_id), EnrolmentOut, fields=sparse.fields)


@enrolment_router.post("/{enrolment_id}/{act}", auth=WRITE, response=EnrolmentOut)
def act_on_enrolment(
    request: ApiRequest, enrolment_id: UUID, act: Literal["pause", "resume", "remove", "answered"]
) -> HttpResponse:
    """Pause, resume or end an enrolment, or tell that the customer answered. Twice is once."""
    row = get_enrolment(request.member, enrolment_id, to_change=True)
    if act == "answered":
        say_answered(actor=request.actor, enrolment=row)
    else:
        acts = {
            "pause": enrolments.pause_enrolments,
            "resume": enrolments.resume_enrolments,
            "remove": enrolments.remove_enrolments,
        }
        acts[act](actor=request.actor, enrolment_ids=[row.id])
    return respond(request, Enrolment.objects.select_related("sender").get(id=row.id), EnrolmentOut)


def _figures(figures: Figures, letter: str = "") -> dict[str, Any]:
    names = ("done", "open", "skipped", "failed", "replies", "meetings")
    return {"letter": letter} | {name: getattr(figures, name) for name in names}


def _again(row: Cadence) -> Cadence:
    return Cadence.objects.select_related("owner").prefetch_related(*PARTS).get(id=row.id)


def _get_step(row: Cadence, step_id: UUID) -> CadenceStep:
    step = row.steps.filter(id=step_id, removed_at=None).first()
    if step is None:
        raise Missing("cadence")
    return step
