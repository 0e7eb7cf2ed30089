"""What callers give the services of commerce. Values are checked there, not here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from ponte.core.errors import FieldProblem

Policy = Literal["update", "fill", "skip"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductData:
    """A product or service. Money in the workspace's currency; ``category`` is a path "Parent > Child" or a name."""

    name: str
    kind: str = "product"
    sku: str = ""
    description: str = ""
    category_id: UUID | None = None
    category: str = ""
    price: Decimal | None = None
    cost: Decimal | None = None
    billing: str = "one_off"
    interval_kind: str = ""
    interval_days: int | None = None
    is_active: bool = True
    complement_ids: Sequence[UUID] = ()
    external_ids: Mapping[str, str] = field(default_factory=dict)  # source → id
    custom: Mapping[str, Any] = field(default_factory=dict)  # custom fields by key; those not named stay
    is_demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LineData:
    """A line of an order. ``unit_cost`` None means the product's cost of today; ``id`` keeps an existing line."""

    id: UUID | None = None
    product_id: UUID | None = None
    description: str = ""
    quantity: Decimal = Decimal(1)
    unit_price: Decimal | None = None  # None: the product's price
    discount: Decimal = Decimal(0)
    freight: Decimal = Decimal(0)
    unit_cost: Decimal | None = None
    seller_id: UUID | None = None
    external_id: str = ""
    contents: Sequence[Mapping[str, str]] | None = None  # what the bundle held; None: what it holds now
    explode: bool = False  # the line of a bundle gives way to the lines of its parts


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentData:
    """A payment, in the order's currency."""

    kind: str
    value: Decimal
    instalments: int = 1
    paid_at: datetime | None = None
    external_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderData:
    """An order with its lines and payments. ``number`` empty: the next one of the workspace."""

    party_id: UUID
    lines: Sequence[LineData] = ()
    payments: Sequence[PaymentData] = ()
    number: str = ""
    owner_id: UUID | None = None
    status: str = "placed"
    channel: str = ""
    currency: str = ""  # empty: the workspace's
    rate: Decimal | None = None
    source: str = ""
    external_id: str = ""
    notes: str = ""
    placed_at: datetime | None = None
    approved_at: datetime | None = None
    invoiced_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None
    expected_at: datetime | None = None
    invoice_number: str = ""
    invoice_key: str = ""
    custom: Mapping[str, Any] = field(default_factory=dict)  # custom fields by key; those not named stay
    is_demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLineData:
    """How much of a line came back; ``value`` None: its share of the line's total."""

    line_id: UUID
    quantity: Decimal
    value: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkRow:
    """One record of another system: its id there and the fields (names of the data classes above) it tells.

    ``parent`` is the external id of the order, for lines and payments.
    """

    external_id: str
    values: dict[str, Any]
    parent: str = ""


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row of a bulk upsert, in the order given."""

    outcome: Literal["created", "updated", "unchanged", "skipped", "rejected"]
    id: UUID | None = None
    problems: tuple[FieldProblem, ...] = ()
