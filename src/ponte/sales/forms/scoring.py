"""Forms of the scores' settings."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.sales.services.score_rules import MOST_DAYS, MOST_POINTS


class ProfileForm(forms.Form):
    """A rule on who somebody is."""

    widths = {"points": "third"}

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("As it stands in the explanation: “Company in São Paulo”."),
    )
    points = forms.IntegerField(
        label=_("Points"),
        min_value=-MOST_POINTS,
        max_value=MOST_POINTS,
        help_text=_("Negative ones take points away."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class BehaviourForm(ProfileForm):
    """A rule on what somebody does."""

    widths = {"points": "third", "half_life_days": "third", "most_points": "third"}
    field_order = ("name", "points", "half_life_days", "most_points", "version")

    half_life_days = forms.IntegerField(
        label=_("Days until half of it is left"), required=False, min_value=1, max_value=MOST_DAYS,
        help_text=_("Empty: points never fade."),
    )  # fmt: skip
    most_points = forms.IntegerField(
        label=_("At most, all together"),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=_("Empty: no limit."),
    )


class LimitsForm(forms.Form):
    """From which points on a lead has a grade, and goes to sales."""

    widths = {"a": "third", "b": "third", "c": "third"}

    a = forms.IntegerField(label=_("A from"), min_value=-10_000, max_value=10_000)
    b = forms.IntegerField(label=_("B from"), min_value=-10_000, max_value=10_000)
    c = forms.IntegerField(label=_("C from"), min_value=-10_000, max_value=10_000)
    handoff = forms.IntegerField(
        label=_("Handed over to sales from"), required=False, min_value=-10_000, max_value=10_000,
        help_text=_("Leads that reach it become MQL by themselves. Empty: only people hand over."),
    )  # fmt: skip
