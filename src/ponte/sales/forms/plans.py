"""Forms of goals, forecasts and figures."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.sales.models import CostKind, Origin
from ponte.ui.forms import DateField, MoneyField


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
