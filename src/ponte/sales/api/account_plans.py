"""The API of account plans."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from ponte.apikit.auth import scope
from ponte.apikit.pagination import page
from ponte.apikit.replies import respond
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Amount, In, Moment, Out, Page, Paging, Reference
from ponte.apikit.writes import if_match
from ponte.core.errors import Missing
from ponte.core.rights import require
from ponte.directory.policies import get_party, visible_parties
from ponte.sales.account_plan_policies import get_plan, visible_plans
from ponte.sales.models import AccountPlan, PlanGoal, PlanPerson
from ponte.sales.services import account_plans
from ponte.timeline.policies import visible_tasks

router = Router(tags=["Account plans"])
READ, WRITE = scope("sales:read"), scope("sales:write")


class PlanGoalOut(Schema):
    """One goal."""

    id: UUID
    title: str
    target: Decimal | None
    reached: Decimal | None
    unit: str
    due_on: date | None
    done_at: datetime | None


class PlanPersonOut(Schema):
    """A person on the map."""

    id: UUID
    person_id: UUID
    role: str
    influence: int
    attitude: str
    note: str


class AccountPlanOut(Out):
    """A company's plan; people and tasks the member may not see are left out."""

    rights_object = "account_plan"

    id: UUID
    party_id: UUID
    owner: Reference | None
    summary: str
    strengths: str
    risks: str
    reviewed_on: date | None
    goals: list[PlanGoalOut]
    people: list[PlanPersonOut]
    task_ids: list[UUID]
    created_at: datetime
    updated_at: datetime
    version: int

    @staticmethod
    def resolve_goals(row: AccountPlan) -> list[PlanGoal]:
        return sorted(row.goals.all(), key=lambda one: one.id)

    @staticmethod
    def resolve_people(row: AccountPlan, context: Any) -> list[PlanPerson]:
        seen = visible_parties(context["request"].member).values("id")
        return list(row.people.filter(person_id__in=seen).order_by("-influence", "id"))

    @staticmethod
    def resolve_task_ids(row: AccountPlan, context: Any) -> list[UUID]:
        rows = visible_tasks(context["request"].member).filter(plan_action__plan=row)
        return list(rows.order_by("id").values_list("id", flat=True)[:200])


class AccountPlanIn(In):
    """The company a plan is begun for."""

    party_id: UUID


class AccountPlanPatch(In):
    """What to change; only fields sent are changed."""

    summary: str = Field("", max_length=5_000)
    strengths: str = Field("", max_length=5_000)
    risks: str = Field("", max_length=5_000)
    owner_id: UUID | None = None
    reviewed_on: date | None = None


class PlanGoalIn(In):
    """A goal, with figures where there are any."""

    title: str = Field(min_length=1, max_length=200)
    target: Amount | None = None
    reached: Amount | None = None
    unit: str = Field("", max_length=30)
    due_on: date | None = None
    is_done: bool = False


class PlanGoalPatch(PlanGoalIn):
    """What to change; only fields sent are changed."""

    title: str = Field("", max_length=200)


class PlanPersonIn(In):
    """A person's place on the map; sent again, it is moved."""

    person_id: UUID
    role: Literal["decides", "approves", "influences", "uses", "buys", "technical", "other"] = "other"
    influence: Literal[1, 2, 3] = 2
    attitude: Literal["ally", "friendly", "neutral", "critical", "against", "unknown"] = "unknown"
    note: str = Field("", max_length=300)


class PlanActionIn(In):
    """Something to do: a task about the company."""

    title: str = Field(min_length=1, max_length=255)
    due_at: Moment | None = None
    assignee_id: UUID | None = Field(None, description="The token's member when left out.")
    goal_id: UUID | None = None


@router.get("", auth=READ, response=Page[AccountPlanOut])
def list_plans(request: ApiRequest, paging: Query[Paging]) -> HttpResponse:
    """List account plans."""
    require(request.member, "account_plan", "view")
    rows = visible_plans(request.member).select_related("owner").prefetch_related("goals")
    return page(request, rows, order=("id",), schema=AccountPlanOut, paging=paging)


@router.post("", auth=WRITE, response={201: AccountPlanOut})
def create_plan(request: ApiRequest, data: AccountPlanIn) -> HttpResponse:
    """Begin a company's plan."""
    require(request.member, "account_plan", "create")
    party = get_party(request.member, data.party_id)
    row = account_plans.create_plan(actor=request.actor, party=party)
    return respond(request, row, AccountPlanOut, status=201, location=f"/api/v1/account-plans/{row.id}")


