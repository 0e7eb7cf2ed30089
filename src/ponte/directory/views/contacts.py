"""Adding, changing and taking away single contacts of a customer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.directory.forms.contacts import AddressForm, EmailForm, HandleForm, PhoneForm
from ponte.directory.models import Party
from ponte.directory.policies import check_writable, customer_fields, get_party, may_act
from ponte.directory.selectors.records import get_record
from ponte.directory.services.contacts import add_contact, change_contact, remove_contact
from ponte.directory.views.showing import show_contacts
from ponte.ui.htmx import close_dialog


@dataclass(frozen=True)
class Kind:
    """One of a customer's lists: the form of a row and the titles of its dialogs."""

    form: type[forms.Form]
    new: str | Promise
    edit: str | Promise


KINDS: dict[str, Kind] = {
    "emails": Kind(EmailForm, gettext_lazy("New e-mail"), gettext_lazy("E-mail")),
    "phones": Kind(PhoneForm, gettext_lazy("New phone"), gettext_lazy("Phone")),
    "addresses": Kind(AddressForm, gettext_lazy("New address"), gettext_lazy("Address")),
    "handles": Kind(HandleForm, gettext_lazy("New social profile"), gettext_lazy("Social profile")),
}


@require_safe
@requires("customer", "view")
def contacts(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Answer the contact lists anew, after one changed."""
    found = get_record(request.member, party_id)
    context = {
        "party": found.party,
        "contacts": show_contacts(found, customer_fields(request.member)),
        "may_edit": may_act(request.member, found.party, "edit"),
    }
    return render(request, "directory/_contacts.html", context)


def _open(request: WorkspaceRequest, party_id: UUID, name: str) -> tuple[Party, Kind]:
    kind = KINDS.get(name)
    if kind is None:
        raise Missing("contact")
    party = get_party(request.member, party_id, "edit")
    check_writable(request.member, [name])
    return party, kind


@require_http_methods(["GET", "POST"])
@requires("customer", "edit")
def add(request: WorkspaceRequest, party_id: UUID, name: str) -> HttpResponse:
    """Ask for one more contact and add it."""
    party, kind = _open(request, party_id, name)
    form = kind.form(request.POST or None)
    save = partial(add_contact, actor=request.actor, party_id=party.id, name=name)
    return _handle(request, form, kind.new, save)


@require_http_methods(["GET", "POST"])
@requires("customer", "edit")
def edit(request: WorkspaceRequest, party_id: UUID, name: str, row_id: UUID) -> HttpResponse:
    """Ask for the changes of one contact and save them."""
    party, kind = _open(request, party_id, name)
    row = getattr(party, name).filter(id=row_id).first()
    if row is None:
        raise Missing("contact")
    initial = {field: getattr(row, field, None) for field in kind.form.base_fields}
    form = kind.form(request.POST or None, initial=initial)
    save = partial(change_contact, actor=request.actor, party_id=party.id, name=name, row_id=row_id)
    return _handle(request, form, kind.edit, save)


@require_POST
@requires("customer", "edit")
def delete(request: WorkspaceRequest, party_id: UUID, name: str, row_id: UUID) -> HttpResponse:
    """Take one contact away."""
    party, _kind = _open(request, party_id, name)
    remove_contact(actor=request.actor, party_id=party.id, name=name, row_id=row_id)
    return close_dialog(_("Removed"), events=("contacts-changed", "customer-head-changed"))


def _handle(
    request: WorkspaceRequest, form: Any, title: str | Promise, save: Callable[..., Party]
) -> HttpResponse:
    if not form.is_valid():
        return _ask(request, form, title)
    try:
        save(item=form.item())
    except Invalid as refusal:
        for problem in refusal.problems:
            _place, _dot, inner = problem.field.partition(".")
            form.add_error(inner if inner in form.fields else next(iter(form.fields)), str(problem.message))
        return _ask(request, form, title)
    return close_dialog(_("Saved"), events=("contacts-changed", "customer-head-changed"))


def _ask(request: WorkspaceRequest, form: forms.Form, title: str | Promise) -> HttpResponse:
    context = {"form": form, "title": title}
    return render(request, "ui/form_page.html", context, status=422 if form.is_bound else 200)
