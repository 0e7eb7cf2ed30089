"""Goals and how far they are reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, DecimalField, ExpressionWrapper, F, Q, QuerySet, Value, When

from ponte.commerce.models import Billing, Order, OrderLine
from ponte.commerce.policies import order_condition
from ponte.commerce.revenue import counting_orders
from ponte.core.models import Member, Team
from ponte.core.rights import may_area, members_within
from ponte.sales.models import DealStatus, Goal, GoalMetric, OpportunityLine
from ponte.sales.policies import customer_condition
from ponte.sales.selectors.facts import Metric, records, sees_all, tally
from ponte.sales.selectors.lens import DAY, Lens, today
from ponte.sales.selectors.metrics import CONTACTS, FIRST_WON, MONTHS_OF_VALUE, OPENED, TASKS, WON
from ponte.sales.selectors.rates import Rate

ZERO = Decimal(0)
MONEY = DecimalField(max_digits=18, decimal_places=2)
COUNTED = frozenset(
    {GoalMetric.WON_COUNT, GoalMetric.OPENED, GoalMetric.CONTACTS, GoalMetric.TASKS, GoalMetric.NEW_CUSTOMERS}
)
BY_PRODUCT = frozenset({GoalMetric.WON_VALUE, GoalMetric.ORDERED})


def _orders(member: Member | None) -> QuerySet[Order]:
    rows = Order.objects.filter(counting_orders(), party__deleted_at=None)
    return _seen(rows, None if member is None else order_condition(member), member)


def _order_lines(member: Member | None) -> QuerySet[OrderLine]:
    seen = _orders(member).values("id")
    return OrderLine.objects.filter(order__in=seen)


def _won_lines(member: Member | None) -> QuerySet[OpportunityLine]:
    rows = OpportunityLine.objects.filter(
        opportunity__status=DealStatus.WON, opportunity__deleted_at=None, opportunity__party__deleted_at=None
    )
    condition = None if member is None else customer_condition(member, "opportunity", "opportunity__")
    return _seen(rows, condition, member)


def _seen(rows: QuerySet[Any], condition: Q | None, member: Member | None) -> QuerySet[Any]:
    if member is None:
        return rows
    return rows.none() if condition is None else rows.filter(condition)


def _line_value() -> Any:
    times = Case(When(billing=Billing.MONTHLY, then=Value(MONTHS_OF_VALUE)), default=Value(1))
    return ExpressionWrapper(F("total") * times, output_field=MONEY)


ORDERED = Metric("ordered", "order", _orders, "placed_at", amount=F("revenue"))
ORDERED_LINES = Metric(
    "ordered_lines", "order", _order_lines, "order__placed_at", "order__owner_id",
    amount=ExpressionWrapper(F("total") * F("order__rate"), output_field=MONEY),
)  # fmt: skip
WON_LINES = Metric(
    "won_lines", "opportunity", _won_lines, "opportunity__closed_at", "opportunity__owner_id",
    amount=_line_value(),
)  # fmt: skip
METRICS = {
    GoalMetric.WON_VALUE: WON, GoalMetric.WON_COUNT: WON, GoalMetric.OPENED: OPENED, GoalMetric.CONTACTS: CONTACTS,
    GoalMetric.TASKS: TASKS, GoalMetric.NEW_CUSTOMERS: FIRST_WON, GoalMetric.ORDERED: ORDERED,
}  # fmt: skip


@dataclass(frozen=True)
class Attainment:
    """How far a goal is reached. ``elapsed`` is the share of its days gone by, in per cent."""

    goal: Goal
    achieved: Decimal
    elapsed: Decimal

    @property
    def rate(self) -> Rate:
        """Goal attainment: achieved ÷ target × 100 (kpis.md)."""
        return Rate(self.achieved, self.goal.target)

    @property
    def percent(self) -> int:
        """The attainment in whole per cent."""
        return int(self.rate.value or 0)

    @property
    def is_on_pace(self) -> bool:
        """Whether as much is reached as days have gone by."""
        return (self.rate.value or ZERO) >= self.elapsed

    @property
    def is_money(self) -> bool:
        """Whether the target is an amount of money."""
        return self.goal.metric not in COUNTED


def visible_goals(member: Member) -> QuerySet[Goal]:
    """Return the goals a member may see: those of people whose opportunities they see, those of teams all of whose people they
    see, and those of the business for who sees everything."""
    rows = Goal.objects.select_related("member", "team", "product")
    if sees_all(member, "opportunity"):
        return rows
    reach = set(members_within(member, "opportunity", "view").values_list("id", flat=True))
    teams = [team.id for team in Team.objects.all() if _people_of(team) <= reach]
    return rows.filter(Q(member__in=reach) | Q(team__in=teams))


def may_set_goal(member: Member, owner: Member | None, led: frozenset[UUID]) -> bool:
    """Tell whether a member may set goals: everybody's with the area "sales", else those of people they lead."""
    return may_area(member, "sales") or (owner is not None and owner.id in led)


