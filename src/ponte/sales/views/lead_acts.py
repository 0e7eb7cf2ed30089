"""What is done to a lead besides editing: worked, handed over, answered, disqualified, given away, bin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ponte.core.errors import Denied, FieldProblem, Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.sales.forms.lead import HandOverForm, OwnerForm, ReasonForm
from ponte.sales.models import Lead, LeadStatus, ReasonKind
from ponte.sales.policies import get_visible_lead
from ponte.sales.services.lead_edits import delete_lead, restore_lead, update_lead
from ponte.sales.services.lead_life import (
    accept_lead,
    hand_over_lead,
    move_lead,
    reject_lead,
    reopen_lead,
)
from ponte.ui.forms import add_problems
from ponte.ui.htmx import go_to, refresh_page, toast
from ponte.ui.layouts import frame_of
from ponte.workplace.admin.answers import answer_act

_NAMES = {"reason_id": "reason", "owner_id": "owner"}


@require_POST
@requires("lead", "edit")
def work(request: WorkspaceRequest, lead_id: UUID) -> HttpResponse:
    """Note that somebody is in contact."""
    return _do(
        request,
        lead_id,
        lambda: move_lead(actor=request.actor, lead_id=lead_id, status=LeadStatus.WORKING),
        _("The lead is being worked."),
    )


@require_POST
@requires("lead", "edit")
def accept(request: WorkspaceRequest, lead_id: UUID) -> HttpResponse:
    """Take a lead for sales."""
    return _do(
        request,
        lead_id,
        lambda: accept_lead(actor=request.actor, lead_id=lead_id),
        _("The lead is with sales now."),
    )


@require_POST
@requires("lead", "edit")
def reopen(request: WorkspaceRequest, lead_id: UUID) -> HttpResponse:
    """Work a disqualified lead again."""
    return _do(
        request,
        lead_id,
        lambda: reopen_lead(actor=request.actor, lead_id=lead_id),
        _("The lead is being worked again."),
    )


@require_http_methods(["GET", "POST"])
@requires("lead", "edit")
def hand_over(request: WorkspaceRequest, lead_id: UUID) -> HttpResponse:
    """Hand a lead over to sales."""
    lead = _editable(request, lead_id)
    form = HandOverForm(_posted(request), initial={"owner": lead.owner_id})

    def act(told: dict[str, Any]) -> None:
        owner = told["owner"].id if told["owner"] else None
        hand_over_lead(actor=request.actor, lead_id=lead.id, owner_id=owner, note=told["note"])

    return _ask(request, form, lead, _("Hand over to sales"), act, _("Handed over to sales."))


@require_http_methods(["GET", "POST"])
@requires("lead", "edit")
def reject(request: WorkspaceRequest, lead_id: UUID) -> HttpResponse:
    """Give a lead back to marketing."""
    lead = _editable(request, lead_id)
    form = ReasonForm(_posted(request), kind=ReasonKind.REJECTED)

    def act(told: dict[str, Any]) -> None:
        reject_lead(actor=request.actor, lead_id=lead.id, reason_id=told["reason"].id, note=told["note"])

    return _ask(request, form, lead, _("Give back to marketing"), act, _("Given back to marketing."))


@require_http_methods(["GET", "POST"])
@requires("lead", "edit")
def disqualify(request: WorkspaceRequest, lead_id: UUID) -> HttpResponse:
    """End a lead that leads nowhere."""
    lead = _editable(request, lead_id)
    form = ReasonForm(_posted(request), kind=ReasonKind.DISQUALIFIED)

    def act(told: dict[str, Any]) -> None:
        move_lead(
            actor=request.actor,
            lead_id=lead.id,
            status=LeadStatus.DISQUALIFIED,
            reason_id=told["reason"].id,
            note=told["note"],
        )

    return _ask(request, form, lead, _("Disqualify"), act, _("Lead disqualified."))


@require_http_methods(["GET", "POST"])
@requires("lead", "edit")
def assign(request: WorkspaceRequest, lead_id: UUID) -> HttpResponse:
    """Give a lead to somebody."""
    lead = _editable(request, lead_id)
    form = OwnerForm(_posted(request), initial={"owner": lead.owner_id})

    def act(told: dict[str, Any]) -> None:
        owner = told["owner"].id if told["owner"] else None
        update_lead(actor=request.actor, lead_id=lead.id, changes={"owner_id": owner})

    return _ask(request, form, lead, _("Give to…"), act, _("Saved."))


@require_POST
@requires("lead", "delete")
def delete(request: WorkspaceRequest, lead_id: UUID) -> HttpResponse:
    """Put a lead into the bin; the toast offers to undo."""
    delete_lead(actor=request.actor, lead_id=lead_id)
    undo_url = reverse("sales:lead_restore", args=[lead_id])
    if request.htmx:
        return toast(go_to(reverse("sales:leads")), _("Lead deleted"), undo_url=undo_url)
    return redirect("sales:leads")


@require_POST
@requires("lead", "delete")
def restore(request: WorkspaceRequest, lead_id: UUID) -> HttpResponse:
    """Take a lead out of the bin."""
    restore_lead(actor=request.actor, lead_id=lead_id)
    url = reverse("sales:lead", args=[lead_id])
    return go_to(url) if request.htmx else redirect(url)


def _editable(request: WorkspaceRequest, lead_id: UUID) -> Lead:
    lead = get_visible_lead(request.member, lead_id)
    if not may(request.member, "lead", "edit", lead):
        raise Denied("lead", "edit")
    return lead


def _posted(request: WorkspaceRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _do(request: WorkspaceRequest, lead_id: UUID, act: Callable[[], object], done: str) -> HttpResponse:
    return answer_act(request, act, done=done, back=reverse("sales:lead", args=[lead_id]))


def _ask(
    request: WorkspaceRequest,
    form: forms.Form,
    lead: Lead,
    title: str,
    act: Callable[[dict[str, Any]], None],
    done: str,
) -> HttpResponse:
    back = reverse("sales:lead", args=[lead.id])
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except Invalid as refusal:
            named = [FieldProblem(_NAMES.get(p.field, p.field), p.code, p.message) for p in refusal.problems]
            add_problems(form, Invalid(named))
        else:
            if request.htmx and frame_of(request) != "page":
                return refresh_page(done)
            return redirect(back)
    context = {"form": form, "title": title, "cancel_url": back, "submit_label": title.rstrip("…")}
    return render(request, "ui/form_page.html", context, status=422 if form.is_bound else 200)
