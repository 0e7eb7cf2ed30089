"""Editing a property where it stands."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ponte.core.errors import Conflict, Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.directory.forms.contacts import StageForm
from ponte.directory.forms.properties import BY_KEY, Property, PropertyForm, initial_of
from ponte.directory.models import Party, Stage, Tag
from ponte.directory.policies import check_writable, customer_fields, get_party
from ponte.directory.selectors.records import get_record
from ponte.directory.services.companies import update_company
from ponte.directory.services.people import update_person
from ponte.directory.services.stages import change_stage
from ponte.directory.services.tags import set_tags
from ponte.directory.views.showing import show_property
from ponte.ui.forms import ChipsInput, TagsField, add_problems
from ponte.ui.htmx import close_dialog, trigger

UPDATES = {"person": update_person, "company": update_company}


@require_http_methods(["GET", "POST"])
@requires("customer", "edit")
def edit(request: WorkspaceRequest, party_id: UUID, key: str) -> HttpResponse:
    """Answer the field of one property (GET) or save it (POST)."""
    party = get_party(request.member, party_id, "edit")
    prop = BY_KEY.get(key)
    if prop is None or prop.part not in ("party", party.kind):
        raise Missing("property")
    check_writable(request.member, [prop.right or prop.key])
    if request.method == "GET":
        initial = {"value": initial_of(prop, party), "version": party.version}
        return _form(request, party, prop, PropertyForm(prop, initial=initial))
    form = PropertyForm(prop, request.POST)
    if form.is_valid():
        return _save(request, party, prop, form)
    return _form(request, party, prop, form, status=422)


def _save(request: WorkspaceRequest, party: Party, prop: Property, form: PropertyForm) -> HttpResponse:
    value = form.cleaned_data["value"]
    if prop.key == "parent_id" and value:
        get_party(request.member, _uuid(value), kind="company")
    try:
        UPDATES[party.kind](
            actor=request.actor,
            party_id=party.id,
            changes={prop.key: value},
            version=form.cleaned_data["version"],
        )
    except Invalid as refusal:
        for problem in refusal.problems:
            form.add_error("value", str(problem.message))
        return _form(request, party, prop, form, status=422)
    except Conflict as conflict:
        return _conflict(request, party.id, prop, value, conflict.current_version)
    saved = get_record(request.member, party.id).party
    shown = show_property(saved, prop, customer_fields(request.member))
    response = render(request, "directory/_property.html", {"party": saved, "item": shown, "may_edit": True})
    if prop.key in ("name", "owner_id", "preferred_channel", "alert"):
        trigger(response, "customer-head-changed")
    if "from_conflict" in request.POST:
        trigger(response, "ponte:close")
    return response


def _uuid(text: Any) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise Missing("company") from None


def _conflict(
    request: WorkspaceRequest, party_id: UUID, prop: Property, value: Any, version: int
) -> HttpResponse:
    """Show what was typed beside what is stored now; saving again is one click."""
    current = get_record(request.member, party_id).party
    context = {
        "party": current,
        "prop": prop,
        "mine": value,
        "theirs": prop.shown(current),
        "version": version,
    }
    return render(request, "directory/conflict.html", context, status=409)


def _form(
    request: WorkspaceRequest, party: Party, prop: Property, form: PropertyForm, status: int = 200
) -> HttpResponse:
    context = {"party": party, "prop": prop, "form": form}
    response = render(request, "directory/_property_form.html", context, status=status)
    response["HX-Reswap"] = "innerHTML"  # the field stays inside its place; only a saved value replaces it
    return response


@require_http_methods(["GET", "POST"])
@requires("customer", "edit")
def stage(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Ask for the new stage and move the customer there."""
    party = get_party(request.member, party_id, "edit")
    check_writable(request.member, ["stage"])
    form = StageForm(
        request.POST if request.method == "POST" else None,
        initial={"stage": party.stage, "version": party.version},
    )
    field: Any = form.fields["stage"]
    field.choices = Stage.choices
    if form.is_valid():
        try:
            change_stage(actor=request.actor, party_id=party.id, **form.cleaned_data)
        except Conflict:
            form.add_error(
                None, _("Somebody changed this customer just now. Look at it again before you decide.")
            )
        else:
            text = _("%(name)s is now: %(stage)s") % {
                "name": party.label,
                "stage": Stage(form.cleaned_data["stage"]).label,
            }
            return close_dialog(text, events=("customer-head-changed", "timeline-changed", "stages-changed"))
    context = {"form": form, "title": _("Change stage"), "submit_label": _("Move")}
    return render(request, "ui/form_page.html", context, status=422 if form.is_bound else 200)


class TagsForm(forms.Form):
    """A customer's tags."""

    tags = TagsField(required=False, max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["tags"]
        field.label = _("Tags")
        field.widget = ChipsInput({"aria-label": _("Tags")}, suggest_url=reverse("directory:tags_suggest"))


@require_http_methods(["GET", "POST"])
@requires("customer", "edit")
def tags(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Answer the tags as a field (GET) or save them (POST)."""
    party = get_party(request.member, party_id, "edit")
    if request.method == "GET":
        names = list(
            Tag.objects.filter(party_links__party=party).order_by("key").values_list("name", flat=True)
        )
        form = TagsForm(initial={"tags": names})
        return render(request, "directory/_tags_form.html", {"party": party, "form": form})
    form = TagsForm(request.POST)
    if form.is_valid():
        try:
            set_tags(actor=request.actor, party_id=party.id, names=form.cleaned_data["tags"])
        except Invalid as refusal:
            add_problems(form, refusal)
    if form.errors:
        return render(request, "directory/_tags_form.html", {"party": party, "form": form}, status=422)
    return render(
        request, "directory/_tags.html", {"record": get_record(request.member, party.id), "may_edit": True}
    )
