"""Forms of single contacts and links: an e-mail, a phone, an address, a profile, a role, a relation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ponte.directory.data import AddressData, EmailData, HandleData, PhoneData
from ponte.directory.models import AddressKind, ContactKind, Network, RelationKind, State, Validity
from ponte.ui.forms import CepInput, DateField, PhoneInput, PickerField, PickerInput

EMAIL_KINDS = [
    (kind.value, kind.label) for kind in ContactKind if kind not in (ContactKind.MOBILE, ContactKind.LANDLINE)
]


class EmailForm(forms.Form):
    """One e-mail address."""

    widths = {"kind": "half", "validity": "half"}
    address = forms.CharField(label=_("E-mail"), max_length=254, widget=forms.EmailInput({"autofocus": True}))
    kind = forms.ChoiceField(label=_("Kind"), choices=EMAIL_KINDS, initial="work")
    validity = forms.ChoiceField(label=_("Validity"), choices=Validity.choices)
    is_primary = forms.BooleanField(label=_("Primary"), required=False)
    opted_out = forms.BooleanField(label=_("Doesn't want to be contacted here"), required=False)

    def item(self) -> EmailData:
        """Return the address for the services."""
        return EmailData(**self.cleaned_data)


class PhoneForm(forms.Form):
    """One phone."""

    widths = {"number": "two-thirds", "extension": "third", "kind": "half", "validity": "half"}
    number = forms.CharField(label=_("Phone"), max_length=40, widget=PhoneInput({"autofocus": True}))
    extension = forms.CharField(label=_("Extension"), max_length=10, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("By the number")), *ContactKind.choices]
    )
    validity = forms.ChoiceField(label=_("Validity"), choices=Validity.choices)
    has_whatsapp = forms.BooleanField(label=_("Has WhatsApp"), required=False)
    is_primary = forms.BooleanField(label=_("Primary"), required=False)
    opted_out = forms.BooleanField(label=_("Doesn't want to be contacted here"), required=False)

    def item(self) -> PhoneData:
        """Return the phone for the services."""
        given = dict(self.cleaned_data)
        return PhoneData(**{**given, "has_whatsapp": given["has_whatsapp"] or None})


class AddressForm(forms.Form):
    """One postal address."""

    widths = {
        "kind": "half",
        "postal_code": "half",
        "street": "two-thirds",
        "number": "third",
        "complement": "half",
        "district": "half",
        "city": "half",
        "state": "quarter",
        "city_code": "quarter",
    }
    kind = forms.ChoiceField(label=_("Kind"), choices=AddressKind.choices, initial="work")
    postal_code = forms.CharField(label="CEP", max_length=12, required=False, widget=CepInput())
    street = forms.CharField(label=_("Street"), max_length=200, required=False)
    number = forms.CharField(label=_("Number"), max_length=20, required=False)
    complement = forms.CharField(label=_("Complement"), max_length=120, required=False)
    district = forms.CharField(label=_("District"), max_length=120, required=False)
    city = forms.CharField(label=_("City"), max_length=120, required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", "–"), *State.choices])
    city_code = forms.CharField(label=_("IBGE code"), max_length=7, required=False)
    reference = forms.CharField(label=_("Landmark"), max_length=200, required=False)
    is_primary = forms.BooleanField(label=_("Primary"), required=False)

    def item(self) -> AddressData:
        """Return the address for the services."""
        return AddressData(**self.cleaned_data)


class HandleForm(forms.Form):
    """One social profile."""

    widths = {"network": "half", "handle": "half"}
    network = forms.ChoiceField(label=_("Network"), choices=Network.choices)
    handle = forms.CharField(label=_("Name there"), max_length=160)
    url = forms.CharField(label=_("Web address"), max_length=300, required=False)

    def item(self) -> HandleData:
        """Return the profile for the services."""
        return HandleData(**self.cleaned_data)


class AffiliationForm(forms.Form):
    """A person's role at a company; ``other`` is the company of a person, or the person of a company."""

    widths = {"role": "half", "department": "half", "started_on": "half"}
    other = PickerField(label=_("Company"))
    role = forms.CharField(label=pgettext_lazy("at a company", "Role"), max_length=120, required=False)
    department = forms.CharField(label=_("Department"), max_length=120, required=False)
    started_on = DateField(label=_("Since"), required=False)
    is_primary = forms.BooleanField(label=_("Main company"), required=False)
    is_decision_maker = forms.BooleanField(label=_("Decides on purchases"), required=False)

    def __init__(self, *args: Any, wanted: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if wanted == "person":
            self.fields["other"].label = _("Person")
        self.fields["other"].widget = PickerInput(url=f"{reverse_lazy('directory:pick')}?kind={wanted}")


class EndForm(forms.Form):
    """When a role ended."""

    ended_on = DateField(label=_("Until"))


class RelationForm(forms.Form):
    """What a customer is to another."""

    widths = {"kind": "half", "other": "half"}
    kind = forms.ChoiceField(label=pgettext_lazy("relation", "Is"), choices=RelationKind.choices)
    other = PickerField(label=_("Of whom"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].widget = PickerInput(url=str(reverse_lazy("directory:pick")))


class StageForm(forms.Form):
    """Moving a customer through the life cycle."""

    stage = forms.ChoiceField(label=_("Stage"))
    reason = forms.CharField(label=_("Reason"), max_length=240, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class MergeWithForm(forms.Form):
    """With whom a customer is merged."""

    other = PickerField(label=_("The other record of the same customer"))

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].widget = PickerInput(url=f"{reverse_lazy('directory:pick')}?kind={kind}")
