"""Events of the distribution of leads and of their scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ponte.events.base import DomainEvent


@dataclass(frozen=True, kw_only=True)
class LeadRouted(DomainEvent):
    """The distribution gave a lead to somebody, or found nobody (``owner_id`` empty); ``act`` says how."""

    name: ClassVar[str] = "sales.lead_routed"
    lead_id: str
    party_id: str
    owner_id: str
    rule_id: str
    act: str


@dataclass(frozen=True, kw_only=True)
class LeadsRouted(DomainEvent):
    """The distribution decided about leads that came in together; all lists stand in one order. No single events are sent."""

    name: ClassVar[str] = "sales.leads_routed"
    lead_ids: list[str]
    party_ids: list[str]
    owner_ids: list[str]
    rule_ids: list[str]
    acts: list[str]


@dataclass(frozen=True, kw_only=True)
class LeadAnswered(DomainEvent):
    """A lead got its first answer from its salesperson; ``minutes`` of working time after it was given to them."""

    name: ClassVar[str] = "sales.lead_answered"
    lead_id: str
    party_id: str
    owner_id: str
    minutes: int


@dataclass(frozen=True, kw_only=True)
class LeadAnswerLate(DomainEvent):
    """A lead wasn't answered in time; it was passed on to ``owner_id``, or reported where that is empty."""

    name: ClassVar[str] = "sales.lead_answer_late"
    lead_id: str
    party_id: str
    owner_id: str


@dataclass(frozen=True, kw_only=True)
class RoutingRulesChanged(DomainEvent):
    """A distribution rule was made, changed, moved, switched or deleted."""

    name: ClassVar[str] = "sales.routing_rules_changed"
    rule_id: str


@dataclass(frozen=True, kw_only=True)
class ScoreRulesChanged(DomainEvent):
    """A score rule or the limits of the grades changed; every lead is scored again."""

    name: ClassVar[str] = "sales.score_rules_changed"
    rule_id: str


@dataclass(frozen=True, kw_only=True)
class LeadsGraded(DomainEvent):
    """Leads came to another grade; ``grades`` stand in the order of ``lead_ids``, at most 1,000."""

    name: ClassVar[str] = "sales.leads_graded"
    lead_ids: list[str]
    grades: list[str]


@dataclass(frozen=True, kw_only=True)
class ScoreModelTrained(DomainEvent):
    """The predictive score learnt from the past; ``state`` says whether it is used."""

    name: ClassVar[str] = "sales.score_model_trained"
    model_id: str
    state: str
