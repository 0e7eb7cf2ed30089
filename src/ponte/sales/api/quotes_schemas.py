"""What the API of quotes takes in and gives out."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ponte.apikit.schemas import Amount, Currency, In, Out, Quantity
from ponte.commerce.line_schemas import EXPLODE, LineMemoryOut
from ponte.commerce.models.choices import Billing
from ponte.sales.models.document import DocumentAnswer, SealedDocument
from ponte.sales.models.quote import Quote, QuoteLayout
from ponte.sales.models.quote_choices import AnswerKind, AnswerMeans, DepositKind, DiscountKind, QuoteStatus
from ponte.workplace.custom_fields.schema import CustomIn, CustomOut, custom_out

Percentage = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2, allow_inf_nan=False)]
Rate = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=8, allow_inf_nan=False)]
Words = Annotated[str, Field(max_length=5000)]


class QuoteOut(Out):
    """A quote without its lines. Amounts in its own currency, taxes included, optional lines as chosen."""

    rights_object: ClassVar[str] = "quote"

    id: UUID
    version: int
    number: str
    title: str
    customer_id: UUID
    opportunity_id: UUID | None
    owner_id: UUID | None
    status: QuoteStatus
    edition: int
    currency: str
    rate: Decimal
    valid_until: date
    payment_terms: str
    intro: str
    notes: str
    tax_note: str
    deposit_kind: DepositKind | Literal[""]
    deposit: Decimal
    layout_id: UUID | None
    one_off: Decimal
    monthly: Decimal
    quarterly: Decimal
    yearly: Decimal
    first_year: Decimal
    margin: Decimal | None
    top_discount: Decimal
    sent_at: datetime | None
    first_viewed_at: datetime | None
    last_viewed_at: datetime | None
    views: int
    answered_at: datetime | None
    decline_reason: str
    order_id: UUID | None
    source: str
    external_id: str
    custom: CustomOut
    created_at: datetime
    updated_at: datetime

    @staticmethod
    def resolve_custom(row: Quote, context: Any) -> dict[str, Any]:
        return custom_out(context["request"].member, "quote", row.custom)

    @staticmethod
    def resolve_customer_id(row: Quote) -> UUID:
        return row.party_id


class QuoteLineOut(LineMemoryOut):
    """A line. ``total`` = quantity × unit price − discount, without ``tax``."""

    id: UUID
    product_id: UUID | None
    description: str
    details: str
    bundle: str
    billing: Billing
    quantity: Decimal
    unit_price: Decimal
    discount_kind: DiscountKind
    discount: Decimal
    tax_rate: Decimal
    is_optional: bool
    is_chosen: bool
    list_price: Decimal | None
    unit_cost: Decimal | None = None
    total: Decimal
    tax: Decimal


class AnswerOut(Schema):
    """What the customer said about an edition. ``seal`` is the SHA-256 of the evidence.

    ``means`` other than "page": they said it elsewhere, on ``day``, and a member put it down.
    """

    kind: AnswerKind
    name: str
    reason: str
    means: AnswerMeans
    day: date | None
    note: str
    recorded_by_id: UUID | None
    seal: str
    created_at: datetime

    @staticmethod
    def resolve_day(row: DocumentAnswer) -> date | None:
        return row.told_on

    @staticmethod
    def resolve_recorded_by_id(row: DocumentAnswer) -> UUID | None:
        return row.member_id if row.is_recorded else None


class EditionOut(Schema):
    """An edition that was sent; "recorded": elsewhere, and sealed here with its answer."""

    edition: int
    stage: SealedDocument.Stage
    sha256: str
    pdf_sha256: str
    created_at: datetime
    answer: AnswerOut | None

    @staticmethod
    def resolve_answer(row: Any) -> Any:
        return getattr(row, "answer", None)


class QuoteDetailOut(QuoteOut):
    """A quote with lines and sent editions, newest first."""

    lines: list[QuoteLineOut]
    editions: list[EditionOut]

    @staticmethod
    def resolve_editions(row: Quote) -> list[Any]:
        return list(row.documents.all())


class QuoteLineIn(In):
    """A line. Give a product or a description; price and billing default to the product's. ``id`` keeps a line there is."""

    id: UUID | None = None
    product_id: UUID | None = None
    description: Annotated[str, Field(max_length=300)] = ""
    details: Annotated[str, Field(max_length=2000)] = ""
    bundle: Annotated[str, Field(max_length=120)] = ""
    billing: Billing | Literal[""] = ""
    quantity: Quantity = Decimal(1)
    unit_price: Amount | None = None
    discount_kind: DiscountKind = DiscountKind.PERCENT
    discount: Amount = Decimal(0)
    tax_rate: Percentage = Decimal(0)
    is_optional: bool = False
    is_chosen: bool = True
    explode: bool = Field(False, description=EXPLODE)


class QuoteFields(In):
    """A quote's own fields."""

    opportunity_id: UUID | None = None
    owner_id: UUID | None = None
    title: Annotated[str, Field(max_length=160)] = ""
    currency: Currency | Literal[""] = Field("", description="The workspace's when empty.")
    rate: Rate | None = Field(None, description="What one unit is worth in the workspace's currency.")
    valid_until: date | None = None
    payment_terms: Annotated[str, Field(max_length=300)] = ""
    intro: Words = ""
    notes: Words = ""
    tax_note: Annotated[str, Field(max_length=200)] = ""
    deposit_kind: DepositKind | Literal[""] = ""
    deposit: Amount = Decimal(0)
    layout_id: UUID | None = None
    custom: CustomIn = {}


class QuoteIn(QuoteFields):
    """A quote to create."""

    customer_id: UUID
    lines: list[QuoteLineIn] = Field(default=[], max_length=200)


class QuotePatch(QuoteFields):
    """Fields of a quote to change; those not sent stay. ``lines`` replaces all of them."""

    customer_id: UUID | None = None
    lines: list[QuoteLineIn] | None = Field(None, max_length=200)


class QuoteSendIn(In):
    """How the customer gets it. "link": the answer holds the address, nothing is sent."""

    channel: Literal["email", "link"] = "link"
    message: Annotated[str, Field(max_length=2000)] = ""


class ToldAnswerIn(In):
    """An answer the customer gave elsewhere, put down for them."""

    means: Literal["phone", "email", "whatsapp", "paper", "in_person", "other"]
    name: Annotated[str, Field(max_length=160)] = Field("", description="Who answered.")
    cpf: Annotated[str, Field(max_length=20)] = ""
    day: date | None = Field(None, description="Today by default.")
    note: Annotated[str, Field(max_length=2000)] = ""


class AcceptanceIn(ToldAnswerIn):
    """An acceptance given elsewhere."""

    name: Annotated[str, Field(min_length=1, max_length=160)] = Field(description="Who accepted.")
    chosen: list[UUID] | None = Field(
        None,
        max_length=200,
        description="Ids of the optional lines they want; as the quote proposes by default.",
    )
    late: bool = Field(False, description="The offer is kept although its validity was over on that day.")


class RefusalIn(ToldAnswerIn):
    """A refusal given elsewhere."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class QuoteSentOut(Schema):
    """What sending made."""

    edition: int
    sha256: str
    pdf_sha256: str
    link: str
    mailed: bool


class QuoteLayoutOut(Out):
    """How quotes look on paper."""

    id: UUID
    version: int
    name: str
    language: str
    colour: str
    blocks: list[str]
    intro: str
    terms: str
    footer: str
    shows_discounts: bool
    shows_details: bool
    is_default: bool

    @staticmethod
    def resolve_blocks(row: QuoteLayout) -> list[str]:
        return list(row.blocks)
