"""How one contract leaves the API, whatever was done with it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from ponte.apikit.replies import json_response, plain, shown_fields
from ponte.apikit.requests import ApiRequest
from ponte.core.errors import Missing
from ponte.core.services.audit import record_view
from ponte.sales.api.contracts_schemas import ContractDetailOut
from ponte.sales.contract_policies import visible_contracts
from ponte.sales.selectors.contracts import with_details


def contract_reply(
    request: ApiRequest, contract_id: UUID, *, status: int = 200, fields: str | None = None
) -> HttpResponse:
    """Return a contract with text, signers, approvals and files; raise ``Missing`` for one the member doesn't see."""
    contract = with_details(visible_contracts(request.member)).filter(id=contract_id).first()
    if contract is None:
        raise Missing
    body = plain(request, contract, ContractDetailOut, shown_fields(request, ContractDetailOut, fields))
    response = json_response(body, status=status)
    response["ETag"] = f'"{contract.version}"'
    if status == 201:
        response["Location"] = f"/api/v1/contracts/{contract_id}"
    record_view(actor=request.actor, object_type="contract", ids=[contract.id], where="API contract")
    return response
