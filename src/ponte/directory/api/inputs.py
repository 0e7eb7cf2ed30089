"""What callers send to create, change, filter and upsert customers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ponte.apikit.schemas import ExternalId, In, LongText, Moment, Source
from ponte.apikit.writes import bulk_items
from ponte.conditions.parameters import CONDITION_HELP
from ponte.directory import data as acts
from ponte.directory.api.schemas import (
    Address,
    Choice,
    Email,
    Employees,
    Handle,
    OtherId,
    Phone,
    Small,
    StageName,
    Text,
)
from ponte.workplace.custom_fields.querying import CustomSort
from ponte.workplace.custom_fields.schema import CustomIn

Revenue = Annotated[Decimal, Field(max_digits=16, decimal_places=2, allow_inf_nan=False)]
Tags = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=50)]
LISTS: dict[str, Any] = {
    "emails": acts.EmailData,
    "phones": acts.PhoneData,
    "addresses": acts.AddressData,
    "handles": acts.HandleData,
    "external_ids": acts.ExternalId,
}


class CustomerIn(In):
    """Fields people and companies have in common. Lists are given whole."""

    name: Text = ""
    emails: Annotated[list[Email], Field(max_length=50)] = []
    phones: Annotated[list[Phone], Field(max_length=50)] = []
    addresses: Annotated[list[Address], Field(max_length=50)] = []
    handles: Annotated[list[Handle], Field(max_length=50)] = []
    external_ids: Annotated[list[OtherId], Field(max_length=100)] = []
    tags: Tags = []
    owner_id: UUID | None = None
    team_id: UUID | None = None
    source: Text = ""
    source_detail: Text = ""
    preferred_channel: Choice = ""
    language: Choice = ""
    tone: Choice = ""
    alert: Text = ""
    description: LongText = ""
    custom: CustomIn = {}


class PersonFields(CustomerIn):
    """Fields of a person."""

    social_name: Text = ""
    salutation: Text = ""
    cpf: Text = ""
    birthday: date | None = None
    gender: Choice = ""
    marital_status: Choice = ""
    education: Choice = ""
    occupation: Text = ""
    job_title: Text = ""
    income_band: Choice = ""
    nationality: Text = ""
    children: Small | None = None


class CompanyFields(CustomerIn):
    """Fields of a company."""

    legal_name: Text = ""
    cnpj: Text = ""
    parent_id: UUID | None = None
    state_registration: Text = ""
    municipal_registration: Text = ""
    industry: Text = ""
    cnae: Text = ""
    legal_nature: Text = ""
    size: Choice = ""
    employees: Employees | None = None
    annual_revenue: Revenue | None = None
    founded_on: date | None = None
    website: Text = ""


class PersonIn(PersonFields):
    """A new person; at least a name or something they are recognised by."""

    stage: StageName = "lead"
    company_id: UUID | None = None
    company_role: Text = ""


class CompanyIn(CompanyFields):
    """A new company; at least a name or something it is recognised by."""

    stage: StageName = "lead"


class PersonPatch(PersonFields):
    """Only the fields sent are changed; lists replace the whole list."""

    stage: StageName | None = None


class CompanyPatch(CompanyFields):
    """Only the fields sent are changed; lists replace the whole list."""

    stage: StageName | None = None


class PersonItem(PersonFields):
    """One person of a bulk upsert. Empty values mean "not given"."""

    external_id: ExternalId
    stage: StageName | None = None
    company_id: UUID | None = None
    company_role: Text = ""


class CompanyItem(CompanyFields):
    """One company of a bulk upsert. Empty values mean "not given"."""

    external_id: ExternalId
    stage: StageName | None = None


MatchKind = Literal["external", "cpf", "cnpj", "email", "whatsapp", "phone"]


class BulkIn(In):
    """Common to bulk upserts: ``source`` names the other system, ``match`` by what known customers are found."""

    source: Source
    policy: Literal["update", "fill", "skip"] = "update"
    match: Annotated[list[MatchKind], Field(min_length=1, max_length=6)] = ["external"]


class PeopleBulk(BulkIn):
    """Up to 1,000 people."""

    items: bulk_items(PersonItem)  # type: ignore[valid-type]


class CompaniesBulk(BulkIn):
    """Up to 1,000 companies."""

    items: bulk_items(CompanyItem)  # type: ignore[valid-type]


Sorting = Literal[
    "name", "-name", "created", "-created", "updated", "-updated", "last_contact", "-last_contact",
    "last_order", "-last_order", "revenue", "-revenue",
]  # fmt: skip


class CustomerFilters(Schema):
    """Filters of a list; several narrow it together."""

    q: str | None = Field(
        None, max_length=300, description="Words of names, e-mails, phones, documents, tags."
    )
    stage: StageName | None = None
    owner_id: UUID | None = None
    team_id: UUID | None = None
    tag: str | None = Field(None, max_length=60)
    state: str | None = Field(None, max_length=2, description="UF.")
    source: str | None = Field(None, max_length=40)
    updated_since: Moment | None = None
    condition: str | None = Field(None, max_length=12_000, description=CONDITION_HELP)
    sort: Sorting | CustomSort = "created"


class StageIn(In):
    """A step in the life cycle."""

    stage: StageName
    reason: Annotated[str, Field(max_length=240)] = ""


def as_data(values: dict[str, Any]) -> dict[str, Any]:
    """Return dumped input with its lists as the services' dataclasses and None for text as empty."""
    made = {name: value for name, value in values.items() if name not in LISTS and name != "external_id"}
    for name, kind in LISTS.items():
        if name in values:
            made[name] = [kind(**item) for item in values[name]]
    if made.get("stage", "") is None:
        made["stage"] = ""
    return made
