"""Editing a custom value where it stands on a record's page, the same for every kind of record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from ponte.core.errors import Conflict, Denied, Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.ui.htmx import trigger
from ponte.workplace.custom_fields.inputs import input_for
from ponte.workplace.custom_fields.objects import CustomObject
from ponte.workplace.custom_fields.showing import labels_of, show_value
from ponte.workplace.models import CustomField
from ponte.workplace.selectors.custom_fields import access_of, get_object, readable_fields


class ValueForm(forms.Form):
    """One custom value, with the version of the record it was read at."""

    version = forms.IntegerField(widget=forms.HiddenInput)


@require_http_methods(["GET", "POST"])
def edit(request: WorkspaceRequest, object: str, row_id: UUID, key: str) -> HttpResponse:
    """Answer the input of one custom value (GET) or save it (POST)."""
    entry = get_object(object)
    row = entry.find(request.member, row_id, "edit")
    field = _field(request, entry, key)
    data = request.POST if request.method == "POST" else None
    form = ValueForm(data, initial={"version": row.version})
    form.fields["value"] = input_for(field, request.member, row.custom.get(field.slot), in_place=True)
    if data is not None and form.is_valid():
        return _save(request, entry, row, field, form)
    return _form(request, entry, row, field, form)


def _field(request: WorkspaceRequest, entry: CustomObject, key: str) -> CustomField:
    field = next((one for one in readable_fields(request.member, entry.key) if one.key == key), None)
    if field is None:
        raise Missing("custom_field")
    if not access_of(request.member, entry.key).can_write(field.right):
        raise Denied(entry.rights_object, "edit")
    return field


def _save(
    request: WorkspaceRequest, entry: CustomObject, row: Any, field: CustomField, form: ValueForm
) -> HttpResponse:
    value = form.cleaned_data["value"]
    try:
        entry.change(request.actor, row.id, {field.key: value}, form.cleaned_data["version"])
    except Invalid as refusal:
        for problem in refusal.problems:
            form.add_error("value", str(problem.message))
        return _form(request, entry, row, field, form)
    except Conflict as conflict:
        return _conflict(request, entry, row.id, field, value, conflict.current_version)
    response = _shown(request, entry, row.id, field, "workplace/custom/_value.html")
    if "from_conflict" in request.POST:
        trigger(response, "ponte:close")
    return response


def _shown(
    request: WorkspaceRequest,
    entry: CustomObject,
    row_id: UUID,
    field: CustomField,
    template: str,
    **more: Any,
) -> HttpResponse:
    row = entry.find(request.member, row_id, "edit")
    references = labels_of(request.member, [field], [row.custom])
    shown = show_value(field, row.custom, access_of(request.member, entry.key), references)
    context = {"item": shown, "custom_object": entry.key, "row_id": row_id, "may_edit": True, **more}
    return render(request, template, context, status=409 if more else 200)


def _conflict(
    request: WorkspaceRequest, entry: CustomObject, row_id: UUID, field: CustomField, value: Any, version: int
) -> HttpResponse:
    """Show what was typed beside what is stored now; saving again is one click."""
    mine = value if isinstance(value, list) else [value]
    words = [str(field.labels.get(one, one)) for one in mine]
    return _shown(
        request, entry, row_id, field, "workplace/custom/conflict.html",
        mine=mine, mine_words=", ".join(words), version=version,
    )  # fmt: skip


def _form(
    request: WorkspaceRequest, entry: CustomObject, row: Any, field: CustomField, form: ValueForm
) -> HttpResponse:
    context = {"form": form, "field": field, "custom_object": entry.key, "row_id": row.id}
    status = 422 if form.is_bound else 200
    response = render(request, "workplace/custom/_value_form.html", context, status=status)
    response["HX-Reswap"] = "innerHTML"  # the input stays inside its place; only a saved value replaces it
    return response
