"""What the API of leads takes in and gives out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, Field

from ponte.apikit.schemas import Amount, In, Line, LongText, Moment, Out, Source
from ponte.conditions.parameters import CONDITION_HELP
from ponte.sales.form_fields import LABELS
from ponte.sales.models import Lead
from ponte.sales.models.choices import LeadStatus, Origin
from ponte.workplace.custom_fields.querying import CustomSort
from ponte.workplace.custom_fields.schema import CustomIn, CustomOut, custom_out

Note = Annotated[str, Field(max_length=500)]
Mark = Annotated[str, Field(max_length=1000)]
Marks = Annotated[dict[Annotated[str, Field(max_length=40)], Mark], Field(max_length=30)]


class LeadFilters(Schema):
    """Which leads, in which order."""

    customer_id: UUID | None = None
    owner_id: UUID | None = None
    form_id: UUID | None = None
    status: LeadStatus | None = None
    origin: Origin | None = None
    source: str | None = Field(None, max_length=40)
    external_id: str | None = Field(None, max_length=150)
    captured_from: AwareDatetime | None = None
    captured_before: AwareDatetime | None = None
    updated_since: AwareDatetime | None = None
    condition: str | None = Field(None, max_length=12_000, description=CONDITION_HELP)
    sort: Literal["-captured_at", "captured_at", "updated_at"] | CustomSort = "-captured_at"


class LeadOut(Out):
    """A lead. ``typed`` is what was written where it was captured, ``marks`` UTM values, page and referrer."""

    rights_object: ClassVar[str] = "lead"

    id: UUID
    version: int
    customer_id: UUID
    owner_id: UUID | None
    title: str
    message: str
    status: LeadStatus
    status_since: datetime
    origin: Origin
    campaign: str
    marks: dict[str, Any]
    typed: dict[str, Any]
    form_id: UUID | None
    score: int | None
    grade: str
    captured_at: datetime
    assigned_at: datetime | None
    response_due_at: datetime | None
    responded_at: datetime | None
    handed_at: datetime | None
    handoff_due_at: datetime | None
    confirmed_at: datetime | None
    converted_at: datetime | None
    reason_id: UUID | None
    reason_note: str
    source: str
    external_id: str
    custom: CustomOut
    created_at: datetime
    updated_at: datetime

    @staticmethod
    def resolve_customer_id(row: Lead) -> UUID:
        return row.party_id

    @staticmethod
    def resolve_typed(row: Lead) -> dict[str, Any]:
        return {key: value for key, value in row.typed.items() if key != LABELS}

    @staticmethod
    def resolve_custom(row: Lead, context: Any) -> dict[str, Any]:
        return custom_out(context["request"].member, "lead", row.custom)


class LeadFields(In):
    """A lead's own fields."""

    owner_id: UUID | None = None
    title: Annotated[str, Field(max_length=200)] = ""
    message: LongText = Field("", max_length=20_000)
    origin: Origin = Origin.UNKNOWN
    campaign: Annotated[str, Field(max_length=150)] = ""
    custom: CustomIn = {}


class LeadPersonIn(In):
    """Somebody a lead is of; recognised by e-mail, CPF or CNPJ, made when nobody is. A known one stays as they are."""

    name: Line = ""
    email: Annotated[str, Field(max_length=254)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    cpf: Annotated[str, Field(max_length=20)] = ""
    company: Line = ""
    cnpj: Annotated[str, Field(max_length=24)] = ""
    job_title: Line = ""


class LeadIn(LeadFields):
    """A lead to create: of ``customer_id``, or of somebody to be recognised or made (``person``)."""

    customer_id: UUID | None = None
    person: LeadPersonIn | None = None
    marks: Marks = {}
    captured_at: Moment | None = None
    source: Source | Literal[""] = ""
    external_id: Annotated[str, Field(max_length=150)] = ""


class LeadPatch(LeadFields):
    """Fields of a lead to change; those not sent stay."""

    customer_id: UUID | None = None


class LeadStatusIn(In):
    """Where a lead goes: handed over (mql), accepted (sql), given back (working, with a reason), disqualified (with a reason) …"""

    status: LeadStatus
    reason_id: UUID | None = None
    owner_id: UUID | None = Field(None, description="To whom it is handed over; only with `mql`.")
    note: Note = ""


class ConversionIn(In):
    """What a lead is to become; see ``ConversionOut``."""

    person_id: UUID | None = None
    company_id: UUID | None = None
    new_company: Line = ""
    cnpj: Annotated[str, Field(max_length=24)] = ""
    opens_opportunity: bool = True
    title: Annotated[str, Field(max_length=200)] = ""
    amount: Amount | None = None
    monthly: Amount | None = None
    expected_close: date | None = None
    stage_id: UUID | None = None
    owner_id: UUID | None = None


class ConversionOut(Schema):
    """What a lead became."""

    lead_id: UUID
    person_id: UUID | None
    company_id: UUID | None
    opportunity_id: UUID | None


class ConversionMatchOut(Schema):
    """A customer that may be meant, and why."""

    id: UUID
    label: str
    why: str


class ConversionPreviewOut(Schema):
    """Whom a lead fits."""

    people: list[ConversionMatchOut]
    companies: list[ConversionMatchOut]
    new_company: str
    cnpj: str


class LeadEntryOut(Schema):
    """One status a lead had, and how long."""

    before: str
    status: LeadStatus
    entered_at: datetime
    left_at: datetime | None
    member_id: UUID | None
    reason_id: UUID | None
    note: str
