"""Adding, changing and taking away single contacts of a customer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
from ponte.directory.data import AddressData, EmailData, HandleData, PhoneData
from ponte.directory.forms.contacts import AddressForm, EmailForm, HandleForm, PhoneForm
from ponte.directory.models import Party
from ponte.directory.policies import check_writable, customer_fields, get_party, may_act
from ponte.directory.selectors.records import get_record
from ponte.directory.services import contacts as acts
from ponte.directory.views.showing import show_contacts
from ponte.ui.htmx import close_dialog


@dataclass(frozen=True)
class Kind:
    """One of a customer's lists: its form, the service that sets it and the dataclass of a row."""

    form: type[forms.Form]
    data: type[Any]
    set: Callable[..., Party]
    new: str | Promise
    edit: str | Promise


KINDS: dict[str, Kind] = {
    "emails": Kind(EmailForm, EmailData, acts.set_emails, gettext_lazy("New e-mail"), gettext_lazy("E-mail")),
    "phones": Kind(PhoneForm, PhoneData, acts.set_phones, gettext_lazy("New phone"), gettext_lazy("Phone")),
    "addresses": Kind(
        AddressForm, AddressData, acts.set_addresses, gettext_lazy("New address"), gettext_lazy("Address")
    ),
    "handles": Kind(
        HandleForm,
        HandleData,
        acts.set_handles,
        gettext_lazy("New social profile"),
        gettext_lazy("Social profile"),
    ),
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


def _open(request: WorkspaceRequest, party_id: UUID, name: str) -> tuple[Party, Kind, list[Any]]:
    kind = KINDS.get(name)
    if kind is None:
        raise Missing("contact")
    party = get_party(request.member, party_id, "edit")
    check_writable(request.member, [name])
    rows = list(getattr(party, name).order_by("id"))
    return party, kind, rows


def _data(kind: Kind, row: Any, **changes: Any) -> Any:
    names = kind.data.__dataclass_fields__
    return kind.data(**{**{name: getattr(row, name) for name in names}, **changes})


def _without_primary(kind: Kind, rows: Sequence[Any], chosen: Any) -> list[Any]:
    """Return the rows as data; they give the primary mark away when ``chosen`` takes it."""
    takes = bool(getattr(chosen, "is_primary", False))
    return [_data(kind, row, is_primary=False) if takes else _data(kind, row) for row in rows]


@require_http_methods(["GET", "POST"])
@requires("customer", "edit")
def add(request: WorkspaceRequest, party_id: UUID, name: str) -> HttpResponse:
    """Ask for one more contact and add it."""
    party, kind, rows = _open(request, party_id, name)
    form = kind.form(request.POST or None)
    if form.is_valid():
        item = form.item()  # type: ignore[attr-defined]
        return _save(request, party, kind, name, form, [*_without_primary(kind, rows, item), item], kind.new)
    return _ask(request, form, kind.new)


@require_http_methods(["GET", "POST"])
@requires("customer", "edit")
def edit(request: WorkspaceRequest, party_id: UUID, name: str, row_id: UUID) -> HttpResponse:
    """Ask for the changes of one contact and save them."""
    party, kind, rows = _open(request, party_id, name)
    row = next((row for row in rows if row.id == row_id), None)
    if row is None:
        raise Missing("contact")
    initial = {field: getattr(row, field, None) for field in kind.form.base_fields}
    form = kind.form(request.POST or None, initial=initial)
    if form.is_valid():
        item = form.item()  # type: ignore[attr-defined]
        others = [other for other in rows if other.id != row_id]
        return _save(
            request, party, kind, name, form, [*_without_primary(kind, others, item), item], kind.edit
        )
    return _ask(request, form, kind.edit)


@require_POST
@requires("customer", "edit")
def delete(request: WorkspaceRequest, party_id: UUID, name: str, row_id: UUID) -> HttpResponse:
    """Take one contact away."""
    party, kind, rows = _open(request, party_id, name)
    kept = [_data(kind, row) for row in rows if row.id != row_id]
    if len(kept) == len(rows):
        raise Missing("contact")
    kind.set(actor=request.actor, party_id=party.id, **{name: kept})
    return close_dialog(_("Removed"), events=("contacts-changed", "customer-head-changed"))


def _save(
    request: WorkspaceRequest,
    party: Party,
    kind: Kind,
    name: str,
    form: forms.Form,
    items: list[Any],
    title: str | Promise,
) -> HttpResponse:
    try:
        kind.set(actor=request.actor, party_id=party.id, **{name: items})
    except Invalid as refusal:
        for problem in refusal.problems:
            _place, _dot, inner = problem.field.partition(".")
            form.add_error(inner if inner in form.fields else next(iter(form.fields)), str(problem.message))
        return _ask(request, form, title)
    return close_dialog(_("Saved"), events=("contacts-changed", "customer-head-changed"))


def _ask(request: WorkspaceRequest, form: forms.Form, title: str | Promise) -> HttpResponse:
    context = {"form": form, "title": title}
    return render(request, "ui/form_page.html", context, status=422 if form.is_bound else 200)
