"""The API of tags, identities, roles at companies and relations."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from ponte.apikit.auth import scope
from ponte.apikit.pagination import page
from ponte.apikit.replies import json_response, respond
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import In, Name, Out, Page, Paging
from ponte.core.errors import Missing
from ponte.core.rights import require
from ponte.directory.api.schemas import Text
from ponte.directory.models import Affiliation, Tag
from ponte.directory.policies import customer_fields, get_party
from ponte.directory.selectors.affiliations import visible_affiliations
from ponte.directory.selectors.identities import resolve
from ponte.directory.selectors.search import IDENTITY_FIELDS
from ponte.directory.services.affiliations import end_affiliation, start_affiliation
from ponte.directory.services.tag_retiring import retire_tag
from ponte.directory.services.tags import create_tag, update_tag

router = Router(tags=["Customers"])
READ, WRITE = scope("customers:read"), scope("customers:write")


class TagOut(Out):
    """A tag."""

    id: UUID
    name: str
    color: str
    version: int


class TagIn(In):
    """A new tag, or what one becomes."""

    name: Name
    color: Annotated[str, Field(max_length=12)] = "gray"


class ResolveIn(Schema):
    """What somebody is recognised by; external ids as ``source:id``."""

    kind: Literal["email", "phone", "whatsapp", "cpf", "cnpj", "external", "social"]
    value: Annotated[str, Field(min_length=1, max_length=320)]


class ResolvedOut(Out):
    """The customer found."""

    id: UUID
    kind: str
    label: str


class AffiliationFilters(Schema):
    """Whose roles, or at which company; ``current`` leaves ended ones out."""

    person_id: UUID | None = None
    company_id: UUID | None = None
    current: bool = False


class AffiliationIn(In):
    """A role a person takes up at a company."""

    person_id: UUID
    company_id: UUID
    role: Text = ""
    department: Text = ""
    is_primary: bool = False
    is_decision_maker: bool = False
    started_on: date | None = None


class AffiliationEnd(In):
    """When a role ended; today without a date."""

    ended_on: date | None = None


class AffiliationOut(Out):
    """A person's role at a company."""

    id: UUID
    person_id: UUID
    company_id: UUID
    role: str
    department: str
    is_primary: bool
    is_decision_maker: bool
    started_on: date | None
    ended_on: date | None
    version: int


@router.get("/tags", auth=READ, response=Page[TagOut])
def list_tags(request: ApiRequest, paging: Query[Paging]) -> HttpResponse:
    """List tags by name."""
    require(request.member, "customer", "view")
    return page(request, Tag.objects.all(), order=("key", "id"), schema=TagOut, paging=paging)


@router.post("/tags", auth=WRITE, response={201: TagOut})
def create_tag_by_api(request: ApiRequest, data: TagIn) -> HttpResponse:
    """Create a tag."""
    require(request.member, "customer", "edit")
    tag = create_tag(actor=request.actor, name=data.name, color=data.color)
    return respond(request, tag, TagOut, status=201, location=f"/api/v1/tags/{tag.id}")


@router.put("/tags/{tag_id}", auth=WRITE, response=TagOut)
def replace_tag(request: ApiRequest, tag_id: UUID, data: TagIn) -> HttpResponse:
    """Rename or recolour a tag."""
    require(request.member, "customer", "edit")
    return respond(
        request, update_tag(actor=request.actor, tag_id=tag_id, name=data.name, color=data.color), TagOut
    )


@router.delete("/tags/{tag_id}", auth=WRITE, response={204: None})
def delete_tag_by_api(request: ApiRequest, tag_id: UUID) -> Status[None]:
    """Delete a tag; customers lose it."""
    require(request.member, "customer", "delete")
    retire_tag(actor=request.actor, tag_id=tag_id)
    return Status(204, None)


@router.get("/identities/resolve", auth=READ, response=ResolvedOut)
def resolve_identity(request: ApiRequest, wanted: Query[ResolveIn]) -> HttpResponse:
    """Return the customer recognised by an e-mail, phone, WhatsApp id, document or external id."""
    right = {kind.value: field for kind, field in IDENTITY_FIELDS.items()}.get(wanted.kind)
    if right and not customer_fields(request.member).can_read(right):
        raise Missing("customer")
    party_id = resolve(wanted.kind, wanted.value)
    if party_id is None:
        raise Missing("customer")
    party = get_party(request.member, party_id)
    return json_response({"id": str(party.id), "kind": party.kind, "label": party.label})


@router.get("/affiliations", auth=READ, response=Page[AffiliationOut])
def list_affiliations(
    request: ApiRequest, filters: Query[AffiliationFilters], paging: Query[Paging]
) -> HttpResponse:
    """List roles of people at companies."""
    rows = visible_affiliations(request.member)
    for name in ("person_id", "company_id"):
        if getattr(filters, name) is not None:
            rows = rows.filter(**{name: getattr(filters, name)})
    rows = rows.filter(ended_on=None) if filters.current else rows
    return page(request, rows, order=("id",), schema=AffiliationOut, paging=paging)


@router.post("/affiliations", auth=WRITE, response={201: AffiliationOut})
def start_affiliation_by_api(request: ApiRequest, data: AffiliationIn) -> HttpResponse:
    """Note that a person took up a role at a company."""
    get_party(request.member, data.person_id, "edit", kind="person")
    get_party(request.member, data.company_id, kind="company")
    row = start_affiliation(actor=request.actor, **data.model_dump())
    return respond(request, row, AffiliationOut, status=201, location=f"/api/v1/affiliations/{row.id}")


@router.post("/affiliations/{affiliation_id}/end", auth=WRITE, response=AffiliationOut)
def end_affiliation_by_api(request: ApiRequest, affiliation_id: UUID, data: AffiliationEnd) -> HttpResponse:
    """Note that a role ended."""
    row = _editable(request, affiliation_id)
    return respond(
        request,
        end_affiliation(actor=request.actor, affiliation_id=row.id, ended_on=data.ended_on),
        AffiliationOut,
    )


def _editable(request: ApiRequest, affiliation_id: UUID) -> Affiliation:
    row = visible_affiliations(request.member).filter(id=affiliation_id).first()
    if row is None:
        raise Missing("affiliation")
    get_party(request.member, row.person_id, "edit")
    return row
