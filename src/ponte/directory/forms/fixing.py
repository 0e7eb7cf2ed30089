"""What is asked to mend one problem of one customer: a name, an e-mail, a way to reach them, an owner."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.directory.models import Party
from ponte.ui.forms import PhoneInput


class FixForm(forms.Form):
    """The fields of one kind of problem (``Flaw.fix``), filled with what is stored or, where there is one, suggested."""

    name = forms.CharField(label=_("Name"), max_length=240)
    email = forms.CharField(label=_("E-mail"), max_length=254, widget=forms.EmailInput())
    phone = forms.CharField(label=_("Phone"), max_length=40, widget=PhoneInput())
    owner = forms.ChoiceField(label=_("Owner"))

    def __init__(self, fix: str, party: Party, *args: Any, suggested: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = {"reach": ("email", "phone")}.get(fix, (fix,))
        for name in list(self.fields):
            if name not in wanted:
                del self.fields[name]
        self.fields[wanted[0]].widget.attrs["autofocus"] = True
        if fix == "reach":
            for field in self.fields.values():
                field.required = False
        if fix in ("name", "email"):
            self.initial[fix] = suggested or getattr(party, fix)
        if fix == "owner":
            members = Member.objects.filter(is_active=True).order_by("sort_name").values_list("id", "name")
            field_: Any = self.fields["owner"]
            field_.choices = [(str(key), name) for key, name in members]

    def clean(self) -> dict[str, Any]:
        """Want one of the two ways to reach a customer."""
        given = super().clean() or {}
        both = {"email", "phone"} <= set(self.fields)
        if both and not self.errors and not given.get("email") and not given.get("phone"):
            raise forms.ValidationError(_("Give an e-mail or a phone."))
        return given
