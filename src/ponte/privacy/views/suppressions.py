"""Suppressing an address by hand, looking at a suppression and lifting it."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ponte.core.errors import Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.core.services.audit import record_view
from ponte.directory.models import Party
from ponte.directory.policies import visible_parties
from ponte.privacy.addresses import shown, stored_forms
from ponte.privacy.forms.consent import LiftForm, SuppressForm
from ponte.privacy.models import Suppression
from ponte.privacy.policies import visible_suppressions
from ponte.privacy.services.suppressions import lift_suppression, suppress_address
from ponte.workplace.admin.answers import answer_form

MOST = 20


@require_http_methods(["GET", "POST"])
@requires("suppression", "create")
def suppress(request: WorkspaceRequest) -> HttpResponse:
    """Ask for an address and suppress it."""
    form = SuppressForm(request.POST or None, initial={"address": request.GET.get("address", "")})
    return answer_form(
        request,
        form,
        lambda given: suppress_address(actor=request.actor, source="by hand", **given),
        title=_("Suppress an address"),
        done=_("Nothing is sent there any more."),
        back=reverse("privacy:suppressions"),
    )


@require_safe
@requires("suppression", "view")
def suppression(request: WorkspaceRequest, suppression_id: UUID) -> HttpResponse:
    """Show a suppression, whose address it is and why."""
    row = _get(request, suppression_id)
    forms = stored_forms([row.address])
    holders = (
        visible_parties(request.member).filter(_holding(forms)).order_by("sort_name", "id").distinct()[:MOST]
    )
    found: list[Party] = list(holders)
    record_view(
        actor=request.actor, object_type="customer", ids=[party.id for party in found], where="suppression"
    )
    context = {
        "row": row,
        "address": shown(row.address),
        "holders": found,
        "may_lift": may(request.member, "suppression", "edit"),
    }
    return render(request, "privacy/suppression.html", context)


@require_http_methods(["GET", "POST"])
@requires("suppression", "edit")
def lift(request: WorkspaceRequest, suppression_id: UUID) -> HttpResponse:
    """Ask why an address may be written to again and lift its suppression."""
    row = _get(request, suppression_id)
    return answer_form(
        request,
        LiftForm(request.POST or None),
        lambda given: lift_suppression(actor=request.actor, suppression_id=row.id, because=given["because"]),
        title=_("Write to %(address)s again") % {"address": shown(row.address)},
        done=_("The address may be written to again."),
        back=reverse("privacy:suppressions"),
    )


def _get(request: WorkspaceRequest, suppression_id: UUID) -> Suppression:
    row = visible_suppressions(request.member).filter(id=suppression_id).first()
    if row is None:
        raise Missing("suppression")
    return row


def _holding(forms: set[str]) -> Q:
    return Q(emails__address__in=forms) | Q(phones__number__in=forms)
