"""The table of lines that orders, opportunities and quotes share: its form, its rows, and each problem beside its line.

What a kind of line has besides product, description, quantity, price and discount it adds in a subclass of ``LineForm``, names what stands in
a column of its own in ``COLUMNS`` (fields in one tuple share it), and shows the rest with the template ``MORE`` under the product.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import Product
from ponte.core.errors import FieldProblem
from ponte.core.requests import WorkspaceRequest
from ponte.ui.forms import MoneyField, NumberInput, PickerField, PickerInput, QuantityField

PREFIX = "lines"
_LINE_FIELD = re.compile(r"lines\.(\d+)\.(\w+)")


class LineForm(forms.Form):
    """One line of the table."""

    COLUMNS: ClassVar[Sequence[tuple[str, ...]]] = (("quantity",), ("unit_price",), ("discount",))
    MORE: ClassVar[str] = ""

    note = ""  # where the price is from
    is_bundle = False

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    product = PickerField(label=_("Product"), required=False)
    description = forms.CharField(label=_("Description"), max_length=300, required=False)
    quantity = QuantityField(label=_("Quantity"), required=False, initial=Decimal(1), widget=NumberInput())
    unit_price = MoneyField(label=_("Unit price"), required=False, min_value=0)
    discount: forms.Field = MoneyField(label=_("Discount"), required=False, min_value=0)

    def __init__(self, *args: Any, product_label: Callable[[Any], str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.label:
                field.widget.attrs["aria-label"] = field.label
        widget = self.fields["product"].widget
        assert isinstance(widget, PickerInput)
        widget.url, widget.label_of = reverse("commerce:pick_product"), product_label
        widget.placeholder = _("Product…")
        if "description" in self.fields:
            self.fields["description"].widget.attrs.setdefault("placeholder", _("Description"))

    @property
    def columns(self) -> Iterator[tuple[Any, list[forms.BoundField], bool]]:
        """Give for each column its label, its fields, and whether it holds numbers."""
        for names in self.COLUMNS:
            fields = [self[name] for name in names]
            yield fields[0].label, fields, not isinstance(fields[0].field, forms.ChoiceField)

    def is_blank(self) -> bool:
        """Tell whether nothing that makes a line was entered."""
        told = self.cleaned_data
        return not any(told.get(name) for name in ("product", "description", "id", "unit_price"))

    def entered(self, known: dict[Any, Any]) -> dict[str, Any]:
        """Return what every kind of line has, named as its data class names it; an id that isn't ``known`` is left out."""
        told = self.cleaned_data
        return {
            "id": told["id"] if told["id"] in known else None,
            "product_id": told["product"],
            "description": told["description"],
            "quantity": told["quantity"] if told["quantity"] is not None else Decimal(1),
            "unit_price": told["unit_price"],
            "discount": told["discount"] or Decimal(0),
        }

    def line(self, known: dict[Any, Any]) -> Any:
        """Return the line; what the form doesn't show stays as ``known`` (lines by id) has it. Call it on a valid form."""
        raise NotImplementedError


if TYPE_CHECKING:
    _FormSet = forms.BaseFormSet[LineForm]
else:
    _FormSet = forms.BaseFormSet


class LineFormSet(_FormSet):
    """The forms of all lines."""

    def entered(self) -> list[tuple[int, LineForm]]:
        """Return the forms that make a line, each with its number, in the order they were brought into."""
        told = [
            (index, form)
            for index, form in enumerate(self.forms)
            if not form.cleaned_data.get("DELETE") and not form.is_blank()
        ]
        return sorted(told, key=lambda one: (one[1].cleaned_data.get("ORDER") or one[0] + 1, one[0]))


def line_formset(form: type[LineForm], most: int) -> type[LineFormSet]:
    """Return the set of forms for at most this many lines."""
    return forms.formset_factory(  # type: ignore[return-value]
        form,
        formset=LineFormSet,
        extra=0,
        can_delete=True,
        can_order=True,
        max_num=most,
        absolute_max=most + 50,
    )


class LineTable:
    """The lines on a page: those there were (``rows``), or those just entered. ``blank`` is what an empty table starts with."""

    def __init__(
        self,
        request: WorkspaceRequest,
        formset: type[LineFormSet],
        rows: Sequence[Any],
        *,
        blank: Sequence[dict[str, Any]] = (),
        notes: Mapping[str, str] | None = None,
        **form_kwargs: Any,
    ) -> None:
        self._request, self._rows = request, rows
        self._products: dict[str, Product] | None = None
        self._numbers: list[int] = []
        data = request.POST if request.method == "POST" else None
        initial = [_initial(row, formset.form) for row in rows] or (list(blank) if data is None else [])
        self.formset = formset(
            data,
            prefix=PREFIX,
            initial=initial,
            form_kwargs={"product_label": self._product_label, **form_kwargs},
        )
        for form in self.formset.forms:
            form.note = (notes or {}).get(str(form["id"].value() or ""), "")
            product = self._known().get(str(form["product"].value() or ""))
            form.is_bundle = product is not None and product.is_bundle

    def is_valid(self) -> bool:
        """Check every line."""
        return self.formset.is_valid()

    def lines(self, known: dict[Any, Any] | None = None) -> list[Any]:
        """Return the lines as entered."""
        entered = self.formset.entered()
        self._numbers = [number for number, _form in entered]
        return [form.line(known or {}) for _number, form in entered]

    def show(self, problem: FieldProblem) -> bool:
        """Put a problem beside the line it names; tell whether it names one."""
        match = _LINE_FIELD.fullmatch(problem.field)
        if not match or int(match[1]) >= len(self._numbers):
            return False
        form = self.formset.forms[self._numbers[int(match[1])]]
        name = match[2].removesuffix("_id")
        form.add_error(name if name in form.fields else None, str(problem.message))
        return True

    def _product_label(self, product_id: Any) -> str:
        product = self._known().get(str(product_id))
        return product.name if product else ""

    def _known(self) -> dict[str, Product]:
        if self._products is None:
            posted = [value for name, value in self._request.POST.items() if name.endswith("-product")]
            ids = [row.product_id for row in self._rows] + [uuid_or_none(text) for text in posted]
            rows = Product.objects.filter(id__in={one for one in ids if one}).only("name", "is_bundle")
            self._products = {str(row.id): row for row in rows}
        return self._products


def product_labels(ids: set[Any]) -> dict[str, str]:
    """Return the names of products by id as text, in one query."""
    return {str(pk): name for pk, name in Product.objects.filter(id__in=ids).values_list("id", "name")}


def uuid_or_none(text: Any) -> UUID | None:
    """Return the id a text is, None for anything else."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _initial(row: Any, form: type[LineForm]) -> dict[str, Any]:
    names = [name for name in form.base_fields if name != "product"]
    return {**{name: getattr(row, name) for name in names}, "product": row.product_id}
