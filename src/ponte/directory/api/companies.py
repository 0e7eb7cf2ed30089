"""The API of companies."""

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
from ponte.directory.api.inputs import (
    CompaniesBulk,
    CompanyIn,
    CompanyItem,
    CompanyPatch,
    CustomerFilters,
    StageIn,
)
from ponte.directory.api.schemas import CompanyOut
from ponte.directory.data import CompanyData
from ponte.directory.policies import check_writable, get_party
from ponte.directory.services.companies import create_company, update_company
from ponte.directory.services.stages import change_stage
from ponte.workplace.custom_fields.querying import CUSTOM_PARAMETERS

router = Router(tags=["Companies"])
READ, WRITE = scope("customers:read"), scope("customers:write")


@router.get("", auth=READ, response=Page[CompanyOut], openapi_extra=CUSTOM_PARAMETERS)
def list_companies(
    request: ApiRequest, filters: Query[CustomerFilters], paging: Query[Paging]
) -> HttpResponse:
    """List companies."""
    return list_customers(request, "company", filters, paging, CompanyOut)


@router.post("", auth=WRITE, response={201: CompanyOut})
def create_company_by_api(request: ApiRequest, data: CompanyIn) -> HttpResponse:
    """Add a company. What another customer is recognised by already becomes a claim to review."""

    def make(values: dict[str, Any]) -> UUID:
        if values.get("parent_id"):
            get_party(request.member, values["parent_id"], kind="company")
        return create_company(actor=request.actor, data=CompanyData(**values)).id

    return create_customer(request, data, "company", make, CompanyOut)


@router.post("/bulk", auth=WRITE, response=BulkOut)
def upsert_companies(request: ApiRequest, data: CompaniesBulk) -> HttpResponse:
    """Create or bring up to date up to 1,000 companies by external id; each is answered by itself."""
    return upsert_customers(request, data, "company", CompanyItem, CompanyData)


@router.get("/{company_id}", auth=READ, response=CompanyOut)
def get_company(request: ApiRequest, company_id: UUID, sparse: Query[Sparse]) -> HttpResponse:
    """Return one company."""
    return get_customer(request, company_id, "company", CompanyOut, sparse.fields)


@router.patch("/{company_id}", auth=WRITE, response=CompanyOut)
def patch_company(request: ApiRequest, company_id: UUID, data: CompanyPatch) -> HttpResponse:
    """Change a company; send the version you read in If-Match."""
    return patch_customer(request, company_id, data, "company", update_company, CompanyOut)


@router.post("/{company_id}/stage", auth=WRITE, response=CompanyOut)
def change_company_stage(request: ApiRequest, company_id: UUID, data: StageIn) -> HttpResponse:
    """Move a company through the life cycle."""
    get_party(request.member, company_id, "edit", kind="company")
    check_writable(request.member, ["stage"])
    change_stage(actor=request.actor, party_id=company_id, stage=data.stage, reason=data.reason)
    return answer(request, company_id, "company", CompanyOut)


@router.delete("/{company_id}", auth=WRITE, response={204: None})
def delete_company(request: ApiRequest, company_id: UUID) -> Status[None]:
    """Put a company into the bin for 30 days."""
    delete_customer(request, company_id, "company")
    return Status(204, None)


@router.post("/{company_id}/restore", auth=WRITE, response=CompanyOut)
def restore_company(request: ApiRequest, company_id: UUID) -> HttpResponse:
    """Bring a company back from the bin."""
    return restore_customer(request, company_id, "company", CompanyOut)
