"""Forms of the first run and of accepting an invitation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ponte.core.tenancy.choices import LANGUAGES, kind_choices
from ponte.core.tenancy.models import User


def _password_field() -> forms.CharField:
    return forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        help_text=_("At least 10 characters. A sentence is easy to remember and hard to guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


def _language_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Language"), choices=LANGUAGES, initial=_current_language)


def _current_language() -> str:
    return "en" if (get_language() or "").startswith("en") else "pt-br"


class _PasswordForm(forms.Form):
    def clean_password(self) -> str:
        """Refuse passwords that are short, common or like the person's own data."""
        password: str = self.cleaned_data["password"]
        person = User(email=self.cleaned_data.get("email", ""), name=self.cleaned_data.get("name", ""))
        validate_password(password, person)
        return password


class BusinessForm(forms.Form):
    """The business itself."""

    business = forms.CharField(
        label=_("Name of the business"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization", "autofocus": True}),
    )
    kind = forms.ChoiceField(label=_("What kind of business is it?"), choices=kind_choices)
    language = _language_field()


class FirstRunForm(_PasswordForm, BusinessForm):
    """The business and its first person."""

    name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("Your e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = _password_field()
    field_order = ["business", "kind", "language", "name", "email", "password"]

    def clean_email(self) -> str:
        """Keep addresses in small letters; refuse one that has an account."""
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email=email).exists():
            raise ValidationError(_("There is an account with this address. Log in instead."), code="taken")
        return email


class JoinForm(_PasswordForm):
    """What a new person says about themselves when accepting an invitation."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    email = forms.EmailField(
        label=_("E-mail"), disabled=True, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = _password_field()
    language = _language_field()
    field_order = ["email", "name", "password", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)
