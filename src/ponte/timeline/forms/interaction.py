"""Forms of the composer, of corrections and of the timeline's filters."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.core.rights import FieldAccess
from ponte.timeline.content import MAX_BODY_CHARS
from ponte.timeline.due import due_instant
from ponte.timeline.kinds import composer_kinds
from ponte.timeline.models import Interaction
from ponte.timeline.policies import visible_participants
from ponte.timeline.selectors.timeline import TimelineFilter
from ponte.timeline.services.interaction_data import InteractionDetails
from ponte.timeline.services.task_data import TaskDetails
from ponte.timeline.words import CHANNELS, DEPARTMENTS, DIRECTIONS, OUTCOMES
from ponte.ui.forms import DateField, DateTimeField, TagsField

EMPTY: tuple[str, Any] = ("", _("—"))


class UUIDsField(forms.Field):
    """Hidden inputs of one name that carry ids; malformed ones are left out."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[UUID]:
        found = []
        for text in value or []:
            try:
                found.append(UUID(str(text)))
            except ValueError:
                continue
        return found


class InteractionForm(forms.Form):
    """What a person tells of an interaction. An empty moment is now; the duration is in minutes."""

    widths = dict.fromkeys(
        ("occurred_at", "channel", "direction", "outcome", "department", "minutes"), "half"
    )

    body = forms.CharField(
        label=_("Text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "aria-label": _("Text")}),
        max_length=MAX_BODY_CHARS,
    )
    subject = forms.CharField(label=_("Subject"), required=False, max_length=255)
    occurred_at = DateTimeField(label=_("When"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=[EMPTY, *CHANNELS.items()])
    direction = forms.ChoiceField(label=_("Direction"), required=False, choices=[EMPTY, *DIRECTIONS.items()])
    outcome = forms.ChoiceField(label=_("Outcome"), required=False, choices=[EMPTY, *OUTCOMES.items()])
    department = forms.ChoiceField(
        label=_("Department"), required=False, choices=[EMPTY, *DEPARTMENTS.items()]
    )
    minutes = forms.IntegerField(label=_("Duration (min)"), required=False, min_value=0, max_value=10_080)
    others = TagsField(label=_("Who else took part"), required=False, max_length=120)
    mentions = UUIDsField(required=False)

    def __init__(self, *args: Any, access: FieldAccess, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not access.can_read("body"):
            del self.fields["body"]
        elif not access.can_write("body"):
            self.fields["body"].disabled = True

    def details(self) -> InteractionDetails:
        """Return what was told, as the service takes it; participants are resolved by the view."""
        told = self.cleaned_data
        minutes = told["minutes"]
        return InteractionDetails(
            body=told.get("body", ""),
            subject=told["subject"],
            occurred_at=told["occurred_at"],
            channel=told["channel"],
            direction=told["direction"],
            outcome=told["outcome"],
            department=told["department"],
            duration_seconds=None if minutes is None else minutes * 60,
            mentions=told["mentions"],
        )


class ComposerForm(InteractionForm):
    """A new interaction of one of the kinds written by hand, or a task told in a line."""

    kind = forms.ChoiceField(choices=())
    device_key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    due_on = DateField(label=_("Due on"), required=False)
    due_time = forms.TimeField(
        label=_("Time"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "composer-%s", **kwargs})
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [*((one.key, one.label) for one in composer_kinds()), ("task", _("Task"))]
        if self.may_write:
            self.fields["body"].widget.attrs |= {"placeholder": _("Write what happened…"), "rows": 3}

    @property
    def may_write(self) -> bool:
        """Whether there is a text to write in; a role can lock it."""
        return "body" in self.fields and not self.fields["body"].disabled

    @property
    def chosen(self) -> str:
        """The kind whose tab is open."""
        return str(self["kind"].value() or "note")

    def task(self) -> TaskDetails:
        """Return the task told: the first line is what is to be done, the rest are details."""
        told = self.cleaned_data
        title, _mark, rest = told.get("body", "").strip().partition("\n")
        due_at, all_day = due_instant(told["due_on"], told["due_time"])
        return TaskDetails(title=title, description=rest.strip(), due_at=due_at, due_all_day=all_day)


class EditForm(InteractionForm):
    """A correction, against the version the person has seen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def changes(self) -> InteractionDetails:
        """Return only what differs from what the person was shown."""
        told = self.details()
        columns = {"minutes": "duration_seconds"}
        changed = {columns.get(name, name) for name in self.changed_data}
        if told["occurred_at"] is None:
            changed.discard("occurred_at")
        for name in [name for name in told if name not in changed and name != "mentions"]:
            del told[name]  # type: ignore[misc]
        return told


def initial_of(member: Member, row: Interaction) -> dict[str, Any]:
    """Return the values a form for correcting this interaction starts with, for this member."""
    people = visible_participants(member).filter(interaction=row).select_related("party", "member")
    names = [one.label or str(one.member or one.party) for one in people.order_by("id")]
    return {
        "body": row.body,
        "subject": row.subject,
        "occurred_at": timezone.localtime(row.occurred_at).replace(second=0, microsecond=0),
        "channel": row.channel,
        "direction": row.direction,
        "outcome": row.outcome,
        "department": row.department,
        "minutes": None if row.duration_seconds is None else row.duration_seconds // 60,
        "others": names,
        "version": row.version,
    }


class FilterForm(forms.Form):
    """The filters above the timeline."""

    q = forms.CharField(required=False, max_length=200)
    kind = forms.CharField(required=False, max_length=40)
    channel = forms.ChoiceField(required=False, choices=[("", _("Every channel")), *CHANNELS.items()])
    department = forms.ChoiceField(
        required=False, choices=[("", _("Every department")), *DEPARTMENTS.items()]
    )
    author = forms.UUIDField(required=False)
    person = forms.UUIDField(required=False)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)

    def wanted(self) -> TimelineFilter:
        """Return the filter; fields that make no sense count as empty."""
        self.is_valid()
        told = self.cleaned_data
        return TimelineFilter(
            text=told.get("q", ""),
            kinds=(told["kind"],) if told.get("kind") else (),
            channel=told.get("channel", ""),
            department=told.get("department", ""),
            author_id=told.get("author"),
            person_id=told.get("person"),
            since=told.get("since"),
            until=told.get("until"),
        )


def show_problems(form: forms.Form, refusal: Invalid) -> None:
    """Put a service's refusal on the form: each problem at its field, or above when the form hasn't it."""
    names = {
        "duration_seconds": "minutes",
        "due_at": "due_on",
        "remind_at": "reminder",
        "participants": "others",
    }
    if "title" not in form.fields:
        names |= {"title": "body", "description": "body"}
    for problem in refusal.problems:
        name = problem.field.removesuffix("_id").replace(".", "_")
        name = names.get(problem.field, name if name in form.fields else problem.field)
        form.add_error(name if name in form.fields else None, str(problem.message))
