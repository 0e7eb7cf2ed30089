"""What the API of products and orders takes in and gives out."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ponte.apikit.schemas import (
    Amount,
    Currency,
    ExternalId,
    In,
    Line,
    LongText,
    Moment,
    Name,
    Out,
    Quantity,
    Source,
)
from ponte.apikit.writes import bulk_items
from ponte.commerce.line_schemas import EXPLODE, LineMemoryOut
from ponte.commerce.models import Category, Order, Product
from ponte.commerce.models.choices import Billing, OrderStatus, PaymentKind, ProductKind, SalesChannel
from ponte.workplace.custom_fields.schema import CustomIn, CustomOut, custom_out

Interval = Literal["", "maintenance", "renewal", "replenishment"]
Channel = SalesChannel | Literal[""]
Days = Annotated[int, Field(ge=1, le=3650)]
Instalments = Annotated[int, Field(ge=1, le=420)]
Sku = Annotated[str, Field(max_length=60)]
Rate = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=8, allow_inf_nan=False)]


class CategoryOut(Out):
    """A category. ``path`` are the ids from the root down to itself."""

    id: UUID
    version: int
    name: str
    parent_id: UUID | None
    path: list[str]

    @staticmethod
    def resolve_path(row: Category) -> list[str]:
        return [part for part in row.path.split("/") if part]


class CategoryIn(In):
    """A category to create, or to rename and move."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    parent_id: UUID | None = None


class ProductOut(Out):
    """A product or service. Money in the workspace's currency."""

    rights_object: ClassVar[str] = "product"

    id: UUID
    version: int
    kind: ProductKind
    sku: str
    name: str
    description: str
    category_id: UUID | None
    category: str | None
    price: Decimal | None
    cost: Decimal | None
    billing: Billing
    interval_kind: str
    interval_days: int | None
    is_bundle: bool
    bundle_percent: Decimal | None
    is_active: bool
    complement_ids: list[UUID]
    external_ids: dict[str, str]
    custom: CustomOut
    created_at: datetime
    updated_at: datetime

    @staticmethod
    def resolve_custom(row: Product, context: Any) -> dict[str, Any]:
        return custom_out(context["request"].member, "product", row.custom)

    @staticmethod
    def resolve_category(row: Product) -> str | None:
        return row.category.name if row.category else None

    @staticmethod
    def resolve_complement_ids(row: Product) -> list[UUID]:
        return [link.other_id for link in row.complement_links.all()]

    @staticmethod
    def resolve_external_ids(row: Product) -> dict[str, str]:
        return {one.source: one.value for one in row.external_ids.all()}


class ProductFields(In):
    """A product's own fields."""

    kind: ProductKind = ProductKind.PRODUCT
    sku: Sku = ""
    name: Name = ""
    description: Annotated[str, Field(max_length=20_000)] = ""
    category_id: UUID | None = None
    category: Line = Field("", description='A path such as "Casa > Cozinha"; created when missing.')
    price: Amount | None = None
    cost: Amount | None = None
    billing: Billing = Billing.ONE_OFF
    interval_kind: Interval = ""
    interval_days: Days | None = None
    is_active: bool = True


class ProductPatch(ProductFields):
    """Fields of a product to change; those not sent stay."""

    complement_ids: list[UUID] = Field(default=[], max_length=50)
    external_ids: dict[Source, ExternalId] = Field(default={}, max_length=20)
    custom: CustomIn = {}


class ProductIn(ProductPatch):
    """A product to create."""

    name: Name


class ProductItem(ProductFields):
    """A product of another system; found again by its external id."""

    external_id: ExternalId
    custom: CustomIn = {}


class ProductsBulk(In):
    """Up to 1,000 products of one system."""

    source: Source
    items: bulk_items(ProductItem)  # type: ignore[valid-type]


class LineOut(LineMemoryOut):
    """A line of an order. ``total`` = quantity × unit price − discount, without freight."""

    id: UUID
    product_id: UUID | None
    description: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    freight: Decimal
    unit_cost: Decimal | None = None
    total: Decimal
    seller_id: UUID | None
    external_id: str


class PaymentOut(Out):
    """A payment of an order."""

    id: UUID
    kind: PaymentKind
    instalments: int
    value: Decimal
    paid_at: datetime | None
    external_id: str


class ReturnLineOut(Schema):
    """How much of a line came back."""

    line_id: UUID
    quantity: Decimal
    value: Decimal


class ReturnOut(Out):
    """Something that came back."""

    id: UUID
    returned_at: datetime
    reason: str
    freight: Decimal
    total: Decimal
    lines: list[ReturnLineOut]


