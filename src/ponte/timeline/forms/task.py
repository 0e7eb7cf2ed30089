"""The form of a task."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.core.rights import FieldAccess
from ponte.timeline.due import due_instant, local_moment, workspace_zone
from ponte.timeline.forms.about import AboutForm
from ponte.timeline.forms.meeting import SPANS
from ponte.timeline.models import Task, TaskPriority
from ponte.timeline.rule_words import CHOICES, CUSTOM, choice_of, rule_for
from ponte.timeline.services.task_data import MAX_DESCRIPTION_CHARS, TaskDetails
from ponte.timeline.task_kinds import TASK_KINDS
from ponte.ui.forms import DateField, PickerField, PickerInput
from ponte.workplace.custom_fields.inputs import given_in

# minutes before the due time; for a task due on a day, hours of that day
REMINDERS: list[tuple[str, Any]] = [
    ("", _("No reminder")),
    ("0", _("At the time")),
    ("15", _("15 minutes before")),
    ("60", _("1 hour before")),
    ("1440", _("1 day before")),
]
MORNING = datetime.min.replace(hour=9).time()


class TaskForm(AboutForm):
    """A task as a person plans it: a day, perhaps a time, who does it, when to be reminded.

    The reminder of a task without a time counts from nine in the morning of its day.
    """

    widths = {
        "due_on": "half", "due_time": "half", "kind": "half", "priority": "half", "assignee": "half", "reminder": "half",
        "repeat": "half", "repeat_until": "half",
    }  # fmt: skip

    span = forms.ChoiceField(
        label=_("What to change"), choices=SPANS[:2], widget=forms.RadioSelect, initial="this"
    )
    title = forms.CharField(label=_("What is to be done"), max_length=255)
    party = PickerField(label=_("Customer"), required=False)
    due_on = DateField(label=_("Due on"), required=False)
    due_time = forms.TimeField(
        label=_("Time"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    assignee = forms.ModelChoiceField(
        label=_("Assignee"), required=False, queryset=Member.objects.none(), empty_label=_("Nobody yet")
    )
    reminder = forms.ChoiceField(label=_("Reminder"), required=False, choices=REMINDERS)
    repeat = forms.ChoiceField(label=_("Repeats"), choices=CHOICES, required=False)
    repeat_until = DateField(label=_("Until"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[(one.key, one.label) for one in TASK_KINDS.values()]
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        required=False,
        coerce=int,
        choices=TaskPriority.choices,
        empty_value=None,
        initial=TaskPriority.NORMAL,
    )
    description = forms.CharField(
        label=_("Details"),
        required=False,
        max_length=MAX_DESCRIPTION_CHARS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, access: FieldAccess, repeats: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        repeat = self.fields["repeat"]
        assert isinstance(repeat, forms.ChoiceField)
        if not repeats:
            del self.fields["span"]
        elif self.initial.get("repeat") == "custom":
            repeat.choices = [*CHOICES, CUSTOM]
        if not access.can_read("description"):
            del self.fields["description"]
        elif not access.can_write("description"):
            self.fields["description"].disabled = True
        assignee = self.fields["assignee"]
        assert isinstance(assignee, forms.ModelChoiceField)
        assignee.queryset = Member.objects.filter(is_active=True).order_by("sort_name", "id")

    def prepare_party(self, url: str, label_of: Callable[[Any], str]) -> None:
        """Say where customers are looked for and how a chosen one is called."""
        widget = self.fields["party"].widget
        assert isinstance(widget, PickerInput)
        widget.url, widget.label_of = url, label_of

    def clean(self) -> dict[str, Any]:
        """A time needs a day, a reminder too."""
        told = super().clean() or self.cleaned_data
        if not told.get("due_on"):
            if told.get("due_time"):
                self.add_error("due_on", _("Choose the day as well."))
            elif told.get("reminder"):
                self.add_error("due_on", _("A reminder needs a day."))
            elif told.get("repeat"):
                self.add_error("due_on", _("A task that repeats needs a day."))
        return told

    def details(self) -> TaskDetails:
        """Return what was told, as the service takes it; no ``description`` where it is locked. Call it when valid."""
        told = self.cleaned_data
        due_at, all_day = due_instant(told["due_on"], told["due_time"])
        assignee = told["assignee"]
        details = TaskDetails(
            title=told["title"],
            kind=told["kind"] or "todo",
            priority=told["priority"] or TaskPriority.NORMAL,
            due_at=due_at,
            due_all_day=all_day,
            remind_at=self._remind_at(due_at, all_day),
            assignee_id=assignee.id if assignee else None,
            party_id=told["party"],
        )
        if given := given_in(self):
            details["custom"] = given
        if "description" in self.fields and not self.fields["description"].disabled:
            details["description"] = told["description"]
        return details

    def rule(self) -> str | None:
        """Return the rule told; None when it stays as it is. Call it when valid."""
        told = self.cleaned_data
        if told["repeat"] == "custom" or not {"repeat", "repeat_until", "due_on"} & set(self.changed_data):
            return None
        return rule_for(told["repeat"], told["due_on"], told["repeat_until"]) if told["due_on"] else ""

    def _remind_at(self, due_at: datetime | None, all_day: bool) -> datetime | None:
        reminder = self.cleaned_data["reminder"]
        if not reminder or due_at is None:
            return None
        start = local_moment(self.cleaned_data["due_on"], MORNING) if all_day else due_at
        return start - timedelta(minutes=int(reminder))


def rule_of(task: Task) -> str:
    """Return the rule by which a task comes again, "" when nothing comes after it."""
    return task.series.rrule if task.series is not None and task.series.ended_at is None else ""


def initial_of(task: Task) -> dict[str, Any]:
    """Return the values a form for this task starts with."""
    local = task.due_at.astimezone(workspace_zone()) if task.due_at else None
    rule = rule_of(task)
    repeat, until = choice_of(rule, local.date()) if rule and local else ("", None)
    return {
        "repeat": repeat,
        "repeat_until": until,
        "title": task.title,
        "kind": task.kind,
        "due_on": local.date() if local else None,
        "due_time": local.time().replace(second=0) if local and not task.due_all_day else None,
        "assignee": task.assignee_id,
        "priority": task.priority,
        "reminder": _reminder_of(task),
        "description": task.description,
        "party": task.party_id,
        "version": task.version,
    }


def _reminder_of(task: Task) -> str:
    if task.remind_at is None or task.due_at is None:
        return ""
    local = task.due_at.astimezone(workspace_zone())
    start = local_moment(local.date(), MORNING) if task.due_all_day else task.due_at
    minutes = str(int((start - task.remind_at).total_seconds() // 60))
    return minutes if minutes in dict(REMINDERS) else "0"
