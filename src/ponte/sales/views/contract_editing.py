"""The form of a new contract: what it can come from, and what it starts with."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ponte.core.errors import Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may
from ponte.directory.policies import get_party, visible_parties
from ponte.sales.forms.contract import ContractForm, NewContractForm, initial_of
from ponte.sales.models.contract import Contract
from ponte.sales.models.contract_template import ContractTemplate
from ponte.sales.policies import visible_opportunities
from ponte.sales.quote_policies import visible_quotes
from ponte.workplace.custom_fields.carrying import matching_row
from ponte.workplace.custom_fields.inputs import add_inputs
from ponte.workplace.selectors.custom_fields import list_fields

MOST = 50


def new_form(request: WorkspaceRequest) -> NewContractForm:
    """Return the form, with what the address names filled in."""
    data = request.POST if request.method == "POST" else None
    initial = {
        "owner": request.member.id,
        "template": _default_template(),
        "currency": request.workspace.currency,
    }
    initial |= _asked(request)
    party_id = _uuid(request.POST.get("party")) if data is not None else initial.get("party")
    form = NewContractForm(
        data,
        initial=initial,
        label_of=lambda value: _party_label(request, value),
        opportunities=_opportunities(request, party_id),
        quotes=_quotes(request, party_id),
    )
    add_inputs(form, "contract", request.member, stored=_begun_with(request, initial.get("quote")))
    return form


def edit_form(request: WorkspaceRequest, contract: Contract) -> ContractForm:
    """Return the form of a contract that is being written, its long text last."""
    form = ContractForm(
        request.POST if request.method == "POST" else None,
        initial=initial_of(contract),
        member=request.member,
    )
    add_inputs(form, "contract", request.member, stored=contract.custom)
    form.order_fields([name for name in form.fields if name != "body"])
    return form


def _begun_with(request: WorkspaceRequest, quote_id: Any) -> dict[str, Any]:
    """Return the custom values a new contract begins with: defaults, and those of the quote the address names."""
    begun = {field.slot: field.default for field in list_fields("contract") if field.default is not None}
    quote = visible_quotes(request.member).filter(id=quote_id).first() if quote_id else None
    if quote is None:
        return begun
    return begun | matching_row("quote", quote.custom, "contract", actor=request.actor).values


def _default_template() -> UUID | None:
    rows = ContractTemplate.objects.filter(archived_at=None, is_default=True)
    return rows.values_list("id", flat=True).first()


def _asked(request: WorkspaceRequest) -> dict[str, Any]:
    try:
        if "quote" in request.GET and may(request.member, "quote", "view"):
            quote = visible_quotes(request.member).filter(id=UUID(request.GET["quote"])).first()
            if quote is not None:
                deal = str(quote.opportunity_id or "")
                return {"party": quote.party_id, "quote": str(quote.id), "opportunity": deal}
        elif "opportunity" in request.GET:
            deal_row = (
                visible_opportunities(request.member).filter(id=UUID(request.GET["opportunity"])).first()
            )
            if deal_row is not None:
                accepted = visible_quotes(request.member).filter(opportunity=deal_row, status="accepted")
                quote_id = accepted.order_by("-id").values_list("id", flat=True).first()
                return {
                    "party": deal_row.party_id, "opportunity": str(deal_row.id), "quote": str(quote_id or ""),
                }  # fmt: skip
        elif "party" in request.GET:
            return {"party": get_party(request.member, UUID(request.GET["party"])).id}
    except (ValueError, Missing):
        return {}
    return {}


def _opportunities(request: WorkspaceRequest, party_id: Any) -> list[tuple[str, str]]:
    if party_id is None:
        return []
    rows = visible_opportunities(request.member).filter(party_id=party_id)
    found = rows.order_by("-opened_at", "-id").values_list("id", "title")[:MOST]
    return [(str(key), title) for key, title in found]


def _quotes(request: WorkspaceRequest, party_id: Any) -> list[tuple[str, str]]:
    if party_id is None:
        return []
    rows = visible_quotes(request.member).filter(party_id=party_id)
    found = rows.order_by("-created_at", "-id").values_list("id", "number", "title")[:MOST]
    return [(str(key), f"{number} · {title}") for key, number, title in found]


def _party_label(request: WorkspaceRequest, value: Any) -> str:
    key = _uuid(value)
    party = visible_parties(request.member).filter(id=key).first() if key else None
    return party.label if party else ""


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
