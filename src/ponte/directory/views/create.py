"""Adding people and companies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.directory.forms.create import CompanyForm, CustomerForm, PersonForm
from ponte.directory.policies import customer_fields, get_party
from ponte.directory.selectors.duplicates import reason_words
from ponte.directory.services.companies import create_company
from ponte.directory.services.entry_check import check_entry
from ponte.directory.services.people import create_person
from ponte.directory.views.filling import filled_form, may_fill
from ponte.ui.forms import add_problems
from ponte.ui.htmx import go_to
from ponte.ui.layouts import frame_of
from ponte.workplace import vocabulary


@require_http_methods(["GET", "POST"])
@requires("customer", "create")
def new_person(request: WorkspaceRequest) -> HttpResponse:
    """Ask for a new person and add them."""
    form = PersonForm(request.POST or None, member=request.member, initial=_initial(request))

    def make() -> UUID:
        data = form.data_of()
        if data.company_id:
            get_party(request.member, data.company_id, kind="company")
        return create_person(actor=request.actor, data=data).id

    return _create(request, form, make, str(vocabulary.new_person), "person")


@require_http_methods(["GET", "POST"])
@requires("customer", "create")
def new_company(request: WorkspaceRequest) -> HttpResponse:
    """Ask for a new company and add it."""
    if request.method == "POST" and "fill" in request.POST and may_fill(request):
        filled, told = filled_form(request)
        context = {"form": filled, "title": _("New company"), "later_open": True, "may_fill": True, **told}
        return render(request, "directory/create.html", context, status=422 if "fill_error" in told else 200)
    form = CompanyForm(request.POST or None, member=request.member, initial=_initial(request))
    return _create(
        request,
        form,
        lambda: create_company(actor=request.actor, data=form.data_of()).id,
        _("New company"),
        "company",
    )


def _initial(request: WorkspaceRequest) -> dict[str, Any]:
    return {"name": request.GET.get("name", "")[:240], "company_id": request.GET.get("company") or None}


def _create(
    request: WorkspaceRequest, form: CustomerForm, make: Callable[[], UUID], title: str, kind: str
) -> HttpResponse:
    known: dict[str, Any] = {}
    if form.is_valid():
        known = _known_already(request, form, kind)
    if form.is_valid() and not known:
        try:
            url = reverse("directory:record", args=[make()])
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return redirect(url) if frame_of(request) == "page" else go_to(url)
    context = {"form": form, "title": title, "later_open": form.is_bound and _has_late_error(form), **known}
    context["may_fill"] = kind == "company" and may_fill(request)
    return render(request, "directory/create.html", context, status=422 if form.is_bound else 200)


def _has_late_error(form: CustomerForm) -> bool:
    return any(field.errors for field in form.shown_later())


def _known_already(request: WorkspaceRequest, form: CustomerForm, kind: str) -> dict[str, Any]:
    """Return what the form says about customers that may be the same, {} when there are none or somebody said to go on."""
    if "anyway" in request.POST:
        return {}
    check = check_entry(member=request.member, data=form.data_of(), kind=kind)
    if check.is_clear:
        return {}
    access = customer_fields(request.member)
    likely = [(party, reason_words(verdict.reasons, kind, access)) for party, verdict in check.likely]
    return {"likely": likely, "ask": check.ask, "is_known": True}
