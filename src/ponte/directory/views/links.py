"""Roles at companies and relations between customers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ponte.core.errors import Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.directory.forms.contacts import AffiliationForm, EndForm, RelationForm
from ponte.directory.models import Party
from ponte.directory.policies import get_party
from ponte.directory.selectors.affiliations import list_relations, visible_affiliations
from ponte.directory.services.affiliations import (
    add_relation,
    end_affiliation,
    remove_relation,
    start_affiliation,
)
from ponte.ui.forms import add_problems
from ponte.ui.htmx import close_dialog


@require_http_methods(["GET", "POST"])
@requires("customer", "edit")
def start_role(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Ask for a role at a company, from either side, and note it."""
    party = get_party(request.member, party_id, "edit")
    wanted = "company" if party.is_person else "person"
    form = AffiliationForm(request.POST or None, wanted=wanted)
    if form.is_valid():
        try:
            _start(request, party, dict(form.cleaned_data), wanted)
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return _done()
    title = _("New role at a company") if party.is_person else _("New person at this company")
    return _ask(request, form, title)


def _start(request: WorkspaceRequest, party: Party, given: dict[str, Any], wanted: str) -> None:
    try:
        other = get_party(request.member, given.pop("other"), kind=wanted)
    except Missing:
        raise Invalid.on("other", "unknown", _("Choose one from the list.")) from None
    person, company = (party, other) if party.is_person else (other, party)
    get_party(request.member, person.id, "edit")
    start_affiliation(actor=request.actor, person_id=person.id, company_id=company.id, **given)


@require_http_methods(["GET", "POST"])
@requires("customer", "edit")
def end_role(request: WorkspaceRequest, party_id: UUID, role_id: UUID) -> HttpResponse:
    """Ask when a role ended and note it."""
    party = get_party(request.member, party_id, "edit")
    role = visible_affiliations(request.member).filter(id=role_id).first()
    if role is None or party.id not in (role.person_id, role.company_id):
        raise Missing("affiliation")
    form = EndForm(request.POST or None, initial={"ended_on": timezone.localdate()})
    if form.is_valid():
        try:
            end_affiliation(actor=request.actor, affiliation_id=role.id, **form.cleaned_data)
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return _done()
    return _ask(request, form, _("End this role"))


@require_http_methods(["GET", "POST"])
@requires("customer", "edit")
def new_relation(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Ask what a customer is to another and note it."""
    party = get_party(request.member, party_id, "edit")
    form = RelationForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            target = _other(request, given["other"])
            add_relation(
                actor=request.actor,
                origin_id=party.id,
                target_id=target.id,
                kind=given["kind"],
                note=given["note"],
            )
        except Invalid as refusal:
            for problem in refusal.problems:
                form.add_error(
                    "other" if problem.field == "target_id" else problem.field, str(problem.message)
                )
        else:
            return _done()
    return _ask(request, form, _("New relation"))


def _other(request: WorkspaceRequest, party_id: UUID) -> Party:
    try:
        return get_party(request.member, party_id)
    except Missing:
        raise Invalid.on("other", "unknown", _("Choose one from the list.")) from None


@require_POST
@requires("customer", "edit")
def drop_relation(request: WorkspaceRequest, party_id: UUID, relation_id: UUID) -> HttpResponse:
    """Forget a relation."""
    party = get_party(request.member, party_id, "edit")
    if relation_id not in {relation.id for relation in list_relations(request.member, party)}:
        raise Missing("relation")
    remove_relation(actor=request.actor, relation_id=relation_id)
    return _done()


def _done() -> HttpResponse:
    return close_dialog(_("Saved"), events=("links-changed",))


def _ask(request: WorkspaceRequest, form: forms.Form, title: str) -> HttpResponse:
    context = {"form": form, "title": title}
    return render(request, "ui/form_page.html", context, status=422 if form.is_bound else 200)
