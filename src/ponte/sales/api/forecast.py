"""The API of the forecast."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.pagination import page
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Page, Paging
from ponte.core.rights import members_within, require
from ponte.sales.api.plans_schemas import CallIn, ForecastFilters, ForecastOut, SnapshotOut
from ponte.sales.models import ForecastSnapshot
from ponte.sales.selectors.facts import sees_all
from ponte.sales.selectors.forecast import METHODS, forecast, months_ahead
from ponte.sales.services.forecast import call_forecast

router = Router(tags=["Sales forecast"])
READ, WRITE = scope("sales:read"), scope("sales:write")


@router.get("/sales/forecast", auth=READ, response=ForecastOut)
def get_forecast(request: ApiRequest, filters: Query[ForecastFilters]) -> dict[str, Any]:
    """Return what is expected of this month and those after it, over the opportunities the token's member may see."""
    require(request.member, "opportunity", "view")
    owners = None if filters.owner_id is None else frozenset({filters.owner_id})
    lens = replace(months_ahead(filters.months, request.member), owners=owners, pipeline=filters.pipeline_id)
    found = forecast(lens)
    lines = [
        {"month": month, "owner_id": owner, "won": one.won, "call_note": call.note if call else ""}
        | {name: getattr(one, name) for name in METHODS}
        for (month, owner), one in sorted(
            found.by_owner.items(), key=lambda pair: (pair[0][0], str(pair[0][1]))
        )
        for call in [found.calls.get((month, owner))]
    ]
    as_of = min(lens.added_up.values(), default=None)
    return {"as_of": as_of, "late": found.late, "undated": found.undated, "lines": lines}


@router.put("/sales/forecast/calls", auth=WRITE, response={204: None})
def put_call(request: ApiRequest, data: CallIn) -> Status[None]:
    """Say what a salesperson will win in a month, in place of what is added up; amount null takes the word back."""
    require(request.member, "opportunity", "view")
    call_forecast(actor=request.actor, **data.model_dump())
    return Status(204, None)


@router.get("/sales/forecast/snapshots", auth=READ, response=Page[SnapshotOut])
def list_snapshots(request: ApiRequest, paging: Query[Paging]) -> HttpResponse:
    """List what was expected on past nights, the newest first: of everybody only for who sees every opportunity."""
    require(request.member, "opportunity", "view")
    rows = ForecastSnapshot.objects.all()
    if not sees_all(request.member, "opportunity"):
        rows = rows.filter(owner__in=members_within(request.member, "opportunity", "view"))
    return page(request, rows, order=("-taken_on", "-id"), schema=SnapshotOut, paging=paging)
