"""Forms of account plans."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.directory.models import Party
from ponte.sales.forms.cadence import sender_choices
from ponte.sales.models import AccountPlan, Attitude, DecisionRole, Influence, PlanGoal, PlanPerson
from ponte.sales.services.account_plans import GoalDetails, PlaceDetails
from ponte.ui.forms import DateField, DecimalField


def _offer(form: forms.Form, name: str, choices: Sequence[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


class PlanForm(forms.Form):
    """What a plan says."""

    widths = {"owner": "half", "reviewed_on": "half"}

    summary = forms.CharField(
        label=_("Where we stand and where we want to go"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea({"rows": 4}),
    )
    strengths = forms.CharField(
        label=_("What speaks for us"), required=False, max_length=5_000, widget=forms.Textarea({"rows": 3})
    )
    risks = forms.CharField(
        label=_("What may go wrong"), required=False, max_length=5_000, widget=forms.Textarea({"rows": 3})
    )
    owner = forms.ChoiceField(label=_("Who keeps the plan"), required=False)
    reviewed_on = DateField(label=_("Last looked through"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, plan: AccountPlan) -> None:
        initial = {
            name: getattr(plan, name) for name in ("summary", "strengths", "risks", "reviewed_on", "version")
        }
        super().__init__(data, initial=initial | {"owner": str(plan.owner_id or "")})
        _offer(self, "owner", [("", "—"), *sender_choices()])

    def details(self) -> dict[str, Any]:
        """Return what the service takes."""
        given = dict(self.cleaned_data)
        given.pop("version")
        owner = given.pop("owner")
        return given | {"owner_id": UUID(owner) if owner else None}


class GoalForm(forms.Form):
    """One goal."""

    widths = {"target": "third", "reached": "third", "unit": "third", "due_on": "half"}

    title = forms.CharField(label=_("Goal"), max_length=200)
    target = DecimalField(label=_("Figure wanted"), required=False)
    reached = DecimalField(label=_("Reached so far"), required=False)
    unit = forms.CharField(label=_("Unit"), max_length=30, required=False)
    due_on = DateField(label=_("Until"), required=False)
    is_done = forms.BooleanField(label=_("Reached"), required=False)

    def __init__(self, data: Any = None, *, goal: PlanGoal | None = None) -> None:
        names = ("title", "target", "reached", "unit", "due_on")
        initial = (
            {name: getattr(goal, name) for name in names} | {"is_done": goal.done_at is not None}
            if goal
            else None
        )
        super().__init__(data, initial=initial)

    def details(self) -> GoalDetails:
        """Return what the service takes."""
        details: GoalDetails = dict(self.cleaned_data)  # type: ignore[assignment]
        return details


class PlaceForm(forms.Form):
    """A person's place on the map."""

    widths = {"role": "third", "influence": "third", "attitude": "third"}

    person = forms.ChoiceField(label=_("Person"))
    role = forms.ChoiceField(
        label=_("In the decision"), choices=DecisionRole.choices, initial=DecisionRole.OTHER
    )
    influence = forms.TypedChoiceField(
        label=_("Influence"), choices=Influence.choices, coerce=int, initial=Influence.MIDDLE
    )
    attitude = forms.ChoiceField(
        label=_("Relation to us"), choices=Attitude.choices, initial=Attitude.UNKNOWN
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(
        self, data: Any = None, *, people: Sequence[Party] = (), place: PlanPerson | None = None
    ) -> None:
        names = ("role", "influence", "attitude", "note")
        super().__init__(data, initial={name: getattr(place, name) for name in names} if place else None)
        if place is not None:
            del self.fields["person"]
        else:
            _offer(self, "person", [(str(one.id), one.label) for one in people])

    def details(self) -> PlaceDetails:
        """Return what the service takes besides the person."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "person"}
        details: PlaceDetails = given  # type: ignore[assignment]
        return details


class ActionForm(forms.Form):
    """Something to do for the plan."""

    widths = {"due_on": "half", "assignee": "half"}

    title = forms.CharField(label=_("What is to be done"), max_length=255)
    due_on = DateField(label=_("Until"), required=False)
    assignee = forms.ChoiceField(label=_("Who"), required=False)
    goal = forms.ChoiceField(label=_("For which goal"), required=False)

    def __init__(self, data: Any = None, *, goals: Sequence[PlanGoal], initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        _offer(self, "assignee", sender_choices())
        _offer(self, "goal", [("", "—"), *((str(one.id), one.title) for one in goals)])

    def details(self) -> dict[str, Any]:
        """Return what the service takes."""
        given = self.cleaned_data
        day = given["due_on"]
        return {
            "title": given["title"],
            "due_at": timezone.make_aware(datetime.combine(day, time(12))) if day else None,
            "assignee_id": UUID(given["assignee"]) if given["assignee"] else None,
            "goal_id": UUID(given["goal"]) if given["goal"] else None,
        }
