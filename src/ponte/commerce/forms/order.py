"""The form of an order: its own fields and a table of lines."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ponte.commerce.data import LineData
from ponte.commerce.forms.lines import LineForm, line_formset
from ponte.commerce.models import Order, OrderStatus, SalesChannel
from ponte.core.models import Member
from ponte.ui.forms import DateTimeField, DecimalField, MoneyField, PickerField, PickerInput
from ponte.workplace.custom_fields.inputs import given_in, plain_data

MOST_LINES = 500
LABELLED = ("currency", "rate")


class OrderForm(forms.Form):
    """An order's own fields."""

    widths = {
        "status": "third", "channel": "third", "owner": "third", "placed_at": "third", "expected_at": "third",
        "number": "third", "currency": "third", "rate": "third", "invoice_number": "third", "invoice_key": "two-thirds",
    }  # fmt: skip

    party = PickerField(label=_("Customer"))
    status = forms.ChoiceField(label=_("Status"), choices=OrderStatus.choices, initial=OrderStatus.PLACED)
    channel = forms.ChoiceField(
        label=_("Channel"), choices=[("", "—"), *SalesChannel.choices], required=False
    )
    owner = forms.ModelChoiceField(
        label=_("Salesperson"), queryset=Member.objects.none(), required=False, empty_label=_("Nobody")
    )
    placed_at = DateTimeField(label=_("Placed at"), required=False)
    expected_at = DateTimeField(label=_("Delivery expected"), required=False)
    number = forms.CharField(
        label=_("Number"), max_length=60, required=False, help_text=_("Empty: the next one is given.")
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False)
    rate = DecimalField(
        label=_("Exchange rate"),
        required=False,
        max_digits=18,
        decimal_places=8,
        help_text=_("For another currency."),
    )
    invoice_number = forms.CharField(label=_("Invoice number"), max_length=40, required=False)
    invoice_key = forms.CharField(label=_("NF-e key"), max_length=60, required=False)
    notes = forms.CharField(
        label=_("Notes"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, label_of: Callable[[Any], str], locked: frozenset[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = Member.objects.filter(is_active=True).order_by("sort_name", "id")
        widget = self.fields["party"].widget
        assert isinstance(widget, PickerInput)
        widget.url, widget.label_of = reverse("directory:pick"), label_of
        for name in locked & set(self.fields):
            del self.fields[name]

    def changes(self) -> dict[str, Any]:
        """Return what was entered, named as ``OrderData`` names it. Call it on a valid form."""
        told = {name: value for name, value in plain_data(self).items() if name != "version"}
        told["custom"] = given_in(self)
        told["party_id"] = told.pop("party")
        owner = told.pop("owner")
        told["owner_id"] = owner.id if owner else None
        return told


class OrderLineForm(LineForm):
    """One line of an order."""

    COLUMNS = (*LineForm.COLUMNS, ("freight",))

    freight = MoneyField(label=_("Freight"), required=False, min_value=0)

    def line(self, known: dict[Any, LineData]) -> LineData:
        """Return the line; seller and external id stay as they are."""
        old = known.get(self.cleaned_data["id"])
        return LineData(
            **self.entered(known),
            freight=self.cleaned_data["freight"] or Decimal(0),
            seller_id=old.seller_id if old else None,
            external_id=old.external_id if old else "",
        )


ORDER_LINES = line_formset(OrderLineForm, MOST_LINES)


def initial_of(order: Order) -> dict[str, Any]:
    """Return what the form of an existing order starts with."""
    names = (
        "status", "channel", "owner", "placed_at", "expected_at", "number", "currency", "rate", "invoice_number",
        "invoice_key", "notes", "version",
    )  # fmt: skip
    return {**{name: getattr(order, name) for name in names}, "party": order.party_id}
