"""Setting goals and taking them back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import Product
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Denied, FieldProblem, Invalid, Missing
from ponte.core.models import Member, Team
from ponte.core.rights import led_members
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.sales_plans import GoalReached, GoalRemoved, GoalSet
from ponte.sales.models import Goal, GoalMetric, GoalSpan
from ponte.sales.selectors.goals import BY_PRODUCT, attainments, may_set_goal, visible_goals
from ponte.sales.selectors.lens import later_month, today

MONTHS = {GoalSpan.MONTH: 1, GoalSpan.QUARTER: 3, GoalSpan.YEAR: 12}
MOST = Decimal(10) ** 13


@dataclass(frozen=True, kw_only=True)
class GoalData:
    """A goal to set: ``starts_on`` any day of its first month; neither member nor team means the whole business."""

    metric: str
    span: str
    starts_on: date
    target: Decimal
    member_id: UUID | None = None
    team_id: UUID | None = None
    product_id: UUID | None = None
    is_demo: bool = False


@transaction.atomic
def set_goal(*, actor: Actor, data: GoalData) -> Goal:
    """Set a goal; one of the same thing, days and people gets the new target.

    Raises:
        Denied: the goals of these people aren't theirs to set. Invalid: no such metric, period, member, team or product, a target
            that isn't above zero.
    """
    values = _check(actor, data)
    row = Goal.objects.select_for_update().filter(**values).first()
    before = row.target if row else None
    row = row or Goal(**values, version=0, is_demo=data.is_demo)
    row.ends_on = later_month(row.starts_on, MONTHS[GoalSpan(row.span)])
    if before != data.target:
        row.reached_at = None
    row.target, row.version = data.target, row.version + 1
    row.save()
    changes = {"target": (before, data.target), "metric": (None, row.metric), "from": (None, row.starts_on)}
    audit.record(actor=actor, act="goal.set", target=row, changes=changes)
    publish(
        GoalSet(
            **_whose(row), starts_on=row.starts_on.isoformat(), ends_on=row.ends_on.isoformat(), target=str(row.target)
        ),
        actor=actor,
    )  # fmt: skip
    return row


def _whose(row: Goal) -> dict[str, str]:
    """Return what every event tells of a goal."""
    return {
        "goal_id": str(row.id), "metric": row.metric, "member_id": str(row.member_id or ""), "team_id": str(row.team_id or ""),
    }  # fmt: skip


@transaction.atomic
def note_reached_goals(day: date | None = None) -> list[Goal]:
    """Note which goals that run on a day are reached and weren't before; each is told once, and again after a new target."""
    day = day or today()
    running = Goal.objects.select_for_update(of=("self",)).filter(
        starts_on__lte=day, ends_on__gt=day, reached_at=None
    )
    found = []
    for one in attainments(running.select_related("team"), None):
        if one.achieved < one.goal.target:
            continue
        goal = one.goal
        goal.reached_at = timezone.now()
        goal.save(update_fields=["reached_at", "updated_at"])
        told = GoalReached(**_whose(goal), target=str(goal.target), achieved=str(one.achieved))
        publish(told, actor=Actor.system("sales.goals"))
        found.append(goal)
    return found


def _check(actor: Actor, data: GoalData) -> dict[str, Any]:
    problems = []
    member = Member.objects.filter(id=data.member_id, is_active=True).first() if data.member_id else None
    team = Team.objects.filter(id=data.team_id).first() if data.team_id else None
    if actor.member is not None and not may_set_goal(actor.member, member, led_members(actor.member)):
        raise Denied("goal", "edit")
    if data.metric not in GoalMetric.values:
        problems.append(FieldProblem("metric", "invalid", _("Choose one of the options.")))
    if data.span not in GoalSpan.values:
        problems.append(FieldProblem("span", "invalid", _("Choose one of the options.")))
    if (data.member_id and member is None) or (data.team_id and team is None) or (member and team):
        problems.append(FieldProblem("whose", "missing", _("Choose a member, a team or the whole business.")))
    if data.product_id and (
        data.metric not in BY_PRODUCT or not Product.objects.filter(id=data.product_id).exists()
    ):
        problems.append(
            FieldProblem(
                "product_id", "invalid", _("Only value won and revenue of orders are counted by product.")
            )
        )
    if not 0 < data.target < MOST:
        problems.append(FieldProblem("target", "invalid", _("Give a target above zero.")))
    if problems:
        raise Invalid(problems)
    return {
        "metric": data.metric, "span": data.span, "starts_on": _first(data.starts_on, data.span), "member": member,
        "team": team, "product_id": data.product_id,
    }  # fmt: skip


def _first(day: date, span: str) -> date:
    if span == GoalSpan.YEAR:
        return day.replace(month=1, day=1)
    if span == GoalSpan.QUARTER:
        return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)
    return day.replace(day=1)


@transaction.atomic
def remove_goal(*, actor: Actor, goal_id: UUID, version: int | None = None) -> None:
    """Take a goal back.

    Raises:
        Missing, Denied, Conflict: as everywhere.
    """
    row = Goal.objects.select_for_update().filter(id=goal_id).first()
    if row is None or (
        actor.member is not None and not visible_goals(actor.member).filter(id=goal_id).exists()
    ):
        raise Missing("goal")
    if actor.member is not None and not may_set_goal(actor.member, row.member, led_members(actor.member)):
        raise Denied("goal", "edit")
    check_version(row, version)
    audit.record(actor=actor, act="goal.removed", target=row, changes={"target": (row.target, None)})
    publish(GoalRemoved(**_whose(row)), actor=actor)
    row.delete()
