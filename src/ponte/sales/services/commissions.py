"""Commission plans, shares of sales, and statements that are locked once approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid, Missing
from ponte.core.models import Member
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.sales_plans import CommissionApproved, CommissionPlanChanged
from ponte.sales.models import (
    CommissionBasis,
    CommissionPlan,
    CommissionStatement,
    DealShare,
    Opportunity,
)
from ponte.sales.policies import check_sales_settings
from ponte.sales.selectors.commissions import HUNDRED, Earned, SaleLine, earned
from ponte.sales.selectors.lens import today

MOST_TIERS = 10


@dataclass(frozen=True, kw_only=True)
class PlanData:
    """A commission plan. ``tiers`` are (from, rate in per cent); ``member_ids`` whom it holds for."""

    name: str
    basis: str
    tiers: Sequence[tuple[Decimal, Decimal]]
    accelerator_from: int | None = None
    accelerator: Decimal = Decimal(1)
    member_ids: Sequence[UUID] = ()
    is_demo: bool = False


@transaction.atomic
def save_plan(
    *, actor: Actor, data: PlanData, plan_id: UUID | None = None, version: int | None = None
) -> CommissionPlan:
    """Make a plan or change one; approved statements stay as they are.

    Raises:
        Denied, Missing, Conflict: as everywhere. Invalid: a name that is taken, tiers that can't be.
    """
    check_sales_settings(actor)
    plan = CommissionPlan(version=0, is_demo=data.is_demo)
    if plan_id is not None:
        plan = _locked(plan_id)
        check_version(plan, version)
    before = _told(plan)
    plan.name, plan.basis = data.name.strip()[:80], data.basis
    plan.tiers = _tiers(data)
    plan.accelerator_from, plan.accelerator = data.accelerator_from, data.accelerator
    _check(plan)
    members = list(Member.objects.filter(id__in=data.member_ids, is_active=True))
    if len(members) != len(set(data.member_ids)):
        raise Invalid.on("member_ids", "missing", _("There is no such member."))
    plan.version += 1
    plan.save()
    plan.members.set(members)
    audit.record(
        actor=actor, act="commission_plan.saved", target=plan, changes=audit.diff(before, _told(plan))
    )
    publish(CommissionPlanChanged(plan_id=str(plan.id), archived=False), actor=actor)
    return plan


def _tiers(data: PlanData) -> list[dict[str, str]]:
    starts = [start for start, _rate in data.tiers]
    if not data.tiers or len(data.tiers) > MOST_TIERS or len(set(starts)) != len(starts):
        raise Invalid.on("tiers", "invalid", _("Give one to ten tiers, each with another amount."))
    if any(start < 0 or not 0 <= rate <= HUNDRED for start, rate in data.tiers):
        raise Invalid.on("tiers", "invalid", _("Amounts are zero or more, rates between 0 and 100%."))
    return [{"from": f"{start:f}", "rate": f"{rate:f}"} for start, rate in sorted(data.tiers)]


def _check(plan: CommissionPlan) -> None:
    if not plan.name:
        raise Invalid.on("name", "required", _("Give the plan a name."))
    if CommissionPlan.objects.filter(name=plan.name).exclude(id=plan.id).exists():
        raise Invalid.on("name", "taken", _("Another plan has this name."))
    if plan.basis not in CommissionBasis.values:
        raise Invalid.on("basis", "invalid", _("Choose one of the options."))
    if not 1 <= plan.accelerator <= 10:
        raise Invalid.on("accelerator", "invalid", _("Give a factor between 1 and 10."))


def _told(plan: CommissionPlan) -> dict[str, Any]:
    return {
        "name": plan.name, "basis": plan.basis, "tiers": plan.tiers, "accelerator_from": plan.accelerator_from,
        "accelerator": plan.accelerator,
    }  # fmt: skip


def _locked(plan_id: UUID) -> CommissionPlan:
    plan = CommissionPlan.objects.select_for_update().filter(id=plan_id, archived_at=None).first()
    if plan is None:
        raise Missing("commission_plan")
    return plan


@transaction.atomic
def archive_plan(*, actor: Actor, plan_id: UUID, version: int | None = None) -> None:
    """Use a plan no more; its approved statements stay."""
    check_sales_settings(actor)
    plan = _locked(plan_id)
    check_version(plan, version)
    plan.archived_at, plan.version = timezone.now(), plan.version + 1
    plan.save()
    audit.record(actor=actor, act="commission_plan.archived", target=plan)
    publish(CommissionPlanChanged(plan_id=str(plan.id), archived=True), actor=actor)


@transaction.atomic
def share_deal(*, actor: Actor, opportunity_id: UUID, shares: Mapping[UUID, Decimal]) -> None:
    """Say who else earns by a sale, and how many per cent of it; what is left is its salesperson's.

    Raises:
        Denied, Missing: as everywhere. Invalid: over 100 per cent in all, an unknown member.
    """
    check_sales_settings(actor)
    deal = Opportunity.objects.select_for_update().filter(id=opportunity_id, deleted_at=None).first()
    if deal is None:
        raise Missing("opportunity")
    if any(not 0 < percent <= HUNDRED for percent in shares.values()) or sum(shares.values()) > HUNDRED:
        raise Invalid.on("shares", "invalid", _("Shares are above zero and at most 100% together."))
    members = {one.id: one.name for one in Member.objects.filter(id__in=shares)}
    if len(members) != len(shares):
        raise Invalid.on("shares", "missing", _("There is no such member."))
    known = DealShare.objects.filter(opportunity=deal)
    before = {str(row.member_id): str(row.percent) for row in known}
    known.delete()
    DealShare.objects.bulk_create(
        [DealShare(opportunity=deal, member_id=key, percent=percent) for key, percent in shares.items()]
    )
    after = {str(key): str(percent) for key, percent in shares.items()}
    audit.record(actor=actor, act="opportunity.shared", target=deal, changes={"shares": (before, after)})


@transaction.atomic
def approve_statement(*, actor: Actor, plan_id: UUID, member_id: UUID, month: date) -> CommissionStatement:
    """Approve a member's commission of a month that is over: it is kept as it stands and changes no more.

    Raises:
        Denied, Missing: as everywhere. Invalid: the month isn't over, it is approved already.
    """
    check_sales_settings(actor)
    plan = _locked(plan_id)
    member = plan.members.filter(id=member_id).first()
    if member is None:
        raise Missing("member")
    first = month.replace(day=1)
    if first >= today().replace(day=1):
        raise Invalid.on("month", "running", _("This month isn't over yet."))
    if CommissionStatement.objects.filter(plan=plan, member=member, month=first).exists():
        raise Invalid.on("month", "approved", _("This statement is approved already."))
    found = earned(plan, member, first)
    statement = CommissionStatement.objects.create(
        plan=plan, member=member, month=first, base=found.base, total=found.total,
        lines=[line_as_kept(line) for line in found.lines], reckoning=reckoning_of(plan, found),
        approved_at=timezone.now(), approved_by=actor.member,
    )  # fmt: skip
    changes = {"total": (None, found.total), "member": (None, member.name), "month": (None, first)}
    audit.record(actor=actor, act="commission.approved", target=statement, changes=changes)
    publish(
        CommissionApproved(
            statement_id=str(statement.id), plan_id=str(plan.id), member_id=str(member.id), month=first.isoformat(),
            total=str(found.total),
        ),
        actor=actor,
    )  # fmt: skip
    return statement


def line_as_kept(line: SaleLine) -> dict[str, str]:
    """Return a sale as a statement keeps it."""
    return {
        "opportunity": str(line.opportunity_id), "title": line.title, "day": line.day.isoformat(), "value": str(line.value),
        "share": str(line.share), "counted": str(line.counted),
    }  # fmt: skip


def reckoning_of(plan: CommissionPlan, found: Earned) -> dict[str, Any]:
    """Return how a total came about as a statement keeps it."""
    return {
        "parts": [[str(value) for value in part] for part in found.parts], "factor": str(found.factor),
        "attainment": None if found.attainment is None else str(round(found.attainment, 2)), "plan": plan.name,
    }  # fmt: skip