class OrderOut(Out):
    """An order without its lines. ``revenue`` and ``margin`` are in the workspace's currency, see docs/features/commerce.md."""

    rights_object: ClassVar[str] = "order"

    id: UUID
    version: int
    number: str
    customer_id: UUID
    owner_id: UUID | None
    status: OrderStatus
    channel: str
    currency: str
    rate: Decimal
    source: str
    external_id: str
    notes: str
    placed_at: datetime
    approved_at: datetime | None
    invoiced_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None
    expected_at: datetime | None
    invoice_number: str
    invoice_key: str
    goods_total: Decimal
    discount_total: Decimal
    freight_total: Decimal
    total: Decimal
    paid_total: Decimal
    returned_total: Decimal
    revenue: Decimal
    margin: Decimal | None
    custom: CustomOut
    created_at: datetime
    updated_at: datetime

    @staticmethod
    def resolve_custom(row: Order, context: Any) -> dict[str, Any]:
        return custom_out(context["request"].member, "order", row.custom)

    @staticmethod
    def resolve_customer_id(row: Order) -> UUID:
        return row.party_id


class OrderDetailOut(OrderOut):
    """An order with lines, payments and returns."""

    lines: list[LineOut]
    payments: list[PaymentOut]
    returns: list[ReturnOut]


class LineIn(In):
    """A line. Give a product or a description; price and cost default to the product's."""

    product_id: UUID | None = None
    description: Annotated[str, Field(max_length=300)] = ""
    quantity: Quantity = Decimal(1)
    unit_price: Amount | None = None
    discount: Amount = Decimal(0)
    freight: Amount = Decimal(0)
    unit_cost: Amount | None = None
    seller_id: UUID | None = None
    external_id: Annotated[str, Field(max_length=150)] = ""


class NewLineIn(LineIn):
    """A line to add."""

    explode: bool = Field(False, description=EXPLODE)


class LineUpdate(NewLineIn):
    """A line to keep (with its ``id``) or to add."""

    id: UUID | None = None


class PaymentIn(In):
    """A payment to note."""

    kind: PaymentKind
    value: Amount
    instalments: Instalments = 1
    paid_at: Moment | None = None
    external_id: Annotated[str, Field(max_length=150)] = ""


class OrderFields(In):
    """An order's own fields."""

    number: Annotated[str, Field(max_length=60)] = ""
    owner_id: UUID | None = None
    status: OrderStatus = OrderStatus.PLACED
    channel: Channel = ""
    currency: Currency | Literal[""] = Field("", description="The workspace's when empty.")
    rate: Rate | None = Field(None, description="What one unit is worth in the workspace's currency.")
    notes: LongText = Field("", max_length=20_000)
    placed_at: Moment | None = None
    approved_at: Moment | None = None
    invoiced_at: Moment | None = None
    shipped_at: Moment | None = None
    delivered_at: Moment | None = None
    cancelled_at: Moment | None = None
    expected_at: Moment | None = None
    invoice_number: Annotated[str, Field(max_length=40)] = ""
    invoice_key: Annotated[str, Field(max_length=60)] = ""


class OrderIn(OrderFields):
    """An order to create."""

    customer_id: UUID
    source: Source | Literal[""] = ""
    external_id: Annotated[str, Field(max_length=150)] = ""
    lines: list[NewLineIn] = Field(default=[], max_length=500)
    payments: list[PaymentIn] = Field(default=[], max_length=100)
    custom: CustomIn = {}


class OrderPatch(OrderFields):
    """Fields of an order to change; those not sent stay. ``lines`` replaces all of them."""

    customer_id: UUID | None = None
    lines: list[LineUpdate] | None = Field(None, max_length=500)
    custom: CustomIn = {}


class StatusIn(In):
    """Where the order stands now, and since when."""

    status: OrderStatus
    at: Moment | None = None


class ReturnLineIn(In):
    """How much of a line came back; ``value`` defaults to its share of the line."""

    line_id: UUID
    quantity: Quantity
    value: Amount | None = None


class ReturnIn(In):
    """Something that came back."""

    lines: list[ReturnLineIn] = Field(default=[], max_length=500)
    freight: Amount = Decimal(0)
    reason: Annotated[str, Field(max_length=240)] = ""
    returned_at: Moment | None = None


class BulkLineIn(LineIn):
    """A line of a bulk order; ``external_id`` names it within the order."""

    external_id: ExternalId


class BulkPaymentIn(PaymentIn):
    """A payment of a bulk order; ``external_id`` names it within the order."""

    external_id: ExternalId


class OrderItem(OrderFields):
    """An order of another system; found again by its external id. Lines and payments not named stay."""

    external_id: ExternalId
    customer_id: UUID | None = None
    customer_external_id: Annotated[str, Field(max_length=150)] = ""
    lines: list[BulkLineIn] = Field(default=[], max_length=500)
    payments: list[BulkPaymentIn] = Field(default=[], max_length=100)
    custom: CustomIn = {}


class OrdersBulk(In):
    """Up to 1,000 orders of one system."""

    source: Source
    items: bulk_items(OrderItem)  # type: ignore[valid-type]
