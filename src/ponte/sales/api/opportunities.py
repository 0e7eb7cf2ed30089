"""The API of opportunities."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.pagination import slice_of
from ponte.apikit.replies import json_response, plain, refuse_unwritable, shown_fields
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Page, Paging, Sparse
from ponte.apikit.writes import if_match
from ponte.conditions.parameters import conditioned
from ponte.core.errors import Missing
from ponte.core.services.audit import record_view
from ponte.sales.api.opportunities_schemas import (
    DealContactIn,
    DealLinesIn,
    LoseIn,
    MoveIn,
    OpportunityDetailOut,
    OpportunityFilters,
    OpportunityIn,
    OpportunityOut,
    OpportunityPatch,
    ReopenIn,
    WinIn,
)
from ponte.sales.api.suggestions import router as suggestions_router
from ponte.sales.data import OpportunityData, OpportunityLineData
from ponte.sales.policies import visible_opportunities
from ponte.sales.services import opportunities as acts
from ponte.sales.services.opportunity_bin import delete_opportunity, restore_opportunity
from ponte.sales.services.opportunity_lines import set_lines
from ponte.sales.services.opportunity_people import add_contact, remove_contact
from ponte.workplace.custom_fields.querying import (
    CUSTOM_PARAMETERS,
    custom_filtered,
    custom_slice,
    is_custom_sort,
)

router = Router(tags=["opportunities"])
router.add_router("", suggestions_router)
READ, WRITE = scope("sales:read"), scope("sales:write")
ORDERS = {
    "-opened_at": ("-opened_at", "-id"),
    "updated_at": ("updated_at", "id"),
    "-amount": ("-amount", "-id"),
}
_LOOKUPS = {
    "customer_id": "party_id",
    "pipeline_id": "pipeline_id",
    "stage_id": "stage_id",
    "owner_id": "owner_id",
    "status": "status",
    "source": "source",
    "external_id": "external_id",
    "updated_since": "updated_at__gte",
}


@router.get("/opportunities", auth=READ, response=Page[OpportunityOut], openapi_extra=CUSTOM_PARAMETERS)
def list_opportunities(
    request: ApiRequest, filters: Query[OpportunityFilters], paging: Query[Paging]
) -> HttpResponse:
    """Opportunities, the latest first."""
    rows = visible_opportunities(request.member)
    for name, lookup in _LOOKUPS.items():
        if (value := getattr(filters, name)) is not None:
            rows = rows.filter(**{lookup: value})
    if filters.planned is not None:
        rows = rows.filter(next_activity_at__isnull=not filters.planned)
    rows = custom_filtered(request, rows, "opportunity")
    rows = conditioned(request, rows, "opportunity", filters.condition)
    shown = shown_fields(request, OpportunityOut, paging.fields)
    if is_custom_sort(filters.sort):
        found, cursor = custom_slice(request, rows, "opportunity", filters.sort, paging)
    else:
        order = ORDERS[filters.sort]
        found, cursor = slice_of(rows, order=order, limit=paging.limit, cursor=paging.cursor)
    ids = [row.id for row in found]
    record_view(actor=request.actor, object_type="opportunity", ids=ids, where="API opportunities")
    items = [plain(request, row, OpportunityOut, shown) for row in found]
    return json_response({"items": items, "next_cursor": cursor})


@router.post("/opportunities", auth=WRITE, response={201: OpportunityDetailOut})
def open_opportunity(request: ApiRequest, data: OpportunityIn) -> HttpResponse:
    """Open a sale with a customer."""
    refuse_unwritable(request, "opportunity", data.model_fields_set)
    fields = data.dict(exclude={"customer_id"})
    deal = acts.create_opportunity(
        actor=request.actor, data=OpportunityData(**fields, party_id=data.customer_id)
    )
    return _reply(request, deal.id, status=201)


@router.get("/opportunities/{opportunity_id}", auth=READ, response=OpportunityDetailOut)
def get_opportunity(request: ApiRequest, opportunity_id: UUID, sparse: Query[Sparse]) -> HttpResponse:
    """One opportunity with products, people and history."""
    return _reply(request, opportunity_id, fields=sparse.fields)


@router.patch("/opportunities/{opportunity_id}", auth=WRITE, response=OpportunityDetailOut)
def update_opportunity(request: ApiRequest, opportunity_id: UUID, data: OpportunityPatch) -> HttpResponse:
    """Change the fields sent."""
    refuse_unwritable(request, "opportunity", data.model_fields_set)
    changes = data.given()
    if (customer_id := changes.pop("customer_id", None)) is not None:
        changes["party_id"] = customer_id
    acts.update_opportunity(
        actor=request.actor, opportunity_id=opportunity_id, changes=changes, version=if_match(request)
    )
    return _reply(request, opportunity_id)


@router.delete("/opportunities/{opportunity_id}", auth=WRITE, response={204: None})
def delete_an_opportunity(request: ApiRequest, opportunity_id: UUID) -> Any:
    """Put an opportunity into the bin."""
    delete_opportunity(actor=request.actor, opportunity_id=opportunity_id, version=if_match(request))
    return Status(204, None)


@router.post("/opportunities/{opportunity_id}/restore", auth=WRITE, response=OpportunityDetailOut)
def restore_an_opportunity(request: ApiRequest, opportunity_id: UUID) -> HttpResponse:
    """Take an opportunity out of the bin."""
    restore_opportunity(actor=request.actor, opportunity_id=opportunity_id)
    return _reply(request, opportunity_id)


@router.post("/opportunities/{opportunity_id}/move", auth=WRITE, response=OpportunityDetailOut)
def move_opportunity(request: ApiRequest, opportunity_id: UUID, data: MoveIn) -> HttpResponse:
    """Bring an open opportunity to another stage; 422 names what the stages it leaves miss (code `exit_rule`)."""
    acts.move_opportunity(
        actor=request.actor,
        opportunity_id=opportunity_id,
        stage_id=data.stage_id,
        version=if_match(request),
    )
    return _reply(request, opportunity_id)


@router.post("/opportunities/{opportunity_id}/win", auth=WRITE, response=OpportunityDetailOut)
def win_opportunity(request: ApiRequest, opportunity_id: UUID, data: WinIn) -> HttpResponse:
    """Note that the customer bought."""
    acts.win_opportunity(
        actor=request.actor, opportunity_id=opportunity_id, version=if_match(request), **data.dict()
    )
    return _reply(request, opportunity_id)


@router.post("/opportunities/{opportunity_id}/lose", auth=WRITE, response=OpportunityDetailOut)
def lose_opportunity(request: ApiRequest, opportunity_id: UUID, data: LoseIn) -> HttpResponse:
    """Note that the customer did not buy, and why."""
    acts.lose_opportunity(
        actor=request.actor, opportunity_id=opportunity_id, version=if_match(request), **data.dict()
    )
    return _reply(request, opportunity_id)


@router.post("/opportunities/{opportunity_id}/reopen", auth=WRITE, response=OpportunityDetailOut)
def reopen_opportunity(request: ApiRequest, opportunity_id: UUID, data: ReopenIn) -> HttpResponse:
    """Work a won or lost opportunity again."""
    acts.reopen_opportunity(
        actor=request.actor, opportunity_id=opportunity_id, note=data.note, version=if_match(request)
    )
    return _reply(request, opportunity_id)


@router.put("/opportunities/{opportunity_id}/lines", auth=WRITE, response=OpportunityDetailOut)
def set_opportunity_lines(request: ApiRequest, opportunity_id: UUID, data: DealLinesIn) -> HttpResponse:
    """Make these its products; its value follows them."""
    lines = [OpportunityLineData(**line.dict()) for line in data.lines]
    set_lines(actor=request.actor, opportunity_id=opportunity_id, lines=lines, version=if_match(request))
    return _reply(request, opportunity_id)


@router.put(
    "/opportunities/{opportunity_id}/contacts/{customer_id}", auth=WRITE, response=OpportunityDetailOut
)
def set_opportunity_contact(
    request: ApiRequest, opportunity_id: UUID, customer_id: UUID, data: DealContactIn
) -> HttpResponse:
    """Say what say a person has in the decision."""
    add_contact(actor=request.actor, opportunity_id=opportunity_id, party_id=customer_id, **data.dict())
    return _reply(request, opportunity_id)


@router.delete("/opportunities/{opportunity_id}/contacts/{customer_id}", auth=WRITE, response={204: None})
def remove_opportunity_contact(request: ApiRequest, opportunity_id: UUID, customer_id: UUID) -> Any:
    """Take a person off an opportunity."""
    remove_contact(actor=request.actor, opportunity_id=opportunity_id, party_id=customer_id)
    return Status(204, None)


def _reply(
    request: ApiRequest, opportunity_id: UUID, *, status: int = 200, fields: str | None = None
) -> HttpResponse:
    rows = visible_opportunities(request.member).prefetch_related(
        "lines", "contacts", "team", "rivals", "entries"
    )
    deal = rows.filter(id=opportunity_id).first()
    if deal is None:
        raise Missing
    body = plain(request, deal, OpportunityDetailOut, shown_fields(request, OpportunityDetailOut, fields))
    response = json_response(body, status=status)
    response["ETag"] = f'"{deal.version}"'
    if status == 201:
        response["Location"] = f"/api/v1/opportunities/{opportunity_id}"
    record_view(actor=request.actor, object_type="opportunity", ids=[deal.id], where="API opportunity")
    return response
