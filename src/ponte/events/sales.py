"""Events of leads and opportunities. Money as text, in the workspace's currency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ponte.events.base import DomainEvent


@dataclass(frozen=True, kw_only=True)
class LeadCaptured(DomainEvent):
    """Somebody showed an interest."""

    name: ClassVar[str] = "sales.lead_captured"
    ahead: ClassVar[bool] = True  # the customer waits for an answer: who gives it is decided first
    lead_id: str
    party_id: str
    origin: str


@dataclass(frozen=True, kw_only=True)
class LeadChanged(DomainEvent):
    """Fields of a lead changed."""

    name: ClassVar[str] = "sales.lead_changed"
    lead_id: str
    party_id: str
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class LeadStatusChanged(DomainEvent):
    """A lead moved on: qualified, handed over, converted, disqualified …"""

    name: ClassVar[str] = "sales.lead_status_changed"
    lead_id: str
    party_id: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class OpportunityOpened(DomainEvent):
    """A sale is in the making."""

    name: ClassVar[str] = "sales.opportunity_opened"
    opportunity_id: str
    party_id: str
    stage_id: str
    amount: str


@dataclass(frozen=True, kw_only=True)
class OpportunityChanged(DomainEvent):
    """Fields of an opportunity changed."""

    name: ClassVar[str] = "sales.opportunity_changed"
    opportunity_id: str
    party_id: str
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class OpportunityMoved(DomainEvent):
    """An opportunity came to another stage."""

    name: ClassVar[str] = "sales.opportunity_moved"
    opportunity_id: str
    party_id: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class OpportunityWon(DomainEvent):
    """The customer bought."""

    name: ClassVar[str] = "sales.opportunity_won"
    opportunity_id: str
    party_id: str
    amount: str
    monthly: str


@dataclass(frozen=True, kw_only=True)
class OpportunityLost(DomainEvent):
    """The customer did not buy."""

    name: ClassVar[str] = "sales.opportunity_lost"
    opportunity_id: str
    party_id: str
    amount: str
    reason_id: str


@dataclass(frozen=True, kw_only=True)
class OpportunityReopened(DomainEvent):
    """A won or lost opportunity is worked again."""

    name: ClassVar[str] = "sales.opportunity_reopened"
    opportunity_id: str
    party_id: str
    before: str
