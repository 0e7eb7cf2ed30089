"""Events of quotes over somebody's discount limit. Ids are text, percentages too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ponte.events.base import DomainEvent


@dataclass(frozen=True, kw_only=True)
class QuoteApprovalAsked(DomainEvent):
    """A salesperson asks to sell over the limit."""

    name: ClassVar[str] = "sales.quote_approval_asked"
    approval_id: str
    quote_id: str
    party_id: str
    edition: int
    line_discount: str
    total_discount: str


@dataclass(frozen=True, kw_only=True)
class QuoteApprovalAnswered(DomainEvent):
    """A step of a request was answered; ``state`` is that of the whole request after it ("waiting": the next step is asked)."""

    name: ClassVar[str] = "sales.quote_approval_answered"
    approval_id: str
    quote_id: str
    party_id: str
    step: int
    approved: bool
    state: str


@dataclass(frozen=True, kw_only=True)
class QuoteApprovalClosed(DomainEvent):
    """A request ended without an answer, or an approval no longer holds: ``state`` is "outdated", "expired" or "cancelled"."""

    name: ClassVar[str] = "sales.quote_approval_closed"
    approval_id: str
    quote_id: str
    party_id: str
    state: str


@dataclass(frozen=True, kw_only=True)
class DiscountLimitsChanged(DomainEvent):
    """What a role may give, or the steps of approval, changed; ``role_id`` is empty for the steps."""

    name: ClassVar[str] = "sales.discount_limits_changed"
    role_id: str
