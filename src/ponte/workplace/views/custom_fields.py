"""The settings page of custom fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.workplace.admin.answers import answer_act, answer_form
from ponte.workplace.custom_fields.objects import CustomObject, custom_objects, reference_targets
from ponte.workplace.custom_fields.previewing import CONVERTIBLE
from ponte.workplace.custom_fields.uses import count_filled
from ponte.workplace.forms.custom_fields import DefinitionForm, initial_of
from ponte.workplace.models import CustomField, FieldKind
from ponte.workplace.selectors.custom_fields import get_field, get_object, list_binned, list_fields
from ponte.workplace.services.custom_fields import (
    arranged,
    create_field,
    delete_field,
    order_fields,
    restore_field,
    swapped,
    update_field,
)

KINDS: dict[str, tuple[str, Any]] = {
    FieldKind.TEXT: ("forms", gettext_lazy("A line: contract number, profession")),
    FieldKind.LONG_TEXT: ("notes", gettext_lazy("Several lines: what was agreed")),
    FieldKind.NUMBER: ("hash", gettext_lazy("Quantity, score, measure")),
    FieldKind.MONEY: ("coin", gettext_lazy("An amount in your currency")),
    FieldKind.DATE: ("calendar", gettext_lazy("Contract end, last visit")),
    FieldKind.CHOICE: ("circle-dot", gettext_lazy("One of a list, with colours")),
    FieldKind.MULTI_CHOICE: ("list-check", gettext_lazy("Several of a list: interests")),
    FieldKind.BOOLEAN: ("checkbox", gettext_lazy("Accepts visits, has a shop")),
    FieldKind.LINK: ("link", gettext_lazy("A page on the web")),
    FieldKind.REFERENCE: ("arrow-up-right", gettext_lazy("Points at a colleague, a customer, a product")),
}


@require_safe
@requires("settings")
def fields(request: WorkspaceRequest, object: str = "") -> HttpResponse:
    """Show an object's fields by section, and its bin."""
    chosen = get_object(object) if object else next(iter(custom_objects))
    found = list_fields(chosen.key)
    sections: dict[str, list[CustomField]] = defaultdict(list)
    for field in found:
        sections[field.section].append(field)
    targets = {target.key: target.label for target in reference_targets}
    context = {
        "objects": list(custom_objects),
        "chosen": chosen,
        "sections": [(label, [_line(field, targets) for field in rows]) for label, rows in sections.items()],
        "fields": found,
        "binned": list_binned(chosen.key),
    }
    return render(request, "workplace/custom/fields.html", context)


def _line(field: CustomField, targets: dict[str, Any]) -> dict[str, Any]:
    marks = [
        (field.is_required, _("Required")),
        (field.is_unique, _("Unique")),
        (field.is_searched, _("Found by search")),
        (field.is_indexed, _("Quick to filter")),
        (field.is_printed, _("On the document")),
    ]
    kind = str(FieldKind(field.kind).label)
    if field.target:
        kind = f"{kind}: {targets.get(field.target, field.target)}"
    return {
        "field": field,
        "icon": KINDS[field.kind][0],
        "kind": kind,
        "marks": [label for is_on, label in marks if is_on],
        "can_convert": field.kind in CONVERTIBLE and not field.converting_to,
    }


@require_safe
@requires("settings")
def choose_kind(request: WorkspaceRequest, object: str) -> HttpResponse:
    """Ask what kind of field it is to be."""
    chosen = get_object(object)
    kinds = [(kind, kind.label, *KINDS[kind]) for kind in FieldKind]
    context = {"chosen": chosen, "kinds": kinds, "title": _("New field: what is it?")}
    return render(request, "workplace/custom/kinds.html", context)


@require_http_methods(["GET", "POST"])
@requires("settings")
def create(request: WorkspaceRequest, object: str, kind: str) -> HttpResponse:
    """Make a field."""
    chosen = get_object(object)
    if kind not in FieldKind.values:
        raise Missing("custom_field")
    field = CustomField(object=chosen.key, kind=kind)
    form = _form(request, chosen, field)
    return answer_form(
        request,
        form,
        lambda data: create_field(actor=request.actor, object_name=chosen.key, data=form.data_of()),
        title=_("New field for %(object)s: %(kind)s")
        % {"object": str(chosen.plural).lower(), "kind": str(FieldKind(kind).label).lower()},
        done=_("The field is there."),
        back=_page(chosen.key),
    )


@require_http_methods(["GET", "POST"])
@requires("settings")
def edit(request: WorkspaceRequest, field_id: UUID) -> HttpResponse:
    """Change a field."""
    field = get_field(field_id)
    form = _form(request, get_object(field.object), field)
    return answer_form(
        request,
        form,
        lambda data: update_field(
            actor=request.actor, field_id=field.id, data=form.data_of(), version=data["version"]
        ),
        title=field.label,
        done=_("Saved."),
        back=_page(field.object),
        intro=_("For programs and import it is called %(key)s.") % {"key": field.right},
    )


@require_POST
@requires("settings")
def move(request: WorkspaceRequest, field_id: UUID) -> HttpResponse:
    """Change a field with the one before it (``step=up``) or after it in its section."""
    field = get_field(field_id)
    ids = swapped(field, -1 if request.POST.get("step") == "up" else 1)
    order_fields(actor=request.actor, object_name=field.object, ids=ids)
    return redirect(_page(field.object))


@require_POST
@requires("settings")
def order(request: WorkspaceRequest, object: str) -> HttpResponse:
    """Keep the order the fields of one section were dragged into; those of others stay where they are."""
    chosen = get_object(object)
    ids = arranged(chosen.key, read_ids(request.POST.getlist("order")))
    order_fields(actor=request.actor, object_name=chosen.key, ids=ids)
    return HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
@requires("settings")
def delete(request: WorkspaceRequest, field_id: UUID) -> HttpResponse:
    """Ask, saying how many records have a value, and put the field into the bin."""
    field = get_field(field_id)
    if request.method == "GET":
        context = {
            "field": field,
            "filled": count_filled(field),
            "title": _("Delete %(name)s?") % {"name": field.label},
        }
        return render(request, "workplace/custom/delete.html", context)
    return answer_act(
        request,
        lambda: delete_field(actor=request.actor, field_id=field.id),
        done=_("The field is in the bin for 30 days."),
        back=_page(field.object),
    )


@require_POST
@requires("settings")
def restore(request: WorkspaceRequest, field_id: UUID) -> HttpResponse:
    """Bring a field back from the bin."""
    field = get_field(field_id, deleted=True)
    return answer_act(
        request,
        lambda: restore_field(actor=request.actor, field_id=field.id),
        done=_("%(name)s is back with its values.") % {"name": field.label},
        back=_page(field.object),
    )


def read_ids(texts: Sequence[str]) -> list[UUID]:
    """Return the ids among texts; others are passed over."""
    found = []
    for text in texts[:500]:
        with suppress(ValueError):
            found.append(UUID(text))
    return found


def _form(request: WorkspaceRequest, chosen: CustomObject, field: CustomField) -> DefinitionForm:
    return DefinitionForm(
        request.POST or None,
        initial={} if field._state.adding else initial_of(field),
        field=field,
        member=request.member,
        searched=chosen.reindex is not None,
    )


def _page(object_name: str) -> str:
    return reverse("workplace:custom_fields_of", args=[object_name])
