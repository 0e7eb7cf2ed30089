"""The API of goals."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Query, Router
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.requests import ApiRequest
from ponte.apikit.writes import if_match
from ponte.core.rights import require
from ponte.sales.api.plans_schemas import GoalFilters, GoalIn, GoalOut
from ponte.sales.selectors.goals import Attainment, attainments, current_goals, visible_goals
from ponte.sales.services.goals import GoalData, remove_goal, set_goal

router = Router(tags=["Goals"])
READ, WRITE = scope("sales:read"), scope("sales:write")
MOST = 500


@router.get("/sales/goals", auth=READ, response=list[GoalOut])
def list_goals(request: ApiRequest, filters: Query[GoalFilters]) -> list[dict[str, Any]]:
    """List goals with how far they are reached: the 500 newest, or those that run on a day."""
    require(request.member, "opportunity", "view")
    rows = visible_goals(request.member) if filters.on is None else current_goals(request.member, filters.on)
    return [_goal(one) for one in attainments(rows.order_by("-starts_on", "-id")[:MOST], request.member)]


@router.put("/sales/goals", auth=WRITE, response=GoalOut)
def put_goal(request: ApiRequest, data: GoalIn) -> dict[str, Any]:
    """Set a goal."""
    require(request.member, "opportunity", "view")
    goal = set_goal(actor=request.actor, data=GoalData(**data.model_dump()))
    return _goal(attainments([goal], request.member)[0])


@router.delete("/sales/goals/{goal_id}", auth=WRITE, response={204: None})
def delete_goal(request: ApiRequest, goal_id: UUID) -> Status[None]:
    """Take a goal back."""
    remove_goal(actor=request.actor, goal_id=goal_id, version=if_match(request))
    return Status(204, None)


def _goal(one: Attainment) -> dict[str, Any]:
    names = (
        "id",
        "metric",
        "span",
        "starts_on",
        "ends_on",
        "member_id",
        "team_id",
        "product_id",
        "target",
        "reached_at",
        "version",
    )
    found = {name: getattr(one.goal, name) for name in names}
    return found | {"achieved": one.achieved, "percent": one.rate.value, "elapsed_percent": one.elapsed}
