"""What the API of the privacy module takes in and gives out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from ponte.apikit.schemas import In, Line, Moment, Out

PurposeKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Channel = Literal["email", "whatsapp", "sms", "phone", "mail"]
PhoneChannel = Literal["", "email", "whatsapp", "sms", "phone"]
Reason = Literal["blocked", "bounce", "complaint", "opt_out"]
Basis = Literal[
    "consent",
    "legal_obligation",
    "public_policy",
    "research",
    "contract",
    "judicial",
    "life",
    "health",
    "legitimate_interest",
    "credit",
]
Through = Literal[
    "site",
    "form",
    "store",
    "paper",
    "phone",
    "email",
    "whatsapp",
    "event",
    "contract",
    "import",
    "api",
    "other",
]
Words = Literal["pt-br", "en"]
Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254)]


class PurposeOut(Schema):
    """What customers are contacted for. ``version`` is 0 while the workspace hasn't changed a usual purpose."""

    key: str
    name: str
    description: str
    basis: Basis
    channels: list[Channel]
    is_essential: bool
    is_public: bool
    is_active: bool
    valid_months: int | None
    version: int
    texts: dict[str, str]


class PurposeIn(In):
    """A purpose, whole."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    description: Annotated[str, StringConstraints(max_length=300)] = ""
    basis: Basis
    channels: Annotated[list[Channel], Field(min_length=1, max_length=5)]
    is_essential: bool = False
    is_public: bool = True
    is_active: bool = True
    valid_months: Annotated[int, Field(ge=1, le=120)] | None = None


class TextIn(In):
    """New words customers agree to."""

    language: Words
    body: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class TextOut(Out):
    """One version of the words customers agree to."""

    id: UUID
    purpose: str
    language: str
    version: int
    body: str
    created_at: datetime


class ConsentIn(In):
    """One thing a customer said.

    ``channels`` empty: every channel of the purpose. ``language``: the current words were shown in it; ``text_id``: an
    older version was. ``evidence``: what proves it.
    """

    customer_id: UUID
    purpose: PurposeKey
    allows: bool = True
    channels: Annotated[list[Channel], Field(max_length=5)] = []
    basis: Basis | None = None
    given_through: Through = "api"
    source: Annotated[str, StringConstraints(strip_whitespace=True, max_length=160)] = ""
    language: Words | None = None
    text_id: UUID | None = None
    evidence: Annotated[dict[Annotated[str, Field(max_length=40)], Line], Field(max_length=20)] = {}
    occurred_at: Moment | None = None


class ConsentsIn(In):
    """Up to 1,000 things customers said."""

    items: Annotated[list[ConsentIn], Field(min_length=1, max_length=1000)]


class ConsentsOut(Schema):
    """How many were written down; ``unknown_customers`` are ids of customers that don't exist."""

    recorded: int
    unknown_customers: list[UUID]


class ConsentOut(Out):
    """One thing a customer said, with its proof."""

    id: UUID
    customer_id: UUID = Field(validation_alias="party_id")
    purpose: str
    status: Literal["granted", "withdrawn", "refused", "objected"]
    channels: list[str]
    basis: str
    text_id: UUID | None
    given_through: str
    source: str
    evidence: dict[str, Any]
    occurred_at: datetime
    created_at: datetime


class ConsentFilters(Schema):
    """Whose consent, and for which purpose."""

    customer_id: UUID | None = None
    purpose: PurposeKey | None = None


class OfCustomer(Schema):
    """Whose."""

    customer_id: UUID


class DecisionOut(Schema):
    """Whether a customer may be contacted, and why. ``address`` is the one to use."""

    customer_id: UUID
    purpose: str
    channel: str
    allowed: bool
    verdict: str
    reason: str
    address: str
    basis: str
    since: datetime | None


class PermissionsOut(Schema):
    """Every purpose and channel of one customer, and the link to their own preference page."""

    items: list[DecisionOut]
    preference_url: str


class MayContactIn(In):
    """May this customer be contacted now? ``sender`` says what asks; a refusal is logged under that name."""

    customer_id: UUID
    purpose: Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\x00]*$")]
    channel: Channel
    sender: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=160)]
    address: Address | None = None


class MayContactManyIn(In):
    """The same for up to 1,000 customers."""

    customer_ids: Annotated[list[UUID], Field(min_length=1, max_length=1000)]
    purpose: Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\x00]*$")]
    channel: Channel
    sender: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=160)]


class DecisionsOut(Schema):
    """One decision per customer the caller may see, in the order asked."""

    items: list[DecisionOut]


class SuppressionIn(In):
    """An address that shall get nothing; ``channel`` empty: on no channel."""

    address: Address
    reason: Reason
    channel: PhoneChannel = ""
    source: Annotated[str, StringConstraints(strip_whitespace=True, max_length=160)] = ""
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""


class LiftIn(In):
    """Why the address may be written to again."""

    because: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class SuppressionOut(Out):
    """A suppressed address."""

    id: UUID
    address: str
    channel: str
    reason: str
    source: str
    note: str
    since: datetime
    lifted_at: datetime | None


class SuppressionFilters(Schema):
    """Which suppressions in force."""

    address: Annotated[str, Field(max_length=254)] | None = None
    reason: Reason | None = None


class RefusalOut(Out):
    """A contact that was refused."""

    id: UUID
    customer_id: UUID | None = Field(validation_alias="party_id")
    purpose: str
    channel: str
    address: str = Field(validation_alias="shown_address")
    reason: str
    sender: str
    created_at: datetime


class RefusalFilters(Schema):
    """Which refusals."""

    customer_id: UUID | None = None
    purpose: PurposeKey | None = None
    reason: Annotated[str, Field(max_length=12)] | None = None
