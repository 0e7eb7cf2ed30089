"""The API of looking many customers up in a public register, in the background."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field

from ponte.apikit.auth import scope
from ponte.apikit.replies import json_response
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import In
from ponte.core.errors import Invalid, Missing
from ponte.core.models import BackgroundRun
from ponte.core.rights import require
from ponte.directory.policies import visible_parties
from ponte.directory.selectors.registers import active_for, current_run, last_run, parties_to_look_up
from ponte.directory.services.lookups import MOST, start_lookups, stop_lookups

router = Router(tags=["Data quality"])
READ, WRITE = scope("customers:read"), scope("customers:write")


class LookUpsIn(In):
    """Whom to look up where."""

    what: Literal["cnpj", "cep"]
    customer_ids: list[UUID] | None = Field(
        None, min_length=1, max_length=1000, description="null: everybody not looked up yet, at most 50,000."
    )


class LookUpsOut(Schema):
    """A look-up. ``state``: queued, running, done, failed or cancelled."""

    run_id: UUID
    state: str
    total: int
    done: int
    started_at: datetime
    finished_at: datetime | None


class RegisterOut(Schema):
    """A register the token's member may ask, and how many customers (50,000 at most) it wasn't asked about."""

    what: str
    waiting: int


class RegistersOut(Schema):
    """Registers, and the look-up under way or, without one, the last."""

    registers: list[RegisterOut]
    run: LookUpsOut | None


@router.get("/data-quality/look-ups", auth=READ, response=RegistersOut)
def read_look_ups(request: ApiRequest) -> dict[str, Any]:
    """Which registers can be asked about how many customers, and how far the look-up is."""
    require(request.member, "customer", "edit")
    registers = [
        {"what": what, "waiting": parties_to_look_up(request.member, what).order_by()[:MOST].count()}
        for what in active_for(request.member)
    ]
    run = current_run() or last_run()
    return {"registers": registers, "run": _run(run) if run else None}


@router.post("/data-quality/look-ups", auth=WRITE, response={202: LookUpsOut})
def begin_look_ups(request: ApiRequest, data: LookUpsIn) -> HttpResponse:
    """Look customers up in the background, at the register's pace; one look-up at a time. What it says become suggestions."""
    require(request.member, "customer", "edit")
    if data.what not in active_for(request.member):
        raise Missing("register")
    if data.customer_ids is None:
        rows = parties_to_look_up(request.member, data.what).order_by("id")
        ids = list(rows.values_list("id", flat=True)[:MOST])
    else:
        ids = list(dict.fromkeys(data.customer_ids))
        seen = set(visible_parties(request.member, "edit").filter(id__in=ids).values_list("id", flat=True))
        if seen != set(ids):
            raise Invalid.on("customer_ids", "missing", _("There is no such customer."))
    run = start_lookups(actor=request.actor, what=data.what, party_ids=ids)
    return json_response(LookUpsOut(**_run(run)).model_dump(mode="json"), status=202)


@router.post("/data-quality/look-ups/stop", auth=WRITE, response={204: None})
def stop_look_ups(request: ApiRequest) -> Status[None]:
    """Stop the look-up under way; what was found stays."""
    require(request.member, "customer", "edit")
    stop_lookups(actor=request.actor)
    return Status(204, None)


def _run(run: BackgroundRun) -> dict[str, Any]:
    return {
        "run_id": run.id, "state": str(run.state), "total": run.total or 0, "done": run.done,
        "started_at": run.created_at, "finished_at": run.finished_at,
    }  # fmt: skip
