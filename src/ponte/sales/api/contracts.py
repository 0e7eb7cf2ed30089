"""The API of contracts."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from ponte.apikit.auth import scope
from ponte.apikit.naming import in_api_words
from ponte.apikit.pagination import slice_of
from ponte.apikit.replies import json_response, plain, shown_fields
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Page, Paging, Sparse
from ponte.apikit.writes import if_match
from ponte.conditions.parameters import CONDITION_HELP, conditioned
from ponte.core.errors import Missing
from ponte.core.services.audit import record_view
from ponte.sales.api.contract_replies import contract_reply
from ponte.sales.api.contracts_schemas import (
    ContractDecisionIn,
    ContractDetailOut,
    ContractEndIn,
    ContractIn,
    ContractOut,
    ContractPatch,
    ContractReasonIn,
    ContractSendIn,
    ContractSentOut,
    ContractSignerIn,
    ContractSubmitIn,
)
from ponte.sales.contract_data import ContractData, SignerData
from ponte.sales.contract_policies import get_visible_contract, visible_contracts
from ponte.sales.document_links import link_url
from ponte.sales.models.contract_choices import ContractKind, ContractStatus
from ponte.sales.models.document import SealedDocument
from ponte.sales.services.contract_approval import decide_contract, submit_contract
from ponte.sales.services.contract_bulk import assign_contract
from ponte.sales.services.contract_parties import set_signers
from ponte.sales.services.contract_sending import (
    cancel_contract,
    end_contract,
    reopen_contract,
    send_contract,
)
from ponte.sales.services.contracts import create_contract, update_contract
from ponte.sales.services.document_bin import delete_contract
from ponte.workplace.custom_fields.querying import (
    CUSTOM_PARAMETERS,
    CustomSort,
    custom_filtered,
    custom_slice,
    is_custom_sort,
)

router = Router(tags=["contracts"])
READ, WRITE = scope("quotes:read"), scope("quotes:write")
ORDERS = {
    "-created_at": ("-created_at", "-id"),
    "updated_at": ("updated_at", "id"),
    "-amount": ("-amount", "-id"),
    "ends_on": ("ends_on", "id"),
}


class ContractFilters(Schema):
    """Which contracts, in which order."""

    customer_id: UUID | None = None
    opportunity_id: UUID | None = None
    parent_id: UUID | None = None
    status: ContractStatus | None = None
    kind: ContractKind | None = None
    number: str | None = Field(None, max_length=60)
    updated_since: AwareDatetime | None = None
    condition: str | None = Field(None, max_length=12_000, description=CONDITION_HELP)
    sort: Literal["-created_at", "updated_at", "-amount", "ends_on"] | CustomSort = "-created_at"


_LOOKUPS = {
    "customer_id": "party_id",
    "opportunity_id": "opportunity_id",
    "parent_id": "parent_id",
    "status": "status",
    "kind": "kind",
    "number": "number",
    "updated_since": "updated_at__gte",
}


@router.get("/contracts", auth=READ, response=Page[ContractOut], openapi_extra=CUSTOM_PARAMETERS)
def list_contracts(
    request: ApiRequest, filters: Query[ContractFilters], paging: Query[Paging]
) -> HttpResponse:
    """Contracts, newest first."""
    contracts = visible_contracts(request.member).defer("body")
    for name, lookup in _LOOKUPS.items():
        if (value := getattr(filters, name)) is not None:
            contracts = contracts.filter(**{lookup: value})
    contracts = custom_filtered(request, contracts, "contract")
    contracts = conditioned(request, contracts, "contract", filters.condition)
    if filters.sort == "ends_on":
        contracts = contracts.filter(ends_on__isnull=False)
    shown = shown_fields(request, ContractOut, paging.fields)
    if is_custom_sort(filters.sort):
        found, cursor = custom_slice(request, contracts, "contract", filters.sort, paging)
    else:
        order = ORDERS[filters.sort]
        found, cursor = slice_of(contracts, order=order, limit=paging.limit, cursor=paging.cursor)
    record_view(
        actor=request.actor, object_type="contract", ids=[row.id for row in found], where="API contracts"
    )
    return json_response(
        {"items": [plain(request, row, ContractOut, shown) for row in found], "next_cursor": cursor}
    )


@router.post("/contracts", auth=WRITE, response={201: ContractDetailOut})
def create_a_contract(request: ApiRequest, data: ContractIn) -> HttpResponse:
    """Begin a contract from a customer, an opportunity or a quote."""
    fields = data.dict(exclude={"signers", "customer_id"})
    given = ContractData(**fields, party_id=data.customer_id, signers=_signers(data.signers))
    with in_api_words():
        contract = create_contract(actor=request.actor, data=given)
    return contract_reply(request, contract.id, status=201)


@router.get("/contracts/{contract_id}", auth=READ, response=ContractDetailOut)
def get_contract(request: ApiRequest, contract_id: UUID, sparse: Query[Sparse]) -> HttpResponse:
    """One contract with text, signers, approvals and files."""
    return contract_reply(request, contract_id, fields=sparse.fields)


@router.patch("/contracts/{contract_id}", auth=WRITE, response=ContractDetailOut)
def update_a_contract(request: ApiRequest, contract_id: UUID, data: ContractPatch) -> HttpResponse:
    """Change the fields sent of a contract that isn't out; it becomes a draft again.

    `owner_id` alone changes who is in charge, whatever the contract's state, and nothing else.
    """
    get_visible_contract(request.member, contract_id)
    changes = data.given()
    if changes.keys() == {"owner_id"}:
        assign_contract(actor=request.actor, contract_id=contract_id, version=if_match(request), **changes)
        return contract_reply(request, contract_id)
    signers = _signers(data.signers) if changes.pop("signers", None) is not None else None
    version = if_match(request)
    with in_api_words():
        if changes or signers is None:
            version = update_contract(
                actor=request.actor, contract_id=contract_id, changes=changes, version=version
            ).version
        if signers is not None:
            set_signers(actor=request.actor, contract_id=contract_id, signers=signers, version=version)
    return contract_reply(request, contract_id)


@router.delete("/contracts/{contract_id}", auth=WRITE, response={204: None})
def delete_a_contract(request: ApiRequest, contract_id: UUID) -> Any:
    """Put a contract that was never sent into the bin."""
    delete_contract(actor=request.actor, contract_id=contract_id, version=if_match(request))
    return Status(204, None)


@router.post("/contracts/{contract_id}/submit", auth=WRITE, response=ContractDetailOut)
def submit_a_contract(
    request: ApiRequest, contract_id: UUID, data: ContractSubmitIn | None = None
) -> HttpResponse:
    """Ask for approval, with a word to whoever gives it."""
    reason = data.reason if data else ""
    submit_contract(actor=request.actor, contract_id=contract_id, reason=reason, version=if_match(request))
    return contract_reply(request, contract_id)


@router.post("/contracts/{contract_id}/decide", auth=WRITE, response=ContractDetailOut)
def decide_a_contract(request: ApiRequest, contract_id: UUID, data: ContractDecisionIn) -> HttpResponse:
    """Answer the step a contract's approval waits at: the same as answering its request."""
    decide_contract(
        actor=request.actor,
        contract_id=contract_id,
        approved=data.approved,
        note=data.note,
        version=if_match(request),
    )
    return contract_reply(request, contract_id)


