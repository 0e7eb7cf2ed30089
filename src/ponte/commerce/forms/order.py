"""The form of an order: its own fields and a table of lines."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ponte.commerce.data import LineData
from ponte.commerce.models import Order, OrderLine, OrderStatus, Product, SalesChannel
from ponte.core.models import Member
from ponte.ui.forms import (
    DateTimeField,
    DecimalField,
    MoneyField,
    NumberInput,
    PickerField,
    PickerInput,
    QuantityField,
)
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


class LineForm(forms.Form):
    """One line of the table."""

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    product = PickerField(required=False)
    description = forms.CharField(max_length=300, required=False)
    quantity = QuantityField(required=False, initial=Decimal(1), widget=NumberInput())
    unit_price = MoneyField(required=False, min_value=0)
    discount = MoneyField(required=False, min_value=0)
    freight = MoneyField(required=False, min_value=0)

    LABELS = {
        "product": _("Product"), "description": _("Description"), "quantity": _("Quantity"),
        "unit_price": _("Unit price"), "discount": _("Discount"), "freight": _("Freight"),
    }  # fmt: skip

    def __init__(self, *args: Any, product_label: Callable[[Any], str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.LABELS.items():
            self.fields[name].widget.attrs["aria-label"] = label
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

    def line(self, known: dict[Any, LineData]) -> LineData:
        """Return the line; what the form doesn't show stays as ``known`` has it."""
        told = self.cleaned_data
        old = known.get(told["id"])
        return LineData(
            id=told["id"] if old else None,
            product_id=told["product"],
            description=told["description"],
            quantity=told["quantity"] if told["quantity"] is not None else Decimal(1),
            unit_price=told["unit_price"],
            discount=told["discount"] or Decimal(0),
            freight=told["freight"] or Decimal(0),
            seller_id=old.seller_id if old else None,
            external_id=old.external_id if old else "",
        )


if TYPE_CHECKING:
    _FormSet = forms.BaseFormSet[LineForm]
else:
    _FormSet = forms.BaseFormSet


class LineFormSetBase(_FormSet):
    """The table of lines."""

    def lines(self, known: dict[Any, LineData]) -> tuple[list[LineData], list[int]]:
        """Return the lines entered and, for each, the number of its form."""
        chosen = [
            (index, form)
            for index, form in enumerate(self.forms)
            if not form.cleaned_data.get("DELETE") and not form.is_blank()
        ]
        return [form.line(known) for _index, form in chosen], [index for index, _form in chosen]


LineFormSet: type[LineFormSetBase] = forms.formset_factory(  # type: ignore[assignment]
    LineForm,
    formset=LineFormSetBase,
    extra=0,
    can_delete=True,
    max_num=MOST_LINES,
    absolute_max=MOST_LINES + 50,
)


def initial_of(order: Order) -> dict[str, Any]:
    """Return what the form of an existing order starts with."""
    names = (
        "status", "channel", "owner", "placed_at", "expected_at", "number", "currency", "rate", "invoice_number",
        "invoice_key", "notes", "version",
    )  # fmt: skip
    return {**{name: getattr(order, name) for name in names}, "party": order.party_id}


def initial_of_line(row: OrderLine) -> dict[str, Any]:
    """Return what a line's form starts with."""
    names = ("id", "description", "quantity", "unit_price", "discount", "freight")
    return {**{name: getattr(row, name) for name in names}, "product": row.product_id}


def product_labels(ids: set[Any]) -> dict[str, str]:
    """Return the names of products by id as text, in one query."""
    return {str(pk): name for pk, name in Product.objects.filter(id__in=ids).values_list("id", "name")}
