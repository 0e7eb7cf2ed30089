"""What callers hand to the directory's services: one frozen dataclass per thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class EmailData:
    """An e-mail address; the first of a list is primary unless another says so.

    ``opted_out`` None: not said; a known address stays as it is.
    """

    address: str
    kind: str = "other"
    is_primary: bool = False
    validity: str = "unknown"
    opted_out: bool | None = None


@dataclass(frozen=True, kw_only=True)
class PhoneData:
    """A phone as people write it; ``kind`` empty: told from the number (mobile or landline).

    ``opted_out`` None: not said; a known number stays as it is.
    """

    number: str
    kind: str = ""
    extension: str = ""
    is_primary: bool = False
    has_whatsapp: bool | None = None
    validity: str = "unknown"
    opted_out: bool | None = None


@dataclass(frozen=True, kw_only=True)
class AddressData:
    """A postal address; ``state`` is the UF (code or name) in Brazil, ``city_code`` the IBGE's seven digits."""

    kind: str = "other"
    is_primary: bool = False
    postal_code: str = ""
    street: str = ""
    number: str = ""
    complement: str = ""
    district: str = ""
    city: str = ""
    city_code: str = ""
    state: str = ""
    country: str = "BR"
    reference: str = ""


@dataclass(frozen=True, kw_only=True)
class HandleData:
    """A name on a social network ("instagram", "@padaria")."""

    network: str
    handle: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class ExternalId:
    """The id a customer has in another system; ``source`` names the system ("olist", "erp")."""

    source: str
    id: str


@dataclass(frozen=True, kw_only=True)
class PartyData:
    """What people and companies have in common.

    None for ``owner_id`` and ``team_id`` in a creation by a member means: that member, and the owner's team.
    Strings stand for themselves or, in bulk acts, empty for "not given". ``custom`` holds values of custom fields by key.
    """

    name: str = ""
    emails: Sequence[EmailData] = ()
    phones: Sequence[PhoneData] = ()
    addresses: Sequence[AddressData] = ()
    handles: Sequence[HandleData] = ()
    external_ids: Sequence[ExternalId] = ()
    tags: Sequence[str] = ()
    owner_id: UUID | None = None
    team_id: UUID | None = None
    stage: str = ""
    source: str = ""
    source_detail: str = ""
    preferred_channel: str = ""
    language: str = ""
    tone: str = ""
    alert: str = ""
    description: str = ""
    custom: Mapping[str, Any] = field(default_factory=dict)
    is_demo: bool = False


@dataclass(frozen=True, kw_only=True)
class PersonData(PartyData):
    """A person to be created or brought up to date."""

    social_name: str = ""
    salutation: str = ""
    cpf: str = ""
    birthday: date | str | None = None
    gender: str = ""
    marital_status: str = ""
    education: str = ""
    occupation: str = ""
    job_title: str = ""
    income_band: str = ""
    nationality: str = ""
    children: int | None = None
    company_id: UUID | None = None
    company_role: str = ""


@dataclass(frozen=True, kw_only=True)
class CompanyData(PartyData):
    """A company to be created or brought up to date; ``name`` is the trade name."""

    legal_name: str = ""
    cnpj: str = ""
    parent_id: UUID | None = None
    state_registration: str = ""
    municipal_registration: str = ""
    industry: str = ""
    cnae: str = ""
    legal_nature: str = ""
    size: str = ""
    employees: int | None = None
    annual_revenue: Decimal | None = None
    founded_on: date | str | None = None
    website: str = ""


@dataclass(frozen=True, kw_only=True)
class RowProblem:
    """Why one field of one row was refused."""

    field: str
    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class RowResult:
    """What became of one row of a bulk act.

    ``outcome`` is "created", "updated", "unchanged", "skipped" or "rejected"; ``disputes`` counts identities of
    the row that another customer holds and that wait for review.
    """

    index: int
    outcome: str
    party_id: UUID | None = None
    problems: Sequence[RowProblem] = field(default_factory=tuple)
    disputes: int = 0
