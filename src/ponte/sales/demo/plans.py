"""The demo's goals, costs, commission plan and past forecasts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ponte.core.actors import Actor
from ponte.sales.models import CommissionPlan, CommissionStatement, ForecastSnapshot, Goal, SalesCost
from ponte.sales.selectors.facts import total
from ponte.sales.selectors.lens import Lens, later_month, next_month
from ponte.sales.selectors.metrics import WON
from ponte.sales.services.commissions import PlanData, save_plan
from ponte.sales.services.figures import set_cost
from ponte.sales.services.forecast import take_snapshot
from ponte.sales.services.goals import GoalData, set_goal
from ponte.workplace.demo import DemoContext, DemoPart

PLAN = "Comissão padrão"
NOTE = "demo"
TIERS = [(Decimal(0), Decimal(3)), (Decimal(20_000), Decimal(5))]
COSTS = (("marketing", "paid_search", 1_800), ("marketing", "social", 900), ("sales", "", 6_500))
OFF = {"weighted": 20, "commit": 35, "best_case": 45, "pipeline": 90, "called": 25}  # per cent, at most


def make(context: DemoContext) -> None:
    """Add goals of this month and quarter, half a year of costs, a commission plan and what was forecast of past months."""
    context.say("metas e previsões")
    actor, month = context.actor, context.today.replace(day=1)
    sellers = context.made["members"][1:4]
    for member in sellers:
        set_goal(actor=actor, data=_goal(month, "month", 15_000, member_id=member.id))
    for span, target in (("quarter", 150_000), ("month", 60_000)):
        set_goal(actor=actor, data=_goal(month, span, target))
    for back in range(1, 7):
        for kind, origin, amount in COSTS:
            much = round(Decimal(amount) * context.random.randrange(80, 121) / 100, 2)
            past = later_month(month, -back)
            set_cost(actor=actor, month=past, kind=kind, origin=origin, amount=much, note=NOTE)
    plan = PlanData(
        name=PLAN, basis="won", tiers=TIERS, accelerator_from=100, accelerator=Decimal("1.2"),
        member_ids=[member.id for member in sellers], is_demo=True,
    )  # fmt: skip
    save_plan(actor=actor, data=plan)
    _past_forecasts(context)
    take_snapshot()


def _goal(month: date, span: str, target: int, **whose: Any) -> GoalData:
    data = GoalData(metric="won_value", span=span, starts_on=month, target=Decimal(target), is_demo=True)
    return replace(data, **whose)


def _past_forecasts(context: DemoContext) -> None:
    """Make up what was forecast: what was won, off by so much at most."""
    pick, rows = context.random, []
    for back in range(1, 7):
        month = later_month(context.today.replace(day=1), -back)
        won = total(WON, Lens(None, month, next_month(month)))[1]
        values = {
            name: round(won * pick.randrange(100 - most, 101 + most) / 100, 2) for name, most in OFF.items()
        }
        rows.append(
            ForecastSnapshot(
                month=month, taken_on=month + timedelta(days=1), is_whole=True, is_demo=True, **values
            )
        )
    ForecastSnapshot.objects.bulk_create(rows)


def remove(actor: Actor) -> None:
    """Take the demo's goals, costs, plan and the forecasts that counted its opportunities away."""
    Goal.objects.filter(is_demo=True).delete()
    SalesCost.objects.filter(note=NOTE).delete()
    plans = CommissionPlan.objects.filter(is_demo=True)
    CommissionStatement.objects.filter(plan__in=plans).delete()
    plans.delete()
    ForecastSnapshot.objects.filter(is_demo=True).delete()


PART = DemoPart(key="sales-plans", order=60, make=make, remove=remove)
