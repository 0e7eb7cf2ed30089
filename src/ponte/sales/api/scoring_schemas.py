"""What the API of scores and routing says and takes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ponte.apikit.schemas import In, Out


class SeatIn(In):
    """Somebody in a distribution rule."""

    member_id: UUID
    max_open: int | None = Field(None, ge=1, le=100_000, description="At most so many leads in work.")
    min_score: int | None = Field(
        None, ge=-10_000, le=10_000, description="Least score of their leads, when given by score."
    )


class RoutingRuleIn(In):
    """A distribution rule, whole. ``where`` is the tree of a condition about leads; empty for all."""

    name: str = Field(max_length=80)
    seats: list[SeatIn] = Field(max_length=200)
    where: dict[str, Any] = Field(default_factory=dict)
    way: Literal["turns", "load", "territory", "skill", "score"] = "turns"
    hours: Literal["any", "open", "closed"] = "any"
    skills: list[str] = Field(default_factory=list, max_length=20)
    response_minutes: int | None = Field(None, ge=1, le=14_400, description="Of working time.")
    late: Literal["tell", "pass_on"] = "tell"
    escalate_to_id: UUID | None = None
    is_active: bool = False


class SeatOut(Schema):
    """Somebody in a distribution rule."""

    member_id: UUID
    max_open: int | None
    min_score: int | None


class RoutingRuleOut(Out):
    """A distribution rule."""

    id: UUID
    name: str
    position: int
    is_active: bool
    where: dict[str, Any]
    way: str
    hours: str
    skills: list[str]
    response_minutes: int | None
    late: str
    escalate_to_id: UUID | None
    seats: list[SeatOut]
    version: int

    @staticmethod
    def resolve_seats(rule: Any) -> list[Any]:
        return list(rule.seats.all())


class RoutingRulesOut(Schema):
    """Every distribution rule, in the order they are asked."""

    items: list[RoutingRuleOut]


class RoutingOrderIn(In):
    """The order of the rules, by id; those left out follow."""

    ids: list[UUID] = Field(max_length=100)


class TriedPersonOut(Schema):
    """What one person has of the leads tried, would have, and would have by the tried rule."""

    name: str
    has: int
    would_have: int
    by_this_rule: int


class TrialOut(Schema):
    """What a rule would have done with the leads of the past 30 days."""

    leads: int
    taken: int
    unplaced: int
    people: list[TriedPersonOut]


class RoutedOut(Schema):
    """What the distribution decided about a lead."""

    act: str
    rule: str
    member_id: UUID | None
    at: datetime
    passed: list[tuple[str, str]] = Field(description="Who was passed over, and why.")


class ScoreRuleIn(In):
    """A score rule, whole. ``where`` is the tree of a condition: about leads, or about what ``source`` names."""

    name: str = Field(max_length=80)
    points: int = Field(ge=-1000, le=1000)
    kind: Literal["profile", "behaviour"] = "profile"
    source: str = Field(
        "",
        max_length=24,
        description="Of behaviour: interaction, meeting, order, lead, quote_opened, quote_accepted.",
    )
    where: dict[str, Any] = Field(default_factory=dict)
    most_points: int | None = Field(None, ge=1, le=10_000)
    half_life_days: int | None = Field(None, ge=1, le=3650)
    is_active: bool = True


class ScoreRuleOut(Out):
    """A score rule."""

    id: UUID
    name: str
    kind: str
    source: str
    where: dict[str, Any]
    points: int
    most_points: int | None
    half_life_days: int | None
    is_active: bool
    version: int


class ScoreRulesOut(Schema):
    """Every score rule, and the limits of grades and hand-over."""

    items: list[ScoreRuleOut]
    limits: dict[str, int | None]


class TriedRule(Schema):
    """What is tried."""

    instead_of: UUID | None = Field(None, description="The rule in use that the tried one would replace.")


class TriedLeadOut(Schema):
    """A lead the tried rule has points for."""

    lead_id: UUID
    points: float


class ScoreTrialOut(Schema):
    """What a score rule would do. `now` and `then`: leads by grade without and with it; `reached`: would come to the hand-over limit."""

    leads: int
    hit: int = Field(description="Leads it has points for.")
    least: float
    most: float
    average: float
    now: dict[str, int]
    then: dict[str, int]
    reached: int
    is_cut: bool = Field(description="There are more leads than were looked at.")
    first: list[TriedLeadOut] = Field(description="Ten of those with the most points.")


class LimitsIn(In):
    """The least points of an A, a B and a C, and from which on leads go to sales (null: never by themselves)."""

    a: int = Field(ge=-10_000, le=10_000)
    b: int = Field(ge=-10_000, le=10_000)
    c: int = Field(ge=-10_000, le=10_000)
    handoff: int | None = Field(None, ge=-10_000, le=10_000)


class PartOut(Schema):
    """What one rule contributes to a lead's score."""

    rule_id: UUID
    name: str
    points: float
    count: int
    last: datetime | None


class ScoreReasonOut(Schema):
    """What raises or lowers a lead's chance."""

    text: str
    raises: bool


class LeadScoreOut(Schema):
    """A lead's score with its parts, its chance of becoming a customer (0 to 1) with its reasons."""

    score: int | None
    grade: str
    parts: list[PartOut]
    chance: float | None
    reasons: list[ScoreReasonOut]


class ScoreModelOut(Schema):
    """What the latest training of the predictive score found. ``report`` tells how it did on leads it hadn't seen."""

    state: str
    trained_at: datetime | None
    problem: str
    numbers: dict[str, Any]
    report: dict[str, Any]
