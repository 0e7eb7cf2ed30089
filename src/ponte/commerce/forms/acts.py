"""The forms of payments and returns."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.commerce.data import ReturnLineData
from ponte.commerce.models import Order, PaymentKind
from ponte.core.errors import Invalid
from ponte.ui.forms import DateTimeField, DecimalField, MoneyField


class PaymentForm(forms.Form):
    """A payment to note."""

    widths = {"kind": "half", "value": "half", "instalments": "half", "paid_at": "half"}

    kind = forms.ChoiceField(label=_("Kind"), choices=PaymentKind.choices)
    value = MoneyField(label=_("Value"), min_value=0)
    instalments = forms.IntegerField(label=_("Instalments"), min_value=1, max_value=420)
    paid_at = DateTimeField(label=_("Paid at"), required=False)


class ReturnForm(forms.Form):
    """What came back: a quantity beside each line of the order."""

    widths = {"freight": "half", "returned_at": "half"}

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(order.lines.order_by("position", "id"))
        for index, row in enumerate(self.rows):
            self.fields[f"line{index}"] = DecimalField(
                label=_("%(what)s: how many of %(quantity)s came back")
                % {"what": row.description, "quantity": f"{row.quantity.normalize():f}"},
                required=False, min_value=0, max_value=row.quantity, max_digits=12, decimal_places=3,
            )  # fmt: skip
        self.fields["freight"] = MoneyField(label=_("Freight given back"), required=False, min_value=0)
        self.fields["returned_at"] = DateTimeField(label=_("Returned at"), required=False)
        self.fields["reason"] = forms.CharField(label=_("Reason"), max_length=240, required=False)

    def details(self) -> dict[str, Any]:
        """Return what ``record_return`` takes. Call it on a valid form."""
        told = self.cleaned_data
        self.chosen = [index for index in range(len(self.rows)) if told.get(f"line{index}")]
        lines = [
            ReturnLineData(line_id=self.rows[index].id, quantity=told[f"line{index}"])
            for index in self.chosen
        ]
        return {
            "lines": lines,
            "freight": told["freight"] or Decimal(0),
            "reason": told["reason"],
            "returned_at": told["returned_at"],
        }

    def show(self, refusal: Invalid) -> None:
        """Put each problem beside the line or field it names."""
        for problem in refusal.problems:
            parts = problem.field.split(".")
            is_line = len(parts) == 3 and int(parts[1]) < len(self.chosen)
            name = f"line{self.chosen[int(parts[1])]}" if is_line else problem.field
            self.add_error(name if name in self.fields else None, str(problem.message))
