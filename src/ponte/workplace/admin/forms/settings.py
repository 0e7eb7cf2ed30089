"""Forms about the business, oneself, tokens."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.services.tokens import SCOPES
from ponte.core.tenancy.choices import CURRENCIES, LANGUAGES, TIME_ZONES, kind_choices

EXPIRIES = (
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("One year")),
    ("", _("Never")),
)
SCOPE_LABELS = {
    "customers:read": _("Read customers"),
    "customers:write": _("Change customers"),
    "interactions:read": _("Read interactions"),
    "interactions:write": _("Record interactions"),
    "tasks:read": _("Read tasks"),
    "tasks:write": _("Change tasks"),
    "products:read": _("Read products"),
    "products:write": _("Change products"),
    "sales:read": _("Read leads, opportunities and what belongs to them"),
    "sales:write": _("Change leads, opportunities and what belongs to them"),
    "orders:read": _("Read orders"),
    "orders:write": _("Change orders"),
    "cadences:read": _("Read cadences and who is in them"),
    "cadences:write": _("Change cadences, put customers into them"),
    "territories:read": _("Read territories"),
    "territories:write": _("Change territories and who is in them"),
    "quotes:read": _("Read quotes and contracts"),
    "quotes:write": _("Write and send quotes and contracts"),
    "lists:read": _("Read lists and saved views"),
    "lists:write": _("Change saved views, act on many rows"),
    "export": _("Export everything"),
    "admin": _("Administration"),
}


class WorkspaceForm(forms.Form):
    """The business."""

    name = forms.CharField(label=_("Name of the business"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind of business"), choices=kind_choices)
    language = forms.ChoiceField(label=_("Language of new members"), choices=LANGUAGES)
    timezone = forms.ChoiceField(label=_("Time zone"), choices=TIME_ZONES)
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=CURRENCIES,
        help_text=_("Used for new records. Amounts recorded keep theirs."),
    )
    widths = {"kind": "half", "language": "half", "timezone": "half", "currency": "half"}


class ProfileForm(forms.Form):
    """Oneself."""

    name = forms.CharField(
        label=_("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("What it is for, for example the name of the program."),
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    expires = forms.ChoiceField(label=_("Works for"), choices=EXPIRIES, required=False, initial="90")
    scopes = forms.MultipleChoiceField(
        label=_("May"),
        choices=[(scope, SCOPE_LABELS.get(scope, scope)) for scope in SCOPES],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("It never may more than its owner's role."),
    )

    def expires_at(self) -> datetime | None:
        """Return the moment the token stops working, or None."""
        days = self.cleaned_data.get("expires")
        return timezone.now() + timedelta(days=int(days)) if days else None
