"""Choosing several products in a form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import Product


class ProductChips(forms.Widget):
    """Products as chips, found by typing; each id is posted under the field's name."""

    template_name = "commerce/widgets/record_chips.html"
    css = ""

    def __init__(self, attrs: dict[str, Any] | None = None, *, url: str = "") -> None:
        super().__init__(attrs)
        self.url = url

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Return the posted ids."""
        return (
            [str(value) for value in data.getlist(name) if value]
            if hasattr(data, "getlist")
            else data.get(name, [])
        )

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the names of the chosen ones."""
        context = super().get_context(name, value, attrs)
        ids = [one for one in map(_uuid, value or []) if one]
        names = dict(Product.objects.filter(id__in=ids).values_list("id", "name")) if ids else {}
        context["widget"] |= {"url": self.url, "chosen": [(one, names[one]) for one in ids if one in names]}
        return context


class ProductsField(forms.Field):
    """Ids of products; cleaned to a list of UUIDs."""

    widget = ProductChips

    def to_python(self, value: Any) -> Sequence[UUID]:
        """Return the ids, each once."""
        ids = [_uuid(one) for one in value or []]
        if None in ids:
            raise forms.ValidationError(_("Choose products from the list."), code="invalid")
        return list(dict.fromkeys(one for one in ids if one))


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
