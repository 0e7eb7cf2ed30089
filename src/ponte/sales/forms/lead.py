"""Forms about leads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.core.rights import FieldAccess
from ponte.sales.models import Origin, Reason
from ponte.ui.forms import PhoneField, PickerField, PickerInput
from ponte.workplace.custom_fields.inputs import given_in

BY_HAND = [
    (key, label)
    for key, label in Origin.choices
    if key
    in (
        "phone",
        "whatsapp",
        "event",
        "recommendation",
        "partner",
        "outbound",
        "email",
        "social",
        "direct_traffic",
        "other",
    )
]


def members_field(label: Any, *, empty: Any = None) -> forms.ModelChoiceField[Member]:
    """Return a choice of active colleagues."""
    return forms.ModelChoiceField(
        label=label,
        required=False,
        queryset=Member.objects.filter(is_active=True).order_by("sort_name", "id"),
        empty_label=empty or _("Nobody yet"),
    )


class LeadForm(forms.Form):
    """A lead's own fields, for a known customer or, in a new one, for somebody to be made."""

    widths = {
        "name": "half", "company": "half", "email": "half", "phone": "half", "origin": "half", "owner": "half",
    }  # fmt: skip

    party = PickerField(label=_("Customer"), required=False)
    name = forms.CharField(label=_("Name"), max_length=240, required=False)
    company = forms.CharField(label=_("Company"), max_length=240, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = PhoneField(label=_("Phone or WhatsApp"), required=False)
    title = forms.CharField(
        label=_("Interest"), max_length=200, required=False, help_text=_("In a few words: what it is about.")
    )
    message = forms.CharField(
        label=_("Message"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    origin = forms.ChoiceField(label=_("Origin"), choices=Origin.choices, required=False)
    campaign = forms.CharField(label=_("Campaign"), max_length=150, required=False)
    owner = members_field(_("Salesperson"))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        label_of: Callable[[Any], str],
        access: FieldAccess,
        is_new: bool,
        may_make: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.is_new = is_new
        widget = self.fields["party"].widget
        assert isinstance(widget, PickerInput)
        widget.url, widget.label_of = reverse("directory:pick"), label_of
        if is_new:
            self.fields["origin"].choices = BY_HAND  # type: ignore[attr-defined]
            self.fields["party"].help_text = _(
                "Choose who it is, or leave it empty and fill in what you know."
            )
        if not is_new or not may_make:
            for name in ("name", "company", "email", "phone"):
                del self.fields[name]
            self.fields["party"].required = True
            self.fields["party"].help_text = ""
        for name in access.readonly & set(self.fields):
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A new lead is somebody's."""
        told = super().clean() or self.cleaned_data
        somebody = ("party", "name", "company", "email", "phone")
        if self.is_new and not self.errors and not any(told.get(name) for name in somebody):
            self.add_error("name", _("Choose a customer, or give a name, an e-mail, a phone or a company."))
        return told

    def changes(self) -> dict[str, Any]:
        """Return the lead's own fields as the services name them. Call it on a valid form."""
        told = self.cleaned_data
        own = ("title", "message", "origin", "campaign")
        found: dict[str, Any] = {name: told[name] for name in own if name in told}
        if "owner" in told:
            found["owner_id"] = told["owner"].id if told["owner"] else None
        if told.get("party"):
            found["party_id"] = told["party"]
        return {**found, "custom": given_in(self)}


class HandOverForm(forms.Form):
    """Who of sales takes a lead, and what they should know."""

    owner = members_field(_("To whom"))
    note = forms.CharField(
        label=_("What sales should know"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReasonForm(forms.Form):
    """Why a lead is given back or disqualified."""

    reason = forms.ModelChoiceField(
        label=_("Reason"), queryset=Reason.objects.none(), empty_label=_("Choose why")
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = Reason.objects.filter(kind=kind, archived_at=None).order_by("position", "id")
        self.fields["reason"].queryset = reasons  # type: ignore[attr-defined]


class OwnerForm(forms.Form):
    """Whose a lead is."""

    owner = members_field(_("Salesperson"), empty=_("Nobody"))
