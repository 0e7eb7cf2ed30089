"""What the API of contract templates, of who approves and of the signature service takes in and gives out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ponte.apikit.schemas import In, Out

Text = Annotated[str, Field(max_length=20_000)]


class ContractTemplateOut(Out):
    """A template of contracts, without its texts."""

    rights_object: ClassVar[str] = "contract"

    id: UUID
    version: int
    name: str
    title: str
    language: str
    edition: int
    is_default: bool
    archived_at: datetime | None


class ContractClauseOut(Schema):
    """A clause. ``where`` is the condition about the opportunity under which it stands; {} for always."""

    id: UUID
    title: str
    body: str
    where: dict[str, Any]


class ContractTemplateDetailOut(ContractTemplateOut):
    """A template with its texts and clauses in their order."""

    opening: str
    closing: str
    clauses: list[ContractClauseOut]

    @staticmethod
    def resolve_clauses(row: Any) -> list[Any]:
        return list(row.clauses.order_by("position", "id"))


class ContractClauseIn(In):
    """A clause to add, or to put in the place of one."""

    title: Annotated[str, Field(min_length=1, max_length=160)]
    body: Annotated[str, Field(min_length=1, max_length=20_000)]
    where: dict[str, Any] = Field(
        default_factory=dict, description="A condition about opportunities; {} for always."
    )


class ContractTemplateFields(In):
    """A template's own texts."""

    name: Annotated[str, Field(min_length=1, max_length=80)] = ""
    title: Annotated[str, Field(max_length=160)] = ""
    language: Literal["pt-br", "en"] = "pt-br"
    opening: Text = ""
    closing: Text = ""
    is_default: bool = False


class ContractTemplateIn(ContractTemplateFields):
    """A template to add, with its clauses."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    clauses: list[ContractClauseIn] = Field(default_factory=list, max_length=60)


class ContractTemplatePatch(ContractTemplateFields):
    """Fields of a template to change; those not sent stay. ``archived`` takes it out of use, or back."""

    archived: bool | None = None


class ContractClauseOrderIn(In):
    """The ids of the clauses in the order wanted; those left out follow."""

    ids: list[UUID] = Field(max_length=100)


class ContractTemplateVersionOut(Schema):
    """A template as it was. ``content`` holds its texts and clauses; null in the list."""

    edition: int
    created_at: datetime
    member_id: UUID | None
    content: dict[str, Any] | None = None


class ContractSettingsOut(Schema):
    """So many days before a readjustment one is told."""

    alert_days: int


class ContractSettingsIn(In):
    """So many days before a readjustment one is told."""

    alert_days: Annotated[int, Field(ge=1, le=365)] = 30


class SignatureServiceOut(Schema):
    """The signature service. Its secrets are never given out; ``hook`` is the address to enter there for its messages."""

    url: str
    is_active: bool
    has_token: bool
    has_secret: bool
    hook: str


class SignatureServiceIn(In):
    """The signature service. ``token`` and ``secret`` can be written, not read; left out, those there are stay."""

    url: Annotated[str, Field(min_length=1, max_length=300)]
    token: Annotated[str, Field(max_length=400)] = ""
    secret: Annotated[str, Field(max_length=400)] = ""
    is_active: bool = True
