"""Forms of goals, forecasts and figures."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import Product
from ponte.core.models import Member
from ponte.sales.models import CommissionBasis, CostKind, GoalMetric, GoalSpan, Origin
from ponte.ui.forms import DateField, DecimalField, MoneyField


class CostForm(forms.Form):
    """What was spent in a month. Entered again for the same month, kind and origin it replaces what stood there."""

    widths = {"month": "half", "amount": "half", "kind": "half", "origin": "half"}

    month = DateField(label=_("Month"), help_text=_("Any day of the month."))
    amount = MoneyField(label=_("Value"), min_value=0)
    kind = forms.ChoiceField(label=_("Kind"), choices=CostKind.choices)
    origin = forms.ChoiceField(
        label=_("Origin"), choices=[("", _("None in particular")), *Origin.choices], required=False
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class CallForm(forms.Form):
    """What a salesperson will win in a month, as the manager sees it; empty takes the word back."""

    amount = MoneyField(label=_("Value"), required=False)
    note = forms.CharField(label=_("Why"), max_length=300, required=False)


class GoalForm(forms.Form):
    """A goal of a member, a team or the whole business."""

    widths = {"metric": "half", "span": "half", "starts_on": "half", "target": "half"}

    metric = forms.ChoiceField(label=_("What counts"), choices=GoalMetric.choices)
    span = forms.ChoiceField(label=_("Period"), choices=GoalSpan.choices)
    starts_on = DateField(label=_("Begins"), help_text=_("Any day of its first month, quarter or year."))
    target = MoneyField(label=_("Target"), min_value=0, help_text=_("An amount or a number, by what counts."))
    whose = forms.ChoiceField(label=_("Whose"), required=False)
    product = forms.ModelChoiceField(
        label=_("Only this product"),
        queryset=Product.objects.none(),
        required=False,
        empty_label=_("All products"),
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, Any]], products: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["whose"].choices = people  # type: ignore[attr-defined]
        self.fields["product"].queryset = products  # type: ignore[attr-defined]


class PlanForm(forms.Form):
    """A commission plan: up to four tiers, an accelerator, whom it holds for."""

    widths = {
        "name": "half", "basis": "half", "accelerator_from": "half", "accelerator": "half",
        **{f"{what}_{at}": "half" for what in ("from", "rate") for at in range(1, 5)},
    }  # fmt: skip

    name = forms.CharField(label=_("Name"), max_length=80)
    basis = forms.ChoiceField(label=_("Earned"), choices=CommissionBasis.choices)
    from_1 = MoneyField(label=_("Of a month's sales above"), min_value=0, initial=0)
    rate_1 = DecimalField(label=_("Rate (%)"), min_value=0, max_value=100)
    from_2 = MoneyField(label=_("Above"), min_value=0, required=False)
    rate_2 = DecimalField(label=_("Rate (%)"), min_value=0, max_value=100, required=False)
    from_3 = MoneyField(label=_("Above"), min_value=0, required=False)
    rate_3 = DecimalField(label=_("Rate (%)"), min_value=0, max_value=100, required=False)
    from_4 = MoneyField(label=_("Above"), min_value=0, required=False)
    rate_4 = DecimalField(label=_("Rate (%)"), min_value=0, max_value=100, required=False)
    accelerator_from = forms.IntegerField(
        label=_("Goal reached by at least (%)"), min_value=1, max_value=1000, required=False,
        help_text=_("The member's goal of value won of the month. Empty: no accelerator."),
    )  # fmt: skip
    accelerator = DecimalField(
        label=_("Commission times"),
        min_value=1,
        max_value=10,
        required=False,
        help_text=_("1,5 is half as much again."),
    )
    members = forms.ModelMultipleChoiceField(
        label=_("For"), queryset=Member.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["members"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = Member.objects.filter(is_active=True).order_by("sort_name")

    def tiers(self) -> list[tuple[Decimal, Decimal]]:
        """Return the tiers given, those without a rate left out."""
        given = self.cleaned_data
        return [
            (given[f"from_{at}"] or Decimal(0), given[f"rate_{at}"])
            for at in range(1, 5)
            if given[f"rate_{at}"] is not None
        ]


class ShareForm(forms.Form):
    """Who else earns by a sale."""

    widths = {f"{what}_{at}": "half" for what in ("member", "percent") for at in range(1, 4)}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        people = Member.objects.filter(is_active=True).order_by("sort_name")
        for at in range(1, 4):
            self.fields[f"member_{at}"] = forms.ModelChoiceField(
                label=_("Member"), queryset=people, required=False, empty_label=_("Nobody")
            )
            self.fields[f"percent_{at}"] = DecimalField(
                label=_("Share (%)"), min_value=0, max_value=100, required=False
            )

    def shares(self) -> dict[UUID, Decimal]:
        """Return the shares given, by member."""
        given = self.cleaned_data
        pairs = [(given[f"member_{at}"], given[f"percent_{at}"]) for at in range(1, 4)]
        return {member.id: percent for member, percent in pairs if member is not None and percent}
