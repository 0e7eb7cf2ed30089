"""What a lead is worth and who got it: a fragment of its page, with what it is made of."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, may_area, requires
from ponte.sales.policies import get_visible_lead
from ponte.sales.routing_words import PASSED_WORDS
from ponte.sales.selectors.prediction import explain_chance
from ponte.sales.selectors.routing import list_entries
from ponte.sales.selectors.scores import active_rules, explain_score
from ponte.sales.services.routing import route_lead
from ponte.ui.htmx import refresh_page


@require_safe
@requires("lead", "view")
def panel(request: WorkspaceRequest, lead_id: UUID) -> HttpResponse:
    """Show a lead's score with its parts, its chance with its reasons, and what the distribution decided."""
    lead = get_visible_lead(request.member, lead_id)
    parts = explain_score(lead)
    entries = list_entries(lead)
    context: dict[str, Any] = {
        "lead": lead,
        "parts": parts,
        "has_rules": bool(parts) or bool(active_rules()),
        "total": round(sum(part.points for part in parts)),
        "chance": explain_chance(lead),
        "entries": [
            (entry, [(name, PASSED_WORDS.get(why, why)) for name, why in entry.passed]) for entry in entries
        ],
        "is_late": _is_late(lead),
        "may_route": not entries and may(request.member, "lead", "edit", lead),
        "may_set": may_area(request.member, "sales"),
    }
    return render(request, "sales/scoring/_panel.html", context)


@require_POST
@requires("lead", "edit")
def route(request: WorkspaceRequest, lead_id: UUID) -> HttpResponse:
    """Send a lead through the distribution that didn't go through it by itself."""
    lead = get_visible_lead(request.member, lead_id)
    entry = route_lead(lead=lead, actor=request.actor)
    who = entry.member.name if entry and entry.member else ""
    done = _("Given to %(name)s.") % {"name": who} if who else _("No rule fits and nobody takes the rest.")
    return refresh_page(done)


def _is_late(lead: Any) -> bool:
    due = lead.response_due_at
    return due is not None and lead.responded_at is None and due < timezone.now()
