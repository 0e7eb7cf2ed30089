"""Events of leads that came, moved or were given away, several at once or with more to tell than a status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ponte.events.base import DomainEvent


@dataclass(frozen=True, kw_only=True)
class LeadsCaptured(DomainEvent):
    """Leads came in together (an import, posts of forms); ``party_ids`` stand in the same order. No single events are sent."""

    name: ClassVar[str] = "sales.leads_captured"
    ahead: ClassVar[bool] = True
    lead_ids: list[str]
    party_ids: list[str]
    source: str


@dataclass(frozen=True, kw_only=True)
class LeadsMoved(DomainEvent):
    """Leads changed status together; ``before`` stands in the order of ``lead_ids``."""

    name: ClassVar[str] = "sales.leads_moved"
    lead_ids: list[str]
    party_ids: list[str]
    before: list[str]
    after: str


@dataclass(frozen=True, kw_only=True)
class LeadsEdited(DomainEvent):
    """Fields of leads changed together."""

    name: ClassVar[str] = "sales.leads_edited"
    lead_ids: list[str]
    party_ids: list[str]
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class LeadsAssigned(DomainEvent):
    """Leads were given to a salesperson, or to nobody (``owner_id`` empty)."""

    name: ClassVar[str] = "sales.leads_assigned"
    lead_ids: list[str]
    owner_id: str


@dataclass(frozen=True, kw_only=True)
class LeadHandedOver(DomainEvent):
    """Marketing handed a lead to sales, who answer by ``due_at``."""

    name: ClassVar[str] = "sales.lead_handed_over"
    lead_id: str
    party_id: str
    owner_id: str
    due_at: str


@dataclass(frozen=True, kw_only=True)
class LeadHandoffAnswered(DomainEvent):
    """Sales took a lead handed over, or gave it back for a reason."""

    name: ClassVar[str] = "sales.lead_handoff_answered"
    lead_id: str
    party_id: str
    accepted: bool
    reason_id: str


@dataclass(frozen=True, kw_only=True)
class LeadHandoffOverdue(DomainEvent):
    """Sales didn't answer a lead handed over in time."""

    name: ClassVar[str] = "sales.lead_handoff_overdue"
    lead_id: str
    party_id: str
    owner_id: str


@dataclass(frozen=True, kw_only=True)
class LeadConfirmed(DomainEvent):
    """The person confirmed by e-mail what was sent through a form."""

    name: ClassVar[str] = "sales.lead_confirmed"
    lead_id: str
    party_id: str


@dataclass(frozen=True, kw_only=True)
class LeadConverted(DomainEvent):
    """A lead became a customer's opportunity; ids of what there is, empty for what there isn't."""

    name: ClassVar[str] = "sales.lead_converted"
    lead_id: str
    person_id: str
    company_id: str
    opportunity_id: str


@dataclass(frozen=True, kw_only=True)
class LeadConversionUndone(DomainEvent):
    """A conversion was taken back: the lead is worked again."""

    name: ClassVar[str] = "sales.lead_conversion_undone"
    lead_id: str
    party_id: str


@dataclass(frozen=True, kw_only=True)
class LeadsDeleted(DomainEvent):
    """Leads went into the bin."""

    name: ClassVar[str] = "sales.leads_deleted"
    lead_ids: list[str]
    party_ids: list[str]


@dataclass(frozen=True, kw_only=True)
class LeadsRestored(DomainEvent):
    """Leads came back from the bin."""

    name: ClassVar[str] = "sales.leads_restored"
    lead_ids: list[str]
    party_ids: list[str]
