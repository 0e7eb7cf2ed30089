"""Forms of approval: asking, answering, and what may be given without."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member, Role
from ponte.sales.models.approval import ApprovalKind, Approver
from ponte.ui.forms import DecimalField


def percent(label: Any, help_text: Any) -> DecimalField:
    """Return a field for a percentage that may stay empty."""
    return DecimalField(
        label=label, required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2, help_text=help_text
    )  # fmt: skip


class AskForm(forms.Form):
    """Why a quote is to be sold over the limit."""

    reason = forms.CharField(
        label=_("Why?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who approves reads it: what the customer wants, what a competitor offers, what you get for it."),
    )  # fmt: skip


class SubmitForm(forms.Form):
    """A word to whoever approves a contract."""

    reason = forms.CharField(
        label=_("Message"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who approves reads it. It may stay empty."),
    )  # fmt: skip


class AnswerForm(forms.Form):
    """What is said to a request. ``answer`` comes from the button."""

    answer = forms.ChoiceField(
        choices=[("approve", _("Approve")), ("refuse", _("Refuse"))], widget=forms.HiddenInput
    )
    note = forms.CharField(
        label=_("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed to refuse: say what would be fine."),
    )  # fmt: skip
    figures = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


class LimitForm(forms.Form):
    """What a role may give without asking."""

    line = percent(_("Discount of a line, at most (%)"), _("Compared with the list price. Empty: no limit."))
    total = percent(_("Discount of the whole, at most (%)"), _("Over all chosen lines. Empty: no limit."))
    margin = percent(_("Margin, at least (%)"), _("Over the lines whose cost is known. Empty: no limit."))


class StepForm(forms.Form):
    """A step of approval of a kind of document: its own conditions stand, the other kinds' go."""

    widths = {"above_discount": "half", "below_margin": "half"}
    conditions = {
        ApprovalKind.QUOTE: ("above_discount", "below_margin"),
        ApprovalKind.CONTRACT: ("above_amount",),
    }

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("As people read it: “Sales management”.")
    )
    above_discount = percent(_("Asked above a discount of (%)"), _("With both empty it is always asked."))
    below_margin = percent(_("or below a margin of (%)"), "")
    above_amount = DecimalField(
        label=_("Asked above a value a year of"), required=False, min_value=0, max_digits=14, decimal_places=2,
        help_text=_("Empty: always asked. A contract in another currency always takes the step."),
    )  # fmt: skip
    approver = forms.ChoiceField(label=_("Who approves"), choices=Approver.choices)
    members = forms.ModelMultipleChoiceField(
        label=_("People"), queryset=Member.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("For “people or a role”: one of them answers."),
    )  # fmt: skip
    role = forms.ModelChoiceField(
        label=_("Role"),
        queryset=Role.objects.none(),
        required=False,
        help_text=_("For “people or a role”: anyone with it answers, too."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: ApprovalKind, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind = kind
        for other, names in self.conditions.items():
            for name in names if other != kind else ():
                del self.fields[name]
        role, members = self.fields["role"], self.fields["members"]
        assert isinstance(role, forms.ModelChoiceField)
        assert isinstance(members, forms.ModelMultipleChoiceField)
        role.queryset = Role.objects.order_by("name", "id")
        members.queryset = Member.objects.filter(is_active=True).order_by("sort_name", "id")


class DaysForm(forms.Form):
    """How long requests and approvals last."""

    answer_days = forms.IntegerField(
        label=_("Days to answer"),
        min_value=1,
        max_value=90,
        help_text=_("After that a request ends unanswered."),
    )
    valid_days = forms.IntegerField(
        label=_("Days an approval holds"),
        min_value=1,
        max_value=90,
        help_text=_("Until then it may be sent."),
    )