def attainments(goals: Iterable[Goal], member: Member | None) -> list[Attainment]:
    """Return how far goals are reached, counted over what ``member`` may see; one count for all goals of the same thing and days."""
    found: list[Attainment] = []
    groups: defaultdict[tuple[Any, ...], list[Goal]] = defaultdict(list)
    for goal in goals:
        groups[goal.metric, goal.starts_on, goal.ends_on, goal.product_id].append(goal)
    teams: dict[UUID, set[UUID]] = {}
    for same in groups.values():
        by_owner = _achieved(same[0], member)
        for goal in same:
            owners = _owners(goal, teams)
            reached = sum(
                (much for owner, much in by_owner.items() if owners is None or owner in owners), ZERO
            )
            found.append(Attainment(goal, reached, elapsed(goal)))
    return sorted(found, key=lambda one: (one.goal.ends_on, one.goal.metric, str(one.goal.id)))


def _achieved(goal: Goal, member: Member | None) -> dict[UUID | None, Decimal]:
    lens = Lens(member, goal.starts_on, goal.ends_on)
    metric = METRICS[GoalMetric(goal.metric)]
    if goal.product_id is None:
        rows = tally(metric, lens, "owner")
        return {row.keys[0]: Decimal(row.count) if goal.metric in COUNTED else row.amount for row in rows}
    lines = WON_LINES if goal.metric == GoalMetric.WON_VALUE else ORDERED_LINES
    summed: defaultdict[UUID | None, Decimal] = defaultdict(lambda: ZERO)
    chosen = records(lines, lens).filter(product_id=goal.product_id).annotate(much=lines.amount)
    for owner, much in chosen.values_list(lines.owner, "much"):
        summed[owner] += much
    return dict(summed)


def _owners(goal: Goal, teams: dict[UUID, set[UUID]]) -> set[UUID] | None:
    if goal.member_id is not None:
        return {goal.member_id}
    if goal.team is None:
        return None
    if goal.team.id not in teams:
        teams[goal.team.id] = _people_of(goal.team)
    return teams[goal.team.id]


def _people_of(team: Team) -> set[UUID]:
    below = Team.objects.filter(path__startswith=team.path)
    return set(Member.objects.filter(team__in=below).values_list("id", flat=True))


def elapsed(goal: Goal) -> Decimal:
    """Return the share of a goal's days gone by, today included, in per cent."""
    whole = (goal.ends_on - goal.starts_on).days
    gone = min(max((today() + DAY - goal.starts_on).days, 0), whole)
    return Decimal(gone) * 100 / whole


def current_goals(member: Member, day: date | None = None) -> QuerySet[Goal]:
    """Return the goals a member may see that run on a day, today if not told."""
    day = day or today()
    return visible_goals(member).filter(starts_on__lte=day, ends_on__gt=day)
