"""The privacy panel of a customer's page: what may be sent, proof, changes, the link to their own page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.directory.policies import get_party, may_act
from ponte.privacy.data import ConsentData
from ponte.privacy.forms.consent import ConsentForm
from ponte.privacy.links import preference_url
from ponte.privacy.models import ConsentRecord
from ponte.privacy.purposes import list_purposes
from ponte.privacy.selectors.panel import STATUS_TONES, privacy_state
from ponte.privacy.services.consents import record_consent
from ponte.privacy.services.preferences import renew_link
from ponte.ui.forms import add_problems
from ponte.ui.htmx import close_dialog

EVENTS = ("privacy-changed", "customer-head-changed", "contacts-changed")
MOST_HISTORY = 200


@require_safe
@requires("customer", "view")
def panel(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show for what and how a customer may be contacted."""
    party = get_party(request.member, party_id)
    state = privacy_state(request.member, party)
    context = {
        "party": party,
        "state": state,
        "history": [(row, STATUS_TONES[row.status]) for row in state.history],
        "labels": {info.key: info.name for info in list_purposes(active=False)},
        "link": preference_url(party.id, base=request.build_absolute_uri("/")),
        "may_edit": may_act(request.member, party, "edit"),
        "may_lift": may(request.member, "suppression", "edit"),
    }
    return render(request, "privacy/_panel.html", context)


@require_safe
@requires("customer", "view")
def history(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show everything a customer ever said about being contacted, with its proof."""
    party = get_party(request.member, party_id)
    names = {info.key: info.name for info in list_purposes(active=False)}
    rows = ConsentRecord.objects.filter(party=party).select_related("text").order_by("-occurred_at", "-id")
    context = {
        "party": party,
        "rows": [
            (row, names.get(row.purpose, row.purpose), STATUS_TONES[row.status])
            for row in rows[:MOST_HISTORY]
        ],
    }
    return render(request, "privacy/history.html", context)


@require_http_methods(["GET", "POST"])
@requires("customer", "edit")
def take_down(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Ask what a customer said and write it down."""
    party = get_party(request.member, party_id, "edit")
    purposes = [info for info in list_purposes() if info.can_be_declined]
    initial = {"purpose": request.GET.get("purpose", "marketing"), "allows": request.GET.get("allows", "yes")}
    form = ConsentForm(request.POST or None, purposes=purposes, initial=initial)
    if form.is_valid():
        try:
            record_consent(actor=request.actor, data=_said(party.id, form.cleaned_data))
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return close_dialog(_("Saved"), events=EVENTS)
    context = {"form": form, "title": _("What did the customer say?")}
    return render(request, "ui/form_page.html", context, status=422 if form.is_bound else 200)


def _said(party_id: UUID, given: dict[str, Any]) -> ConsentData:
    return ConsentData(
        party_id=party_id,
        purpose=given["purpose"],
        allows=given["allows"] == "yes",
        channels=given["channels"],
        basis=given["basis"],
        given_through=given["given_through"],
        language=given["language"],
        occurred_at=given["occurred_at"],
        evidence={"note": given["note"]} if given["note"] else {},
    )


@require_POST
@requires("customer", "edit")
def new_link(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Give the customer a new preference link; the former one ends."""
    party = get_party(request.member, party_id, "edit")
    renew_link(actor=request.actor, party_id=party.id)
    return close_dialog(_("New link made; the former one no longer works."), events=("privacy-changed",))
