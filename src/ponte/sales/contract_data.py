"""What callers give the services of contracts. Values are checked there, not here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerData:
    """Somebody who is to sign. ``cpf``, where given, must be the one they sign with."""

    name: str
    role: str = "customer"
    email: str = ""
    cpf: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractData:
    """A contract to begin.

    What is left out comes from the quote or the opportunity: customer, title, value, of the quote custom fields too. ``body`` None: composed from the template
    (``template_id`` None: the default one). ``signers`` None: the customer and whoever is in charge.
    """

    party_id: UUID | None = None
    opportunity_id: UUID | None = None
    quote_id: UUID | None = None
    owner_id: UUID | None = None
    template_id: UUID | None = None
    title: str = ""
    body: str | None = None
    language: str = ""  # empty: the template's, else Portuguese
    starts_on: date | None = None
    ends_on: date | None = None
    currency: str = ""  # empty: the quote's, else the workspace's
    amount: Decimal | None = None
    billing: str = ""
    renewal: str = "none"
    renewal_months: int = 12
    notice_days: int = 30
    price_index: str = ""
    index_name: str = ""
    readjust_on: date | None = None
    sign_until: date | None = None
    signers: Sequence[SignerData] | None = None
    custom: Mapping[str, Any] = field(
        default_factory=dict
    )  # custom fields by key; empty ones: see ``contract_sources``
    is_demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningData:
    """What a signer says when they sign."""

    name: str
    cpf: str
    agreed: bool
    evidence: Mapping[str, Any] = field(default_factory=dict)  # address, browser, page
