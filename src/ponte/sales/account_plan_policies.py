"""Who may see account plans: they follow their company's visibility; "own" and "team" mean the plan's owner."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from ponte.core.errors import Denied, Missing
from ponte.core.models import Member
from ponte.core.rights import may
from ponte.sales.models import AccountPlan
from ponte.sales.policies import customer_condition


def visible_plans(member: Member) -> QuerySet[AccountPlan]:
    """Return the account plans the member may see."""
    reach = customer_condition(member, "account_plan")
    return AccountPlan.objects.none() if reach is None else AccountPlan.objects.filter(reach)


def get_plan(member: Member, plan_id: UUID, act: str = "view") -> AccountPlan:
    """Return a plan the member may see; raise ``Missing`` otherwise, ``Denied`` where ``act`` doesn't reach it."""
    row = visible_plans(member).select_related("party", "owner").filter(id=plan_id).first()
    if row is None:
        raise Missing("account_plan")
    if act != "view" and not may(member, "account_plan", act, row):
        raise Denied("account_plan", act)
    return row


def may_plan(member: Member, act: str, plan: AccountPlan) -> bool:
    """Tell whether to offer ``act`` on a plan the member sees."""
    return may(member, "account_plan", act, plan)
