"""The API of stewards: who looks after the data quality of which customers."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Router
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.replies import json_response, respond
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import In, Out
from ponte.core.errors import Denied
from ponte.core.rights import may_area
from ponte.directory.models import QualitySteward
from ponte.directory.services.stewards import add_steward, remove_steward

router = Router(tags=["Data quality"])
ADMIN = scope("admin")


class StewardIn(In):
    """A member or a team, and what they look after: a kind of customer, or what a view shared with everyone shows."""

    kind: Literal["person", "company"]
    member_id: UUID | None = None
    team_id: UUID | None = None
    view_id: UUID | None = None


class StewardOut(Out):
    """Who looks after which customers; ``waiting`` is how many had something to mend when they were last told."""

    id: UUID
    kind: str
    member_id: UUID | None
    team_id: UUID | None
    view_id: UUID | None
    waiting: int


@router.get("/data-quality/stewards", auth=ADMIN, response=list[StewardOut])
def list_stewards(request: ApiRequest) -> HttpResponse:
    """Everybody who looks after customers (at most 100). Needs the right to the settings."""
    _need_settings(request)
    rows = QualitySteward.objects.order_by("id")
    return json_response([StewardOut.model_validate(row).model_dump(mode="json") for row in rows])


@router.post("/data-quality/stewards", auth=ADMIN, response={201: StewardOut})
def create_steward(request: ApiRequest, data: StewardIn) -> HttpResponse:
    """Name a steward. Needs the right to the settings."""
    _need_settings(request)
    return respond(request, add_steward(actor=request.actor, **data.model_dump()), StewardOut, status=201)


@router.delete("/data-quality/stewards/{steward_id}", auth=ADMIN, response={204: None})
def delete_steward(request: ApiRequest, steward_id: UUID) -> Status[None]:
    """Take the task away. Needs the right to the settings."""
    _need_settings(request)
    remove_steward(actor=request.actor, steward_id=steward_id)
    return Status(204, None)


def _need_settings(request: ApiRequest) -> None:
    if not may_area(request.member, "settings"):
        raise Denied("settings", "open")
