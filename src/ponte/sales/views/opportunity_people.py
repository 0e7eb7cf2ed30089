"""The panels of an opportunity's page and their forms: contacts, colleagues, competitors, tasks, files, products."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.core.services.files import attach
from ponte.directory.policies import get_party, visible_parties
from ponte.sales.forms.opportunity_people import ContactForm, HelperForm, RivalForm
from ponte.sales.models import DealStatus, Opportunity
from ponte.sales.policies import get_visible_opportunity
from ponte.sales.selectors.opportunities import contacts_of, deals_of_party, files_of, meetings_of, tasks_of
from ponte.sales.services.opportunity_people import (
    add_contact,
    add_helper,
    add_rival,
    remove_contact,
    remove_helper,
    remove_rival,
)
from ponte.sales.tables.opportunities import STATUS_TONES
from ponte.sales.views.opportunities import editable_deal
from ponte.timeline.selectors.files import may_remove
from ponte.ui.forms import add_problems
from ponte.ui.htmx import close_dialog, trigger
from ponte.ui.layouts import frame_of

PANEL_FILES = 20
MAX_FILES = 10
PANEL_DEALS = 6


@require_safe
@requires("opportunity", "view")
def contacts(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Show the people of an opportunity and their say."""
    deal = get_visible_opportunity(request.member, opportunity_id)
    return _panel(request, deal, "_contacts.html", {"contacts": contacts_of(request.member, deal)})