@router.get("/{plan_id}", auth=READ, response=AccountPlanOut)
def get_plan_by_id(request: ApiRequest, plan_id: UUID) -> HttpResponse:
    """Return one plan."""
    return respond(request, get_plan(request.member, plan_id), AccountPlanOut)


@router.patch("/{plan_id}", auth=WRITE, response=AccountPlanOut)
def update_plan(request: ApiRequest, plan_id: UUID, data: AccountPlanPatch) -> HttpResponse:
    """Change what a plan says; send the version you read in If-Match."""
    plan = get_plan(request.member, plan_id, "edit")
    given: Any = data.given()
    row = account_plans.update_plan(actor=request.actor, plan=plan, version=if_match(request), **given)
    return respond(request, row, AccountPlanOut)


@router.delete("/{plan_id}", auth=WRITE, response={204: None})
def delete_plan(request: ApiRequest, plan_id: UUID) -> Status[None]:
    """Throw a plan away for good; its tasks stay."""
    account_plans.delete_plan(actor=request.actor, plan=get_plan(request.member, plan_id, "delete"))
    return Status(204, None)


@router.post("/{plan_id}/goals", auth=WRITE, response={201: AccountPlanOut})
def add_goal(request: ApiRequest, plan_id: UUID, data: PlanGoalIn) -> HttpResponse:
    """Add a goal."""
    plan = get_plan(request.member, plan_id, "edit")
    account_plans.save_goal(actor=request.actor, plan=plan, **data.model_dump())
    return respond(request, get_plan(request.member, plan_id), AccountPlanOut, status=201)


@router.patch("/goals/{goal_id}", auth=WRITE, response=AccountPlanOut)
def update_goal(request: ApiRequest, goal_id: UUID, data: PlanGoalPatch) -> HttpResponse:
    """Change a goal."""
    goal = _goal(request, goal_id)
    given: Any = data.given()
    account_plans.save_goal(actor=request.actor, plan=goal.plan, goal=goal, **given)
    return respond(request, get_plan(request.member, goal.plan_id), AccountPlanOut)


@router.delete("/goals/{goal_id}", auth=WRITE, response={204: None})
def remove_goal(request: ApiRequest, goal_id: UUID) -> Status[None]:
    """Take a goal away."""
    account_plans.remove_goal(actor=request.actor, goal=_goal(request, goal_id))
    return Status(204, None)


@router.put("/{plan_id}/people", auth=WRITE, response=AccountPlanOut)
def place_person(request: ApiRequest, plan_id: UUID, data: PlanPersonIn) -> HttpResponse:
    """Put a person on the map, or move one who stands there."""
    plan = get_plan(request.member, plan_id, "edit")
    account_plans.place_person(actor=request.actor, plan=plan, **data.model_dump())
    return respond(request, get_plan(request.member, plan_id), AccountPlanOut)


@router.delete("/people/{place_id}", auth=WRITE, response={204: None})
def remove_person(request: ApiRequest, place_id: UUID) -> Status[None]:
    """Take a person off the map."""
    place = PlanPerson.objects.select_related("plan").filter(id=place_id).first()
    if place is None:
        raise Missing("account_plan")
    get_plan(request.member, place.plan_id, "edit")
    get_party(request.member, place.person_id)
    account_plans.remove_person(actor=request.actor, place=place)
    return Status(204, None)


@router.post("/{plan_id}/actions", auth=WRITE, response={201: AccountPlanOut})
def add_action(request: ApiRequest, plan_id: UUID, data: PlanActionIn) -> HttpResponse:
    """Plan something to do for the plan."""
    require(request.member, "task", "create")
    plan = get_plan(request.member, plan_id, "edit")
    account_plans.add_action(actor=request.actor, plan=plan, **data.model_dump())
    return respond(request, get_plan(request.member, plan_id), AccountPlanOut, status=201)


def _goal(request: ApiRequest, goal_id: UUID) -> PlanGoal:
    goal = PlanGoal.objects.select_related("plan").filter(id=goal_id).first()
    if goal is None:
        raise Missing("account_plan")
    get_plan(request.member, goal.plan_id, "edit")
    return goal
