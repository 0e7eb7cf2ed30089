"""The forms of contract templates, clauses and settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.sales.documents.contract_fields import known_fields


class TemplateForm(forms.Form):
    """A template's own texts."""

    widths = {"name": "half", "title": "half"}

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What colleagues choose it by."))
    title = forms.CharField(
        label=_("Title of the contract"), max_length=160, required=False, help_text=_("Empty: that of the quote or opportunity.")
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Language of the document"), choices=[("pt-br", "Português"), ("en", "English")]
    )
    opening = forms.CharField(
        label=_("Opening"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 8})
    )
    closing = forms.CharField(
        label=_("Closing"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    is_default = forms.BooleanField(label=_("Offer it first for new contracts"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opening"].help_text = field_help(member)


class ClauseForm(forms.Form):
    """A clause without its condition."""

    title = forms.CharField(label=_("Title"), max_length=160)
    body = forms.CharField(label=_("Text"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 10}))

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].help_text = field_help(member)


class ReminderForm(forms.Form):
    """When one is told."""

    alert_days = forms.IntegerField(
        label=_("Days before a readjustment"), min_value=1, max_value=365, help_text=_("So early the person in charge gets a task.")
    )  # fmt: skip


class ServiceForm(forms.Form):
    """The signature service; its secrets are never shown again."""

    url = forms.CharField(
        label=_("Address of the service"), max_length=300, help_text=_("Such as https://app.clicksign.com")
    )
    token = forms.CharField(
        label=_("Access token"), max_length=400, required=False, widget=forms.PasswordInput
    )
    secret = forms.CharField(
        label=_("HMAC secret of its webhook"), max_length=400, required=False, widget=forms.PasswordInput
    )
    is_active = forms.BooleanField(label=_("Switched on"), required=False)

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            for name in ("token", "secret"):
                self.fields[name].help_text = _("Empty: it stays as it is.")


def field_help(member: Member) -> str:
    """Return which fields texts of a member may have."""
    names = ", ".join(f"{{{{{name}}}}}" for name in known_fields(member))
    return _("Filled in by themselves: %(names)s") % {"names": names}
