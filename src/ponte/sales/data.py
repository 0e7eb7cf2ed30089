"""What callers give the services of leads and opportunities. Values are checked there, not here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadData:
    """One expression of interest. ``typed`` and ``marks`` stay as they came; ``captured_at`` None means now."""

    party_id: UUID
    owner_id: UUID | None = None
    title: str = ""
    message: str = ""
    origin: str = "unknown"
    campaign: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, Any] = field(default_factory=dict)
    captured_at: datetime | None = None
    source: str = ""
    external_id: str = ""
    custom: Mapping[str, Any] = field(default_factory=dict)  # custom fields by key; those not named stay
    is_demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityData:
    """A sale in the making. Money in the workspace's currency; without a stage it opens in the first pipeline's first one."""

    party_id: UUID
    title: str = ""
    owner_id: UUID | None = None
    lead_id: UUID | None = None
    pipeline_id: UUID | None = None
    stage_id: UUID | None = None
    amount: Decimal | None = None
    monthly: Decimal | None = None
    expected_close: date | None = None
    category: str = "pipeline"
    origin: str = "unknown"
    description: str = ""
    opened_at: datetime | None = None
    source: str = ""
    external_id: str = ""
    custom: Mapping[str, Any] = field(default_factory=dict)  # custom fields by key; those not named stay
    is_demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityLineData:
    """One product or service offered. ``unit_price`` and ``billing`` None: the product's; ``id`` keeps a line there is."""

    id: UUID | None = None
    product_id: UUID | None = None
    description: str = ""
    quantity: Decimal = Decimal(1)
    unit_price: Decimal | None = None
    discount: Decimal = Decimal(0)
    billing: str | None = None
    explode: bool = False  # the line of a bundle gives way to the lines of its parts
