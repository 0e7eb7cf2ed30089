"""What the API of opportunities takes in and gives out."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ponte.apikit.schemas import Amount, ExternalId, In, LongText, Moment, Out, Quantity, Source
from ponte.commerce.line_schemas import EXPLODE, LineMemoryOut
from ponte.commerce.models.choices import Billing
from ponte.conditions.parameters import CONDITION_HELP
from ponte.sales.models import DealRole, DealStatus, ForecastCategory, Opportunity, Origin
from ponte.workplace.custom_fields.querying import CustomSort
from ponte.workplace.custom_fields.schema import CustomIn, CustomOut, custom_out

Title = Annotated[str, Field(max_length=200)]
Note = Annotated[str, Field(max_length=1000)]


class OpportunityFilters(Schema):
    """Which opportunities, in which order."""

    customer_id: UUID | None = None
    pipeline_id: UUID | None = None
    stage_id: UUID | None = None
    owner_id: UUID | None = None
    status: DealStatus | None = None
    source: str | None = Field(None, max_length=40)
    external_id: str | None = Field(None, max_length=150)
    updated_since: Moment | None = None
    planned: bool | None = Field(None, description="Whether a next activity is planned.")
    condition: str | None = Field(None, max_length=12_000, description=CONDITION_HELP)
    sort: Literal["-opened_at", "updated_at", "-amount"] | CustomSort = "-opened_at"


class OpportunityOut(Out):
    """A sale in the making. Money in the workspace's currency: ``amount`` once, ``monthly`` every month."""

    rights_object: ClassVar[str] = "opportunity"

    id: UUID
    version: int
    title: str
    customer_id: UUID
    owner_id: UUID | None
    lead_id: UUID | None
    order_id: UUID | None
    pipeline_id: UUID
    stage_id: UUID
    status: DealStatus
    amount: Decimal
    monthly: Decimal
    expected_close: date | None
    category: ForecastCategory
    origin: Origin
    description: str
    opened_at: datetime
    stage_since: datetime
    closed_at: datetime | None
    next_activity_at: datetime | None
    reason_id: UUID | None
    competitor_id: UUID | None
    close_note: str
    source: str
    external_id: str
    custom: CustomOut
    created_at: datetime
    updated_at: datetime

    @staticmethod
    def resolve_customer_id(row: Opportunity) -> UUID:
        return row.party_id

    @staticmethod
    def resolve_custom(row: Opportunity, context: Any) -> dict[str, Any]:
        return custom_out(context["request"].member, "opportunity", row.custom)


class DealLineOut(LineMemoryOut):
    """One product offered."""

    id: UUID
    product_id: UUID | None
    description: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    billing: Billing
    total: Decimal


class DealContactOut(Schema):
    """A person and their say."""

    customer_id: UUID = Field(validation_alias="party_id")
    role: DealRole
    note: str


class DealHelperOut(Schema):
    """A colleague who works on it besides the salesperson."""

    member_id: UUID
    task: str


class DealRivalOut(Schema):
    """Who else the customer talks to."""

    competitor_id: UUID
    note: str


class DealStayOut(Schema):
    """One stay in a stage, or the end."""

    act: str
    stage_id: UUID
    entered_at: datetime
    left_at: datetime | None
    member_id: UUID | None
    note: str


class OpportunityDetailOut(OpportunityOut):
    """An opportunity with its products, people, competitors and history."""

    lines: list[DealLineOut]
    contacts: list[DealContactOut]
    team: list[DealHelperOut]
    competitors: list[DealRivalOut] = Field(validation_alias="rivals")
    entries: list[DealStayOut]


class OpportunityFields(In):
    """What can be told about an opportunity and changed later."""

    title: Title = Field("", description="Empty: the customer's name.")
    owner_id: UUID | None = None
    lead_id: UUID | None = None
    amount: Amount | None = None
    monthly: Amount | None = None
    expected_close: date | None = None
    category: ForecastCategory = ForecastCategory.PIPELINE
    origin: Origin = Origin.UNKNOWN
    description: LongText = Field("", max_length=20_000)
    custom: CustomIn = {}


class OpportunityIn(OpportunityFields):
    """An opportunity to open. Without a stage: the first of the pipeline, of the first pipeline."""

    customer_id: UUID
    pipeline_id: UUID | None = None
    stage_id: UUID | None = None
    opened_at: Moment | None = None
    source: Source = "api"
    external_id: ExternalId | Literal[""] = ""


class OpportunityPatch(OpportunityFields):
    """What to change; only fields sent are changed. Stages are changed by ``/move``."""

    customer_id: UUID | None = None


class MoveIn(In):
    """Where to."""

    stage_id: UUID


class WinIn(In):
    """That the customer bought."""

    note: Note = ""
    closed_at: Moment | None = None


class LoseIn(WinIn):
    """That the customer did not buy."""

    reason_id: UUID
    competitor_id: UUID | None = None


class ReopenIn(In):
    """Why it is worked again."""

    note: Note = ""


class DealLineIn(In):
    """A product to offer; price and billing default to the product's. ``id`` keeps a line there is."""

    id: UUID | None = None
    product_id: UUID | None = None
    description: Annotated[str, Field(max_length=300)] = ""
    quantity: Quantity = Decimal(1)
    unit_price: Amount | None = None
    discount: Amount = Decimal(0)
    billing: Billing | None = None
    explode: bool = Field(False, description=EXPLODE)


class DealLinesIn(In):
    """All products of an opportunity, in order."""

    lines: Annotated[list[DealLineIn], Field(max_length=200)]


class DealContactIn(In):
    """A person's say."""

    role: DealRole = DealRole.OTHER
    note: Annotated[str, Field(max_length=240)] = ""
