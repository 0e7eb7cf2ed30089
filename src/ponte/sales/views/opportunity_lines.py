"""The editor of an opportunity's products."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from ponte.commerce.forms.lines import LineTable
from ponte.commerce.selectors.line_memory import price_notes
from ponte.commerce.selectors.prices import Prices
from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.sales.forms.opportunity_people import DEAL_LINES
from ponte.sales.selectors.deal_limits import passed_by
from ponte.sales.services.opportunity_lines import set_lines
from ponte.sales.views.opportunities import editable_deal
from ponte.sales.views.price_guidance import hint_url


@require_http_methods(["GET", "POST"])
@requires("opportunity", "edit")
def lines(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Change the products of an opportunity; its value follows."""
    deal = editable_deal(request, opportunity_id)
    rows = list(deal.lines.order_by("position", "id"))
    pricing = partial(Prices, party_id=deal.party_id, day=timezone.localdate())
    notes = price_notes(rows, pricing, request.workspace.currency)
    table = LineTable(request, DEAL_LINES, rows, blank=[{"quantity": 1}], notes=notes)
    problem, is_entered = "", request.method == "POST"
    if is_entered and table.is_valid():
        given = table.lines({row.id: row for row in rows})
        try:
            set_lines(actor=request.actor, opportunity_id=deal.id, lines=given, version=_version(request))
        except Invalid as refusal:
            problem = " ".join(str(one.message) for one in refusal.problems if not table.show(one))
        else:
            return redirect("sales:opportunity", deal.id)
    context = {
        "deal": deal,
        "formset": table.formset,
        "problem": problem,
        "currency": request.workspace.currency,
        "offer_url": reverse("commerce:offer", args=[UUID(int=0)]),
        "hint_url": hint_url(request.member),
        "limits": passed_by(request.member, deal, rows),
        "version": request.POST.get("version", deal.version),
    }
    return render(request, "sales/deals/lines.html", context, status=422 if is_entered else 200)


def _version(request: WorkspaceRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
