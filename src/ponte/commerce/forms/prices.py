"""Forms of price lists."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ponte.ui.forms import DateField, MoneyField, NumberInput, PickerField, PickerInput, QuantityField

MOST_AT_ONCE = 100


class PriceListForm(forms.Form):
    """A list's own fields; for whom it is stands beside it."""

    widths = {"name": "two-thirds", "currency": "third", "valid_from": "half", "valid_until": "half"}

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Salespeople read it: “Price of the list Wholesale”.")
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False)
    valid_from = DateField(label=_("Valid from"), required=False)
    valid_until = DateField(label=_("Valid until"), required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ItemForm(forms.Form):
    """One price."""

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    product = PickerField(required=False)
    min_quantity = QuantityField(required=False, initial=Decimal(1), widget=NumberInput())
    price = MoneyField(required=False, min_value=0)

    LABELS = {"product": _("Product"), "min_quantity": _("From how many on"), "price": _("Unit price")}

    def __init__(self, *args: Any, product_label: Callable[[Any], str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.LABELS.items():
            self.fields[name].widget.attrs["aria-label"] = label
        widget = self.fields["product"].widget
        assert isinstance(widget, PickerInput)
        widget.url, widget.label_of = reverse("commerce:pick_product"), product_label
        widget.placeholder = _("Product…")

    def is_blank(self) -> bool:
        """Tell whether nothing was entered."""
        told = self.cleaned_data
        return not (told.get("product") or told.get("id") or told.get("price") is not None)


ItemFormSet = forms.formset_factory(
    ItemForm, extra=0, can_delete=True, max_num=MOST_AT_ONCE, absolute_max=MOST_AT_ONCE + 50
)


class BringForm(forms.Form):
    """Prices pasted from a spreadsheet, or a CSV file."""

    text = forms.CharField(
        label=_("Prices"), required=False, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Paste from a spreadsheet: SKU (or the exact name), from how many on, price. The quantity may be left out."),
    )  # fmt: skip
    file = forms.FileField(label=_("or a CSV file"), required=False)
    replace = forms.BooleanField(label=_("Take out every price that isn't among them"), required=False)

    def clean(self) -> dict[str, Any]:
        """Read the file where one was given."""
        told = super().clean() or {}
        upload = told.get("file")
        if upload is not None:
            if upload.size > 2_000_000:
                self.add_error("file", _("The file is larger than 2 MB."))
            else:
                told["text"] = _read(upload.read())
        return told


def _read(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
