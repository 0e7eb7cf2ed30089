"""The API of territories."""

from __future__ import annotations

from typing import Any
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
from ponte.directory.policies import get_party
from ponte.sales.api.territories_schemas import (
    PlaceIn,
    PlacementOut,
    TerritoryIn,
    TerritoryOut,
    TerritoryPatch,
    TerritoryRunIn,
    TerritoryRunOut,
)
from ponte.sales.models import TerritoryPlacement, TerritoryRun
from ponte.sales.services import territories
from ponte.sales.services.territory_runs import start_run
from ponte.sales.territory_policies import get_visible_territory, visible_territories

router = Router(tags=["Territories"])
READ, WRITE = scope("territories:read"), scope("territories:write")


@router.get("", auth=READ, response=Page[TerritoryOut])
def list_territories(request: ApiRequest, paging: Query[Paging]) -> HttpResponse:
    """List territories."""
    require(request.member, "territory", "view")
    rows = visible_territories(request.member).prefetch_related("seats")
    return page(request, rows, order=("id",), schema=TerritoryOut, paging=paging)


@router.post("", auth=WRITE, response={201: TerritoryOut})
def create_territory(request: ApiRequest, data: TerritoryIn) -> HttpResponse:
    """Draw a territory. No customer moves until territories are assigned; new customers come in at once."""
    require(request.member, "territory", "create")
    given = {name: value for name, value in data.model_dump().items() if name in data.model_fields_set}
    row = territories.create_territory(actor=request.actor, **given)
    return respond(request, row, TerritoryOut, status=201, location=f"/api/v1/territories/{row.id}")


@router.post("/runs", auth=WRITE, response={201: TerritoryRunOut})
def start_assignment(request: ApiRequest, data: TerritoryRunIn) -> HttpResponse:
    """Preview what assigning the territories would change, or assign them, in the background."""
    require(request.member, "territory", "edit")
    run = start_run(actor=request.actor, is_preview=data.preview, gives_owners=data.gives_owners)
    return respond(request, run, TerritoryRunOut, status=201, location=f"/api/v1/territories/runs/{run.id}")


@router.get("/runs/{run_id}", auth=READ, response=TerritoryRunOut)
def get_assignment(request: ApiRequest, run_id: UUID) -> HttpResponse:
    """Return how far a preview or an assignment is."""
    require(request.member, "territory", "edit")
    run = TerritoryRun.objects.filter(id=run_id).first()
    if run is None:
        raise Missing("territory")
    return respond(request, run, TerritoryRunOut)


@router.get("/of/{party_id}", auth=READ, response=PlacementOut)
def get_placement(request: ApiRequest, party_id: UUID) -> dict[str, Any]:
    """Return which territory a customer is in."""
    require(request.member, "territory", "view")
    get_party(request.member, party_id)
    return _placement(party_id)


@router.put("/of/{party_id}", auth=WRITE, response=PlacementOut)
def place(request: ApiRequest, party_id: UUID, data: PlaceIn) -> dict[str, Any]:
    """Put a customer into a territory by hand, where they stay; null gives them back to the rules."""
    require(request.member, "territory", "view")
    party = get_party(request.member, party_id, "edit")
    row = get_visible_territory(request.member, data.territory_id) if data.territory_id else None
    territories.place_customer(actor=request.actor, party=party, territory=row)
    return _placement(party_id)


@router.get("/{territory_id}", auth=READ, response=TerritoryOut)
def get_territory(request: ApiRequest, territory_id: UUID, sparse: Query[Sparse]) -> HttpResponse:
    """Return one territory."""
    row = get_visible_territory(request.member, territory_id)
    return respond(request, row, TerritoryOut, fields=sparse.fields)


@router.patch("/{territory_id}", auth=WRITE, response=TerritoryOut)
def update_territory(request: ApiRequest, territory_id: UUID, data: TerritoryPatch) -> HttpResponse:
    """Change a territory; send the version you read in If-Match."""
    require(request.member, "territory", "edit")
    row = get_visible_territory(request.member, territory_id)
    given: Any = data.given()
    changed = territories.update_territory(
        actor=request.actor, territory=row, version=if_match(request), **given
    )
    return respond(request, changed, TerritoryOut)


@router.delete("/{territory_id}", auth=WRITE, response={204: None})
def delete_territory(request: ApiRequest, territory_id: UUID) -> Status[None]:
    """Remove a territory; its customers are in none until they are assigned anew."""
    require(request.member, "territory", "delete")
    row = get_visible_territory(request.member, territory_id)
    territories.delete_territory(actor=request.actor, territory=row, version=if_match(request))
    return Status(204, None)


def _placement(party_id: UUID) -> dict[str, Any]:
    row = TerritoryPlacement.objects.select_related("territory").filter(party_id=party_id).first()
    if row is None:
        return {"territory": None, "is_fixed": False}
    return {"territory": {"id": row.territory.id, "name": row.territory.name}, "is_fixed": row.is_fixed}
