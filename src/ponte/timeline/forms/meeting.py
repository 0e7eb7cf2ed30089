"""The form of a meeting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.directory.policies import visible_parties
from ponte.timeline.due import local_moment, workspace_zone
from ponte.timeline.forms.about import AboutForm
from ponte.timeline.models import Meeting, MeetingInvitee
from ponte.timeline.rule_words import CHOICES, CUSTOM, choice_of, rule_for
from ponte.timeline.services.invitees import Invitee
from ponte.timeline.services.meeting_data import MAX_DESCRIPTION_CHARS, MeetingDetails
from ponte.timeline.words import HIDDEN_CUSTOMER, OUTCOMES
from ponte.ui.forms import DateField, PickerField, PickerInput

REMINDERS: list[tuple[str, Any]] = [
    ("", _("No reminder")),
    ("0", _("At the time")),
    ("10", _("10 minutes before")),
    ("30", _("30 minutes before")),
    ("60", _("1 hour before")),
    ("1440", _("1 day before")),
]
SPANS = [("this", _("Only this one")), ("following", _("This and the following")), ("all", _("All of them"))]


class InviteesInput(forms.Widget):
    """People chosen by typing: colleagues, customers, or an e-mail address alone."""

    template_name = "timeline/widgets/invitees.html"
    url = ""
    label_of: Callable[[str], str] = staticmethod(lambda value: value)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Return every chosen value."""
        return list(data.getlist(name)) if hasattr(data, "getlist") else list(data.get(name) or [])

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add who is chosen, with names."""
        context = super().get_context(name, None, attrs)
        context["widget"] |= {"url": self.url, "chosen": [(one, self.label_of(one)) for one in value or []]}
        return context


class InviteesField(forms.Field):
    """Invitees as ``member:<id>``, ``party:<id>`` or an address."""

    widget = InviteesInput

    def to_python(self, value: Any) -> list[Invitee]:
        """Return the invitees told."""
        return [self._read(one) for one in value or [] if one]

    def _read(self, text: str) -> Invitee:
        kind, _mark, rest = text.partition(":")
        try:
            if kind == "member":
                return Invitee(member_id=UUID(rest))
            if kind == "party":
                return Invitee(party_id=UUID(rest))
        except ValueError as error:
            raise forms.ValidationError(_("Somebody invited is not there any more.")) from error
        validate_email(text)
        return Invitee(email=text)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare the values chosen."""
        return list(initial or []) != list(data or [])


