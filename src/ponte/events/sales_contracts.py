"""Events of contracts. Money as text, in the contract's currency; days as ISO dates, "" for none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ponte.events.base import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ContractCreated(DomainEvent):
    """A contract or addendum is being written for a customer."""

    name: ClassVar[str] = "sales.contract_created"
    contract_id: str
    party_id: str
    kind: str
    parent_id: str = ""


@dataclass(frozen=True, kw_only=True)
class ContractChanged(DomainEvent):
    """Fields, text or signers of a contract changed before it was sent."""

    name: ClassVar[str] = "sales.contract_changed"
    contract_id: str
    party_id: str
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class ContractDeleted(DomainEvent):
    """A contract that was never sent went to the bin."""

    name: ClassVar[str] = "sales.contract_deleted"
    contract_id: str
    party_id: str


@dataclass(frozen=True, kw_only=True)
class ContractSubmitted(DomainEvent):
    """Somebody asked for a contract's approval."""

    name: ClassVar[str] = "sales.contract_submitted"
    contract_id: str
    party_id: str
    approval_id: str


@dataclass(frozen=True, kw_only=True)
class ContractApprovalAnswered(DomainEvent):
    """A step of a contract's approval was answered; ``state`` is that of the whole request after it ("waiting": the next step is asked)."""

    name: ClassVar[str] = "sales.contract_approval_answered"
    approval_id: str
    contract_id: str
    party_id: str
    step: int
    approved: bool
    state: str


@dataclass(frozen=True, kw_only=True)
class ContractApprovalClosed(DomainEvent):
    """A request for a contract's approval ended without an answer, or an approval no longer holds: "outdated", "expired", "cancelled"."""

    name: ClassVar[str] = "sales.contract_approval_closed"
    approval_id: str
    contract_id: str
    party_id: str
    state: str


@dataclass(frozen=True, kw_only=True)
class ContractDecided(DomainEvent):
    """A contract's text was approved by all who are asked, or refused ("approved", "refused")."""

    name: ClassVar[str] = "sales.contract_decided"
    contract_id: str
    party_id: str
    approval_id: str
    decision: str


@dataclass(frozen=True, kw_only=True)
class ContractSent(DomainEvent):
    """An edition of a contract was sealed and given to its signers."""

    name: ClassVar[str] = "sales.contract_sent"
    contract_id: str
    party_id: str
    edition: int
    amount: str
    currency: str


@dataclass(frozen=True, kw_only=True)
class ContractViewed(DomainEvent):
    """A signer opened an edition for the first time."""

    name: ClassVar[str] = "sales.contract_viewed"
    contract_id: str
    party_id: str
    signer_id: str
    edition: int


@dataclass(frozen=True, kw_only=True)
class ContractSignerSigned(DomainEvent):
    """One of the signers signed."""

    name: ClassVar[str] = "sales.contract_signer_signed"
    contract_id: str
    party_id: str
    signer_id: str
    edition: int


@dataclass(frozen=True, kw_only=True)
class ContractSigned(DomainEvent):
    """Everybody signed: the contract stands."""

    name: ClassVar[str] = "sales.contract_signed"
    contract_id: str
    party_id: str
    edition: int
    amount: str
    currency: str
    starts_on: str
    ends_on: str


@dataclass(frozen=True, kw_only=True)
class ContractDeclined(DomainEvent):
    """A signer declined."""

    name: ClassVar[str] = "sales.contract_declined"
    contract_id: str
    party_id: str
    signer_id: str
    edition: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ContractReopened(DomainEvent):
    """A contract went back to writing; what was sent before can't be signed any more."""

    name: ClassVar[str] = "sales.contract_reopened"
    contract_id: str
    party_id: str
    edition: int


@dataclass(frozen=True, kw_only=True)
class ContractCancelled(DomainEvent):
    """A contract was given up before everybody signed."""

    name: ClassVar[str] = "sales.contract_cancelled"
    contract_id: str
    party_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ContractEnded(DomainEvent):
    """A signed contract was ended."""

    name: ClassVar[str] = "sales.contract_ended"
    contract_id: str
    party_id: str
    ended_on: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ContractRenewed(DomainEvent):
    """A contract's term was prolonged, by itself or by a signed addendum."""

    name: ClassVar[str] = "sales.contract_renewed"
    contract_id: str
    party_id: str
    ends_on: str


@dataclass(frozen=True, kw_only=True)
class ContractReadjusted(DomainEvent):
    """A contract's value was readjusted by a signed addendum."""

    name: ClassVar[str] = "sales.contract_readjusted"
    contract_id: str
    party_id: str
    amount: str
    currency: str


@dataclass(frozen=True, kw_only=True)
class ContractReminded(DomainEvent):
    """Signers who hadn't signed an edition yet were written to again."""

    name: ClassVar[str] = "sales.contract_reminded"
    contract_id: str
    party_id: str
    signer_ids: list[str]
    edition: int


@dataclass(frozen=True, kw_only=True)
class ContractCommented(DomainEvent):
    """A signer or a colleague wrote on the signers' pages of a contract."""

    name: ClassVar[str] = "sales.contract_commented"
    contract_id: str
    party_id: str
    comment_id: str
    by_signer: bool


@dataclass(frozen=True, kw_only=True)
class ContractsAssigned(DomainEvent):
    """Contracts got another person in charge, "" for nobody."""

    name: ClassVar[str] = "sales.contracts_assigned"
    contract_ids: list[str]
    owner_id: str


@dataclass(frozen=True, kw_only=True)
class ContractsBinned(DomainEvent):
    """Contracts that were never sent went to the bin together, or came back out of it."""

    name: ClassVar[str] = "sales.contracts_binned"
    contract_ids: list[str]
    deleted: bool


@dataclass(frozen=True, kw_only=True)
class ContractsImported(DomainEvent):
    """A part of an import made or changed contracts, or was taken back."""

    name: ClassVar[str] = "sales.contracts_imported"
    source: str
    contract_ids: list[str]


@dataclass(frozen=True, kw_only=True)
class ContractsEdited(DomainEvent):
    """Fields of many contracts changed together."""

    name: ClassVar[str] = "sales.contracts_edited"
    contract_ids: list[str]
    party_ids: list[str]
    fields: list[str]
