"""Forms that add a customer: few fields first, more on demand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.directory.data import AddressData, CompanyData, EmailData, PartyData, PersonData, PhoneData
from ponte.directory.forms.properties import company_label
from ponte.directory.models import Source, Stage, State
from ponte.directory.policies import customer_fields, right_name
from ponte.ui.forms import (
    ChipsInput,
    CnpjInput,
    CpfInput,
    DateField,
    PhoneInput,
    PickerField,
    PickerInput,
    TagsField,
)
from ponte.workplace.custom_fields.inputs import add_inputs, given_in

# Form field → name of the field in services, by whose right it is offered.
WRITES = {
    "emails": "email",
    "phones": "phone",
    "city": "address",
    "state": "address",
    "postal_code": "address",
}


def _looked_up(widget: forms.Widget, kind: str) -> forms.Widget:
    """Let a field ask, once it is filled in, whether somebody has that e-mail, phone or document already."""
    widget.attrs |= {
        "hx-get": reverse_lazy("directory:lookup", args=[kind]),
        "hx-trigger": "change",
        "hx-target": f"#known-{kind}",
        "hx-swap": "innerHTML",
        "hx-params": "*",
    }
    return widget


class CustomerForm(forms.Form):
    """What people and companies have in common."""

    kind = ""
    first: tuple[str, ...] = ()  # fields shown at once; the others unfold
    widths = {
        "emails": "half",
        "phones": "half",
        "stage": "half",
        "source": "half",
        "owner_id": "half",
        "city": "half",
        "state": "quarter",
        "postal_code": "quarter",
        "cpf": "half",
        "birthday": "half",
        "company_id": "half",
        "job_title": "half",
        "cnpj": "half",
        "website": "half",
    }

    name = forms.CharField(
        label=_("Name"), required=False, max_length=240, widget=forms.TextInput({"autofocus": True})
    )
    emails = forms.CharField(label=_("E-mail"), required=False, max_length=254)
    phones = forms.CharField(label=_("Phone"), required=False, max_length=40)
    stage = forms.ChoiceField(label=_("Stage"), choices=Stage.choices, initial=Stage.LEAD)
    source = forms.ChoiceField(label=_("Source"), required=False, choices=[("", "–"), *Source.choices])
    owner_id = forms.ChoiceField(label=_("Owner"), required=False)
    tags = TagsField(
        label=_("Tags"),
        required=False,
        max_length=60,
    )
    city = forms.CharField(label=_("City"), required=False, max_length=120)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", "–"), *State.choices])
    postal_code = forms.CharField(label="CEP", required=False, max_length=9)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["emails"].widget = _looked_up(forms.EmailInput(), "email")
        self.fields["phones"].widget = _looked_up(PhoneInput(), "phone")
        self.fields["tags"].widget = ChipsInput(suggest_url=reverse("directory:tags_suggest"))
        owners = Member.objects.filter(is_active=True).order_by("sort_name").values_list("id", "name")
        owner: Any = self.fields["owner_id"]
        owner.choices = [(str(key), name) for key, name in owners]
        owner.initial = str(member.id)
        access = customer_fields(member)
        for name in list(self.fields):
            if not access.can_write(WRITES.get(name, right_name(name))):
                del self.fields[name]
        self._add_custom(member)

    def _add_custom(self, member: Member) -> None:
        """Add the business's own fields; what is required is asked at once."""
        names = add_inputs(self, self.kind, member)
        self.first = (*self.first, *(name for name in names if self.fields[name].required))

    def shown_first(self) -> list[Any]:
        """Return the fields of the short form."""
        return [self[name] for name in self.first if name in self.fields]

    def shown_later(self) -> list[Any]:
        """Return the fields that unfold."""
        return [self[name] for name in self.fields if name not in self.first]

    def data_of(self) -> PartyData:
        """Return the customer to create; each kind says how."""
        raise NotImplementedError

    def common(self) -> dict[str, Any]:
        """Return what the form says, for the services' dataclasses."""
        given = self.cleaned_data
        address = {name: given.get(name, "") for name in ("city", "state", "postal_code")}
        return {
            "name": given.get("name", ""),
            "emails": [EmailData(address=given["emails"])] if given.get("emails") else [],
            "phones": [PhoneData(number=given["phones"])] if given.get("phones") else [],
            "addresses": [AddressData(**address)] if any(address.values()) else [],
            "stage": given.get("stage", ""),
            "source": given.get("source", ""),
            "owner_id": given.get("owner_id") or None,
            "tags": given.get("tags", []),
            "custom": given_in(self),
        }


class PersonForm(CustomerForm):
    """A new person."""

    kind = "person"
    first = ("name", "emails", "phones", "company_id", "job_title")

    company_id = PickerField(label=_("Company"), required=False)
    job_title = forms.CharField(label=_("Job title"), required=False, max_length=120)
    cpf = forms.CharField(label="CPF", required=False, max_length=20)
    birthday = DateField(label=_("Birthday"), required=False)
    field_order = ("name", "emails", "phones", "company_id", "job_title", "cpf", "birthday")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        url = f"{reverse_lazy('directory:pick')}?kind=company"
        self.fields["company_id"].widget = PickerInput(url=url, label_of=company_label)
        if "cpf" in self.fields:
            self.fields["cpf"].widget = _looked_up(CpfInput(), "cpf")

    def data_of(self) -> PersonData:
        """Return the person to create."""
        given = self.cleaned_data
        return PersonData(
            **self.common(),
            cpf=given.get("cpf", ""),
            birthday=given.get("birthday"),
            job_title=given.get("job_title", ""),
            company_id=given.get("company_id"),
            company_role=given.get("job_title", ""),
        )


class CompanyForm(CustomerForm):
    """A new company."""

    kind = "company"
    first = ("name", "cnpj", "emails", "phones")

    cnpj = forms.CharField(label="CNPJ", required=False, max_length=20)
    legal_name = forms.CharField(label=_("Legal name"), required=False, max_length=240)
    website = forms.CharField(label=_("Website"), required=False, max_length=240)
    industry = forms.CharField(label=_("Industry"), required=False, max_length=120)
    field_order = ("name", "cnpj", "emails", "phones", "legal_name", "website", "industry")
    widths = {**CustomerForm.widths, "cnpj": "", "industry": "half"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Trade name")
        if "cnpj" in self.fields:
            self.fields["cnpj"].widget = _looked_up(CnpjInput(), "cnpj")

    def data_of(self) -> CompanyData:
        """Return the company to create."""
        given = self.cleaned_data
        names = ("cnpj", "legal_name", "website", "industry")
        return CompanyData(**self.common(), **{name: given.get(name, "") for name in names})
