"""Changing a signed contract by addenda; the versions of a contract's text compared."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.core.services.audit import record_view
from ponte.sales.contract_policies import get_visible_contract
from ponte.sales.documents.comparing import compare_texts
from ponte.sales.forms.contract import AmendForm, ReadjustForm, RenewForm
from ponte.sales.models.contract import ContractVersion
from ponte.sales.services.contract_changes import (
    addendum_title,
    amend_contract,
    day_of_readjustment,
    readjust_contract,
    renew_contract,
)
from ponte.sales.services.contract_fields import add_months
from ponte.sales.views.contract_acts import editable, url_of
from ponte.ui.forms import add_problems
from ponte.ui.htmx import go_to

MOST_VERSIONS = 100


@require_http_methods(["GET", "POST"])
@requires("contract", "edit")
def amend(request: WorkspaceRequest, contract_id: UUID) -> HttpResponse:
    """Begin an addendum."""
    contract = editable(request, contract_id)
    form = AmendForm(_posted(request), initial={"title": addendum_title(contract)})
    return _begin(request, contract_id, form, amend_contract, _("New addendum"))


@require_http_methods(["GET", "POST"])
@requires("contract", "edit")
def renew(request: WorkspaceRequest, contract_id: UUID) -> HttpResponse:
    """Begin a renewal."""
    contract = editable(request, contract_id)
    until = add_months(contract.ends_on, contract.renewal_months) if contract.ends_on else None
    form = RenewForm(_posted(request), initial={"ends_on": until})
    return _begin(request, contract_id, form, renew_contract, _("Renew contract"))


@require_http_methods(["GET", "POST"])
@requires("contract", "edit")
def readjust(request: WorkspaceRequest, contract_id: UUID) -> HttpResponse:
    """Begin a readjustment."""
    contract = editable(request, contract_id)
    form = ReadjustForm(_posted(request), initial={"on": day_of_readjustment(contract)})
    return _begin(request, contract_id, form, readjust_contract, _("Readjust value"))


@require_GET
@requires("contract", "view")
def versions(request: WorkspaceRequest, contract_id: UUID) -> HttpResponse:
    """Show the versions of the text, and two of them compared (``?from=`` and ``?to=``, by number; the last two otherwise)."""
    contract = get_visible_contract(request.member, contract_id)
    record_view(actor=request.actor, object_type="contract", ids=[contract.id], where="contract versions")
    rows = contract.texts.defer("text").select_related("member").order_by("-number")
    numbers = list(rows[:MOST_VERSIONS])
    before, after = _two(contract_id, numbers, request.GET.get("from", ""), request.GET.get("to", ""))
    context = {
        "contract": contract,
        "versions": numbers,
        "before": before,
        "after": after,
        "compared": compare_texts(before.text, after.text) if before and after else None,
    }
    return render(request, "sales/contracts/versions.html", context)


def _two(
    contract_id: UUID, versions: list[ContractVersion], first: str, second: str
) -> tuple[ContractVersion | None, ContractVersion | None]:
    known = {str(one.number): one.id for one in versions}
    newest = list(known)
    to = second if second in known else (newest[0] if newest else "")
    since = first if first in known else (newest[1] if len(newest) > 1 else to)
    wanted = [known[one] for one in {since, to} if one in known]
    rows = ContractVersion.objects.filter(contract_id=contract_id, id__in=wanted)
    found = {str(one.number): one for one in rows.select_related("member")}
    return found.get(since), found.get(to)


def _posted(request: WorkspaceRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _begin(request: WorkspaceRequest, contract_id: UUID, form: Any, service: Any, title: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            made = service(actor=request.actor, contract_id=contract_id, **form.cleaned_data)
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            messages.success(
                request, _("The addendum is a draft. Have it approved and signed like a contract.")
            )
            return go_to(url_of(made.id)) if request.htmx else redirect(url_of(made.id))
    context = {
        "form": form,
        "title": title,
        "cancel_url": url_of(contract_id),
        "submit_label": _("Write addendum"),
    }
    return render(request, "ui/form_page.html", context, status=422 if form.errors else 200)
