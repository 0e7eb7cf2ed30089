"""The form of what a bundle is made of and costs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.commerce.forms.lines import LineForm, line_formset
from ponte.commerce.models import Product
from ponte.commerce.services.bundles import MOST_PARTS, PartData
from ponte.ui.forms import DecimalField

OWN, PARTS = "own", "parts"


class BundleForm(forms.Form):
    """What the bundle costs."""

    widths = {"pricing": "half", "percent": "half"}

    pricing = forms.ChoiceField(
        label=_("Price of the bundle"),
        choices=[(OWN, _("The product's own price")), (PARTS, _("The sum of its parts, less a discount"))],
        initial=OWN,
    )
    percent = DecimalField(
        label=_("Discount on the sum of the parts (%)"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text=_("Counts only where the price is that of the parts. Empty: none."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def chosen(self) -> Decimal | None:
        """Return what is taken off the parts, None where the product's own price holds."""
        told = self.cleaned_data
        return None if told["pricing"] == OWN else told["percent"] or Decimal(0)


class PartForm(LineForm):
    """One part."""

    COLUMNS = (("quantity",),)

    description = None  # type: ignore[assignment]
    unit_price = None  # type: ignore[assignment]
    discount = None  # type: ignore[assignment]

    def line(self, known: dict[Any, Any]) -> PartData:
        """Return the part as entered."""
        told = self.cleaned_data
        return PartData(
            product_id=told["product"],
            quantity=told["quantity"] if told["quantity"] is not None else Decimal(1),
        )

    def is_blank(self) -> bool:
        """Tell whether no product was chosen."""
        return not self.cleaned_data.get("product")


PART_LINES = line_formset(PartForm, MOST_PARTS)


def initial_of(product: Product) -> dict[str, Any]:
    """Return what the form starts with."""
    pricing = OWN if product.bundle_percent is None else PARTS
    return {"pricing": pricing, "percent": product.bundle_percent, "version": product.version}
