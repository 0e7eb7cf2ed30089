"""A little API over tags of members' teams, for testing the kit by itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import path
from ninja import Query, Router, Schema
from ninja.responses import Status

from ponte.apikit.api import PonteApi
from ponte.apikit.auth import scope
from ponte.apikit.pagination import page
from ponte.apikit.replies import respond
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import In, Int32, Name, Out, Page, Paging, Sparse
from ponte.apikit.writes import BulkOut, Outcome, bulk_items, if_match, upsert_each
from ponte.core.concurrency import check_version
from ponte.core.errors import Denied, Invalid, Missing
from ponte.core.models import Team

router = Router(tags=["teams"])


class TeamOut(Out):
    rights_object = "sample_team"
    id: UUID
    name: str
    path: str


class TeamIn(In):
    name: Name
    size: Int32 = 0


class TeamItem(TeamIn):
    external_id: Name


class TeamsBulk(In):
    items: bulk_items(TeamItem)  # type: ignore[valid-type]


class Filters(Schema):
    prefix: str | None = None


@router.get("/teams", auth=scope("customers:read"), response=Page[TeamOut])
def list_teams(request: ApiRequest, filters: Query[Filters], paging: Query[Paging]) -> HttpResponse:
    teams = Team.objects.all()
    if filters.prefix:
        teams = teams.filter(name__startswith=filters.prefix)
    return page(request, teams, order=("name", "id"), schema=TeamOut, paging=paging)


@router.post("/teams", auth=scope("customers:write"), response={201: TeamOut})
def create_team(request: ApiRequest, data: TeamIn) -> HttpResponse:
    team = Team.objects.create(name=data.name, path="x")
    if data.name == "refused":
        raise Invalid.on("name", "taken", "Taken.")
    if data.name == "denied":
        raise Denied("team", "create")
    if data.name == "broken":
        raise RuntimeError("secret detail")
    return respond(request, team, TeamOut, status=201, location=f"/api/v1/teams/{team.id}")


@router.get("/teams/{team_id}", auth=scope("customers:read"), response=TeamOut)
def get_team(request: ApiRequest, team_id: UUID, sparse: Query[Sparse]) -> HttpResponse:
    return respond(request, _team(team_id), TeamOut, fields=sparse.fields)


@router.patch("/teams/{team_id}", auth=scope("customers:write"), response=TeamOut)
def update_team(request: ApiRequest, team_id: UUID, data: TeamIn) -> HttpResponse:
    team = _team(team_id)
    check_version(team, if_match(request))
    team.name, team.version = data.name, team.version + 1
    team.save()
    return respond(request, team, TeamOut)


@router.delete("/teams/{team_id}", auth=scope("customers:write"), response={204: None})
def delete_team(request: ApiRequest, team_id: UUID) -> Any:
    _team(team_id).delete()
    return Status(204, None)


@router.post("/teams/bulk", auth=scope("customers:write"), response=BulkOut)
def bulk_teams(request: ApiRequest, data: TeamsBulk) -> Any:
    def handle(item: TeamItem) -> Outcome:
        team = Team.objects.create(name=item.name, path="x")
        if item.name == "refused":
            raise Invalid.on("name", "taken", "Taken.")
        return Outcome(team.id, "created")

    return upsert_each(data.items, TeamItem, handle)


@router.get("/open")
def without_scope(request: ApiRequest) -> HttpResponse:
    raise AssertionError("an operation without a scope must not run")


def _team(team_id: UUID) -> Team:
    team = Team.objects.filter(id=team_id).first()
    if team is None:
        raise Missing
    return team


api = PonteApi(title="Sample", urls_namespace="sample")
api.add_router("", router)
urlpatterns = [path("api/v1/", api.urls)]
