"""What is asked to mend one problem of one customer: a name, an e-mail, a way to reach them, CEP and state, an owner."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.core.brazil.postal import format_cep, state_name
from ponte.core.models import Member
from ponte.directory.models import Party, State
from ponte.directory.selectors.quality import addresses_astray
from ponte.directory.standards.addresses import contradicted_by_cep
from ponte.ui.forms import PhoneInput


class FixForm(forms.Form):
    """The fields of one kind of problem (``Flaw.fix``), filled with what is stored or, where there is one, suggested."""

    name = forms.CharField(label=_("Name"), max_length=240)
    email = forms.CharField(label=_("E-mail"), max_length=254, widget=forms.EmailInput())
    phone = forms.CharField(label=_("Phone"), max_length=40, widget=PhoneInput())
    postal_code = forms.CharField(label="CEP", max_length=12)
    state = forms.ChoiceField(label=_("State"), choices=State.choices)
    owner = forms.ChoiceField(label=_("Owner"))

    def __init__(self, fix: str, party: Party, *args: Any, suggested: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = {"reach": ("email", "phone"), "place": ("postal_code", "state")}.get(fix, (fix,))
        for name in list(self.fields):
            if name not in wanted:
                del self.fields[name]
        self.fields[wanted[0]].widget.attrs["autofocus"] = True
        if fix == "reach":
            for field in self.fields.values():
                field.required = False
        if fix in ("name", "email"):
            self.initial[fix] = suggested or getattr(party, fix)
        if fix == "place":
            self._ask_place(party)
        if fix == "owner":
            members = Member.objects.filter(is_active=True).order_by("sort_name").values_list("id", "name")
            field_: Any = self.fields["owner"]
            field_.choices = [(str(key), name) for key, name in members]

    def _ask_place(self, party: Party) -> None:
        row = addresses_astray([party.id]).get(party.id)
        if row is None:
            return
        self.initial.update(postal_code=format_cep(row.postal_code), state=row.state)
        true = contradicted_by_cep(row.postal_code, row.state)
        self.fields["postal_code"].help_text = _("%(cep)s belongs to %(state)s.") % {
            "cep": format_cep(row.postal_code),
            "state": state_name(true),
        }

    def clean(self) -> dict[str, Any]:
        """Want one of the two ways to reach a customer."""
        given = super().clean() or {}
        both = {"email", "phone"} <= set(self.fields)
        if both and not self.errors and not given.get("email") and not given.get("phone"):
            raise forms.ValidationError(_("Give an e-mail or a phone."))
        return given
