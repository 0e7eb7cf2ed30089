"""Screens of leads: one lead, its editor, the panel of the 360° view."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ponte.core.brazil.phones import whatsapp_url
from ponte.core.errors import Denied, FieldProblem, Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import field_access, may, require, requires
from ponte.core.services.audit import record_view
from ponte.directory.data import CompanyData, EmailData, PersonData, PhoneData
from ponte.directory.models import Party
from ponte.directory.policies import customer_fields, get_party, visible_parties
from ponte.sales.data import LeadData
from ponte.sales.forms.lead import LeadForm
from ponte.sales.models import Lead, LeadStatus
from ponte.sales.policies import get_visible_lead, visible_leads, visible_opportunities
from ponte.sales.selectors.leads import conversion_of, history_of, is_late, mark_rows, path_of, typed_rows
from ponte.sales.services.capture import NOBODY, Capture, capture_leads
from ponte.sales.services.conversion import can_undo
from ponte.sales.services.lead_edits import update_lead
from ponte.sales.services.lead_life import EARLY, IN_WORK
from ponte.sales.services.leads import create_lead
from ponte.sales.tables.leads import GRADE_TONES, STATUS_TONES
from ponte.ui.forms import add_problems
from ponte.ui.htmx import go_to
from ponte.ui.layouts import frame_of
from ponte.workplace.custom_fields.inputs import add_inputs
from ponte.workplace.custom_fields.showing import sections_of

PANEL_LEADS = 5
FIELD_NAMES = {
    "party_id": "party",
    "owner_id": "owner",
    "emails": "email",
    "phones": "phone",
    "cnpj": "company",
}


@require_GET
@requires("lead", "view")
def detail(request: WorkspaceRequest, lead_id: UUID) -> HttpResponse:
    """Show one lead, whole or in the side panel."""
    rows = visible_leads(request.member).select_related("party", "owner", "reason", "form")
    lead = rows.filter(id=lead_id).first()
    if lead is None:
        raise Missing
    record_view(actor=request.actor, object_type="lead", ids=[lead.id], where="lead")
    return render(request, "sales/lead.html", lead_context(request, lead))


def lead_context(request: WorkspaceRequest, lead: Lead) -> dict[str, Any]:
    """Return what the page of a lead shows."""
    member = request.member
    access, contact = field_access(member, "lead"), customer_fields(member)
    entries = history_of(lead)
    conversion = conversion_of(lead) if lead.status == LeadStatus.CONVERTED else None
    deal = conversion.opportunity if conversion else None
    sees_deal = deal is not None and visible_opportunities(member).filter(id=deal.id).exists()
    return {
        "lead": lead,
        "party": lead.party,
        "tone": STATUS_TONES[LeadStatus(lead.status)],
        "grade_tone": GRADE_TONES.get(lead.grade, "neutral"),
        "path": path_of(lead, entries),
        "entries": entries,
        "typed": typed_rows(lead, member),
        "marks": mark_rows(lead),
        "custom_sections": sections_of(member, "lead", lead.custom),
        "custom_object": "lead",
        "row_id": lead.id,
        "shows_email": bool(lead.party.email) and contact.can_read("email"),
        "shows_phone": bool(lead.party.phone) and contact.can_read("phone"),
        "chat_url": _chat_of(lead.party),
        "shows_message": access.can_read("message") and bool(lead.message),
        "is_late": is_late(lead),
        "is_early": lead.status in EARLY,
        "in_work": lead.status in IN_WORK,
        "conversion": conversion,
        "may_undo": conversion is not None and can_undo(conversion),
        "deal": deal if sees_deal else None,
        "may_edit": may(member, "lead", "edit", lead),
        "may_delete": may(member, "lead", "delete", lead),
        "may_task": may(member, "task", "create"),
        "sees_cadences": may(member, "cadence", "view"),
    }


def _chat_of(party: Party) -> str:
    """Return where one writes to a customer by WhatsApp; empty where there is no such number or it is not to be written to."""
    phone = party.phones.filter(number=party.phone, opted_out_at=None).first() if party.phone else None
    return whatsapp_url(phone.number, has_whatsapp=phone.has_whatsapp) if phone else ""


@require_GET
@requires("lead", "view")
def panel(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show what a customer was interested in."""
    party = get_party(request.member, party_id)
    rows = visible_leads(request.member).filter(party_id=party.id).select_related("owner")
    leads = list(rows.order_by("-captured_at", "-id")[: PANEL_LEADS + 1])
    context = {
        "party": party,
        "leads": [
            (lead, STATUS_TONES[LeadStatus(lead.status)], is_late(lead)) for lead in leads[:PANEL_LEADS]
        ],
        "has_more": len(leads) > PANEL_LEADS,
        "may_create": may(request.member, "lead", "create"),
    }
    return render(request, "sales/_leads_panel.html", context)


