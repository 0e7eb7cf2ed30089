"""The forms of contracts: their fields and text, and the small ones around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ponte.commerce.models.choices import Billing
from ponte.core.models import Member
from ponte.sales.documents.contract_fields import known_fields
from ponte.sales.models.contract import Contract
from ponte.sales.models.contract_choices import PriceIndex, Renewal, SignerRole
from ponte.sales.models.contract_template import ContractTemplate
from ponte.ui.forms import CpfField, DateField, DecimalField, MoneyField, PickerField, PickerInput
from ponte.workplace.custom_fields.inputs import given_in, plain_data

CONTRACT_FIELDS = (
    "title", "owner", "starts_on", "ends_on", "amount", "billing", "currency", "renewal", "renewal_months", "notice_days",
    "price_index", "index_name", "readjust_on", "sign_until", "body",
)  # fmt: skip


class TermsForm(forms.Form):
    """What contracts and new contracts have in common: term, value, renewal, readjustment."""

    widths = {
        "party": "half", "opportunity": "half", "quote": "half", "template": "half", "title": "half", "owner": "half",
        "starts_on": "third", "ends_on": "third", "sign_until": "third", "amount": "third", "billing": "third",
        "currency": "third", "renewal": "third", "renewal_months": "third", "notice_days": "third", "price_index": "third",
        "index_name": "third", "readjust_on": "third",
    }  # fmt: skip
    shown_if = {
        "renewal_months": ("renewal", "manual|automatic"),
        "index_name": ("price_index", "other"),
        "readjust_on": ("price_index", "ipca|igpm|inpc|other"),
    }

    title = forms.CharField(label=_("Title"), max_length=160, required=False)
    owner = forms.ModelChoiceField(
        label=_("Person in charge"), queryset=Member.objects.none(), required=False, empty_label=_("Nobody")
    )
    starts_on = DateField(
        label=_("Start of the term"), required=False, help_text=_("Empty: the day of the last signature.")
    )
    ends_on = DateField(label=_("End of the term"), required=False, help_text=_("Empty: indefinite."))
    sign_until = DateField(
        label=_("To be signed until"), required=False, help_text=_("Empty: 30 days after it goes out.")
    )
    amount = MoneyField(label=_("Value"), required=False, min_value=0)
    billing = forms.ChoiceField(label=_("Charged"), choices=Billing.choices, required=False)
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False)
    renewal = forms.ChoiceField(label=_("At the end"), choices=Renewal.choices, initial=Renewal.NONE)
    renewal_months = forms.IntegerField(
        label=_("Months of a renewal"), min_value=1, max_value=240, required=False, initial=12
    )
    notice_days = forms.IntegerField(
        label=_("Days of notice"), min_value=0, max_value=730, required=False, initial=30,
        help_text=_("So many days before the end you get a task."),
    )  # fmt: skip
    price_index = forms.ChoiceField(label=_("Readjustment by"), choices=PriceIndex.choices, required=False)
    index_name = forms.CharField(label=_("Name of the index"), max_length=60, required=False)
    readjust_on = DateField(
        label=_("Next readjustment"), required=False, help_text=_("Empty: a year after the start.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = Member.objects.filter(is_active=True).order_by("sort_name", "id")

    def changes(self) -> dict[str, Any]:
        """Return what was entered, named as the services name it. Call it on a valid form."""
        told = {name: value for name, value in plain_data(self).items() if name != "version"}
        owner = told.pop("owner", None)
        told["owner_id"] = getattr(owner, "id", owner) or None
        for name, default in (("renewal_months", 12), ("notice_days", 30)):
            told[name] = default if told[name] is None else told[name]
        told["custom"] = given_in(self)
        return told


class ContractForm(TermsForm):
    """A contract that is being written."""

    body = forms.CharField(
        label=_("Text"), required=False, max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "true"}),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].help_text = _("A line beginning with “# ” is a heading. Filled in by themselves: %(names)s") % {
            "names": ", ".join(f"{{{{{name}}}}}" for name in known_fields(member))
        }  # fmt: skip


class NewContractForm(TermsForm):
    """A contract to begin: whom with, from what."""

    party = PickerField(label=_("Customer"))
    opportunity = forms.ChoiceField(label=_("Opportunity"), required=False)
    quote = forms.ChoiceField(label=_("Quote"), required=False)
    template = forms.ModelChoiceField(
        label=_("Template"),
        queryset=ContractTemplate.objects.none(),
        required=False,
        empty_label=_("Empty text"),
    )
    field_order = ["party", "template", "opportunity", "quote", "title", "owner"]

    def __init__(
        self,
        *args: Any,
        label_of: Callable[[Any], str],
        opportunities: Sequence[tuple[str, str]],
        quotes: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("opportunity", opportunities), ("quote", quotes)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", pgettext_lazy("feminine", "None")), *choices]
        template = self.fields["template"]
        assert isinstance(template, forms.ModelChoiceField)
        template.queryset = ContractTemplate.objects.filter(archived_at=None).order_by("name", "id")
        widget = self.fields["party"].widget
        assert isinstance(widget, PickerInput)
        widget.url, widget.label_of = reverse("directory:pick"), label_of
        self.fields["amount"].help_text = _("Empty: that of the quote or opportunity.")

    def changes(self) -> dict[str, Any]:
        """Return what was entered, named as ``ContractData`` names it."""
        told = super().changes()
        template = told.pop("template", None)
        told["template_id"] = getattr(template, "id", None)
        told["party_id"] = told.pop("party")
        for name in ("opportunity", "quote"):
            told[f"{name}_id"] = told.pop(name) or None
        return told


class SignerForm(forms.Form):
    """Somebody who is to sign."""

    widths = {"role": "half", "cpf": "half"}

    name = forms.CharField(label=_("Whole name"), max_length=160)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    role = forms.ChoiceField(label=_("Signs as"), choices=SignerRole.choices)
    cpf = CpfField(
        label="CPF", required=False, help_text=_("Where you know it, only this CPF can sign.")
    )  # fmt: skip


class ContractSendForm(forms.Form):
    """How signers get their links."""

    channel = forms.ChoiceField(label=_("How"), widget=forms.RadioSelect)
    sign_until = DateField(label=_("To be signed until"), required=False)
    message = forms.CharField(
        label=_("Your words in the e-mail"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, has_addresses: bool, has_service: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channel = self.fields["channel"]
        assert isinstance(channel, forms.ChoiceField)
        choices: list[tuple[str, Any]] = [("link", _("I pass on the links myself (WhatsApp, in person …)"))]
        if has_addresses and settings.PONTE_SENDS_MAIL:
            choices.insert(0, ("email", _("By e-mail, to each signer with an address")))
        else:
            del self.fields["message"]
        if has_service:
            choices.append(("service", _("By the signature service, which writes to each signer")))
        channel.choices = choices
        channel.initial = choices[0][0]

    def clean(self) -> dict[str, Any]:
        """Fill in the message where the form doesn't ask for one."""
        return {"message": "", **(super().clean() or {})}


class NoteForm(forms.Form):
    """A note on an approval."""

    note = forms.CharField(
        label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, required: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if required:
            self.fields["note"].required = True
            self.fields["note"].label = _("What is to be changed?")


class ReasonForm(forms.Form):
    """Why something is given up."""

    reason = forms.CharField(label=_("Why?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class EndForm(ReasonForm):
    """When and why a contract ended."""

    on = DateField(label=_("Ended on"), initial=timezone.localdate)
    field_order = ["on", "reason"]


class AmendForm(forms.Form):
    """What an addendum is called."""

    title = forms.CharField(label=_("Title"), max_length=160)


class RenewForm(forms.Form):
    """Until when a contract is prolonged."""

    ends_on = DateField(label=_("New end of the term"))


class ReadjustForm(forms.Form):
    """By how much and from when a contract's value changes."""

    percentage = DecimalField(
        label=_("Percentage"), max_digits=7, decimal_places=4, help_text=_("As its index says for the period, such as 4.62.")
    )  # fmt: skip
    on = DateField(label=_("From"))


def initial_of(contract: Contract) -> dict[str, Any]:
    """Return what the form of an existing contract starts with."""
    return {name: getattr(contract, name) for name in (*CONTRACT_FIELDS, "version")}
