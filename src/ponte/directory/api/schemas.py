"""What the API takes in and gives out about customers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, TypeVar
from uuid import UUID

from ninja.schema import Resolver
from pydantic import Field, StringConstraints

from ponte.apikit.schemas import ExternalId, In, Out, Source
from ponte.directory.models import Party
from ponte.workplace.custom_fields.schema import CustomOut, custom_out

Text = Annotated[str, StringConstraints(max_length=300)]
Choice = Annotated[str, StringConstraints(max_length=40)]
Small = Annotated[int, Field(ge=0, le=32767)]
Employees = Annotated[int, Field(ge=0, le=2**31 - 1)]
OutType = TypeVar("OutType", bound=Out)
StageName = Literal["visitor", "lead", "mql", "sql", "customer", "promoter", "lost"]

RIGHTS = {
    "emails": "email",
    "phones": "phone",
    "addresses": "address",
    "city": "address",
    "state": "address",
    "owner_id": "owner",
    "team": "owner",
    "team_id": "owner",
    "average_ticket": "revenue",
    "last_order_at": "revenue",
    "orders_count": "revenue",
    "stage_since": "stage",
    "source_detail": "source",
    "cnpj_root": "cnpj",
}


class Email(In):
    """An e-mail address. Exactly one of a customer's is primary."""

    address: Text
    kind: Choice = "other"
    is_primary: bool = False
    validity: Choice = "unknown"
    opted_out: bool | None = None


class Phone(In):
    """A phone, stored in E.164; ``kind`` empty: told from the number."""

    number: Text
    kind: Choice = ""
    extension: Text = ""
    is_primary: bool = False
    has_whatsapp: bool | None = None
    validity: Choice = "unknown"
    opted_out: bool | None = None


class Address(In):
    """A postal address. ``state`` is the UF, ``city_code`` the IBGE's seven digits."""

    kind: Choice = "other"
    is_primary: bool = False
    postal_code: Text = ""
    street: Text = ""
    number: Text = ""
    complement: Text = ""
    district: Text = ""
    city: Text = ""
    city_code: Text = ""
    state: Text = ""
    country: Text = "BR"
    reference: Text = ""


class Handle(In):
    """A name on a social network."""

    network: Choice
    handle: Text
    url: Annotated[str, StringConstraints(max_length=400)] = ""


class OtherId(In):
    """The id a customer has in another system."""

    source: Source
    id: ExternalId


class Named(Out):
    """A member or team."""

    id: UUID
    name: str


class EmailOut(Out):
    address: str
    kind: str
    is_primary: bool
    validity: str
    opted_out: bool


class PhoneOut(Out):
    number: str
    kind: str
    extension: str
    is_primary: bool
    has_whatsapp: bool | None
    validity: str
    opted_out: bool


class AddressOut(Out):
    kind: str
    is_primary: bool
    postal_code: str
    street: str
    number: str
    complement: str
    district: str
    city: str
    city_code: str
    state: str
    country: str
    reference: str


class OtherIdOut(Out):
    source: str
    id: str


class HandleOut(Out):
    network: str
    handle: str
    url: str


def reads(**sources: Callable[..., Any]) -> Callable[[type[OutType]], type[OutType]]:
    """Tell how fields of a schema are read from a party; what wasn't joined or prefetched comes out empty."""

    def decorate(schema: type[OutType]) -> type[OutType]:
        for name, source in sources.items():
            schema._ninja_resolvers[name] = Resolver(staticmethod(source))
        return schema

    return decorate


def _all(name: str) -> Callable[[Party], list[Any]]:
    return lambda row: getattr(row, f"shown_{name}", [])


def _joined(name: str) -> Callable[[Party], Any]:
    return lambda row: getattr(row, name) if name in row._state.fields_cache else None


def through(part: str, *names: str) -> dict[str, Callable[[Party], Any]]:
    """Return sources that read ``names`` from a one-to-one half of the party."""

    def source(name: str) -> Callable[[Party], Any]:
        return lambda row: getattr(getattr(row, part), name)

    return {name: source(name) for name in names}


def _external_ids(row: Party) -> list[dict[str, str]]:
    values = (identity.value.partition(":") for identity in getattr(row, "shown_external_ids", ()))
    return [{"source": source, "id": identifier} for source, _colon, identifier in values]


def _custom(row: Party, context: Any) -> dict[str, Any]:
    return custom_out(context["request"].member, row.kind, row.custom)


@reads(
    **{name: _all(name) for name in ("emails", "phones", "addresses", "handles")},
    owner=_joined("owner"),
    team=_joined("team"),
    tags=lambda row: getattr(row, "shown_tags", []),
    external_ids=_external_ids,
    custom=_custom,
    **through(
        "facts",
        "last_interaction_at",
        "open_tasks",
        "orders_count",
        "last_order_at",
        "revenue",
        "margin",
        "average_ticket",
    ),
)
class CustomerOut(Out):
    """A customer. ``label`` is the name shown, made up when ``name`` is empty."""

    rights_object: ClassVar[str] = "customer"
    rights_fields: ClassVar[dict[str, str]] = RIGHTS

    id: UUID
    kind: str
    name: str
    label: str
    emails: list[EmailOut]
    phones: list[PhoneOut]
    addresses: list[AddressOut]
    handles: list[HandleOut]
    external_ids: list[OtherIdOut]
    tags: list[str]
    owner: Named | None
    team: Named | None
    stage: str
    stage_since: datetime | None
    source: str
    source_detail: str
    preferred_channel: str
    language: str
    tone: str
    alert: str
    description: str
    last_interaction_at: datetime | None
    open_tasks: int
    orders_count: int
    last_order_at: datetime | None
    revenue: Decimal
    margin: Decimal
    average_ticket: Decimal | None
    custom: CustomOut
    version: int
    created_at: datetime
    updated_at: datetime


@reads(
    **through(
        "person",
        "social_name",
        "salutation",
        "cpf",
        "birthday",
        "gender",
        "marital_status",
        "education",
        "occupation",
        "job_title",
        "income_band",
        "nationality",
        "children",
    )
)
class PersonOut(CustomerOut):
    """A person."""

    social_name: str
    salutation: str
    cpf: str
    birthday: date | None
    gender: str
    marital_status: str
    education: str
    occupation: str
    job_title: str
    income_band: str
    nationality: str
    children: int | None


@reads(
    **through(
        "company",
        "legal_name",
        "cnpj",
        "cnpj_root",
        "parent_id",
        "state_registration",
        "municipal_registration",
        "industry",
        "cnae",
        "legal_nature",
        "size",
        "employees",
        "annual_revenue",
        "founded_on",
        "website",
    )
)
class CompanyOut(CustomerOut):
    """A company; ``name`` is its trade name."""

    legal_name: str
    cnpj: str
    cnpj_root: str
    parent_id: UUID | None
    state_registration: str
    municipal_registration: str
    industry: str
    cnae: str
    legal_nature: str
    size: str
    employees: int | None
    annual_revenue: Decimal | None
    founded_on: date | None
    website: str
