"""Converting a lead, with the matches shown first, and undoing it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ponte.core.errors import Denied, FieldProblem, Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import field_access, may, requires
from ponte.sales.forms.conversion import ConversionForm
from ponte.sales.policies import get_visible_lead
from ponte.sales.selectors.conversion import Preview, preview_conversion
from ponte.sales.services.conversion import convert_lead, undo_conversion
from ponte.ui.forms import add_problems
from ponte.ui.htmx import refresh_page
from ponte.ui.layouts import frame_of
from ponte.workplace.admin.answers import answer_act

_NAMES = {
    "company_id": "other", "person_id": "person", "name": "new_company", "stage_id": "stage", "owner_id": "owner", "party_id": "company",
}  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires("lead", "edit")
def convert(request: WorkspaceRequest, lead_id: UUID) -> HttpResponse:
    """Show whom a lead fits, and convert it."""
    member = request.member
    lead = get_visible_lead(member, lead_id)
    if not may(member, "lead", "edit", lead):
        raise Denied("lead", "edit")
    sees_typed = field_access(member, "lead").can_read("typed")
    preview = preview_conversion(lead, member) if sees_typed else Preview([], [], "", "")
    form = ConversionForm(
        request.POST if request.method == "POST" else None,
        initial={"title": lead.title or lead.party.label, "owner": lead.owner_id or member.id},
        preview=preview,
        label=_("%(name)s (this lead's customer)") % {"name": lead.party.label},
        is_person=lead.party.is_person,
        may_make=may(member, "customer", "create"),
        may_deal=may(member, "opportunity", "create"),
    )
    back = reverse("sales:lead", args=[lead.id])
    if request.method == "POST" and form.is_valid():
        try:
            convert_lead(actor=request.actor, lead_id=lead.id, data=form.data_of())
        except Invalid as refusal:
            named = [FieldProblem(_NAMES.get(p.field, p.field), p.code, p.message) for p in refusal.problems]
            add_problems(form, Invalid(named))
        else:
            done = _("Converted.")
            return refresh_page(done) if request.htmx and frame_of(request) != "page" else redirect(back)
    title = _("Convert %(name)s") % {"name": lead.party.label}
    context = {"form": form, "title": title, "cancel_url": back, "submit_label": _("Convert")}
    return render(request, "ui/form_page.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires("lead", "edit")
def undo(request: WorkspaceRequest, lead_id: UUID) -> HttpResponse:
    """Take a conversion back."""
    return answer_act(
        request,
        lambda: undo_conversion(actor=request.actor, lead_id=lead_id),
        done=_("The conversion is undone."),
        back=reverse("sales:lead", args=[lead_id]),
    )
