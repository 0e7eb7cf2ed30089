"""The API of suppressed addresses and refused contacts."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from ponte.apikit.auth import scope
from ponte.apikit.pagination import page
from ponte.apikit.replies import respond
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Page, Paging
from ponte.core.errors import Missing
from ponte.core.rights import require
from ponte.privacy.addresses import read_address
from ponte.privacy.api.schemas import (
    LiftIn,
    RefusalFilters,
    RefusalOut,
    SuppressionFilters,
    SuppressionIn,
    SuppressionOut,
)
from ponte.privacy.policies import visible_refusals, visible_suppressions
from ponte.privacy.services.suppressions import lift_suppression, suppress_address

router = Router(tags=["Privacy"])
READ, WRITE = scope("customers:read"), scope("customers:write")


@router.get("/suppressions", auth=READ, response=Page[SuppressionOut])
def list_suppressions(
    request: ApiRequest, filters: Query[SuppressionFilters], paging: Query[Paging]
) -> HttpResponse:
    """List addresses nothing is sent to, the newest first."""
    require(request.member, "suppression", "view")
    rows = visible_suppressions(request.member)
    if filters.address is not None:
        rows = rows.filter(address=read_address(filters.address))
    if filters.reason is not None:
        rows = rows.filter(reason=filters.reason)
    return page(request, rows, order=("-id",), schema=SuppressionOut, paging=paging)


@router.post("/suppressions", auth=WRITE, response={201: SuppressionOut})
def post_suppression(request: ApiRequest, data: SuppressionIn) -> HttpResponse:
    """Suppress an address; one that is suppressed for the same reason is answered as it is."""
    require(request.member, "suppression", "create")
    row = suppress_address(actor=request.actor, **data.model_dump())
    return respond(request, row, SuppressionOut, status=201)


@router.post("/suppressions/{suppression_id}/lift", auth=WRITE, response=SuppressionOut)
def lift_suppression_by_api(request: ApiRequest, suppression_id: UUID, data: LiftIn) -> HttpResponse:
    """Let an address be written to again."""
    require(request.member, "suppression", "edit")
    if not visible_suppressions(request.member).filter(id=suppression_id).exists():
        raise Missing("suppression")
    row = lift_suppression(actor=request.actor, suppression_id=suppression_id, because=data.because)
    return respond(request, row, SuppressionOut)


@router.get("/contact-refusals", auth=READ, response=Page[RefusalOut])
def list_refusals(request: ApiRequest, filters: Query[RefusalFilters], paging: Query[Paging]) -> HttpResponse:
    """List contacts that were refused, the newest first."""
    require(request.member, "suppression", "view")
    rows = visible_refusals(request.member)
    given = {"party_id": filters.customer_id, "purpose": filters.purpose, "reason": filters.reason}
    rows = rows.filter(**{name: value for name, value in given.items() if value is not None})
    return page(request, rows, order=("-id",), schema=RefusalOut, paging=paging)
