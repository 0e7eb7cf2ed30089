"""The form of a quote: its own fields and a table of lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models.choices import Billing
from ponte.core.models import Member
from ponte.sales.models.quote import Quote, QuoteLayout, QuoteLine
from ponte.sales.models.quote_choices import DepositKind, DiscountKind
from ponte.sales.quote_data import QuoteLineData
from ponte.ui.forms import (
    DateField,
    DecimalField,
    MoneyField,
    NumberInput,
    PickerField,
    PickerInput,
    QuantityField,
)
from ponte.workplace.custom_fields.inputs import plain_data

MOST_LINES = 200
_LINKS = {"party": "party_id", "owner": "owner_id", "opportunity": "opportunity_id", "layout": "layout_id"}


class QuoteForm(forms.Form):
    """A quote's own fields."""

    widths = {
        "party": "half", "opportunity": "half", "title": "half", "owner": "half", "valid_until": "third",
        "payment_terms": "two-thirds", "deposit_kind": "third", "deposit": "third", "layout": "third", "currency": "third",
        "rate": "third", "tax_note": "third",
    }  # fmt: skip

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
        opportunity.choices = [("", _("None")), *opportunities]
        widget = self.fields["party"].widget
        assert isinstance(widget, PickerInput)
        widget.url, widget.label_of = reverse("directory:pick"), label_of

    def changes(self) -> dict[str, Any]:
        """Return what was entered, named as ``QuoteData`` names it. Call it on a valid form."""
        told = {name: value for name, value in plain_data(self).items() if name != "version"}
        for name, field in _LINKS.items():
            value = told.pop(name)
            told[field] = getattr(value, "id", value) or None
        told["deposit"] = told["deposit"] or Decimal(0)
        return told


class QuoteLineForm(forms.Form):
    """One line of the table."""

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    product = PickerField(required=False)
    description = forms.CharField(max_length=300, required=False)
    quantity = QuantityField(required=False, initial=Decimal(1), widget=NumberInput())
    unit_price = MoneyField(required=False, min_value=0)
    discount = DecimalField(
        required=False, min_value=0, max_digits=14, decimal_places=2, widget=NumberInput()
    )
    discount_kind = forms.ChoiceField(choices=[("percent", "%"), ("value", "R$")], required=False)
    billing = forms.ChoiceField(choices=[("", "—"), *Billing.choices], required=False)
    tax_rate = DecimalField(required=False, min_value=0, max_digits=5, decimal_places=2, widget=NumberInput())
    bundle = forms.CharField(max_length=120, required=False)
    details = forms.CharField(max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    is_optional = forms.BooleanField(required=False)
    is_chosen = forms.BooleanField(required=False, initial=True)

    LABELS = {
        "product": _("Product"), "description": _("Description"), "quantity": _("Quantity"),
        "unit_price": _("Unit price"), "discount": _("Discount"), "discount_kind": _("Kind of discount"),
        "billing": _("Charged"), "tax_rate": _("Tax rate on top"), "bundle": _("Bundle"), "details": _("Details"),
    }  # fmt: skip

    def __init__(
        self, *args: Any, product_label: Callable[[Any], str], symbol: str = "R$", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.LABELS.items():
            self.fields[name].widget.attrs["aria-label"] = label
        kind = self.fields["discount_kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(DiscountKind.PERCENT.value, "%"), (DiscountKind.VALUE.value, symbol)]
        widget = self.fields["product"].widget
        assert isinstance(widget, PickerInput)
        widget.url, widget.label_of = reverse("commerce:pick_product"), product_label
        widget.placeholder = _("Product…")

    def is_blank(self) -> bool:
        """Tell whether nothing that makes a line was entered."""
        told = self.cleaned_data
        return not (
            told.get("product") or told.get("description") or told.get("id") or told.get("unit_price")
        )

    def line(self, known: dict[Any, QuoteLineData]) -> QuoteLineData:
        """Return the line as entered."""
        told = self.cleaned_data
        return QuoteLineData(
            id=told["id"] if told["id"] in known else None,
            product_id=told["product"],
            description=told["description"],
            details=told["details"],
            bundle=told["bundle"],
            billing=told["billing"],
            quantity=told["quantity"] if told["quantity"] is not None else Decimal(1),
            unit_price=told["unit_price"],
            discount_kind=told["discount_kind"] or DiscountKind.PERCENT,
            discount=told["discount"] or Decimal(0),
            tax_rate=told["tax_rate"] or Decimal(0),
            is_optional=told["is_optional"],
            is_chosen=told["is_chosen"],
        )


if TYPE_CHECKING:
    _FormSet = forms.BaseFormSet[QuoteLineForm]
else:
    _FormSet = forms.BaseFormSet


class QuoteLineFormSetBase(_FormSet):
    """The table of lines."""

    def lines(self, known: dict[Any, QuoteLineData]) -> tuple[list[QuoteLineData], list[int]]:
        """Return the lines entered and, for each, the number of its form."""
        chosen = [
            (index, form)
            for index, form in enumerate(self.forms)
            if not form.cleaned_data.get("DELETE") and not form.is_blank()
        ]
        return [form.line(known) for _index, form in chosen], [index for index, _form in chosen]


QuoteLineFormSet: type[QuoteLineFormSetBase] = forms.formset_factory(  # type: ignore[assignment]
    QuoteLineForm,
    formset=QuoteLineFormSetBase,
    extra=0,
    can_delete=True,
    max_num=MOST_LINES,
    absolute_max=MOST_LINES + 50,
)


def initial_of(quote: Quote) -> dict[str, Any]:
    """Return what the form of an existing quote starts with."""
    names = (
        "title", "owner", "valid_until", "payment_terms", "deposit_kind", "deposit", "layout", "currency", "rate", "tax_note",
        "intro", "notes", "version",
    )  # fmt: skip
    given = {name: getattr(quote, name) for name in names}
    return {**given, "party": quote.party_id, "opportunity": str(quote.opportunity_id or "")}


def initial_of_line(row: QuoteLine) -> dict[str, Any]:
    """Return what a line's form starts with."""
    names = (
        "id", "description", "quantity", "unit_price", "discount", "discount_kind", "billing", "tax_rate", "bundle", "details",
        "is_optional", "is_chosen",
    )  # fmt: skip
    return {**{name: getattr(row, name) for name in names}, "product": row.product_id}