@require_safe
@requires("opportunity", "view")
def team(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Show who works on an opportunity."""
    deal = get_visible_opportunity(request.member, opportunity_id)
    helpers = deal.team.select_related("member").order_by("member__sort_name")
    return _panel(request, deal, "_team.html", {"helpers": list(helpers)})


@require_safe
@requires("opportunity", "view")
def rivals(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Show the competitors of an opportunity."""
    deal = get_visible_opportunity(request.member, opportunity_id)
    found = deal.rivals.select_related("competitor").order_by("competitor__name")
    return _panel(request, deal, "_rivals.html", {"rivals": list(found)})


@require_safe
@requires("opportunity", "view")
def tasks(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Show the tasks that are steps of an opportunity."""
    deal = get_visible_opportunity(request.member, opportunity_id)
    rows = tasks_of(request.member, deal)
    opened = list(rows.filter(done_at=None).order_by("due_at", "id")[:30])
    done = list(rows.filter(done_at__isnull=False).order_by("-done_at", "-id")[:5])
    context = {
        "tasks": [*opened, *done],
        "meetings": meetings_of(request.member, deal) if may(request.member, "meeting", "view") else [],
        "may_plan": may(request.member, "task", "create"),
        "may_meet": may(request.member, "meeting", "create"),
    }
    return _panel(request, deal, "_tasks.html", context)


@require_http_methods(["GET", "POST"])
@requires("opportunity", "view")
def files(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Show the files of an opportunity, or attach some."""
    deal = get_visible_opportunity(request.member, opportunity_id)
    problem = _attach(request, deal) if request.method == "POST" else ""
    found = files_of(request.member, deal, PANEL_FILES)
    context = {
        "files": [(one, may_remove(request.member, one)) for one in found[:PANEL_FILES]],
        "has_more": len(found) > PANEL_FILES,
        "may_attach": may(request.member, "file", "create"),
        "problem": problem,
    }
    return _panel(request, deal, "_files.html", context, status=422 if problem else 200)


def _attach(request: WorkspaceRequest, deal: Opportunity) -> str:
    """Attach what was sent; return what stood in the way."""
    if not may(request.member, "file", "create"):
        return _("Your role doesn't let you attach files.")
    uploads = [one for one in request.FILES.getlist("files") if isinstance(one, UploadedFile)]
    if not uploads:
        return _("Choose a file first.")
    if len(uploads) > MAX_FILES:
        return _("At most %(limit)s files at once.") % {"limit": MAX_FILES}
    try:
        for one in uploads:
            attach(
                upload=one,
                object_type="opportunity",
                object_id=deal.id,
                actor=request.actor,
                party_id=deal.party_id,
            )
    except Invalid as refusal:
        return str(refusal.problems[0].message)
    return ""


@require_safe
@requires("opportunity", "view")
def of_party(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show a customer's opportunities on their page."""
    party = get_party(request.member, party_id)
    rows = list(deals_of_party(request.member, party.id)[: PANEL_DEALS + 1])
    context = {
        "party_id": party.id,
        "deals": [(row, STATUS_TONES[DealStatus(row.status)]) for row in rows[:PANEL_DEALS]],
        "has_more": len(rows) > PANEL_DEALS,
        "may_create": may(request.member, "opportunity", "create"),
    }
    return render(request, "sales/deals/_of_party.html", context)


@require_http_methods(["GET", "POST"])
@requires("opportunity", "edit")
def contact_new(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Say what say a person has."""
    deal = editable_deal(request, opportunity_id)

    def label_of(party_id: Any) -> str:
        try:
            party = visible_parties(request.member).filter(id=UUID(str(party_id))).first()
        except ValueError:
            return ""
        return party.label if party else ""

    first = {"party": deal.party_id} if deal.party.is_person else {}
    form = ContactForm(_posted(request), initial=first, label_of=label_of)

    def save() -> None:
        told = form.cleaned_data
        add_contact(
            actor=request.actor,
            opportunity_id=deal.id,
            party_id=told["party"],
            role=told["role"],
            note=told["note"],
        )

    return _save(request, deal, form, save, _("Add a contact"), {"party_id": "party"})


@require_http_methods(["GET", "POST"])
@requires("opportunity", "edit")
def helper_new(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Let a colleague work on an opportunity."""
    deal = editable_deal(request, opportunity_id)
    form = HelperForm(_posted(request))

    def save() -> None:
        told = form.cleaned_data
        add_helper(
            actor=request.actor, opportunity_id=deal.id, member_id=told["member"].id, task=told["task"]
        )

    return _save(request, deal, form, save, _("Add a colleague"), {"member_id": "member"})


@require_http_methods(["GET", "POST"])
@requires("opportunity", "edit")
def rival_new(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Note a competitor."""
    deal = editable_deal(request, opportunity_id)
    form = RivalForm(_posted(request), initial=_asked_rival(request, deal))

    def save() -> None:
        told = form.cleaned_data
        add_rival(
            actor=request.actor,
            opportunity_id=deal.id,
            competitor_id=told["competitor"].id,
            note=told["note"],
        )

    return _save(request, deal, form, save, _("Add a competitor"), {"competitor_id": "competitor"})


def _asked_rival(request: WorkspaceRequest, deal: Opportunity) -> dict[str, Any]:
    """Return the competitor ``?competitor=`` names and what is noted of them."""
    try:
        asked = UUID(request.GET.get("competitor", ""))
    except ValueError:
        return {}
    note = deal.rivals.filter(competitor_id=asked).values_list("note", flat=True).first()
    return {"competitor": asked, "note": note or ""}


@require_POST
@requires("opportunity", "edit")
def contact_remove(request: WorkspaceRequest, opportunity_id: UUID, party_id: UUID) -> HttpResponse:
    """Take a person off an opportunity."""
    deal = editable_deal(request, opportunity_id)
    remove_contact(actor=request.actor, opportunity_id=deal.id, party_id=party_id)
    return _removed(request, deal)


@require_POST
@requires("opportunity", "edit")
def helper_remove(request: WorkspaceRequest, opportunity_id: UUID, member_id: UUID) -> HttpResponse:
    """Take a colleague off an opportunity."""
    deal = editable_deal(request, opportunity_id)
    remove_helper(actor=request.actor, opportunity_id=deal.id, member_id=member_id)
    return _removed(request, deal)


@require_POST
@requires("opportunity", "edit")
def rival_remove(request: WorkspaceRequest, opportunity_id: UUID, competitor_id: UUID) -> HttpResponse:
    """Take a competitor off an opportunity."""
    deal = editable_deal(request, opportunity_id)
    remove_rival(actor=request.actor, opportunity_id=deal.id, competitor_id=competitor_id)
    return _removed(request, deal)


def _panel(
    request: WorkspaceRequest, deal: Opportunity, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    may_edit = may(request.member, "opportunity", "edit", deal)
    return render(
        request, f"sales/deals/{template}", {**context, "deal": deal, "may_edit": may_edit}, status=status
    )


def _posted(request: WorkspaceRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _save(
    request: WorkspaceRequest,
    deal: Opportunity,
    form: forms.Form,
    save: Callable[[], None],
    title: str,
    names: dict[str, str],
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except Invalid as refusal:
            for problem in refusal.problems:
                if problem.field in names:
                    form.add_error(names[problem.field], str(problem.message))
                else:
                    add_problems(form, Invalid([problem]))
        else:
            if frame_of(request) == "page":
                return redirect("sales:opportunity", deal.id)
            return close_dialog(_("Saved"), events=("deal-changed",))
    context = {
        "form": form,
        "title": title,
        "submit_label": _("Add"),
        "cancel_url": reverse("sales:opportunity", args=[deal.id]),
    }
    return render(request, "ui/form_page.html", context, status=422 if form.is_bound else 200)


def _removed(request: WorkspaceRequest, deal: Opportunity) -> HttpResponse:
    if request.htmx:
        return trigger(HttpResponse(status=204), "deal-changed")
    return redirect("sales:opportunity", deal.id)
