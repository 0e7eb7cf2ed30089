"""Changing a custom field's type: first a look at what would be lost, then the change in the background."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.ui.forms import add_problems
from ponte.workplace.admin.answers import answer_act, answer_done
from ponte.workplace.custom_fields.previewing import CONVERTIBLE, preview_conversion
from ponte.workplace.models import CustomField, FieldKind
from ponte.workplace.selectors.custom_fields import get_field
from ponte.workplace.services.custom_field_types import change_type, take_back_type


class TypeForm(forms.Form):
    """What the field is to become."""

    kind = forms.ChoiceField(label=gettext_lazy("New type"))
    version = forms.IntegerField(widget=forms.HiddenInput)


@require_http_methods(["GET", "POST"])
@requires("settings")
def change(request: WorkspaceRequest, field_id: UUID) -> HttpResponse:
    """Show what would become of the values (GET with ``kind``, or POST without ``sure``), or start the change."""
    field = get_field(field_id)
    asked = request.POST.get("kind", "") or request.GET.get("kind", "")
    form = TypeForm(request.POST or None, initial={"kind": asked, "version": field.version})
    form.fields["kind"].choices = [  # type: ignore[attr-defined]
        (kind.value, kind.label) for kind in CONVERTIBLE if kind != field.kind
    ]
    is_sure = request.method == "POST" and request.POST.get("sure") == "yes"
    if is_sure and form.is_valid():
        try:
            change_type(
                actor=request.actor, field_id=field.id, kind=form.cleaned_data["kind"],
                version=form.cleaned_data["version"], url=_page(field),
            )  # fmt: skip
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return answer_done(request, _("The values are being converted."), _page(field))
    known = asked in FieldKind.values and asked != field.kind and asked in CONVERTIBLE
    context = {
        "field": field,
        "form": form,
        "old_kind": FieldKind(field.kind).label,
        "new_kind": FieldKind(asked).label if known else "",
        "preview": preview_conversion(field, asked) if known else None,
        "title": _("Change the type of %(name)s") % {"name": field.label},
    }
    failed = is_sure and form.errors
    return render(request, "workplace/custom/type.html", context, status=422 if failed else 200)


@require_POST
@requires("settings")
def take_back(request: WorkspaceRequest, field_id: UUID) -> HttpResponse:
    """Give a field the type and values it had before."""
    field = get_field(field_id)
    return answer_act(
        request,
        lambda: take_back_type(actor=request.actor, field_id=field.id),
        done=_("%(name)s is what it was before.") % {"name": field.label},
        back=_page(field),
    )


def _page(field: CustomField) -> str:
    return reverse("workplace:custom_fields_of", args=[field.object])
