"""Forms of who has to do with an opportunity, and of its products."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import Billing
from ponte.core.models import Member
from ponte.sales.data import OpportunityLineData
from ponte.sales.models import Competitor, DealRole, OpportunityLine
from ponte.sales.services.opportunity_lines import MAX_LINES
from ponte.ui.forms import MoneyField, NumberInput, PickerField, PickerInput, QuantityField


class HelperForm(forms.Form):
    """A colleague who works on an opportunity."""

    member = forms.ModelChoiceField(label=_("Colleague"), queryset=Member.objects.none())
    task = forms.CharField(label=_("What they do"), max_length=80, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["member"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Member.objects.filter(is_active=True).order_by("sort_name", "id")


class ContactForm(forms.Form):
    """A person and their say."""

    party = PickerField(label=_("Person"))
    role = forms.ChoiceField(
        label=_("Say in the decision"), choices=DealRole.choices, initial=DealRole.DECIDES
    )
    note = forms.CharField(label=_("Note"), max_length=240, required=False)

    def __init__(self, *args: Any, label_of: Callable[[Any], str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = self.fields["party"].widget
        assert isinstance(widget, PickerInput)
        widget.url, widget.label_of = f"{reverse('directory:pick')}?kind=person", label_of


class RivalForm(forms.Form):
    """A competitor in a sale."""

    competitor = forms.ModelChoiceField(label=_("Competitor"), queryset=Competitor.objects.none())
    note = forms.CharField(
        label=_("What is known"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["competitor"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Competitor.objects.filter(archived_at=None).order_by("name")


class DealLineForm(forms.Form):
    """One product offered."""

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    product = PickerField(required=False)
    description = forms.CharField(max_length=300, required=False)
    quantity = QuantityField(required=False, initial=Decimal(1), widget=NumberInput())
    unit_price = MoneyField(required=False, min_value=0)
    discount = MoneyField(required=False, min_value=0)
    billing = forms.ChoiceField(required=False, choices=[("", _("As the product")), *Billing.choices])

    LABELS = {
        "product": _("Product"), "description": _("Description"), "quantity": _("Quantity"),
        "unit_price": _("Unit price"), "discount": _("Discount"), "billing": _("Charged"),
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

    def line(self) -> OpportunityLineData:
        """Return the line. Call it on a valid form."""
        told = self.cleaned_data
        return OpportunityLineData(
            id=told["id"],
            product_id=told["product"],
            description=told["description"],
            quantity=told["quantity"] if told["quantity"] is not None else Decimal(1),
            unit_price=told["unit_price"],
            discount=told["discount"] or Decimal(0),
            billing=told["billing"] or None,
        )


if TYPE_CHECKING:
    _FormSet = forms.BaseFormSet[DealLineForm]
else:
    _FormSet = forms.BaseFormSet


class DealLinesBase(_FormSet):
    """The table of products."""

    def lines(self) -> tuple[list[OpportunityLineData], list[int]]:
        """Return the lines entered and, for each, the number of its form."""
        chosen = [
            (index, form)
            for index, form in enumerate(self.forms)
            if not form.cleaned_data.get("DELETE") and not form.is_blank()
        ]
        return [form.line() for _index, form in chosen], [index for index, _form in chosen]


DealLines: type[DealLinesBase] = forms.formset_factory(  # type: ignore[assignment]
    DealLineForm,
    formset=DealLinesBase,
    extra=0,
    can_delete=True,
    max_num=MAX_LINES,
    absolute_max=MAX_LINES + 50,
)


def initial_of_line(row: OpportunityLine) -> dict[str, Any]:
    """Return what a line's form starts with."""
    names = ("id", "description", "quantity", "unit_price", "discount", "billing")
    return {**{name: getattr(row, name) for name in names}, "product": row.product_id}
