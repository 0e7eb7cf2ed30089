"""The form of a product."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ponte.commerce.forms.records import ProductChips, ProductsField
from ponte.commerce.models import Billing, IntervalKind, Product, ProductKind
from ponte.commerce.selectors.products import list_categories
from ponte.core.rights import FieldAccess
from ponte.ui.forms import MoneyField
from ponte.workplace.custom_fields.inputs import given_in, plain_data


class ProductForm(forms.Form):
    """A product or service as a person enters it."""

    widths = {
        "kind": "half", "sku": "half", "category": "half", "new_category": "half", "price": "half", "cost": "half",
        "billing": "half", "is_active": "half", "interval_kind": "half", "interval_days": "half",
    }  # fmt: skip

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=ProductKind.choices, initial=ProductKind.PRODUCT)
    sku = forms.CharField(label=_("SKU"), max_length=60, required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    new_category = forms.CharField(
        label=_("Or a new category"),
        max_length=200,
        required=False,
        help_text=_("Casa > Cozinha makes a subcategory."),
    )
    price = MoneyField(label=_("Price"), required=False, min_value=0)
    cost = MoneyField(
        label=_("Cost"), required=False, min_value=0, help_text=_("Margins are known for what has a cost.")
    )
    billing = forms.ChoiceField(label=_("Billing"), choices=Billing.choices, initial=Billing.ONE_OFF)
    interval_kind = forms.ChoiceField(label=_("Comes due"), choices=IntervalKind.choices, required=False)
    interval_days = forms.IntegerField(
        label=_("Days until due"),
        required=False,
        min_value=1,
        max_value=3650,
        help_text=_("Counted from the purchase."),
    )
    complement_ids = ProductsField(
        label=_("Goes well with"),
        required=False,
        help_text=_("Products worth offering together with this one."),
    )
    description = forms.CharField(
        label=_("Description"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_active = forms.BooleanField(
        label=_("Active"),
        required=False,
        initial=True,
        help_text=_("Inactive ones are not offered for new orders."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, access: FieldAccess, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category = self.fields["category"]
        assert isinstance(category, forms.ChoiceField)
        rows = [(str(row.id), "– " * row.depth + row.name) for row in list_categories()]  # type: ignore[attr-defined]
        category.choices = [("", pgettext_lazy("feminine", "None")), *rows]
        chips = self.fields["complement_ids"].widget
        assert isinstance(chips, ProductChips)
        chips.url = reverse("commerce:pick_product")
        if not access.can_write("cost"):
            del self.fields["cost"]

    def values(self) -> dict[str, Any]:
        """Return what was entered, named as ``ProductData`` names it. Call it on a valid form."""
        told = plain_data(self)
        told.pop("version")
        category, new = told.pop("category"), told.pop("new_category")
        told |= {"category": new} if new else {"category_id": category or None}
        return told | {"custom": given_in(self)}


def initial_of(product: Product) -> dict[str, Any]:
    """Return what the form starts with."""
    names = (
        "name",
        "kind",
        "sku",
        "price",
        "cost",
        "billing",
        "interval_kind",
        "interval_days",
        "description",
    )
    values = {name: getattr(product, name) for name in (*names, "is_active", "version")}
    complements = list(product.complement_links.values_list("other_id", flat=True))
    return {**values, "category": str(product.category_id or ""), "complement_ids": complements}
