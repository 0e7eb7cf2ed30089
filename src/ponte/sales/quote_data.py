"""What callers give the services of quotes. Values are checked there, not here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteLineData:
    """A line of a quote. ``unit_price`` None: the list's or the product's; ``billing`` empty: the product's; ``id`` keeps a line."""

    id: UUID | None = None
    product_id: UUID | None = None
    description: str = ""
    details: str = ""
    bundle: str = ""
    billing: str = ""
    quantity: Decimal = Decimal(1)
    unit_price: Decimal | None = None
    discount_kind: str = "percent"
    discount: Decimal = Decimal(0)
    tax_rate: Decimal = Decimal(0)
    is_optional: bool = False
    is_chosen: bool = True
    explode: bool = False  # the line of a bundle gives way to the lines of its parts


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteData:
    """A quote with its lines. ``valid_until`` None: in 15 days; ``layout_id`` None: the workspace's default one."""

    party_id: UUID
    opportunity_id: UUID | None = None
    owner_id: UUID | None = None
    title: str = ""
    currency: str = ""  # empty: the workspace's
    rate: Decimal | None = None
    valid_until: date | None = None
    payment_terms: str = ""
    intro: str = ""
    notes: str = ""
    tax_note: str = ""
    deposit_kind: str = ""
    deposit: Decimal = Decimal(0)
    layout_id: UUID | None = None
    lines: Sequence[QuoteLineData] = ()
    custom: Mapping[str, Any] = field(default_factory=dict)  # custom fields by key; those not named stay
    is_demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceData:
    """What a customer says when they accept. ``chosen`` are the ids of the optional lines they want (as in the document)."""

    name: str
    cpf: str
    agreed: bool
    chosen: Sequence[str] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)  # address, browser, language


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordData:
    """What a member puts down of an answer the customer gave elsewhere.

    Attributes:
        means: how, of ``AnswerMeans`` without the page. day: when; None: today.
        chosen: ids of the optional lines they want; None: as the quote proposes. reason: why they decline.
        late: the offer is kept although its validity was over on that day.
        proof: a file that shows it.
    """

    means: str
    name: str = ""
    cpf: str = ""
    day: date | None = None
    note: str = ""
    chosen: Sequence[str] | None = None
    reason: str = ""
    late: bool = False
    proof: UploadedFile[bytes] | None = None
