"""The API of commissions: plans, shares of sales, statements and their approval."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field

from ponte.apikit.auth import scope
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import In
from ponte.apikit.writes import if_match
from ponte.core.errors import Missing
from ponte.core.models import Member
from ponte.core.rights import may_area, require
from ponte.sales.models import CommissionPlan, CommissionStatement, DealShare
from ponte.sales.policies import check_sales_settings, get_visible_opportunity
from ponte.sales.selectors.commissions import (
    Earned,
    earned,
    earned_by,
    members_of,
    visible_plans,
    visible_statements,
)
from ponte.sales.services.commissions import (
    PlanData,
    approve_statement,
    archive_plan,
    line_as_kept,
    reckoning_of,
    save_plan,
    share_deal,
)

router = Router(tags=["Commissions"])
READ, WRITE = scope("sales:read"), scope("sales:write")
Money = Annotated[Decimal, Field(ge=0, lt=Decimal(10) ** 12, decimal_places=2)]
Rate = Annotated[Decimal, Field(ge=0, le=100, decimal_places=3)]


class TierIo(In):
    """From which amount of a month's sales on a rate in per cent holds."""

    start: Money = Field(alias="from")
    rate: Rate


class CommissionPlanIn(In):
    """A commission plan, whole: what isn't sent is empty."""

    name: str = Field(min_length=1, max_length=80)
    basis: Literal["won", "paid"] = "won"
    tiers: list[TierIo] = Field(min_length=1, max_length=10)
    accelerator_from: int | None = Field(
        None, ge=1, le=1000, description="Attainment of the month's goal in per cent."
    )
    accelerator: Annotated[Decimal, Field(ge=1, le=10, decimal_places=2)] = Decimal(1)
    member_ids: list[UUID] = Field(default_factory=list, max_length=1000)


class CommissionPlanOut(Schema):
    """A commission plan. ``member_ids``: of those whose commissions the token's member may see."""

    id: UUID
    name: str
    basis: str
    tiers: list[dict[str, str]]
    accelerator_from: int | None
    accelerator: Decimal
    member_ids: list[UUID]
    archived_at: datetime | None
    version: int


class CommissionOut(Schema):
    """A member's commission of a month under a plan; ``approved_at`` null: as it stands now."""

    plan_id: UUID
    plan: str
    member_id: UUID
    month: date
    sales: int
    base: Decimal
    total: Decimal
    approved_at: datetime | None


class StatementOut(CommissionOut):
    """A statement with each sale that counts and how the total came about."""

    lines: list[dict[str, Any]]
    reckoning: dict[str, Any]


class ShareIo(In):
    """A member's share of a sale, in per cent."""

    member_id: UUID
    percent: Annotated[Decimal, Field(gt=0, le=100, decimal_places=2)]


class SharesIn(In):
    """Who else earns by a sale; what is left is its salesperson's."""

    shares: list[ShareIo] = Field(max_length=20)


@router.get("/sales/commissions", auth=READ, response=list[CommissionOut])
def list_commissions(request: ApiRequest, month: date) -> list[dict[str, Any]]:
    """List the commissions of a month (any day of it): one's own, all with the area "sales"; approved ones as they were approved."""
    require(request.member, "opportunity", "view")
    first = month.replace(day=1)
    kept = visible_statements(request.member).filter(month=first)
    rows = {(one.plan_id, one.member_id): _kept(one) for one in kept}
    for plan in CommissionPlan.objects.filter(archived_at=None).order_by("name"):
        left = [one for one in members_of(plan, request.member) if (plan.id, one.id) not in rows]
        found = earned_by(plan, left, first)
        rows |= {(plan.id, one.id): _standing(plan, one, first, found[one.id]) for one in left}
    return list(rows.values())


@router.get("/sales/commissions/plans", auth=READ, response=list[CommissionPlanOut])
def list_commission_plans(request: ApiRequest) -> list[dict[str, Any]]:
    """List the plans in use: all with the area "sales", else those that hold for the token's member."""
    require(request.member, "opportunity", "view")
    rows = visible_plans(request.member).prefetch_related("members").order_by("name")
    return [_plan(one, request.member) for one in rows]


@router.post("/sales/commissions/plans", auth=WRITE, response={201: CommissionPlanOut})
def create_commission_plan(request: ApiRequest, data: CommissionPlanIn) -> Status[dict[str, Any]]:
    """Make a plan."""
    plan = save_plan(actor=request.actor, data=_data(data))
    return Status(201, _plan(plan, request.member))


