"""The API of ranking and badges; while they are switched off it knows nothing of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from ninja import Query, Router, Schema
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import In
from ponte.core.errors import Missing
from ponte.core.rights import require
from ponte.sales.recognition import Recognition, load_recognition, takes_part
from ponte.sales.selectors.lens import Lens, days_of, today
from ponte.sales.selectors.ranking import Standing, badges_of, ranking
from ponte.sales.services.recognition import take_part

router = Router(tags=["Ranking and badges"])
READ, WRITE = scope("sales:read"), scope("sales:write")


class RankingFilters(Schema):
    """Which ranking."""

    by: Literal["goals", "won", "activities"] = "goals"
    period: Literal["this_month", "last_month", "this_quarter"] = "this_month"


class StandingOut(Schema):
    """A member's place; ``figure`` in per cent for goals, else how many."""

    place: int
    member_id: UUID
    name: str
    figure: Decimal


class RankingOut(Schema):
    """The first few of a period, and where the token's member stands (null: nowhere)."""

    top: list[StandingOut]
    own: StandingOut | None
    ranked: int
    takes_part: bool


class BadgeOut(Schema):
    """A badge and the day the token's member earned it, null where they haven't."""

    badge: str
    title: str
    text: str
    earned_on: date | None


class TakePartIn(In):
    """Whether the token's member takes part."""

    takes_part: bool


@router.get("/sales/ranking", auth=READ, response=RankingOut)
def get_ranking(request: ApiRequest, filters: Query[RankingFilters]) -> dict[str, Any]:
    """Return the first few of a period and the token's member's own place."""
    wanted = _wanted(request)
    start, end = days_of(filters.period, today())
    found = ranking(request.member, filters.by, Lens(None, start, end), wanted.top)
    return {
        "top": [_standing(one) for one in found.top],
        "own": _standing(found.own) if found.own else None,
        "ranked": found.ranked,
        "takes_part": takes_part(request.member),
    }


@router.put("/sales/ranking", auth=WRITE, response={204: None})
def put_taking_part(request: ApiRequest, data: TakePartIn) -> Status[None]:
    """Take part, or not."""
    _wanted(request)
    take_part(actor=request.actor, wanted=data.takes_part)
    return Status(204, None)


@router.get("/sales/badges", auth=READ, response=list[BadgeOut])
def list_badges(request: ApiRequest) -> list[dict[str, Any]]:
    """List the badges there are, with the day each was earned."""
    _wanted(request)
    return [
        {"badge": badge.key, "title": str(badge.title), "text": str(badge.text), "earned_on": row.earned_on if row else None}
        for badge, row in badges_of(request.member)
    ]  # fmt: skip


def _wanted(request: ApiRequest) -> Recognition:
    require(request.member, "opportunity", "view")
    found = load_recognition()
    if not found.is_on:
        raise Missing("ranking")
    return found


def _standing(one: Standing) -> dict[str, Any]:
    return {"place": one.place, "member_id": one.member.id, "name": one.member.name, "figure": one.figure}
