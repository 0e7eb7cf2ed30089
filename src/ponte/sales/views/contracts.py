"""Screens of contracts: one contract, its editor, the panels of customer and opportunity."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ponte.core.errors import Denied, Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.core.services.audit import record_view
from ponte.directory.policies import get_party
from ponte.sales.contract_data import ContractData
from ponte.sales.contract_policies import get_visible_contract, may_contract, visible_contracts
from ponte.sales.forms.contract import ContractForm, initial_of
from ponte.sales.models.contract import Contract
from ponte.sales.policies import visible_opportunities
from ponte.sales.selectors.contracts import STATUS_TONES, STATUSES, contracts_of, shown_status, with_details
from ponte.sales.services.contracts import OPEN_STATES, create_contract, update_contract
from ponte.sales.views.contract_editing import new_form
from ponte.sales.views.contract_showing import page_context
from ponte.ui.forms import add_problems

PANEL_CONTRACTS = 6


@require_GET
@requires("contract", "view")
def detail(request: WorkspaceRequest, contract_id: UUID) -> HttpResponse:
    """Show one contract, whole or in the side panel."""
    contract = with_details(visible_contracts(request.member)).filter(id=contract_id).first()
    if contract is None:
        raise Missing
    record_view(actor=request.actor, object_type="contract", ids=[contract.id], where="contract")
    return render(request, "sales/contracts/contract.html", page_context(request, contract))


@require_GET
@requires("contract", "view")
def panel(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show a customer's contracts."""
    party = get_party(request.member, party_id)
    rows = list(contracts_of(visible_contracts(request.member), party.id)[: PANEL_CONTRACTS + 1])
    return _panel(request, rows, f"?customer={party.id}", f"?party={party.id}")


@require_GET
@requires("contract", "view")
def opportunity_panel(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Show an opportunity's contracts."""
    opportunity = visible_opportunities(request.member).filter(id=opportunity_id).first()
    if opportunity is None:
        raise Missing
    found = visible_contracts(request.member).filter(opportunity_id=opportunity.id)
    rows = list(found.order_by("-created_at", "-id")[: PANEL_CONTRACTS + 1])
    return _panel(request, rows, f"?customer={opportunity.party_id}", f"?opportunity={opportunity.id}")


def _panel(request: WorkspaceRequest, contracts: list[Contract], more: str, new: str) -> HttpResponse:
    labels = dict(STATUSES)
    shown = [
        (contract, labels[status], STATUS_TONES[status])
        for contract in contracts
        for status in [shown_status(contract)]
    ]
    context = {
        "contracts": shown[:PANEL_CONTRACTS],
        "has_more": len(contracts) > PANEL_CONTRACTS,
        "more_query": more,
        "new_query": new,
        "may_create": may(request.member, "contract", "create"),
    }
    return render(request, "sales/contracts/_panel.html", context)


@require_http_methods(["GET", "POST"])
@requires("contract", "create")
def create(request: WorkspaceRequest) -> HttpResponse:
    """Begin a contract; ``?party=``, ``?opportunity=`` or ``?quote=`` name what it comes from."""
    form = new_form(request)
    if request.method == "POST" and form.is_valid():
        try:
            contract = create_contract(actor=request.actor, data=ContractData(**form.changes()))
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return redirect("sales:contract", contract.id)
    return _form(request, form, _("New contract"), reverse("sales:contracts"))


@require_http_methods(["GET", "POST"])
@requires("contract", "edit")
def edit(request: WorkspaceRequest, contract_id: UUID) -> HttpResponse:
    """Change a contract that isn't out yet."""
    contract = get_visible_contract(request.member, contract_id)
    if not may_contract(request.member, "edit", contract):
        raise Denied("contract", "edit")
    back = reverse("sales:contract", args=[contract.id])
    if contract.status not in OPEN_STATES:
        return redirect(back)
    form = ContractForm(request.POST if request.method == "POST" else None, initial=initial_of(contract))
    if request.method == "POST" and form.is_valid():
        try:
            update_contract(
                actor=request.actor,
                contract_id=contract.id,
                changes=form.changes(),
                version=form.cleaned_data["version"],
            )
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return redirect(back)
    title = _("Edit contract %(number)s") % {"number": contract.number}
    return _form(request, form, title, back, draft=f"contract-{contract.id}")


def _form(request: WorkspaceRequest, form: Any, title: str, back: str, **more: Any) -> HttpResponse:
    context = {"form": form, "title": title, "cancel_url": back, **more}
    return render(request, "sales/contracts/form.html", context, status=422 if form.errors else 200)