@require_http_methods(["GET", "POST"])
@requires("lead", "create")
def create(request: WorkspaceRequest) -> HttpResponse:
    """Note an interest by hand; ``?party=`` names the customer, otherwise somebody new may be made with it."""
    initial = {"party": _asked_party(request), "owner": request.member.id, "origin": "phone"}
    form = _lead_form(request, initial=initial)
    add_inputs(form, "lead", request.member)
    if request.method == "POST" and form.is_valid():
        try:
            lead_id = _make(request, form)
        except Invalid as refusal:
            _show(form, refusal)
        else:
            return _answer(request, reverse("sales:lead", args=[lead_id]))
    return _page(request, form, _("New lead"), reverse("sales:leads"))


def _make(request: WorkspaceRequest, form: LeadForm) -> UUID:
    values = form.changes()
    if values.get("party_id"):
        return create_lead(actor=request.actor, data=LeadData(source="hand", **values)).id
    require(request.member, "customer", "create")
    told = form.cleaned_data
    common: dict[str, Any] = {
        "emails": [EmailData(address=told["email"])] if told.get("email") else (),
        "phones": [PhoneData(number=told["phone"])] if told.get("phone") else (),
        "owner_id": values.get("owner_id"),
    }
    is_person = any(told.get(name) for name in ("name", "email", "phone"))
    party = (
        PersonData(name=told["name"], **common) if is_person else CompanyData(name=told["company"], **common)
    )
    typed = {name: told[name] for name in ("name", "company", "email", "phone") if told.get(name)}
    data = LeadData(party_id=NOBODY, typed=typed, source="hand", **values)
    (result,) = capture_leads(actor=request.actor, items=[Capture(lead=data, party=party)], source="hand")
    if result.lead_id is None:
        raise Invalid(result.problems)
    return result.lead_id


@require_http_methods(["GET", "POST"])
@requires("lead", "edit")
def edit(request: WorkspaceRequest, lead_id: UUID) -> HttpResponse:
    """Change a lead's fields."""
    lead = get_visible_lead(request.member, lead_id)
    if not may(request.member, "lead", "edit", lead):
        raise Denied("lead", "edit")
    initial = {
        "party": lead.party_id,
        "title": lead.title,
        "message": lead.message,
        "origin": lead.origin,
        "campaign": lead.campaign,
        "owner": lead.owner_id,
        "version": lead.version,
    }
    form = _lead_form(request, initial=initial, lead=lead)
    add_inputs(form, "lead", request.member, stored=lead.custom)
    if request.method == "POST" and form.is_valid():
        try:
            update_lead(
                actor=request.actor,
                lead_id=lead.id,
                changes=form.changes(),
                version=form.cleaned_data["version"],
            )
        except Invalid as refusal:
            _show(form, refusal)
        else:
            return _answer(request, reverse("sales:lead", args=[lead.id]))
    title = _("Edit lead of %(name)s") % {"name": lead.party.label}
    return _page(request, form, title, reverse("sales:lead", args=[lead.id]))


def _lead_form(request: WorkspaceRequest, *, initial: dict[str, Any], lead: Lead | None = None) -> LeadForm:
    def label_of(party_id: Any) -> str:
        if lead is not None and str(party_id) == str(lead.party_id):
            return lead.party.label
        try:
            party = visible_parties(request.member).filter(id=UUID(str(party_id))).first()
        except ValueError:
            return ""
        return party.label if party else ""

    return LeadForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        label_of=label_of,
        access=field_access(request.member, "lead"),
        is_new=lead is None,
        may_make=may(request.member, "customer", "create"),
    )


def _show(form: LeadForm, refusal: Invalid) -> None:
    named = [
        FieldProblem(FIELD_NAMES.get(one.field.split(".")[0].split("[")[0], one.field), one.code, one.message)
        for one in refusal.problems
    ]
    add_problems(form, Invalid(named))


def _page(request: WorkspaceRequest, form: LeadForm, title: str, cancel_url: str) -> HttpResponse:
    context = {"form": form, "title": title, "cancel_url": cancel_url}
    return render(request, "ui/form_page.html", context, status=422 if form.is_bound else 200)


def _answer(request: WorkspaceRequest, url: str) -> HttpResponse:
    return go_to(url) if request.htmx and frame_of(request) != "page" else redirect(url)


def _asked_party(request: WorkspaceRequest) -> UUID | None:
    try:
        return get_party(request.member, UUID(request.GET["party"])).id
    except (KeyError, ValueError, Missing):
        return None