@router.post("/contracts/{contract_id}/send", auth=WRITE, response=ContractSentOut)
def send_a_contract(request: ApiRequest, contract_id: UUID, data: ContractSendIn) -> HttpResponse:
    """Seal an approved contract and open it to each signer by a link of their own."""
    base = request.build_absolute_uri("/")
    sent = send_contract(
        actor=request.actor,
        contract_id=contract_id,
        channel=data.channel,
        message=data.message,
        sign_until=data.sign_until,
        base=base,
        version=if_match(request),
    )
    document = sent.document
    signers = [
        {
            "signer_id": signer.id,
            "name": signer.name,
            "link": link_url(link, base=base),
            "mailed": signer in sent.mailed,
        }
        for signer, link in sent.links
    ]
    return json_response(
        {
            "edition": document.edition,
            "sha256": document.sha256,
            "pdf_sha256": document.pdf_sha256,
            "signers": signers,
        }
    )


@router.post("/contracts/{contract_id}/reopen", auth=WRITE, response=ContractDetailOut)
def reopen_a_contract(request: ApiRequest, contract_id: UUID) -> HttpResponse:
    """Take back what is out or was declined, to write its next edition."""
    reopen_contract(actor=request.actor, contract_id=contract_id, version=if_match(request))
    return contract_reply(request, contract_id)


@router.post("/contracts/{contract_id}/cancel", auth=WRITE, response=ContractDetailOut)
def cancel_a_contract(request: ApiRequest, contract_id: UUID, data: ContractReasonIn) -> HttpResponse:
    """Give up a contract that wasn't signed by all."""
    cancel_contract(
        actor=request.actor, contract_id=contract_id, reason=data.reason, version=if_match(request)
    )
    return contract_reply(request, contract_id)


@router.post("/contracts/{contract_id}/end", auth=WRITE, response=ContractDetailOut)
def end_a_contract(request: ApiRequest, contract_id: UUID, data: ContractEndIn) -> HttpResponse:
    """End a signed contract."""
    end_contract(
        actor=request.actor,
        contract_id=contract_id,
        reason=data.reason,
        on=data.on,
        version=if_match(request),
    )
    return contract_reply(request, contract_id)


@router.get("/contracts/{contract_id}/files/{edition}/{stage}", auth=READ, response={200: None})
def get_contract_file(
    request: ApiRequest, contract_id: UUID, edition: int, stage: SealedDocument.Stage
) -> HttpResponse:
    """A sealed file, as ``application/pdf``."""
    contract = get_visible_contract(request.member, contract_id)
    rows = contract.documents.filter(edition=edition, stage=stage)
    document = rows.first() if 0 < edition < 2**31 else None
    if document is None:
        raise Missing
    record_view(actor=request.actor, object_type="contract", ids=[contract.id], where="API contract file")
    return HttpResponse(bytes(document.pdf), content_type="application/pdf")


def _signers(told: list[ContractSignerIn] | None) -> list[SignerData] | None:
    return None if told is None else [SignerData(**one.dict()) for one in told]
