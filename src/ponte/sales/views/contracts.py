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
from ponte.core.rights import requires
from ponte.core.services.audit import record_view
from ponte.sales.contract_data import ContractData
from ponte.sales.contract_policies import get_visible_contract, may_contract, visible_contracts
from ponte.sales.selectors.contracts import STATUS_TONES, STATUSES, shown_status, with_details
from ponte.sales.services.contracts import OPEN_STATES, create_contract, update_contract
from ponte.sales.views.contract_editing import edit_form, new_form
from ponte.sales.views.contract_showing import page_context
from ponte.sales.views.document_panels import DocumentPanel
from ponte.ui.forms import add_problems

PANEL = DocumentPanel(
    object="contract",
    template="sales/contracts/_panel.html",
    visible=visible_contracts,
    status=shown_status,
    labels=STATUSES,
    tones=STATUS_TONES,
)


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
    return PANEL.of_customer(request, party_id)


@require_GET
@requires("contract", "view")
def opportunity_panel(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Show an opportunity's contracts."""
    return PANEL.of_opportunity(request, opportunity_id)


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
    form = edit_form(request, contract)
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
