"""Further events of opportunities: the bin, and many at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ponte.events.base import DomainEvent


@dataclass(frozen=True, kw_only=True)
class OpportunityDeleted(DomainEvent):
    """An opportunity went into the bin."""

    name: ClassVar[str] = "sales.opportunity_deleted"
    opportunity_id: str
    party_id: str


@dataclass(frozen=True, kw_only=True)
class OpportunityRestored(DomainEvent):
    """An opportunity came back from the bin."""

    name: ClassVar[str] = "sales.opportunity_restored"
    opportunity_id: str
    party_id: str


@dataclass(frozen=True, kw_only=True)
class OpportunitiesImported(DomainEvent):
    """Opportunities came in or were changed together, from a file or another system."""

    name: ClassVar[str] = "sales.opportunities_imported"
    source: str
    opportunity_ids: list[str]


@dataclass(frozen=True, kw_only=True)
class OpportunitiesEdited(DomainEvent):
    """Fields of many opportunities changed together (``stage_id`` among them when they were moved)."""

    name: ClassVar[str] = "sales.opportunities_edited"
    opportunity_ids: list[str]
    party_ids: list[str]
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class OpportunitiesBinned(DomainEvent):
    """Many opportunities went into the bin, or came back (``deleted`` false)."""

    name: ClassVar[str] = "sales.opportunities_binned"
    opportunity_ids: list[str]
    deleted: bool
