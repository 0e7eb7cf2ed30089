"""Forms of pipelines and stages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.sales.models import Stage
from ponte.sales.services.exit_rules import requirable
from ponte.ui.forms import MoneyField


class PipelineForm(forms.Form):
    """A pipeline's name, and the stages of a new one."""

    name = forms.CharField(label=_("Name"), max_length=80)
    stages = forms.CharField(
        label=_("Stages"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One a line, in order. What each asks for is set afterwards."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["stages"]


class StageForm(forms.Form):
    """A stage: how likely a sale is there, how long it may stand, what it takes to leave it."""

    widths = {"name": "half", "probability": "half", "max_days": "half", "goal": "half"}

    name = forms.CharField(label=_("Name"), max_length=80)
    probability = forms.IntegerField(
        label=_("Probability (%)"),
        min_value=0,
        max_value=100,
        help_text=_("How many of 100 that stand here are won in the end."),
    )
    max_days = forms.IntegerField(
        label=_("Days until it rots"),
        min_value=1,
        max_value=3650,
        required=False,
        help_text=_("After so many days here it is marked. Empty: never."),
    )
    goal = MoneyField(
        label=_("Goal"), required=False, min_value=0, help_text=_("What should stand here, in all.")
    )
    required_fields = forms.MultipleChoiceField(
        label=_("Needed before it moves on"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever moves an opportunity on from here is asked for what is missing."),
    )
    checklist = forms.CharField(
        label=_("Steps of the playbook"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line: what has to be done here. Each is ticked before it moves on."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, stage: Stage | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stage = stage
        required = self.fields["required_fields"]
        assert isinstance(required, forms.MultipleChoiceField)
        required.choices = list(requirable().items())

    def values(self) -> dict[str, Any]:
        """Return what the services take; a step whose words are the same keeps its key. Call it on a valid form."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        known = {one["text"]: one["key"] for one in self.stage.checklist} if self.stage else {}
        lines = [line.strip() for line in told["checklist"].splitlines() if line.strip()]
        told["checklist"] = [{"key": known.get(line, ""), "text": line} for line in lines]
        return told


def initial_of(stage: Stage) -> dict[str, Any]:
    """Return what the form of an existing stage starts with."""
    names = ("name", "probability", "max_days", "goal", "required_fields", "version")
    steps = "\n".join(one["text"] for one in stage.checklist)
    return {**{name: getattr(stage, name) for name in names}, "checklist": steps}


class DeleteStageForm(forms.Form):
    """Where the opportunities of a stage go."""

    move_to = forms.ModelChoiceField(
        label=_("Its opportunities go to"), queryset=Stage.objects.none(), required=False
    )

    def __init__(self, *args: Any, stage: Stage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["move_to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = (
            Stage.objects.filter(pipeline_id=stage.pipeline_id).exclude(id=stage.id).order_by("position")
        )


class WordForm(forms.Form):
    """A reason's or competitor's name."""

    name = forms.CharField(label=_("Name"), max_length=120)
