"""What the API of contracts takes in and gives out."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ponte.apikit.schemas import Amount, Currency, In, Out
from ponte.commerce.models.choices import Billing
from ponte.sales.api.approvals_schemas import ApprovalOut
from ponte.sales.models.contract import Contract
from ponte.sales.models.contract_choices import (
    ContractKind,
    ContractStatus,
    PriceIndex,
    Renewal,
    SignerRole,
)
from ponte.sales.models.document import SealedDocument
from ponte.sales.models.quote_choices import AnswerKind
from ponte.sales.selectors.contracts import shown_status
from ponte.workplace.custom_fields.schema import CustomIn, CustomOut, custom_out


class ContractOut(Out):
    """A contract without its text. ``state`` is ``status``, or what follows from its dates: "in_force", "ended", "overdue"."""

    rights_object: ClassVar[str] = "contract"

    id: UUID
    version: int
    number: str
    title: str
    kind: ContractKind
    parent_id: UUID | None
    customer_id: UUID
    opportunity_id: UUID | None
    quote_id: UUID | None
    owner_id: UUID | None
    template_id: UUID | None
    template_edition: int | None
    language: str
    status: ContractStatus
    state: str
    edition: int
    starts_on: date | None
    ends_on: date | None
    currency: str
    amount: Decimal
    billing: Billing
    renewal: Renewal
    renewal_months: int
    notice_days: int
    price_index: PriceIndex | Literal[""]
    index_name: str
    readjust_on: date | None
    sign_until: date | None
    sent_at: datetime | None
    signed_at: datetime | None
    closed_at: datetime | None
    close_reason: str
    custom: CustomOut
    created_at: datetime
    updated_at: datetime

    @staticmethod
    def resolve_custom(row: Contract, context: Any) -> dict[str, Any]:
        return custom_out(context["request"].member, "contract", row.custom)

    @staticmethod
    def resolve_customer_id(row: Contract) -> UUID:
        return row.party_id

    @staticmethod
    def resolve_state(row: Contract) -> str:
        return shown_status(row)


class ContractSignerOut(Schema):
    """Somebody who signs."""

    id: UUID
    name: str
    role: SignerRole
    email: str
    views: int
    first_viewed_at: datetime | None
    signed_at: datetime | None
    declined_at: datetime | None


class ContractSignatureOut(Schema):
    """What a signer said about an edition. ``seal`` is the SHA-256 of the evidence."""

    signer_id: UUID
    kind: AnswerKind
    name: str
    reason: str
    seal: str
    created_at: datetime


class ContractFileOut(Schema):
    """A sealed file of an edition: as sent, or with all signatures."""

    edition: int
    stage: SealedDocument.Stage
    sha256: str
    pdf_sha256: str
    created_at: datetime
    signatures: list[ContractSignatureOut]

    @staticmethod
    def resolve_signatures(row: Any) -> list[Any]:
        return list(row.signatures.all())


class ContractDetailOut(ContractOut):
    """A contract with its text, signers, approvals and files, the newest first."""

    body: str
    signers: list[ContractSignerOut]
    approvals: list[ApprovalOut]
    files: list[ContractFileOut]

    @staticmethod
    def resolve_signers(row: Contract) -> list[Any]:
        return list(row.signers.all())

    @staticmethod
    def resolve_approvals(row: Contract) -> list[Any]:
        return list(row.approvals.all())

    @staticmethod
    def resolve_files(row: Contract) -> list[Any]:
        return list(row.documents.all())


class ContractSignerIn(In):
    """Somebody who is to sign. With a ``cpf`` only that one can."""

    name: Annotated[str, Field(min_length=1, max_length=160)]
    role: SignerRole = SignerRole.CUSTOMER
    email: Annotated[str, Field(max_length=254)] = ""
    cpf: Annotated[str, Field(max_length=20)] = ""


class ContractFields(In):
    """A contract's own fields."""

    owner_id: UUID | None = None
    title: Annotated[str, Field(max_length=160)] = ""
    body: Annotated[str, Field(max_length=100_000)] | None = Field(
        None, description="Composed from the template when left out."
    )
    starts_on: date | None = None
    ends_on: date | None = None
    currency: Currency | Literal[""] = ""
    amount: Amount | None = Field(None, description="That of the quote or opportunity when left out.")
    billing: Billing | Literal[""] = ""
    renewal: Renewal = Renewal.NONE
    renewal_months: Annotated[int, Field(ge=1, le=240)] = 12
    notice_days: Annotated[int, Field(ge=0, le=730)] = 30
    price_index: PriceIndex | Literal[""] = ""
    index_name: Annotated[str, Field(max_length=60)] = ""
    readjust_on: date | None = None
    sign_until: date | None = None
    custom: CustomIn = {}


class ContractIn(ContractFields):
    """A contract to begin. Name the customer, or an opportunity or quote of theirs."""

    customer_id: UUID | None = None
    opportunity_id: UUID | None = None
    quote_id: UUID | None = None
    template_id: UUID | None = None
    signers: list[ContractSignerIn] | None = Field(
        None, max_length=20, description="The customer and the person in charge when left out."
    )


class ContractPatch(ContractFields):
    """Fields of a contract to change; those not sent stay. ``signers`` replaces all of them."""

    signers: list[ContractSignerIn] | None = Field(None, max_length=20)


class ContractSubmitIn(In):
    """A word to whoever approves."""

    reason: Annotated[str, Field(max_length=500)] = ""


class ContractDecisionIn(In):
    """Approve, or refuse with a note."""

    approved: bool
    note: Annotated[str, Field(max_length=1000)] = ""


class ContractSendIn(In):
    """How signers get their links. "link": the answer holds them, nothing is sent; "service": by the signature service."""

    channel: Literal["email", "link", "service"] = "link"
    message: Annotated[str, Field(max_length=2000)] = ""
    sign_until: date | None = None


class ContractSignerLinkOut(Schema):
    """The page of one signer."""

    signer_id: UUID
    name: str
    link: str
    mailed: bool


class ContractSentOut(Schema):
    """What sending made."""

    edition: int
    sha256: str
    pdf_sha256: str
    signers: list[ContractSignerLinkOut]


class ContractReasonIn(In):
    """Why."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class ContractEndIn(ContractReasonIn):
    """When (today when left out) and why a contract ended."""

    on: date | None = None
