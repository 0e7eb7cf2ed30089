"""Cadences: sequences of contacts and the customers going through them. Ids are text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ponte.events.base import DomainEvent


@dataclass(frozen=True, kw_only=True)
class CadenceCreated(DomainEvent):
    """A cadence was added, as a draft."""

    name: ClassVar[str] = "sales.cadence_created"
    cadence_id: str


@dataclass(frozen=True, kw_only=True)
class CadenceUpdated(DomainEvent):
    """A cadence or its steps changed; ``fields`` names what ("steps" for any of them)."""

    name: ClassVar[str] = "sales.cadence_updated"
    cadence_id: str
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class CadenceStateChanged(DomainEvent):
    """A cadence was activated, paused or archived."""

    name: ClassVar[str] = "sales.cadence_state_changed"
    cadence_id: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class CustomersEnrolled(DomainEvent):
    """Customers began a cadence; ``enrolment_ids`` stands beside ``party_ids``."""

    name: ClassVar[str] = "sales.customers_enrolled"
    cadence_id: str
    party_ids: list[str]
    enrolment_ids: list[str]


@dataclass(frozen=True, kw_only=True)
class EnrolmentsChanged(DomainEvent):
    """Enrolments were paused, resumed or ended (``state``), and why."""

    name: ClassVar[str] = "sales.enrolments_changed"
    enrolment_ids: list[str]
    party_ids: list[str]
    state: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class CadenceStepExecuted(DomainEvent):
    """A step of a cadence was sent, done, skipped or failed (``state``) for a customer."""

    name: ClassVar[str] = "sales.cadence_step_executed"
    enrolment_id: str
    cadence_id: str
    step_id: str
    party_id: str
    channel: str
    state: str
