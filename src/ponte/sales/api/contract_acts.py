"""The API of what is done around a contract's signature: reminders and links, addenda, renewals, readjustments, versions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Router

from ponte.apikit.auth import scope
from ponte.apikit.replies import json_response
from ponte.apikit.requests import ApiRequest
from ponte.apikit.writes import if_match
from ponte.core.errors import Missing
from ponte.core.services.audit import record_view
from ponte.sales.api.contract_acts_schemas import (
    ContractAmendIn,
    ContractLinkOut,
    ContractReadjustIn,
    ContractRemindedOut,
    ContractRemindIn,
    ContractRenewIn,
    ContractVersionOut,
)
from ponte.sales.api.contract_replies import contract_reply
from ponte.sales.api.contracts_schemas import ContractDetailOut
from ponte.sales.contract_policies import get_visible_contract
from ponte.sales.document_links import link_url
from ponte.sales.services.contract_changes import amend_contract, readjust_contract, renew_contract
from ponte.sales.services.contract_links import renew_signer_link
from ponte.sales.services.contract_reminders import remind_signers
from ponte.sales.services.contracts import compose_contract
from ponte.sales.services.document_bin import restore_contract

router = Router(tags=["contracts"])
READ, WRITE = scope("quotes:read"), scope("quotes:write")
MOST_VERSIONS = 200


@router.post("/contracts/{contract_id}/amend", auth=WRITE, response={201: ContractDetailOut})
def amend_a_contract(request: ApiRequest, contract_id: UUID, data: ContractAmendIn) -> HttpResponse:
    """Begin an addendum of a signed contract: a contract of its own, whose terms count once it is signed."""
    made = amend_contract(actor=request.actor, contract_id=contract_id, title=data.title)
    return contract_reply(request, made.id, status=201)


@router.post("/contracts/{contract_id}/renew", auth=WRITE, response={201: ContractDetailOut})
def renew_a_contract(request: ApiRequest, contract_id: UUID, data: ContractRenewIn) -> HttpResponse:
    """Begin the renewal of a signed contract; one at a time."""
    made = renew_contract(actor=request.actor, contract_id=contract_id, ends_on=data.ends_on)
    return contract_reply(request, made.id, status=201)


@router.post("/contracts/{contract_id}/readjust", auth=WRITE, response={201: ContractDetailOut})
def readjust_a_contract(request: ApiRequest, contract_id: UUID, data: ContractReadjustIn) -> HttpResponse:
    """Begin the readjustment of a signed contract's value; one at a time."""
    made = readjust_contract(
        actor=request.actor, contract_id=contract_id, percentage=data.percentage, on=data.on
    )
    return contract_reply(request, made.id, status=201)


@router.post("/contracts/{contract_id}/compose", auth=WRITE, response=ContractDetailOut)
def compose_a_contract(request: ApiRequest, contract_id: UUID) -> HttpResponse:
    """Write the text anew from the contract's template as it is now."""
    compose_contract(actor=request.actor, contract_id=contract_id, version=if_match(request))
    return contract_reply(request, contract_id)


@router.post("/contracts/{contract_id}/restore", auth=WRITE, response=ContractDetailOut)
def restore_a_contract(request: ApiRequest, contract_id: UUID) -> HttpResponse:
    """Take a contract out of the bin."""
    get_visible_contract(request.member, contract_id, deleted=True)
    restore_contract(actor=request.actor, contract_id=contract_id)
    return contract_reply(request, contract_id)


@router.post("/contracts/{contract_id}/remind", auth=WRITE, response=ContractRemindedOut)
def remind_of_a_contract(request: ApiRequest, contract_id: UUID, data: ContractRemindIn) -> HttpResponse:
    """Write again to those who haven't signed; to each at most once in 20 hours."""
    told = remind_signers(
        actor=request.actor,
        contract_id=contract_id,
        signer_id=data.signer_id,
        message=data.message,
        base=request.build_absolute_uri("/"),
    )
    return json_response({"signer_ids": [one.id for one in told]})


@router.post("/contracts/{contract_id}/signers/{signer_id}/link", auth=WRITE, response=ContractLinkOut)
def make_a_signer_link(request: ApiRequest, contract_id: UUID, signer_id: UUID) -> HttpResponse:
    """Give a signer a new link; the former one ends at once."""
    link = renew_signer_link(actor=request.actor, contract_id=contract_id, signer_id=signer_id)
    address = link_url(link, base=request.build_absolute_uri("/"))
    return json_response({"signer_id": signer_id, "link": address, "expires_at": link.expires_at})


@router.get("/contracts/{contract_id}/versions", auth=READ, response=list[ContractVersionOut])
def list_contract_versions(request: ApiRequest, contract_id: UUID) -> Any:
    """The versions of a contract's text, the newest first, without the texts; at most 200."""
    contract = get_visible_contract(request.member, contract_id)
    rows = contract.texts.order_by("-number").values("number", "created_at", "member_id")
    return [{**row, "text": None} for row in rows[:MOST_VERSIONS]]


@router.get("/contracts/{contract_id}/versions/{number}", auth=READ, response=ContractVersionOut)
def get_contract_version(request: ApiRequest, contract_id: UUID, number: int) -> Any:
    """One version of a contract's text."""
    contract = get_visible_contract(request.member, contract_id)
    row = contract.texts.filter(number=number).first() if 0 < number < 2**31 else None
    if row is None:
        raise Missing
    record_view(actor=request.actor, object_type="contract", ids=[contract.id], where="API contract version")
    return row
