"""Customers in cadences: enrolling, the panels that show it, one enrolment's page and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from ponte.core.errors import Denied, Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.directory.models import Party
from ponte.directory.policies import customer_fields, get_party
from ponte.privacy.services.contact import may_contact
from ponte.sales.cadence_policies import changeable_enrolments, get_enrolment, may_enrol, visible_enrolments
from ponte.sales.channels import channel_of
from ponte.sales.forms.cadence import EnrolForm, SenderForm
from ponte.sales.models import Enrolment, RunState, StepRun
from ponte.sales.policies import get_visible_lead, get_visible_opportunity
from ponte.sales.selectors.enrolments import (
    enrolments_about,
    list_enrolments,
    list_runs,
    open_cadences,
    why,
)
from ponte.sales.services.cadence_ends import say_answered
from ponte.sales.services.cadence_running import texts_of
from ponte.sales.services.enrolments import (
    change_sender,
    enrol_customers,
    pause_enrolments,
    remove_enrolments,
    resume_enrolments,
)
from ponte.sales.wording import NoValue
from ponte.ui.htmx import close_dialog
from ponte.ui.layouts import frame_of
from ponte.workplace.admin.answers import answer_act, answer_form

CHANGED = ("enrolments-changed", "tasks-changed")
ACTS: dict[str, Callable[..., object]] = {
    "pause": pause_enrolments, "resume": resume_enrolments, "remove": remove_enrolments, "answered": say_answered,
}  # fmt: skip
DONE = {
    "pause": gettext_lazy("Paused."),
    "resume": gettext_lazy("It goes on."),
    "remove": gettext_lazy("Taken out."),
    "answered": gettext_lazy("Noted: the customer answered."),
}


@require_GET
@requires("cadence", "view")
def panel(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show which cadences a customer is in."""
    party = get_party(request.member, party_id)
    rows = list_enrolments(request.member, party.id)
    return _panel(request, rows, party, reverse("sales:enrolments_panel", args=[party.id]), "")


