"""What members earn by what they sell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Max, Prefetch, Q, QuerySet

from ponte.core.models import Member
from ponte.core.rights import may_area
from ponte.sales.models import (
    CommissionBasis,
    CommissionPlan,
    CommissionStatement,
    DealShare,
    DealStatus,
    Goal,
    GoalMetric,
    GoalSpan,
    Opportunity,
)
from ponte.sales.selectors.goals import attainments
from ponte.sales.selectors.lens import Lens, next_month, zone
from ponte.sales.selectors.metrics import deal_value

CENT = Decimal("0.01")
ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class SaleLine:
    """One sale that counts: its value, the member's share in per cent and what of it counts."""

    opportunity_id: UUID
    title: str
    day: date
    value: Decimal
    share: Decimal

    @property
    def counted(self) -> Decimal:
        """The member's part of the value."""
        return (self.value * self.share / HUNDRED).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Earned:
    """A month's commission as it stands: sales, their sum, the parts by rate, the accelerator."""

    lines: list[SaleLine]
    base: Decimal
    parts: list[tuple[Decimal, Decimal, Decimal]]  # (part of the base, rate, commission)
    attainment: Decimal | None
    factor: Decimal

    @property
    def total(self) -> Decimal:
        """What is earned in all."""
        return (sum((part[2] for part in self.parts), ZERO) * self.factor).quantize(CENT, ROUND_HALF_UP)


def by_tiers(base: Decimal, tiers: Sequence[Mapping[str, str]]) -> list[tuple[Decimal, Decimal, Decimal]]:
    """Return how a base is paid: each tier's rate holds for the part of it above ``from`` and up to the next tier."""
    starts = sorted((Decimal(one["from"]), Decimal(one["rate"])) for one in tiers)
    found = []
    for at, (start, rate) in enumerate(starts):
        end = starts[at + 1][0] if at + 1 < len(starts) else base
        part = min(base, end) - start
        if part > 0:
            found.append((part, rate, (part * rate / HUNDRED).quantize(CENT, ROUND_HALF_UP)))
    return found


def earned(plan: CommissionPlan, member: Member, month: date) -> Earned:
    """Return a member's commission of a month under a plan, from the sales as they stand now."""
    return earned_by(plan, [member], month)[member.id]


def earned_by(plan: CommissionPlan, members: Sequence[Member], month: date) -> dict[UUID, Earned]:
    """Return what each of these members earns in a month under a plan; the number of queries doesn't grow with them."""
    if not members:
        return {}
    sales = _sales(plan, members, month)
    reached = _attainments(members, month) if plan.accelerator_from else {}
    return {member.id: _earned(plan, member, sales, reached.get(member.id)) for member in members}


def _earned(
    plan: CommissionPlan, member: Member, sales: Sequence[Opportunity], attainment: Decimal | None
) -> Earned:
    lines = [line for line in (_line(row, member) for row in sales) if line.share > 0]
    base = sum((line.counted for line in lines), ZERO)
    is_fast = attainment is not None and attainment >= (plan.accelerator_from or 0)
    return Earned(
        lines, base, by_tiers(base, plan.tiers), attainment, plan.accelerator if is_fast else Decimal(1)
    )


def _sales(plan: CommissionPlan, members: Sequence[Member], month: date) -> list[Opportunity]:
    """Return the sales of a month that any of these members has a part in, the oldest first."""
    lens = Lens(None, month, next_month(month))
    theirs = Q(owner__in=members) | Q(shares__member__in=members)
    shares = Prefetch("shares", DealShare.objects.order_by("id"))
    rows = Opportunity.objects.filter(theirs, status=DealStatus.WON, deleted_at=None).distinct()
    if plan.basis == CommissionBasis.WON:
        rows = rows.filter(closed_at__gte=lens.since, closed_at__lt=lens.until).annotate(
            figure_value=deal_value(), figure_at=F("closed_at")
        )
    else:
        rows = _paid(rows, lens)
    return list(rows.prefetch_related(shares).order_by("closed_at", "id"))


def _paid(rows: QuerySet[Opportunity], lens: Lens) -> QuerySet[Opportunity]:
    """Return the sales whose order was paid in full within the days; the last payment tells when."""
    paid = rows.filter(order__isnull=False, order__paid_total__gte=F("order__total"), order__deleted_at=None)
    dated = paid.annotate(figure_at=Max("order__payments__paid_at"), figure_value=F("order__revenue"))
    return dated.filter(figure_at__gte=lens.since, figure_at__lt=lens.until)


def _line(row: Any, member: Member) -> SaleLine:
    given = {share.member_id: share.percent for share in row.shares.all()}
    rest = max(ZERO, HUNDRED - sum(given.values(), ZERO))
    share = given.get(member.id, ZERO) + (rest if row.owner_id == member.id else ZERO)
    at: datetime = row.figure_at
    return SaleLine(row.id, row.title, at.astimezone(zone()).date(), row.figure_value, share)


def _attainments(members: Sequence[Member], month: date) -> dict[UUID, Decimal | None]:
    """Return how far those members who have a goal of value won in the month came with it."""
    goals = Goal.objects.filter(
        metric=GoalMetric.WON_VALUE, span=GoalSpan.MONTH, member__in=members, starts_on=month, product=None
    )
    first = {goal.member_id: goal for goal in goals.order_by("-id")}
    found = attainments(first.values(), None)
    return {one.goal.member_id: one.rate.value for one in found if one.goal.member_id}


def visible_statements(member: Member) -> QuerySet[CommissionStatement]:
    """Return the approved statements a member may see: their own, all with the area "sales"."""
    rows = CommissionStatement.objects.select_related("member", "plan", "approved_by")
    return rows if may_area(member, "sales") else rows.filter(member=member)


def visible_plans(member: Member) -> QuerySet[CommissionPlan]:
    """Return the plans in use a member may see: those that hold for them, all with the area "sales"."""
    rows = CommissionPlan.objects.filter(archived_at=None)
    return rows if may_area(member, "sales") else rows.filter(members=member)


def members_of(plan: CommissionPlan, viewer: Member) -> list[Member]:
    """Return the members of a plan whose commission a member may see."""
    rows = plan.members.filter(is_active=True).order_by("sort_name", "id")
    return list(rows if may_area(viewer, "sales") else rows.filter(id=viewer.id))
