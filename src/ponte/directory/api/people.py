"""The API of people."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Page, Paging, Sparse
from ponte.apikit.writes import BulkOut
from ponte.directory.api.customers import (
    answer,
    create_customer,
    delete_customer,
    get_customer,
    list_customers,
    patch_customer,
    restore_customer,
    upsert_customers,
)
from ponte.directory.api.inputs import CustomerFilters, PeopleBulk, PersonIn, PersonItem, PersonPatch, StageIn
from ponte.directory.api.schemas import PersonOut
from ponte.directory.data import PersonData
from ponte.directory.policies import check_writable, get_party
from ponte.directory.services.people import create_person, update_person
from ponte.directory.services.stages import change_stage
from ponte.workplace.custom_fields.querying import CUSTOM_PARAMETERS

router = Router(tags=["People"])
READ, WRITE = scope("customers:read"), scope("customers:write")


@router.get("", auth=READ, response=Page[PersonOut], openapi_extra=CUSTOM_PARAMETERS)
def list_people(request: ApiRequest, filters: Query[CustomerFilters], paging: Query[Paging]) -> HttpResponse:
    """List people."""
    return list_customers(request, "person", filters, paging, PersonOut)


@router.post("", auth=WRITE, response={201: PersonOut})
def create_person_by_api(request: ApiRequest, data: PersonIn) -> HttpResponse:
    """Add a person. What another customer is recognised by already becomes a claim to review."""

    def make(values: dict[str, Any]) -> UUID:
        if values.get("company_id"):
            get_party(request.member, values["company_id"], kind="company")
        return create_person(actor=request.actor, data=PersonData(**values)).id

    return create_customer(request, data, "person", make, PersonOut)


@router.post("/bulk", auth=WRITE, response=BulkOut)
def upsert_people(request: ApiRequest, data: PeopleBulk) -> HttpResponse:
    """Create or bring up to date up to 1,000 people by external id; each is answered by itself."""
    return upsert_customers(request, data, "person", PersonItem, PersonData)


@router.get("/{person_id}", auth=READ, response=PersonOut)
def get_person(request: ApiRequest, person_id: UUID, sparse: Query[Sparse]) -> HttpResponse:
    """Return one person."""
    return get_customer(request, person_id, "person", PersonOut, sparse.fields)


@router.patch("/{person_id}", auth=WRITE, response=PersonOut)
def patch_person(request: ApiRequest, person_id: UUID, data: PersonPatch) -> HttpResponse:
    """Change a person; send the version you read in If-Match."""
    return patch_customer(request, person_id, data, "person", update_person, PersonOut)


@router.post("/{person_id}/stage", auth=WRITE, response=PersonOut)
def change_person_stage(request: ApiRequest, person_id: UUID, data: StageIn) -> HttpResponse:
    """Move a person through the life cycle."""
    get_party(request.member, person_id, "edit", kind="person")
    check_writable(request.member, ["stage"])
    change_stage(actor=request.actor, party_id=person_id, stage=data.stage, reason=data.reason)
    return answer(request, person_id, "person", PersonOut)


@router.delete("/{person_id}", auth=WRITE, response={204: None})
def delete_person(request: ApiRequest, person_id: UUID) -> Status[None]:
    """Put a person into the bin for 30 days."""
    delete_customer(request, person_id, "person")
    return Status(204, None)


@router.post("/{person_id}/restore", auth=WRITE, response=PersonOut)
def restore_person(request: ApiRequest, person_id: UUID) -> HttpResponse:
    """Bring a person back from the bin."""
    return restore_customer(request, person_id, "person", PersonOut)
