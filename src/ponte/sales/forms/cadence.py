"""Forms of cadences, their steps and enrolments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.privacy.purposes import list_purposes
from ponte.sales.channels import list_channels
from ponte.sales.models import Cadence, CadenceStep, OnRefusal, StepVariant
from ponte.sales.services.cadence_steps import StepDetails, VariantDetails
from ponte.sales.wording import WORDS


class CadenceForm(forms.Form):
    """A cadence's name and rules."""

    widths = {"purpose": "half", "on_refusal": "half"}

    name = forms.CharField(label=_("Name"), max_length=120)
    description = forms.CharField(
        label=_("What it is for"), max_length=500, required=False, widget=forms.Textarea({"rows": 2})
    )
    purpose = forms.ChoiceField(
        label=_("Purpose"),
        help_text=_("Before each step Ponte asks whether the customer may be contacted for it."),
    )
    on_refusal = forms.ChoiceField(
        label=_("When the customer may not be contacted"), choices=OnRefusal.choices
    )
    stops_on_reply = forms.BooleanField(label=_("Stop when the customer answers"), required=False)
    stops_on_meeting = forms.BooleanField(label=_("Stop when a meeting is planned"), required=False)
    stops_on_stage = forms.BooleanField(
        label=_("Stop when the deal, lead or customer comes to another stage"), required=False
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, cadence: Cadence | None = None) -> None:
        row = cadence or Cadence(stops_on_reply=True)
        names = [name for name in self.base_fields if name != "version"]
        initial = {name: getattr(row, name) for name in names} | {"version": cadence and cadence.version}
        super().__init__(data, initial=initial)
        field = self.fields["purpose"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(info.key, info.name) for info in list_purposes()]


class StepForm(forms.Form):
    """One step: how, when and what it says; the second text makes it a comparison (A/B)."""

    widths = {"channel": "third", "wait_days": "third", "wait_hours": "third", "weight": "third"}

    channel = forms.ChoiceField(label=_("By"))
    wait_days = forms.IntegerField(
        label=_("Business days after the last step"), min_value=0, max_value=365, initial=0
    )
    wait_hours = forms.IntegerField(label=_("Working hours besides"), min_value=0, max_value=200, initial=0)
    subject = forms.CharField(label=_("Subject or task"), max_length=200, required=False)
    body = forms.CharField(
        label=_("Text"), max_length=10_000, required=False, widget=forms.Textarea({"rows": 7})
    )
    waits_for_task = forms.BooleanField(
        label=_("Where it is a task, the next step waits until it is done"), required=False, initial=True
    )
    compares = forms.BooleanField(label=_("Compare with a second text (A/B)"), required=False)
    subject_b = forms.CharField(label=_("Second subject or task"), max_length=200, required=False)
    body_b = forms.CharField(
        label=_("Second text"), max_length=10_000, required=False, widget=forms.Textarea({"rows": 5})
    )
    weight = forms.IntegerField(
        label=_("Share of the first text (%)"), min_value=1, max_value=99, initial=50, required=False
    )

    def __init__(self, data: Any = None, *, step: CadenceStep | None = None, channel: str = "email") -> None:
        super().__init__(data, initial=_initial_of(step) if step else {"channel": channel})
        field = self.fields["channel"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.key, one.label) for one in list_channels()]
        self.fields["body"].help_text = _("Words: %(words)s. With a fallback: %(example)s") % {
            "words": ", ".join(f"{{{{ {word.name} }}}}" for word in WORDS),
            "example": "{{ primeiro_nome|cliente }}",
        }

    def details(self) -> StepDetails:
        """Return what the service takes."""
        given = self.cleaned_data
        share = given["weight"] or 50
        texts: list[VariantDetails] = [{"subject": given["subject"], "body": given["body"]}]
        if given["compares"]:
            texts[0]["weight"] = share
            texts.append({"subject": given["subject_b"], "body": given["body_b"], "weight": 100 - share})
        return {
            "channel": given["channel"],
            "wait_days": given["wait_days"],
            "wait_hours": given["wait_hours"],
            "waits_for_task": given["waits_for_task"],
            "variants": texts,
        }


def _initial_of(step: CadenceStep) -> dict[str, Any]:
    variants: Sequence[StepVariant] = sorted(step.variants.all(), key=lambda one: one.letter)
    first = variants[0]
    initial: dict[str, Any] = {
        name: getattr(step, name) for name in ("channel", "wait_days", "wait_hours", "waits_for_task")
    }
    initial |= {"subject": first.subject, "body": first.body}
    if len(variants) > 1:
        second = variants[1]
        share = round(100 * first.weight / (first.weight + second.weight))
        initial |= {"compares": True, "subject_b": second.subject, "body_b": second.body, "weight": share}
    return initial


class EnrolForm(forms.Form):
    """Which cadence, in whose name."""

    cadence = forms.ChoiceField(label=_("Cadence"))
    sender = forms.ChoiceField(
        label=_("In whose name"), required=False, help_text=_("Empty: the customer's owner, or you.")
    )

    def __init__(self, data: Any = None, *, cadences: Sequence[Cadence], initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        names = ("cadence", "sender")
        choices = ([(str(one.id), one.name) for one in cadences], [("", "—"), *sender_choices()])
        for name, offered in zip(names, choices, strict=True):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = offered


class SenderForm(forms.Form):
    """In whose name an enrolment goes on."""

    sender = forms.ChoiceField(label=_("In whose name"))

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        field = self.fields["sender"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = sender_choices()


class CapForm(forms.Form):
    """How many steps go out in one sender's name a day."""

    cap = forms.IntegerField(
        label=_("Steps a day and sender"),
        min_value=1,
        max_value=2_000,
        help_text=_("Over all cadences. What doesn't fit goes out on the next business day."),
    )


def sender_choices() -> list[tuple[str, str]]:
    """Return the colleagues something can go out in the name of."""
    rows = Member.objects.filter(is_active=True).order_by("sort_name", "id")[:300]
    return [(str(one.id), one.name) for one in rows]
