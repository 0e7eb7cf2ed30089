"""Forms of an opportunity: opening and changing it, moving it on, ending it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.core.models import Member
from ponte.sales.models import (
    Competitor,
    ForecastCategory,
    Opportunity,
    Origin,
    Reason,
    ReasonKind,
    Stage,
)
from ponte.sales.selectors.pipelines import list_pipelines, stages_of
from ponte.sales.services.exit_rules import Lacking
from ponte.ui.forms import DateField, MoneyField, PickerField, PickerInput
from ponte.workplace.custom_fields.inputs import given_in, plain_data

ASKABLE = ("amount", "monthly", "expected_close", "owner", "origin", "description")


def _members() -> Any:
    return Member.objects.filter(is_active=True).order_by("sort_name", "id")


def stage_choices() -> list[Any]:
    """Return the stages to choose from: a plain list for one pipeline, in groups for several."""
    pipelines = list_pipelines()
    groups = [(one.name, [(str(s.id), s.name) for s in stages_of(one)]) for one in pipelines]
    return groups[0][1] if len(groups) == 1 else groups


class OpportunityForm(forms.Form):
    """An opportunity's own fields. Of one there is the stage is left out: it moves by itself."""

    widths = {
        "title": "two-thirds", "stage": "third", "amount": "third", "monthly": "third", "expected_close": "third",
        "owner": "third", "origin": "third", "category": "third",
    }  # fmt: skip

    party = PickerField(label=gettext_lazy("Customer"))
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("What may be sold. Empty: the customer's name."),
    )
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), required=False)
    amount = MoneyField(label=gettext_lazy("Value"), required=False, min_value=0)
    monthly = MoneyField(label=gettext_lazy("Monthly value"), required=False, min_value=0)
    expected_close = DateField(label=gettext_lazy("Expected close"), required=False)
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Salesperson"),
        queryset=Member.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody"),
    )
    origin = forms.ChoiceField(label=gettext_lazy("Origin"), choices=Origin.choices, initial=Origin.UNKNOWN)
    category = forms.ChoiceField(
        label=gettext_lazy("Forecast category"),
        choices=ForecastCategory.choices,
        initial=ForecastCategory.PIPELINE,
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        label_of: Callable[[Any], str],
        locked: frozenset[str],
        deal: Opportunity | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        owner, stage = self.fields["owner"], self.fields["stage"]
        assert isinstance(owner, forms.ModelChoiceField)
        assert isinstance(stage, forms.ChoiceField)
        owner.queryset, stage.choices = _members(), stage_choices()
        widget = self.fields["party"].widget
        assert isinstance(widget, PickerInput)
        widget.url, widget.label_of = reverse("directory:pick"), label_of
        gone = set(locked)
        if deal is not None:
            gone.add("stage")
            if deal.lines.exists():
                gone |= {"amount", "monthly"}
        for name in gone & set(self.fields):
            del self.fields[name]

    def changes(self) -> dict[str, Any]:
        """Return what was entered, named as ``OpportunityData`` names it. Call it on a valid form."""
        told = {name: value for name, value in plain_data(self).items() if name != "version"}
        told["custom"] = given_in(self)
        told["party_id"] = told.pop("party")
        if "owner" in told:
            owner = told.pop("owner")
            told["owner_id"] = owner.id if owner else None
        stage = told.pop("stage", "")
        if stage:
            told["stage_id"] = UUID(stage)
        return told


def initial_of(deal: Opportunity) -> dict[str, Any]:
    """Return what the form of an existing opportunity starts with."""
    names = (
        "title", "amount", "monthly", "expected_close", "owner", "origin", "category", "description", "version",
    )  # fmt: skip
    return {**{name: getattr(deal, name) for name in names}, "party": deal.party_id}


class MoveForm(forms.Form):
    """What an opportunity lacks before it moves on: fields to fill, steps to tick, the next activity."""

    def __init__(self, *args: Any, deal: Opportunity, missing: Lacking, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.elsewhere: list[str] = []
        for key, label in missing.fields.items():
            if key in ASKABLE:
                self.fields[key] = _asked(key, label)
            elif key == "next_activity":
                self.fields["activity"] = forms.CharField(
                    label=_("Next activity"), max_length=255, help_text=_("A task about this opportunity.")
                )
                self.fields["activity_on"] = DateField(label=_("Due on"), initial=timezone.localdate())
            elif not key.startswith("custom."):
                self.elsewhere.append(label)
        self.steps = {}
        for number, (stage, key, text) in enumerate(missing.steps):
            name = f"step{number}"
            self.steps[name] = (stage, key)
            self.fields[name] = forms.BooleanField(label=text, required=True)

    def changes(self) -> dict[str, Any]:
        """Return the fields filled, named as ``OpportunityData`` names them. Call it on a valid form."""
        told = {name: value for name, value in self.cleaned_data.items() if name in ASKABLE}
        if "owner" in told:
            owner = told.pop("owner")
            told["owner_id"] = owner.id
        custom = given_in(self)
        return {**told, **({"custom": custom} if custom else {})}

    def ticked(self) -> list[tuple[Stage, str]]:
        """Return the steps ticked, as (stage, key)."""
        return [step for name, step in self.steps.items() if self.cleaned_data.get(name)]


def _asked(key: str, label: str) -> forms.Field:
    if key in ("amount", "monthly"):
        return MoneyField(label=label, min_value=0)
    if key == "expected_close":
        return DateField(label=label)
    if key == "owner":
        return forms.ModelChoiceField(label=label, queryset=_members())
    if key == "origin":
        known = [choice for choice in Origin.choices if choice[0] != Origin.UNKNOWN]
        return forms.ChoiceField(label=label, choices=[("", "—"), *known])
    return forms.CharField(label=label, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}))


class EndForm(forms.Form):
    """That an opportunity was won: when, and a word about it."""

    closed_on = DateField(label=gettext_lazy("On"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def details(self) -> dict[str, Any]:
        """Return what the services take. Call it on a valid form."""
        return {"note": self.cleaned_data["note"], "closed_at": _moment(self.cleaned_data["closed_on"])}


class LoseForm(EndForm):
    """That an opportunity was lost: why, to whom, when."""

    reason = forms.ModelChoiceField(
        label=gettext_lazy("Why"), queryset=Reason.objects.none(), empty_label=gettext_lazy("Choose why")
    )
    competitor = forms.ModelChoiceField(
        label=gettext_lazy("Lost to"),
        queryset=Competitor.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody, or not known"),
    )
    field_order = ("reason", "competitor", "note", "closed_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons, competitors = self.fields["reason"], self.fields["competitor"]
        assert isinstance(reasons, forms.ModelChoiceField)
        assert isinstance(competitors, forms.ModelChoiceField)
        reasons.queryset = Reason.objects.filter(kind=ReasonKind.LOST, archived_at=None).order_by("position")
        competitors.queryset = Competitor.objects.filter(archived_at=None).order_by("name")

    def details(self) -> dict[str, Any]:
        told, competitor = super().details(), self.cleaned_data["competitor"]
        return {
            **told,
            "reason_id": self.cleaned_data["reason"].id,
            "competitor_id": competitor.id if competitor else None,
        }


class ReopenForm(forms.Form):
    """Why an opportunity is worked again."""

    note = forms.CharField(
        label=gettext_lazy("Why is it worked again?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _moment(day: date | None) -> datetime | None:
    """Noon of a day; now for today and for none."""
    if day is None or day == timezone.localdate():
        return None
    return timezone.make_aware(datetime.combine(day, time(12)))
