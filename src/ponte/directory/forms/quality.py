"""The rules of data quality as a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.directory.models import Stage
from ponte.directory.quality import COUNTED
from ponte.directory.standards.rules import RULES
from ponte.ui.forms import MoneyField

ASKING = (Stage.MQL, Stage.SQL, Stage.CUSTOMER, Stage.PROMOTER)


class RulesForm(forms.Form):
    """Fields each stage asks for, when a record is stale, and the workspace's own figures of cost."""

    widths = {"stale_days": "third", "minutes_each": "third", "minute_cost": "third"}
    stale_days = forms.IntegerField(label=_("Stale after days without contact"), min_value=1, max_value=3650)
    minutes_each = forms.IntegerField(
        label=_("Minutes lost on a wrong record"), min_value=1, max_value=600, required=False,
        help_text=_("Your own estimate; empty: no cost is shown."),
    )  # fmt: skip
    minute_cost = MoneyField(label=_("Cost of a minute of work"), required=False)
    rules = forms.MultipleChoiceField(
        label=_("What is suggested to be written better"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_(
            "Nothing is changed by itself: you see each suggestion and accept it, one by one or all together."
        ),
        choices=[(rule.key, rule.label) for rule in RULES],
    )
    check_domains = forms.BooleanField(
        label=_("Ask the DNS whether e-mail domains exist and take mail"),
        required=False,
        help_text=_(
            "Of each customer's e-mail, what follows the @ is sent (gmail.com and other large providers aside) to the DNS resolver"
            " of the machine Ponte runs on, never the address or a name; at most 300 a minute, and kept for 90 days. Off: nothing"
            " is asked, and what was found is forgotten."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(field.key, field.label) for field in COUNTED]
        for stage in ASKING:
            self.fields[f"stage_{stage.value}"] = forms.MultipleChoiceField(
                label=_("Before “%(stage)s” must be known") % {"stage": stage.label},
                choices=choices,
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
