"""Account plans of key companies, goals, managers' forecasts and commissions. Ids and money are text, months their first day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ponte.events.base import DomainEvent


@dataclass(frozen=True, kw_only=True)
class AccountPlanChanged(DomainEvent):
    """A company's account plan was made, changed or thrown away; ``fields`` names what ("goals", "people", "actions" …)."""

    name: ClassVar[str] = "sales.account_plan_changed"
    plan_id: str
    party_id: str
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class GoalSet(DomainEvent):
    """A goal was set, or one there was got another target; ``member_id`` and ``team_id`` empty: the whole business's."""

    name: ClassVar[str] = "sales.goal_set"
    goal_id: str
    metric: str
    member_id: str
    team_id: str
    starts_on: str
    ends_on: str
    target: str


@dataclass(frozen=True, kw_only=True)
class GoalRemoved(DomainEvent):
    """A goal was taken back."""

    name: ClassVar[str] = "sales.goal_removed"
    goal_id: str
    metric: str
    member_id: str
    team_id: str


@dataclass(frozen=True, kw_only=True)
class GoalReached(DomainEvent):
    """A running goal was reached for the first time since its target was set."""

    name: ClassVar[str] = "sales.goal_reached"
    goal_id: str
    metric: str
    member_id: str
    team_id: str
    target: str
    achieved: str


@dataclass(frozen=True, kw_only=True)
class ForecastCalled(DomainEvent):
    """A manager said what a salesperson will win in a month; ``amount`` empty: took the word back."""

    name: ClassVar[str] = "sales.forecast_called"
    month: str
    owner_id: str
    amount: str


@dataclass(frozen=True, kw_only=True)
class CommissionPlanChanged(DomainEvent):
    """A commission plan was made, changed or archived."""

    name: ClassVar[str] = "sales.commission_plan_changed"
    plan_id: str
    archived: bool


@dataclass(frozen=True, kw_only=True)
class CommissionApproved(DomainEvent):
    """A member's commission of a month was approved: from then on nothing changes it."""

    name: ClassVar[str] = "sales.commission_approved"
    statement_id: str
    plan_id: str
    member_id: str
    month: str
    total: str


@dataclass(frozen=True, kw_only=True)
class BadgeEarned(DomainEvent):
    """A member earned a badge by what stands in the records."""

    name: ClassVar[str] = "sales.badge_earned"
    member_id: str
    badge: str
