"""The API of leads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.naming import in_api_words
from ponte.apikit.pagination import slice_of
from ponte.apikit.replies import json_response, plain, refuse_unwritable, shown_fields
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Page, Paging, Sparse
from ponte.apikit.writes import if_match
from ponte.conditions.parameters import conditioned
from ponte.core.errors import Invalid, Missing
from ponte.core.rights import field_access, require
from ponte.core.services.audit import record_view
from ponte.directory.data import CompanyData, EmailData, PartyData, PersonData, PhoneData
from ponte.sales.api.leads_schemas import (
    ConversionIn,
    ConversionOut,
    ConversionPreviewOut,
    LeadEntryOut,
    LeadFilters,
    LeadIn,
    LeadOut,
    LeadPatch,
    LeadPersonIn,
    LeadStatusIn,
)
from ponte.sales.data import LeadData
from ponte.sales.models import LeadStatus
from ponte.sales.policies import get_visible_lead, visible_leads
from ponte.sales.selectors.conversion import Preview, preview_conversion
from ponte.sales.selectors.leads import history_of
from ponte.sales.services.capture import NOBODY, Capture, capture_leads
from ponte.sales.services.conversion import ConversionData, convert_lead, undo_conversion
from ponte.sales.services.lead_edits import delete_lead, restore_lead, update_lead
from ponte.sales.services.lead_life import hand_over_lead, move_lead
from ponte.sales.services.leads import create_lead
from ponte.workplace.custom_fields.querying import (
    CUSTOM_PARAMETERS,
    custom_filtered,
    custom_slice,
    is_custom_sort,
)

router = Router(tags=["leads"])
READ, WRITE = scope("sales:read"), scope("sales:write")
ORDERS = {
    "-captured_at": ("-captured_at", "-id"),
    "captured_at": ("captured_at", "id"),
    "updated_at": ("updated_at", "id"),
}
_LOOKUPS = {
    "customer_id": "party_id",
    "owner_id": "owner_id",
    "form_id": "form_id",
    "status": "status",
    "origin": "origin",
    "source": "source",
    "external_id": "external_id",
    "captured_from": "captured_at__gte",
    "captured_before": "captured_at__lt",
    "updated_since": "updated_at__gte",
}


@router.get("/leads", auth=READ, response=Page[LeadOut], openapi_extra=CUSTOM_PARAMETERS)
def list_leads(request: ApiRequest, filters: Query[LeadFilters], paging: Query[Paging]) -> HttpResponse:
    """Leads, newest first."""
    leads = visible_leads(request.member)
    for name, lookup in _LOOKUPS.items():
        if (value := getattr(filters, name)) is not None:
            leads = leads.filter(**{lookup: value})
    leads = custom_filtered(request, leads, "lead")
    leads = conditioned(request, leads, "lead", filters.condition)
    shown = shown_fields(request, LeadOut, paging.fields)
    if is_custom_sort(filters.sort):
        found, cursor = custom_slice(request, leads, "lead", filters.sort, paging)
    else:
        found, cursor = slice_of(leads, order=ORDERS[filters.sort], limit=paging.limit, cursor=paging.cursor)
    record_view(actor=request.actor, object_type="lead", ids=[row.id for row in found], where="API leads")
    return json_response(
        {"items": [plain(request, row, LeadOut, shown) for row in found], "next_cursor": cursor}
    )


@router.post("/leads", auth=WRITE, response={201: LeadOut})
def create_a_lead(request: ApiRequest, data: LeadIn) -> HttpResponse:
    """Note an interest; an external id that is there already answers with the lead it belongs to."""
    require(request.member, "lead", "create")
    refuse_unwritable(request, "lead", data.model_fields_set)
    values = data.dict(exclude={"customer_id", "person"})
    if data.person is None:
        if data.customer_id is None:
            raise Invalid.on("customer_id", "required", "Give customer_id, or a person.")
        with in_api_words():
            lead = create_lead(actor=request.actor, data=LeadData(party_id=data.customer_id, **values))
        return _reply(request, lead.id, status=201)
    require(request.member, "customer", "create")
    typed = {name: value for name, value in data.person.dict().items() if value}
    item = Capture(
        lead=LeadData(party_id=data.customer_id or NOBODY, typed=typed, **values), party=_party(data.person)
    )
    (result,) = capture_leads(actor=request.actor, items=[item], source="api")
    if result.lead_id is None:
        raise Invalid(result.problems)
    return _reply(request, result.lead_id, status=201 if result.outcome == "created" else 200)


def _party(person: LeadPersonIn) -> PartyData:
    common: dict[str, Any] = {
        "emails": [EmailData(address=person.email)] if person.email else (),
        "phones": [PhoneData(number=person.phone)] if person.phone else (),
        "source": "api",
    }
    if person.name or person.email or person.phone or person.cpf:
        return PersonData(name=person.name, cpf=person.cpf, job_title=person.job_title, **common)
    return CompanyData(name=person.company, cnpj=person.cnpj, **common)


@router.get("/leads/{lead_id}", auth=READ, response=LeadOut)
def get_lead(request: ApiRequest, lead_id: UUID, sparse: Query[Sparse]) -> HttpResponse:
    """One lead."""
    return _reply(request, lead_id, fields=sparse.fields)


@router.patch("/leads/{lead_id}", auth=WRITE, response=LeadOut)
def update_a_lead(request: ApiRequest, lead_id: UUID, data: LeadPatch) -> HttpResponse:
    """Change the fields sent."""
    get_visible_lead(request.member, lead_id)
    refuse_unwritable(request, "lead", data.model_fields_set)
    changes = data.given()
    if (customer_id := changes.pop("customer_id", None)) is not None:
        changes["party_id"] = customer_id
    with in_api_words():
        update_lead(actor=request.actor, lead_id=lead_id, changes=changes, version=if_match(request))
    return _reply(request, lead_id)


@router.delete("/leads/{lead_id}", auth=WRITE, response={204: None})
def delete_a_lead(request: ApiRequest, lead_id: UUID) -> Any:
    """Put a lead into the bin."""
    delete_lead(actor=request.actor, lead_id=lead_id, version=if_match(request))
    return Status(204, None)


@router.post("/leads/{lead_id}/restore", auth=WRITE, response=LeadOut)
def restore_a_lead(request: ApiRequest, lead_id: UUID) -> HttpResponse:
    """Take a lead out of the bin."""
    restore_lead(actor=request.actor, lead_id=lead_id)
    return _reply(request, lead_id)


@router.post("/leads/{lead_id}/status", auth=WRITE, response=LeadOut)
def move_a_lead(request: ApiRequest, lead_id: UUID, data: LeadStatusIn) -> HttpResponse:
    """Move a lead on, the way that belongs to the status asked for."""
    if data.status == LeadStatus.MQL and data.owner_id:
        hand_over_lead(
            actor=request.actor,
            lead_id=lead_id,
            owner_id=data.owner_id,
            note=data.note,
            version=if_match(request),
        )
    else:
        move_lead(
            actor=request.actor,
            lead_id=lead_id,
            status=data.status,
            reason_id=data.reason_id,
            note=data.note,
            version=if_match(request),
        )
    return _reply(request, lead_id)


@router.get("/leads/{lead_id}/history", auth=READ, response=list[LeadEntryOut])
def lead_history(request: ApiRequest, lead_id: UUID) -> Any:
    """Every status a lead had, newest first."""
    return history_of(get_visible_lead(request.member, lead_id))


@router.get("/leads/{lead_id}/matches", auth=READ, response=ConversionPreviewOut)
def lead_matches(request: ApiRequest, lead_id: UUID) -> Any:
    """Whom a lead fits: what is looked at before it is converted."""
    lead = get_visible_lead(request.member, lead_id)
    if not field_access(request.member, "lead").can_read("typed"):
        return Preview([], [], "", "")
    return preview_conversion(lead, request.member)


@router.post("/leads/{lead_id}/convert", auth=WRITE, response={201: ConversionOut})
def convert_a_lead(request: ApiRequest, lead_id: UUID, data: ConversionIn) -> Any:
    """Convert a lead to person, company and opportunity."""
    values = data.dict()
    made = convert_lead(
        actor=request.actor,
        lead_id=lead_id,
        data=ConversionData(opens_deal=values.pop("opens_opportunity"), **values),
        version=if_match(request),
    )
    return Status(201, made)


@router.post("/leads/{lead_id}/undo-conversion", auth=WRITE, response=LeadOut)
def undo_a_conversion(request: ApiRequest, lead_id: UUID) -> HttpResponse:
    """Take a conversion back, within 30 days and when nothing was built upon it."""
    undo_conversion(actor=request.actor, lead_id=lead_id)
    return _reply(request, lead_id)


def _reply(
    request: ApiRequest, lead_id: UUID, *, status: int = 200, fields: str | None = None
) -> HttpResponse:
    lead = visible_leads(request.member).filter(id=lead_id).first()
    if lead is None:
        raise Missing
    body = plain(request, lead, LeadOut, shown_fields(request, LeadOut, fields))
    response = json_response(body, status=status)
    response["ETag"] = f'"{lead.version}"'
    if status == 201:
        response["Location"] = f"/api/v1/leads/{lead_id}"
    record_view(actor=request.actor, object_type="lead", ids=[lead.id], where="API lead")
    return response
