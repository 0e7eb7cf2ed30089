"""What to do next about an opportunity: the block on its page, putting one away, having it back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.sales.models import Opportunity
from ponte.sales.policies import get_visible_opportunity
from ponte.sales.selectors.suggestions import suggestions_of
from ponte.sales.services.suggestions import dismiss_suggestion, restore_suggestion
from ponte.ui.htmx import toast

TEMPLATE = "sales/deals/_suggestions.html"


@require_safe
@requires("opportunity", "view")
def block(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Answer what is suggested about an opportunity."""
    return _block(request, get_visible_opportunity(request.member, opportunity_id))


@require_POST
@requires("opportunity", "view")
def dismiss(request: WorkspaceRequest, opportunity_id: UUID, rule: str) -> HttpResponse:
    """Put a suggestion away; the toast takes it back."""
    deal = dismiss_suggestion(actor=request.actor, opportunity_id=opportunity_id, rule=rule)
    if not request.htmx:
        return redirect("sales:opportunity", deal.id)
    undo = reverse("sales:suggestion_restore", args=[deal.id, rule])
    return toast(_block(request, deal), _("Put away until something changes"), undo_url=undo)


@require_POST
@requires("opportunity", "view")
def restore(request: WorkspaceRequest, opportunity_id: UUID, rule: str) -> HttpResponse:
    """Have a suggestion back."""
    deal = restore_suggestion(actor=request.actor, opportunity_id=opportunity_id, rule=rule)
    return redirect("sales:opportunity", deal.id)


def _block(request: WorkspaceRequest, deal: Opportunity) -> HttpResponse:
    context = {"deal": deal, "found": suggestions_of(request.member, deal)}
    return render(request, TEMPLATE, context)
