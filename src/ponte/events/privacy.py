"""Events of the privacy module. Addresses and evidence are read through the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ponte.events.base import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ConsentGranted(DomainEvent):
    """A customer allowed being contacted for a purpose, on these channels."""

    name: ClassVar[str] = "privacy.consent_granted"
    party_id: str
    purpose: str
    channels: list[str]
    basis: str
    record_id: str


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(DomainEvent):
    """A customer withdrew, refused or objected (``status``) to being contacted for a purpose, on these channels."""

    name: ClassVar[str] = "privacy.consent_withdrawn"
    party_id: str
    purpose: str
    channels: list[str]
    status: str
    record_id: str


@dataclass(frozen=True, kw_only=True)
class ConsentsRecorded(DomainEvent):
    """What many customers said came in together, by import or bulk call."""

    name: ClassVar[str] = "privacy.consents_recorded"
    party_ids: list[str]
    record_ids: list[str]


@dataclass(frozen=True, kw_only=True)
class AddressesSuppressed(DomainEvent):
    """Addresses get nothing any more; ``channel`` empty: on no channel."""

    name: ClassVar[str] = "privacy.addresses_suppressed"
    suppression_ids: list[str]
    channel: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class SuppressionsLifted(DomainEvent):
    """Addresses may be written to again."""

    name: ClassVar[str] = "privacy.suppressions_lifted"
    suppression_ids: list[str]
    because: str = ""
