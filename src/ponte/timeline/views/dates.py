"""The panel "next dates" of a customer, and its forms."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ponte.core.errors import Denied, Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.directory.models import Party
from ponte.timeline.forms.interaction import show_problems
from ponte.timeline.models import DateKind, PartyDate
from ponte.timeline.policies import get_visible_party
from ponte.timeline.selectors.dates import dates_of, get_date
from ponte.timeline.services.dates import add_date, remove_date, update_date
from ponte.ui.forms import DateField
from ponte.ui.htmx import close_dialog
from ponte.ui.layouts import frame_of

CHANGED = ("dates-changed", "customer-changed")


class DateForm(forms.Form):
    """A date of a customer."""

    widths = {"kind": "half", "day": "half"}

    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=DateKind.choices)
    day = DateField(label=gettext_lazy("Date"))
    label = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Such as “Contract of the shop”."),
    )
    yearly = forms.BooleanField(label=gettext_lazy("Comes again every year"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


def _party(request: WorkspaceRequest, party_id: UUID) -> Party:
    party = get_visible_party(request.member, party_id)
    if not may(request.member, "customer", "edit", party):
        raise Denied("customer", "edit")
    return party


@require_GET
@requires("customer", "view")
def panel(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show a customer's next dates."""
    party = get_visible_party(request.member, party_id)
    context = {
        "party": party,
        "dates": dates_of(request.member, party),
        "may_edit": may(request.member, "customer", "edit", party),
    }
    return render(request, "timeline/_dates_panel.html", context)


@require_http_methods(["GET", "POST"])
@requires("customer", "edit")
def create(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Add a date to a customer."""
    party = _party(request, party_id)
    form = DateForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            add_date(actor=request.actor, party_id=party.id, **_details(form))  # type: ignore[arg-type]
        except Invalid as refusal:
            show_problems(form, refusal)
        else:
            return _done(request, party.id, _("Date saved"))
    return _form(request, form, _("New date"))


@require_http_methods(["GET", "POST"])
@requires("customer", "edit")
def edit(request: WorkspaceRequest, date_id: UUID) -> HttpResponse:
    """Change a date."""
    row = get_date(request.member, date_id)
    party = _party(request, row.party_id)
    initial = {
        "kind": row.kind,
        "day": row.day,
        "label": row.label,
        "yearly": row.yearly,
        "version": row.version,
    }
    form = DateForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            update_date(
                actor=request.actor,
                row=row,
                version=form.cleaned_data["version"],
                **_details(form),  # type: ignore[arg-type]
            )
        except Invalid as refusal:
            show_problems(form, refusal)
        else:
            return _done(request, party.id, _("Date saved"))
    return _form(request, form, _("Edit date"))


@require_POST
@requires("customer", "edit")
def remove(request: WorkspaceRequest, date_id: UUID) -> HttpResponse:
    """Take a date away."""
    row: PartyDate = get_date(request.member, date_id)
    party = _party(request, row.party_id)
    remove_date(actor=request.actor, row=row)
    return _done(request, party.id, _("Date deleted"))


def _details(form: DateForm) -> dict[str, object]:
    return {name: form.cleaned_data[name] for name in ("kind", "day", "label", "yearly")}


def _form(request: WorkspaceRequest, form: DateForm, title: str) -> HttpResponse:
    return render(
        request, "ui/form_page.html", {"form": form, "title": title}, status=422 if form.is_bound else 200
    )


def _done(request: WorkspaceRequest, party_id: UUID, text: str) -> HttpResponse:
    if frame_of(request) == "page":
        return redirect("directory:record", party_id)
    return close_dialog(text, events=CHANGED)
