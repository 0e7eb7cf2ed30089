"""Events of the directory. ``kind`` is "person" or "company"; ids are customers' ids unless said otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ponte.events.base import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PersonCreated(DomainEvent):
    """A person was added."""

    name: ClassVar[str] = "directory.person_created"
    party_id: str


@dataclass(frozen=True, kw_only=True)
class CompanyCreated(DomainEvent):
    """A company was added."""

    name: ClassVar[str] = "directory.company_created"
    party_id: str


@dataclass(frozen=True, kw_only=True)
class PartyUpdated(DomainEvent):
    """A customer's own data changed; ``fields`` names what (values are read through the API)."""

    name: ClassVar[str] = "directory.customer_updated"
    party_id: str
    kind: str
    fields: list[str]
    version: int


@dataclass(frozen=True, kw_only=True)
class PartiesEdited(DomainEvent):
    """The same fields of several customers were given the same values together (values are read through the API)."""

    name: ClassVar[str] = "directory.customers_edited"
    party_ids: list[str]
    kind: str
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class CustomerEnriched(DomainEvent):
    """Somebody accepted values of a public register (``source``) for a customer; ``fields`` names which."""

    name: ClassVar[str] = "directory.customer_enriched"
    party_id: str
    source: str
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class PartiesUpserted(DomainEvent):
    """A chunk of customers came in together, by import or bulk call."""

    name: ClassVar[str] = "directory.customers_upserted"
    kind: str
    created_ids: list[str]
    updated_ids: list[str]
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class StageChanged(DomainEvent):
    """A customer moved through the life cycle. ``from_stage`` is empty at birth."""

    name: ClassVar[str] = "directory.stage_changed"
    party_id: str
    from_stage: str
    to_stage: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class StagesChanged(DomainEvent):
    """Several customers moved to one stage together; ``from_stages`` stands beside ``party_ids``."""

    name: ClassVar[str] = "directory.stages_changed"
    party_ids: list[str]
    from_stages: list[str]
    to_stage: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class OwnerChanged(DomainEvent):
    """Customers were given to another member or team (ids of members and teams, empty for nobody)."""

    name: ClassVar[str] = "directory.owner_changed"
    party_ids: list[str]
    owner_id: str = ""
    team_id: str = ""


@dataclass(frozen=True, kw_only=True)
class TagsChanged(DomainEvent):
    """Tags were put on or taken off customers (names of tags)."""

    name: ClassVar[str] = "directory.tags_changed"
    party_ids: list[str]
    added: list[str]
    removed: list[str]


@dataclass(frozen=True, kw_only=True)
class IdentityDisputed(DomainEvent):
    """A second customer claims what another is recognised by; somebody has to decide."""

    name: ClassVar[str] = "directory.identity_disputed"
    claim_id: str
    identity_kind: str
    holder_id: str
    claimant_id: str


@dataclass(frozen=True, kw_only=True)
class AffiliationStarted(DomainEvent):
    """A person took up a role at a company."""

    name: ClassVar[str] = "directory.affiliation_started"
    affiliation_id: str
    person_id: str
    company_id: str


@dataclass(frozen=True, kw_only=True)
class AffiliationEnded(DomainEvent):
    """A person's role at a company ended."""

    name: ClassVar[str] = "directory.affiliation_ended"
    affiliation_id: str
    person_id: str
    company_id: str


@dataclass(frozen=True, kw_only=True)
class PartiesDeleted(DomainEvent):
    """Customers were put into the bin, where they rest for 30 days."""

    name: ClassVar[str] = "directory.customers_deleted"
    party_ids: list[str]


@dataclass(frozen=True, kw_only=True)
class PartiesRestored(DomainEvent):
    """Customers came back from the bin."""

    name: ClassVar[str] = "directory.customers_restored"
    party_ids: list[str]


@dataclass(frozen=True, kw_only=True)
class PartiesPurged(DomainEvent):
    """Customers left for good, with everything that hung on them."""

    name: ClassVar[str] = "directory.customers_purged"
    party_ids: list[str]


@dataclass(frozen=True, kw_only=True)
class CustomersMerged(DomainEvent):
    """Customers became one: everything of ``loser_ids`` is now the survivor's; their addresses lead there."""

    name: ClassVar[str] = "directory.customers_merged"
    merge_id: str
    survivor_id: str
    loser_ids: list[str]
    kind: str


@dataclass(frozen=True, kw_only=True)
class CustomersUnmerged(DomainEvent):
    """A merge was undone: ``loser_ids`` are customers of their own again."""

    name: ClassVar[str] = "directory.customers_unmerged"
    merge_id: str
    survivor_id: str
    loser_ids: list[str]
    kind: str
