"""Forms of who has to do with an opportunity, and of its products."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ponte.commerce.forms.lines import LineForm, line_formset
from ponte.commerce.models import Billing
from ponte.core.models import Member
from ponte.sales.data import OpportunityLineData
from ponte.sales.models import Competitor, DealRole, OpportunityLine
from ponte.sales.services.opportunity_lines import MAX_LINES
from ponte.ui.forms import PickerField, PickerInput


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


class DealLineForm(LineForm):
    """One product offered."""

    COLUMNS = (*LineForm.COLUMNS, ("billing",))

    billing = forms.ChoiceField(
        label=_("Charged"), required=False, choices=[("", _("As the product")), *Billing.choices]
    )

    def line(self, known: dict[Any, OpportunityLine]) -> OpportunityLineData:
        """Return the line as entered."""
        return OpportunityLineData(**self.entered(known), billing=self.cleaned_data["billing"] or None)


DEAL_LINES = line_formset(DealLineForm, MAX_LINES)
