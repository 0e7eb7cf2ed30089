"""The form of a custom field's definition."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.workplace.custom_fields.definitions import (
    CHOICE_KINDS,
    SEARCHED_KINDS,
    TONES,
    UNINDEXED_KINDS,
    UNIQUE_KINDS,
    FieldData,
)
from ponte.workplace.custom_fields.inputs import input_for
from ponte.workplace.custom_fields.objects import custom_objects, reference_targets
from ponte.workplace.models import CustomField, FieldKind

TONE_LABELS = {
    "neutral": _("Grey"), "accent": _("Teal"), "blue": _("Blue"), "purple": _("Purple"), "pink": _("Pink"),
    "red": _("Red"), "orange": _("Orange"), "yellow": _("Yellow"), "green": _("Green"),
}  # fmt: skip


class ChoicesInput(forms.Widget):
    """Rows of label and colour that can be added, removed and dragged; their order on the page is the order."""

    template_name = "workplace/custom/choices.html"
    use_fieldset = True
    css = ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        """Return the posted rows."""
        if not hasattr(data, "getlist"):
            return list(data.get(name) or [])
        columns = [data.getlist(f"{name}-{part}") for part in ("value", "label", "tone")]
        rows = zip(*columns, strict=False)
        return [
            {"value": value, "label": label, "tone": tone} for value, label, tone in rows if label.strip()
        ]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the rows (at least three) and the colours."""
        context = super().get_context(name, value, attrs)
        rows = [row for row in value or [] if not row.get("archived")]
        rows += [{"value": "", "label": "", "tone": TONES[1 + len(rows) % 8]}] * max(3 - len(rows), 0)
        tones = [(tone, TONE_LABELS[tone]) for tone in TONES]
        context["widget"] |= {
            "rows": rows,
            "tones": tones,
            "empty": {"value": "", "label": "", "tone": "neutral"},
        }
        return context


class ChoicesField(forms.Field):
    """The choices of a field, as mappings."""

    widget = ChoicesInput


class DefinitionForm(forms.Form):
    """What people say about a field; parts its type doesn't have are left out."""

    widths = {
        "label": "half", "section": "half", "is_required": "half", "is_unique": "half", "is_searched": "half",
        "is_indexed": "half", "is_printed": "half",
    }  # fmt: skip

    label = forms.CharField(
        label=_("Name"), max_length=80, widget=forms.TextInput({"autofocus": True, "autocomplete": "off"})
    )
    section = forms.CharField(
        label=_("Section"),
        max_length=60,
        required=False,
        help_text=_("Fields of the same section stand together."),
    )
    target = forms.ChoiceField(label=_("Points at"))
    choices = ChoicesField(label=_("Choices"), required=False)
    help_text = forms.CharField(
        label=_("Help"), max_length=240, required=False, help_text=_("Shown below the field in forms.")
    )
    is_required = forms.BooleanField(
        label=_("Required"), required=False, help_text=_("New records can't be saved without it.")
    )
    is_unique = forms.BooleanField(
        label=_("Unique"), required=False, help_text=_("No two records have the same value.")
    )
    is_searched = forms.BooleanField(
        label=_("Found by search"), required=False, help_text=_("The search box finds records by its words.")
    )
    is_indexed = forms.BooleanField(
        label=_("Quick to filter"),
        required=False,
        help_text=_("For lists of many thousands: keeps an index of the values."),
    )
    is_printed = forms.BooleanField(
        label=_("On the document"),
        required=False,
        help_text=_("The customer reads it on the PDF and its page, where it has a value."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, field: CustomField, member: Member, searched: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.field = field
        kind = FieldKind(field.kind)
        targets: Any = self.fields["target"]
        targets.choices = [(target.key, target.label) for target in reference_targets]
        if kind != FieldKind.REFERENCE or not field._state.adding:
            del self.fields["target"]
        if kind not in CHOICE_KINDS:
            del self.fields["choices"]
        if kind not in UNIQUE_KINDS:
            del self.fields["is_unique"]
        if kind not in SEARCHED_KINDS or not searched:
            del self.fields["is_searched"]
        if kind in UNINDEXED_KINDS:
            del self.fields["is_indexed"]
        entry = custom_objects.get(field.object)
        if not (entry and entry.is_printable):
            del self.fields["is_printed"]
        # choices come into being with the form itself: their default is chosen later
        if kind != FieldKind.REFERENCE and not (kind in CHOICE_KINDS and field._state.adding):
            made = input_for(field, member, field.default)
            made.label, made.required, made.help_text = _("Starts with"), False, ""
            self.fields["default"] = made

    def data_of(self) -> FieldData:
        """Return the definition as told; call it on a valid form."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        given.setdefault("target", self.field.target)
        given.setdefault("default", self.field.default)
        return FieldData(kind=self.field.kind, key=self.field.key, **given)


def initial_of(field: CustomField) -> dict[str, Any]:
    """Return what the form of a known field starts with."""
    names = (
        "label", "section", "help_text", "choices", "is_required", "is_unique", "is_searched", "is_indexed", "is_printed",
        "version",
    )  # fmt: skip
    return {name: getattr(field, name) for name in names}
