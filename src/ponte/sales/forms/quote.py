"""The form of a quote: its own fields and a table of lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ponte.commerce.forms.lines import LineForm, line_formset
from ponte.commerce.models.choices import Billing
from ponte.core.models import Member
from ponte.sales.models.quote import Quote, QuoteLayout
from ponte.sales.models.quote_choices import DepositKind, DiscountKind
from ponte.sales.quote_data import QuoteLineData
from ponte.ui.forms import (
    DateField,
    DecimalField,
    MoneyField,
    NumberInput,
    PickerField,
    PickerInput,
)
from ponte.workplace.custom_fields.inputs import given_in, plain_data

MOST_LINES = 200
_LINKS = {"party": "party_id", "owner": "owner_id", "opportunity": "opportunity_id", "layout": "layout_id"}


class QuoteForm(forms.Form):
    """A quote's own fields."""

    widths = {
        "party": "half", "opportunity": "half", "title": "half", "owner": "half", "valid_until": "third",
        "payment_terms": "two-thirds", "deposit_kind": "third", "deposit": "third", "layout": "third", "currency": "third",
        "rate": "third", "tax_note": "third",
    }  # fmt: skip
    shown_if = {"deposit": ("deposit_kind", "percent|value")}
    SELDOM = (
        "layout",
        "currency",
        "rate",
        "tax_note",
        "intro",
        "notes",
    )  # below the items, folded while all are empty

    party = PickerField(label=_("Customer"))
    opportunity = forms.ChoiceField(label=_("Opportunity"), required=False)
    title = forms.CharField(
        label=_("Title"), max_length=160, required=False, help_text=_("Empty: the customer's name.")
    )
    owner = forms.ModelChoiceField(
        label=_("Salesperson"), queryset=Member.objects.none(), required=False, empty_label=_("Nobody")
    )
    valid_until = DateField(label=_("Valid until"), required=False)
    payment_terms = forms.CharField(label=_("Payment terms"), max_length=300, required=False)
    deposit_kind = forms.ChoiceField(label=_("Deposit"), choices=DepositKind.choices, required=False)
    deposit = MoneyField(label=_("Percentage or value"), required=False, min_value=0)
    layout = forms.ModelChoiceField(
        label=_("Layout of the document"),
        queryset=QuoteLayout.objects.none(),
        required=False,
        empty_label=_("Plain"),
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False)
    rate = DecimalField(
        label=_("Exchange rate"),
        required=False,
        max_digits=18,
        decimal_places=8,
        help_text=_("For another currency."),
    )
    tax_note = forms.CharField(
        label=_("Note on taxes"), max_length=200, required=False, help_text=_("For example: taxes included.")
    )
    intro = forms.CharField(
        label=_("Introduction"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )
    notes = forms.CharField(
        label=_("Notes for the customer"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        label_of: Callable[[Any], str],
        opportunities: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        owner, layout = self.fields["owner"], self.fields["layout"]
        opportunity = self.fields["opportunity"]
        assert isinstance(owner, forms.ModelChoiceField)
        assert isinstance(layout, forms.ModelChoiceField)
        assert isinstance(opportunity, forms.ChoiceField)
        owner.queryset = Member.objects.filter(is_active=True).order_by("sort_name", "id")
        layout.queryset = QuoteLayout.objects.order_by("name", "id")
        opportunity.choices = [("", pgettext_lazy("feminine", "None")), *opportunities]
        widget = self.fields["party"].widget
        assert isinstance(widget, PickerInput)
        widget.url, widget.label_of = reverse("directory:pick"), label_of

    @property
    def often(self) -> list[forms.BoundField]:
        """The fields above the items."""
        return [field for field in self.visible_fields() if field.name not in self.SELDOM]

    @property
    def seldom(self) -> list[forms.BoundField]:
        """The fields below the items."""
        return [self[name] for name in self.SELDOM]

    @property
    def shows_seldom(self) -> bool:
        """Tell whether one of the fields below the items says something or has a problem."""
        return any(
            field.errors or (field.value() and field.name not in ("layout", "currency", "rate"))
            for field in self.seldom
        )

    def changes(self) -> dict[str, Any]:
        """Return what was entered, named as ``QuoteData`` names it. Call it on a valid form."""
        told = {name: value for name, value in plain_data(self).items() if name != "version"}
        for name, field in _LINKS.items():
            value = told.pop(name)
            told[field] = getattr(value, "id", value) or None
        told["deposit"] = told["deposit"] or Decimal(0)
        told["custom"] = given_in(self)
        return told


class QuoteLineForm(LineForm):
    """One line of a quote."""

    COLUMNS = (("billing",), ("quantity",), ("unit_price",), ("discount", "discount_kind"))
    MORE = "sales/quotes/_line_more.html"

    discount = DecimalField(
        label=_("Discount"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        widget=NumberInput(),
    )
    discount_kind = forms.ChoiceField(
        label=_("Kind of discount"), choices=[("percent", "%"), ("value", "R$")], required=False
    )
    billing = forms.ChoiceField(label=_("Charged"), choices=[("", "—"), *Billing.choices], required=False)
    tax_rate = DecimalField(
        label=_("Tax rate on top"),
        required=False,
        min_value=0,
        max_digits=5,
        decimal_places=2,
        widget=NumberInput(),
    )
    bundle = forms.CharField(label=_("Bundle"), max_length=120, required=False)
    details = forms.CharField(
        label=_("Details"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    is_optional = forms.BooleanField(required=False)
    is_chosen = forms.BooleanField(required=False, initial=True)

    def __init__(self, *args: Any, symbol: str = "R$", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["discount_kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(DiscountKind.PERCENT.value, "%"), (DiscountKind.VALUE.value, symbol)]

    def line(self, known: dict[Any, QuoteLineData]) -> QuoteLineData:
        """Return the line as entered."""
        told = self.cleaned_data
        return QuoteLineData(
            **self.entered(known),
            details=told["details"],
            bundle=told["bundle"],
            billing=told["billing"],
            discount_kind=told["discount_kind"] or DiscountKind.PERCENT,
            tax_rate=told["tax_rate"] or Decimal(0),
            is_optional=told["is_optional"],
            is_chosen=told["is_chosen"],
        )


QUOTE_LINES = line_formset(QuoteLineForm, MOST_LINES)


def initial_of(quote: Quote) -> dict[str, Any]:
    """Return what the form of an existing quote starts with."""
    names = (
        "title", "owner", "valid_until", "payment_terms", "deposit_kind", "deposit", "layout", "currency", "rate", "tax_note",
        "intro", "notes", "version",
    )  # fmt: skip
    given = {name: getattr(quote, name) for name in names}
    return {**given, "party": quote.party_id, "opportunity": str(quote.opportunity_id or "")}