@require_GET
@requires("cadence", "view")
def about_deal(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Show which cadences a deal's customer is in because of it."""
    deal = get_visible_opportunity(request.member, opportunity_id)
    rows = enrolments_about(request.member, opportunity_id=deal.id)
    url = reverse("sales:deal_enrolments", args=[deal.id])
    return _panel(request, rows, deal.party, url, urlencode({"opportunity": deal.id}))


@require_GET
@requires("cadence", "view")
def about_lead(request: WorkspaceRequest, lead_id: UUID) -> HttpResponse:
    """Show which cadences a lead's customer is in because of it."""
    lead = get_visible_lead(request.member, lead_id)
    rows = enrolments_about(request.member, lead_id=lead.id)
    url = reverse("sales:lead_enrolments", args=[lead.id])
    return _panel(request, rows, lead.party, url, urlencode({"lead": lead.id}))


def _panel(
    request: WorkspaceRequest, rows: list[Enrolment], party: Party, url: str, about: str
) -> HttpResponse:
    context = {
        "rows": rows,
        "party": party,
        "panel_url": url,
        "about": about,
        "may_enrol": may_enrol(request.member) and may(request.member, "customer", "edit", party),
    }
    return render(request, "sales/_enrolments_panel.html", context)


@require_http_methods(["GET", "POST"])
@requires("cadence", "view")
def enrol(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Ask which cadence a customer shall begin; ``?opportunity=`` or ``?lead=`` says what it is about."""
    party = get_party(request.member, party_id, "edit")
    if not may_enrol(request.member):
        raise Denied("cadence", "enrol")
    about = _about(request, party)
    cadences = open_cadences(request.member)
    form = EnrolForm(request.POST if request.method == "POST" else None, cadences=cadences)

    def save(given: dict[str, Any]) -> None:
        cadence = next(one for one in cadences if str(one.id) == given["cadence"])
        sender = UUID(given["sender"]) if given["sender"] else None
        found = enrol_customers(
            actor=request.actor,
            cadence=cadence,
            party_ids=[party.id],
            sender_id=sender,
            opportunity_id=about.get("opportunity_id"),
            lead_id=about.get("lead_id"),
        )
        if found.already:
            raise Invalid.on("cadence", "already", _("This customer is in the cadence already."))

    if request.method == "POST" and frame_of(request) != "page" and form.is_valid():
        try:
            save(form.cleaned_data)
        except Invalid as refusal:
            for problem in refusal.problems:
                form.add_error("cadence", str(problem.message))
        else:
            return close_dialog(_("The cadence has begun"), events=CHANGED)
    return answer_form(
        request,
        form,
        save,
        title=_("Begin a cadence"),
        done=_("The cadence has begun"),
        back=reverse("directory:record", args=[party.id]),
        template="sales/enrol.html",
        cadences=cadences,
        party=party,
    )


def _about(request: WorkspaceRequest, party: Party) -> dict[str, UUID]:
    """Return the deal or lead the enrolment is about, as the address names it."""
    for name, get in (("opportunity", get_visible_opportunity), ("lead", get_visible_lead)):
        text = request.GET.get(name, "")
        if text:
            try:
                record = get(request.member, UUID(text))
            except ValueError as error:
                raise Missing(name) from error
            return {f"{name}_id": record.pk}
    return {}


@require_safe
@requires("cadence", "view")
def detail(request: WorkspaceRequest, enrolment_id: UUID) -> HttpResponse:
    """Show how far a customer is in a cadence, step by step."""
    row = get_enrolment(request.member, enrolment_id)
    context = {
        "row": row,
        "runs": list_runs(row),
        "verdict": why(row.verdict) if row.verdict else "",
        "may_change": changeable_enrolments(request.member).filter(id=row.id).exists(),
    }
    return render(request, "sales/enrolment.html", context)


@require_POST
@requires("cadence", "view")
def act(request: WorkspaceRequest, enrolment_id: UUID, what: str) -> HttpResponse:
    """Pause, resume or end an enrolment, or take down that the customer answered."""
    row = get_enrolment(request.member, enrolment_id, to_change=True)
    if what not in ACTS:
        raise Missing("enrolment")

    def do() -> None:
        if what == "answered":
            say_answered(actor=request.actor, enrolment=row)
        else:
            ACTS[what](actor=request.actor, enrolment_ids=[row.id])

    done = DONE[what]
    if request.htmx and request.GET.get("then") == "stay":
        do()
        return close_dialog(done, events=CHANGED)
    return answer_act(request, do, done=done, back=reverse("sales:enrolment", args=[row.id]))


@require_http_methods(["GET", "POST"])
@requires("cadence", "view")
def sender(request: WorkspaceRequest, enrolment_id: UUID) -> HttpResponse:
    """Ask in whose name an enrolment goes on."""
    row = get_enrolment(request.member, enrolment_id, to_change=True)
    form = SenderForm(
        request.POST if request.method == "POST" else None, initial={"sender": str(row.sender_id or "")}
    )
    return answer_form(
        request,
        form,
        lambda given: change_sender(actor=request.actor, enrolment=row, sender_id=UUID(given["sender"])),
        title=_("Change sender"),
        done=_("Saved."),
        back=reverse("sales:enrolment", args=[row.id]),
    )


class _Outwards(HttpResponseRedirect):
    allowed_schemes = ["https", "mailto", "tel"]


@require_GET
@requires("cadence", "view")
def open_contact(request: WorkspaceRequest, run_id: UUID) -> HttpResponse:
    """Lead to WhatsApp, the mail program or the telephone with a step's text ready; privacy is asked once more."""
    run = _open_run(request, run_id)
    channel = channel_of(run.channel)
    row = run.enrolment
    field = "email" if channel.contact == "email" else "phone"
    if not channel.contact or not customer_fields(request.member).can_read(field):
        raise Missing("enrolment")
    decision = may_contact(
        actor=request.actor,
        party=row.party_id,
        purpose=row.cadence.purpose,
        channel=channel.contact,
        sender=f"cadence {row.cadence.name}",
    )
    if not decision:
        raise Invalid.on("party_id", decision.verdict, decision.reason)
    try:
        subject, body = texts_of(run)
    except NoValue:
        subject, body = "", ""
    return _Outwards(_address(channel.contact, decision.address, subject, body))


def _open_run(request: WorkspaceRequest, run_id: UUID) -> StepRun:
    rows = StepRun.objects.select_related("enrolment__cadence", "enrolment__party", "step", "sender")
    run = rows.filter(id=run_id, state=RunState.OPEN, sender__isnull=False).first()
    if run is None or not visible_enrolments(request.member).filter(id=run.enrolment_id).exists():
        raise Missing("enrolment")
    return run


def _address(contact: str, address: str, subject: str, body: str) -> str:
    if contact == "whatsapp":
        return f"https://wa.me/{address.lstrip('+')}?text={quote(body)}"
    if contact == "email":
        return f"mailto:{quote(address, safe='@')}?subject={quote(subject)}&body={quote(body)}"
    return f"tel:{address}"