class MeetingForm(AboutForm):
    """A meeting as a person plans it. ``span`` is there only for an occurrence of a series."""

    widths = {
        "starts_on": "half", "start_time": "half", "ends_on": "half", "end_time": "half", "repeat": "half",
        "repeat_until": "half", "location": "half", "link": "half", "reminder": "half", "organiser": "half",
    }  # fmt: skip

    span = forms.ChoiceField(
        label=_("What to change"), choices=SPANS, widget=forms.RadioSelect, initial="this"
    )
    title = forms.CharField(label=_("Title"), max_length=255)
    starts_on = DateField(label=_("Begins on"))
    start_time = forms.TimeField(
        label=_("At"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    ends_on = DateField(label=_("Ends on"), required=False)
    end_time = forms.TimeField(
        label=_("At"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    all_day = forms.BooleanField(label=_("All day"), required=False)
    party = PickerField(label=_("Customer"), required=False)
    invitees = InviteesField(
        label=_("Who is invited"),
        required=False,
        help_text=_("Colleagues, customers, or any e-mail address."),
    )
    location = forms.CharField(label=_("Place"), max_length=255, required=False)
    link = forms.CharField(label=_("Link to the call"), max_length=500, required=False)
    repeat = forms.ChoiceField(label=_("Repeats"), choices=CHOICES, required=False)
    repeat_until = DateField(label=_("Until"), required=False)
    reminder = forms.ChoiceField(label=_("Reminder"), required=False, choices=REMINDERS)
    organiser = forms.ModelChoiceField(label=_("Organiser"), required=False, queryset=Member.objects.none())
    is_private = forms.BooleanField(
        label=_("Private"), required=False, help_text=_("Others see that you are busy, not with what.")
    )
    description = forms.CharField(
        label=_("Details"),
        required=False,
        max_length=MAX_DESCRIPTION_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, member: Member, urls: tuple[str, str], meeting: Meeting | None = None,
                 is_occurrence: bool = False, **kwargs: Any) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.member, self.meeting = member, meeting
        organiser, repeat = self.fields["organiser"], self.fields["repeat"]
        assert isinstance(organiser, forms.ModelChoiceField)
        assert isinstance(repeat, forms.ChoiceField)
        organiser.queryset = Member.objects.filter(is_active=True).order_by("sort_name", "id")
        if not is_occurrence:
            del self.fields["span"]
        if meeting is not None and meeting.series_id is not None:
            del self.fields["repeat"], self.fields["repeat_until"]
        elif self.initial.get("repeat") == "custom":
            repeat.choices = [*CHOICES, CUSTOM]
        party, invitees = self.fields["party"].widget, self.fields["invitees"].widget
        assert isinstance(party, PickerInput)
        assert isinstance(invitees, InviteesInput)
        party.url, invitees.url = urls
        party.label_of = lambda value: self._party_label(value)
        invitees.label_of = self._invitee_label

    def _party_label(self, value: Any) -> str:
        found = visible_parties(self.member).filter(id=value).first() if value else None
        return found.label if found else ""

    def _invitee_label(self, value: str) -> str:
        kind, _mark, rest = value.partition(":")
        try:
            if kind == "member":
                return Member.objects.filter(id=UUID(rest)).values_list("name", flat=True).first() or value
            return (self._party_label(UUID(rest)) or str(HIDDEN_CUSTOMER)) if kind == "party" else value
        except ValueError:
            return value

    def clean(self) -> dict[str, Any]:
        """A time unless all day; the end not before the beginning."""
        told = super().clean() or self.cleaned_data
        if not told.get("all_day") and told.get("starts_on") and not told.get("start_time"):
            self.add_error("start_time", _("Say at what time, or mark it as all day."))
        return told

    def details(self) -> MeetingDetails:
        """Return what was told, as the service takes it. Call it when valid."""
        told = self.cleaned_data
        starts_at, ends_at = self._times()
        organiser, reminder = told["organiser"], told["reminder"]
        details = MeetingDetails(
            title=told["title"],
            description=told["description"],
            location=told["location"],
            link=told["link"],
            starts_at=starts_at,
            ends_at=ends_at,
            all_day=told["all_day"],
            organiser_id=organiser.id if organiser else self.member.id,
            party_id=told["party"],
            is_private=told["is_private"],
        )
        if self.meeting is None or "reminder" in self.changed_data:
            details["remind_minutes"] = int(reminder) if reminder else None
        if "repeat" in self.fields and told["repeat"] != "custom":
            details["rrule"] = rule_for(told["repeat"], told["starts_on"], told["repeat_until"])
        return details

    def _times(self) -> tuple[datetime, datetime | None]:
        told = self.cleaned_data
        first, last = told["starts_on"], told["ends_on"] or told["starts_on"]
        if told["all_day"]:
            return local_moment(first, time.min), local_moment(max(first, last), time.min)
        starts_at = local_moment(first, told["start_time"])
        if told["end_time"] is None:
            return starts_at, starts_at + timedelta(hours=1)
        return starts_at, local_moment(last, told["end_time"])


class HoldForm(forms.Form):
    """How a meeting went."""

    outcome = forms.ChoiceField(label=_("Outcome"), required=False, choices=[("", "—"), *OUTCOMES.items()])
    notes = forms.CharField(
        label=_("What was agreed"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=20_000,
    )


def initial_of(
    meeting: Meeting, starts_at: datetime, ends_at: datetime, invitees: list[MeetingInvitee]
) -> dict[str, Any]:
    """Return the values a form for this meeting, or one occurrence of it, starts with."""
    zone = workspace_zone()
    first, last = starts_at.astimezone(zone), ends_at.astimezone(zone)
    if meeting.all_day:
        last -= timedelta(days=1)
    repeat, until = choice_of(meeting.rrule, first.date())
    reminder = "" if meeting.remind_minutes is None else str(meeting.remind_minutes)
    return {
        "title": meeting.title,
        "starts_on": first.date(),
        "start_time": None if meeting.all_day else first.time(),
        "ends_on": last.date(),
        "end_time": None if meeting.all_day else last.time(),
        "all_day": meeting.all_day,
        "party": meeting.party_id,
        "invitees": [value_of(one) for one in invitees],
        "location": meeting.location,
        "link": meeting.link,
        "repeat": repeat,
        "repeat_until": until,
        "reminder": reminder if reminder in dict(REMINDERS) else "",
        "organiser": meeting.organiser_id,
        "is_private": meeting.is_private,
        "description": meeting.description,
        "version": meeting.version,
    }


def value_of(one: MeetingInvitee) -> str:
    """Return an invitee as the form names them."""
    if one.member_id:
        return f"member:{one.member_id}"
    return f"party:{one.party_id}" if one.party_id else one.email


def initial_times(day: date, at: time | None, until: datetime | None = None) -> dict[str, Any]:
    """Return the times a new meeting's form starts with."""
    if at is None:
        return {"starts_on": day, "ends_on": day, "all_day": True}
    end = until or datetime.combine(day, at) + timedelta(hours=1)
    return {"starts_on": day, "start_time": at, "ends_on": end.date(), "end_time": end.time()}
