"""Pages of cadences: all of them, one with its steps and results, its form, its state."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.privacy.purposes import get_purpose
from ponte.sales.cadence_policies import get_cadence, may_enrol
from ponte.sales.forms.cadence import CadenceForm, CapForm
from ponte.sales.models import CadenceState
from ponte.sales.selectors.cadence_results import list_cadences, results_of, totals_of
from ponte.sales.services.cadences import (
    create_cadence,
    daily_cap,
    delete_cadence,
    set_cadence_state,
    set_daily_cap,
    update_cadence,
)
from ponte.ui.forms import add_problems
from ponte.ui.htmx import go_to
from ponte.ui.layouts import frame_of
from ponte.workplace.admin.answers import answer_act, answer_form

TONES = {"draft": "neutral", "active": "green", "paused": "yellow", "archived": "neutral"}


@require_safe
@requires("cadence", "view")
def overview(request: WorkspaceRequest) -> HttpResponse:
    """Show every cadence with how it goes."""
    archived = "archived" in request.GET
    context = {
        "rows": list_cadences(request.member, archived=archived),
        "archived": archived,
        "tones": TONES,
        "may_create": may(request.member, "cadence", "create"),
        "may_edit": may(request.member, "cadence", "edit"),
        "cap": daily_cap(),
    }
    return render(request, "sales/cadences.html", context)


@require_safe
@requires("cadence", "view")
def detail(request: WorkspaceRequest, cadence_id: UUID) -> HttpResponse:
    """Show a cadence: its steps, what came of each, and what may be done with it."""
    cadence = get_cadence(request.member, cadence_id)
    member = request.member
    steps = results_of(cadence)
    context = {
        "cadence": cadence,
        "tone": TONES[cadence.state],
        "steps": steps,
        "totals": totals_of([cadence.id])[cadence.id],
        "purpose": get_purpose(cadence.purpose),
        "may_edit": may(member, "cadence", "edit") and cadence.state != CadenceState.ARCHIVED,
        "may_archive": may(member, "cadence", "edit"),
        "may_delete": may(member, "cadence", "delete"),
        "may_enrol": may_enrol(member) and cadence.is_open,
        "sends_mail": not any(one.channel.key == "email" and not one.channel.sends for one in steps),
    }
    return render(request, "sales/cadence.html", context)


@require_http_methods(["GET", "POST"])
@requires("cadence", "create")
def create(request: WorkspaceRequest) -> HttpResponse:
    """Ask for a new cadence's name and rules, then show it, to add steps."""
    form = CadenceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            row = create_cadence(actor=request.actor, **_given(form))
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            page = reverse("sales:cadence", args=[row.id])
            return redirect(page) if frame_of(request) == "page" else go_to(page)
    context = {"form": form, "title": _("New cadence"), "cancel_url": reverse("sales:cadences")}
    return render(request, "ui/form_page.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires("cadence", "edit")
def edit(request: WorkspaceRequest, cadence_id: UUID) -> HttpResponse:
    """Change a cadence's name and rules."""
    cadence = get_cadence(request.member, cadence_id)
    form = CadenceForm(request.POST if request.method == "POST" else None, cadence=cadence)
    return answer_form(
        request,
        form,
        lambda given: update_cadence(
            actor=request.actor, cadence=cadence, version=given["version"], **_given(form)
        ),
        title=_("Edit cadence"),
        done=_("Saved."),
        back=reverse("sales:cadence", args=[cadence.id]),
    )


@require_POST
@requires("cadence", "edit")
def state(request: WorkspaceRequest, cadence_id: UUID) -> HttpResponse:
    """Activate, pause or archive a cadence."""
    cadence = get_cadence(request.member, cadence_id)
    wanted = request.POST.get("state", "")
    done = {
        "active": _("Activated: steps go out in working hours."),
        "paused": _("Paused: nothing goes out until you activate it again."),
        "archived": _("Archived: who was under way is taken out."),
        "draft": _("A draft again."),
    }
    return answer_act(
        request,
        lambda: set_cadence_state(actor=request.actor, cadence=cadence, state=wanted),
        done=done.get(wanted, ""),
        back=reverse("sales:cadence", args=[cadence.id]),
    )


@require_POST
@requires("cadence", "delete")
def delete(request: WorkspaceRequest, cadence_id: UUID) -> HttpResponse:
    """Remove a cadence nobody went through."""
    cadence = get_cadence(request.member, cadence_id)
    return answer_act(
        request,
        lambda: delete_cadence(actor=request.actor, cadence=cadence),
        done=_("Cadence deleted."),
        back=reverse("sales:cadences"),
        leave=True,
    )


@require_http_methods(["GET", "POST"])
@requires("cadence", "edit")
def limit(request: WorkspaceRequest) -> HttpResponse:
    """Ask how many steps may go out in one sender's name a day."""
    form = CapForm(request.POST if request.method == "POST" else None, initial={"cap": daily_cap()})
    return answer_form(
        request,
        form,
        lambda given: set_daily_cap(actor=request.actor, cap=given["cap"]),
        title=_("Daily limit"),
        done=_("Saved."),
        back=reverse("sales:cadences"),
    )


def _given(form: CadenceForm) -> Any:
    return {name: value for name, value in form.cleaned_data.items() if name != "version"}