@router.put("/sales/commissions/plans/{plan_id}", auth=WRITE, response=CommissionPlanOut)
def change_commission_plan(request: ApiRequest, plan_id: UUID, data: CommissionPlanIn) -> dict[str, Any]:
    """Change a plan; approved statements stay as they are."""
    plan = save_plan(actor=request.actor, data=_data(data), plan_id=plan_id, version=if_match(request))
    return _plan(plan, request.member)


@router.delete("/sales/commissions/plans/{plan_id}", auth=WRITE, response={204: None})
def archive_commission_plan(request: ApiRequest, plan_id: UUID) -> Status[None]:
    """Use a plan no more; its approved statements stay."""
    archive_plan(actor=request.actor, plan_id=plan_id, version=if_match(request))
    return Status(204, None)


STATEMENT = "/sales/commissions/statements/{plan_id}/{member_id}/{month}"


@router.get(STATEMENT, auth=READ, response=StatementOut)
def get_statement(request: ApiRequest, plan_id: UUID, member_id: UUID, month: date) -> dict[str, Any]:
    """Return a member's statement of a month (any day of it): as approved, or as it stands."""
    require(request.member, "opportunity", "view")
    first = month.replace(day=1)
    rows = visible_statements(request.member)
    kept = rows.filter(plan_id=plan_id, member_id=member_id, month=first).first()
    if kept is not None:
        return _statement(kept)
    plan = CommissionPlan.objects.filter(id=plan_id, archived_at=None).first()
    people = members_of(plan, request.member) if plan is not None else []
    member = next((one for one in people if one.id == member_id), None)
    if plan is None or member is None:
        raise Missing("commission_statement")
    found = earned(plan, member, first)
    lines = [line_as_kept(one) for one in found.lines]
    return _standing(plan, member, first, found) | {"lines": lines, "reckoning": reckoning_of(plan, found)}


@router.post(f"{STATEMENT}/approve", auth=WRITE, response=StatementOut)
def approve(request: ApiRequest, plan_id: UUID, member_id: UUID, month: date) -> dict[str, Any]:
    """Approve a statement of a month that is over: from then on nothing changes it."""
    return _statement(
        approve_statement(actor=request.actor, plan_id=plan_id, member_id=member_id, month=month)
    )


@router.put("/sales/commissions/shares/{opportunity_id}", auth=WRITE, response=list[ShareIo])
def put_shares(request: ApiRequest, opportunity_id: UUID, data: SharesIn) -> list[dict[str, Any]]:
    """Say who else earns by a sale; none: its salesperson alone."""
    check_sales_settings(request.actor)
    deal = get_visible_opportunity(request.member, opportunity_id)
    shares = {one.member_id: one.percent for one in data.shares}
    share_deal(actor=request.actor, opportunity_id=deal.id, shares=shares)
    rows = DealShare.objects.filter(opportunity=deal).order_by("id")
    return [{"member_id": one.member_id, "percent": one.percent} for one in rows]


def _data(data: CommissionPlanIn) -> PlanData:
    given = data.model_dump(exclude={"tiers"})
    return PlanData(tiers=[(one.start, one.rate) for one in data.tiers], **given)


def _plan(plan: CommissionPlan, viewer: Member) -> dict[str, Any]:
    sees = may_area(viewer, "sales")
    members = [one.id for one in plan.members.all() if sees or one.id == viewer.id]
    names = ("id", "name", "basis", "tiers", "accelerator_from", "accelerator", "archived_at", "version")
    return {name: getattr(plan, name) for name in names} | {"member_ids": members}


def _standing(plan: CommissionPlan, member: Member, month: date, found: Earned) -> dict[str, Any]:
    return {
        "plan_id": plan.id, "plan": plan.name, "member_id": member.id, "month": month, "sales": len(found.lines),
        "base": found.base, "total": found.total, "approved_at": None,
    }  # fmt: skip


def _kept(one: CommissionStatement) -> dict[str, Any]:
    return {
        "plan_id": one.plan_id, "plan": one.plan.name, "member_id": one.member_id, "month": one.month, "sales": len(one.lines),
        "base": one.base, "total": one.total, "approved_at": one.approved_at,
    }  # fmt: skip


def _statement(one: CommissionStatement) -> dict[str, Any]:
    reckoning: Mapping[str, Any] = one.reckoning
    return _kept(one) | {"lines": one.lines, "reckoning": reckoning}
