"""Custom fields in Django forms. What is typed goes to ``values.check_rows`` as it is: one place decides what is valid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from ponte.core.models import Member
from ponte.ui.forms import DateInput, MoneyInput, NumberInput, PickerInput
from ponte.workplace.custom_fields.kinds import LONGEST
from ponte.workplace.custom_fields.objects import HIDDEN_RECORD, reference_targets
from ponte.workplace.custom_fields.previewing import readable
from ponte.workplace.models import CustomField, FieldKind
from ponte.workplace.selectors.custom_fields import writable_fields

AT_ONCE = {"data-save-on-change": True}
MOST_MEMBERS = 300


def add_inputs(
    form: forms.Form, object_name: str, member: Member, *, stored: Mapping[str, Any] | None = None
) -> list[str]:
    """Add a field for each custom field the member may write; return their names in the form.

    Args:
        stored: the record's column ``custom``, None for a new record, which begins with the defaults.
    """
    names = []
    for field in writable_fields(member, object_name):
        value = field.default if stored is None else stored.get(field.slot)
        form.fields[field.input_name] = input_for(field, member, value)
        names.append(field.input_name)
    form.custom_inputs = names  # type: ignore[attr-defined]
    return names


def given_in(form: forms.Form) -> dict[str, Any]:
    """Return what a valid form says, by the fields' keys."""
    names: list[str] = getattr(form, "custom_inputs", [])
    return {
        name.removeprefix("custom_"): form.cleaned_data[name] for name in names if name in form.cleaned_data
    }


def plain_data(form: forms.Form) -> dict[str, Any]:
    """Return what a valid form says besides custom fields."""
    names: list[str] = getattr(form, "custom_inputs", [])
    return {name: value for name, value in form.cleaned_data.items() if name not in names}


def input_for(field: CustomField, member: Member, stored: Any, *, in_place: bool = False) -> forms.Field:
    """Return the form field of a custom field, filled with a stored value."""
    made: Any = _make(field, member, stored)
    made.label, made.required = field.label, field.is_required
    made.help_text = "" if in_place else _escaped(field.help_text)
    made.initial = input_value(field, stored)
    if in_place:
        made.widget.attrs |= {"aria-label": field.label}
        if isinstance(made.widget, forms.Select) and not isinstance(
            made.widget, forms.CheckboxSelectMultiple
        ):
            made.widget.attrs |= AT_ONCE
    return made  # type: ignore[no-any-return]


def input_value(field: CustomField, stored: Any) -> Any:
    """Return a stored value as its input wants it."""
    if stored is None:
        return [] if field.kind == FieldKind.MULTI_CHOICE else ""
    if field.kind in (FieldKind.NUMBER, FieldKind.MONEY):
        return readable(field, stored)
    if field.kind == FieldKind.BOOLEAN:
        return "yes" if stored else "no"
    return stored


def _make(field: CustomField, member: Member, stored: Any) -> forms.Field:
    match field.kind:
        case FieldKind.NUMBER:
            return forms.CharField(max_length=40, widget=NumberInput())
        case FieldKind.MONEY:
            return forms.CharField(max_length=40, widget=MoneyInput())
        case FieldKind.DATE:
            return forms.CharField(max_length=40, widget=DateInput())
        case FieldKind.BOOLEAN:
            return forms.ChoiceField(choices=[("", "–"), ("yes", _("Yes")), ("no", _("No"))])
        case FieldKind.CHOICE:
            return forms.ChoiceField(choices=[("", "–"), *_offered(field, stored)])
        case FieldKind.MULTI_CHOICE:
            return forms.MultipleChoiceField(
                choices=_offered(field, stored), widget=forms.CheckboxSelectMultiple()
            )
        case FieldKind.REFERENCE:
            return _reference(field, member, stored)
        case FieldKind.LONG_TEXT:
            return forms.CharField(
                max_length=LONGEST[FieldKind.LONG_TEXT], widget=forms.Textarea({"rows": "4"})
            )
        case FieldKind.LINK:
            widget = forms.TextInput({"inputmode": "url", "placeholder": "https://"})
            return forms.CharField(max_length=LONGEST[FieldKind.LINK], widget=widget)
        case _:
            return forms.CharField(max_length=LONGEST[FieldKind.TEXT])


def _offered(field: CustomField, stored: Any) -> list[tuple[str, str]]:
    chosen = stored if isinstance(stored, list) else [stored]
    return [
        (choice["value"], choice["label"])
        for choice in field.choices
        if not choice.get("archived") or choice["value"] in chosen
    ]


def _reference(field: CustomField, member: Member, stored: Any) -> forms.Field:
    if field.target == "member":
        active = Member.objects.filter(is_active=True).order_by("sort_name", "id")
        choices = [(str(key), name) for key, name in active.values_list("id", "name")[:MOST_MEMBERS]]
        return forms.ChoiceField(choices=[("", "–"), *_with_stored(choices, stored)])
    target = reference_targets.get(field.target)
    url = f"{reverse(target.pick_url)}{target.query}" if target else ""

    def label_of(value: Any) -> str:
        try:
            record_id = UUID(str(value))
        except ValueError:
            return ""
        found = target.labels(member, [record_id]) if target else {}
        return found[record_id].label if record_id in found else str(HIDDEN_RECORD)

    return forms.CharField(max_length=40, widget=PickerInput(url=url, label_of=label_of))


def _with_stored(choices: list[tuple[str, str]], stored: Any) -> list[tuple[str, str]]:
    """A colleague who has left stays chosen until somebody else is."""
    if stored and stored not in dict(choices):
        name = Member.objects.filter(id=stored).values_list("name", flat=True).first()
        return [*choices, (stored, name or str(HIDDEN_RECORD))]
    return choices


def _escaped(text: str) -> str:
    from django.utils.html import escape

    return escape(text)
