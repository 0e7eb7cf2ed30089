"""Events of quotes and contracts. Money as text, in the document's currency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ponte.events.base import DomainEvent


@dataclass(frozen=True, kw_only=True)
class QuoteCreated(DomainEvent):
    """A quote is being written for a customer."""

    name: ClassVar[str] = "sales.quote_created"
    quote_id: str
    party_id: str


@dataclass(frozen=True, kw_only=True)
class QuoteChanged(DomainEvent):
    """Fields or lines of a quote changed before it was sent."""

    name: ClassVar[str] = "sales.quote_changed"
    quote_id: str
    party_id: str
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class QuoteDeleted(DomainEvent):
    """A quote that was never sent went to the bin."""

    name: ClassVar[str] = "sales.quote_deleted"
    quote_id: str
    party_id: str


@dataclass(frozen=True, kw_only=True)
class QuotesBinned(DomainEvent):
    """Quotes that were never sent from here went to the bin together."""

    name: ClassVar[str] = "sales.quotes_binned"
    quote_ids: list[str]


@dataclass(frozen=True, kw_only=True)
class QuotesImported(DomainEvent):
    """A part of an import made or changed quotes or their lines, or was taken back. Nothing was sent or answered by it."""

    name: ClassVar[str] = "sales.quotes_imported"
    source: str
    quote_ids: list[str]


@dataclass(frozen=True, kw_only=True)
class QuoteSent(DomainEvent):
    """An edition of a quote was sealed and given to the customer."""

    name: ClassVar[str] = "sales.quote_sent"
    quote_id: str
    party_id: str
    edition: int
    first_year: str
    currency: str
    channel: str  # "email" or "link"


@dataclass(frozen=True, kw_only=True)
class QuoteRevised(DomainEvent):
    """A new edition of a quote that was sent is being written; the old one can't be accepted any more."""

    name: ClassVar[str] = "sales.quote_revised"
    quote_id: str
    party_id: str
    edition: int


@dataclass(frozen=True, kw_only=True)
class QuoteWithdrawn(DomainEvent):
    """A quote that was sent no longer stands."""

    name: ClassVar[str] = "sales.quote_withdrawn"
    quote_id: str
    party_id: str


@dataclass(frozen=True, kw_only=True)
class QuoteViewed(DomainEvent):
    """The customer opened an edition for the first time."""

    name: ClassVar[str] = "sales.quote_viewed"
    quote_id: str
    party_id: str
    edition: int


@dataclass(frozen=True, kw_only=True)
class QuoteCommented(DomainEvent):
    """Somebody wrote on a quote's public page."""

    name: ClassVar[str] = "sales.quote_commented"
    quote_id: str
    party_id: str
    comment_id: str
    by_customer: bool


@dataclass(frozen=True, kw_only=True)
class QuoteAccepted(DomainEvent):
    """The customer accepted a quote; its opportunity is won and its order placed. ``means``: "page", or as a member put it down."""

    name: ClassVar[str] = "sales.quote_accepted"
    quote_id: str
    party_id: str
    edition: int
    first_year: str
    currency: str
    order_id: str
    means: str = "page"


@dataclass(frozen=True, kw_only=True)
class QuoteDeclined(DomainEvent):
    """The customer declined a quote. ``means``: "page", or as a member put it down."""

    name: ClassVar[str] = "sales.quote_declined"
    quote_id: str
    party_id: str
    edition: int
    reason: str
    means: str = "page"


@dataclass(frozen=True, kw_only=True)
class QuotesEdited(DomainEvent):
    """Fields of many quotes changed together."""

    name: ClassVar[str] = "sales.quotes_edited"
    quote_ids: list[str]
    party_ids: list[str]
    fields: list[str]
