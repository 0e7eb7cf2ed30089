"""Forms of connected calendars."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.timeline.adapters.remote import CalendarChoice
from ponte.timeline.models import CalendarConnection


class CalDavForm(forms.Form):
    """The access to a CalDAV server."""

    widths = {"username": "half", "password": "half"}

    address = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("Such as https://caldav.icloud.com or https://cloud.example.com; the calendars are found by themselves."),
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
    )  # fmt: skip
    username = forms.CharField(
        label=_("User"), max_length=255, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    password = forms.CharField(
        label=_("Password for apps"),
        max_length=500,
        help_text=_("Make one for Ponte alone where the server offers it. It is kept encrypted."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class SharingForm(forms.Form):
    """What is exchanged with a connected calendar."""

    shares_meetings = forms.BooleanField(
        label=_("Send my meetings there"),
        required=False,
        help_text=_("Those you organise, with series and their exceptions. Changes made there come back."),
    )
    shares_tasks = forms.BooleanField(
        label=_("Send my tasks with a time there"),
        required=False,
        help_text=_("As half an hour each, while they are open."),
    )
    takes_in = forms.BooleanField(
        label=_("Show that calendar's events here"),
        required=False,
        help_text=_("They are private: colleagues see that you are busy, not with what."),
    )

    def sharing(self) -> dict[str, bool]:
        """Return what was chosen, as the service takes it."""
        return {name: self.cleaned_data[name] for name in ("shares_meetings", "shares_tasks", "takes_in")}


class ChooseForm(SharingForm):
    """Which calendar of an access, and what is exchanged with it."""

    calendar = forms.ChoiceField(label=_("Calendar"))
    field_order = ("calendar", "shares_meetings", "shares_tasks", "takes_in")

    def __init__(self, *args: Any, choices: list[CalendarChoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["calendar"]
        assert isinstance(field, forms.ChoiceField)
        read_only = _("only to read")
        field.choices = [
            (one.key, f"{one.name} ({read_only})" if one.is_read_only else one.name) for one in choices
        ]


def sharing_of(connection: CalendarConnection) -> dict[str, Any]:
    """Return the values a form for this connection starts with."""
    names = ("shares_meetings", "shares_tasks", "takes_in")
    return {"calendar": connection.calendar_key, **{name: getattr(connection, name) for name in names}}
