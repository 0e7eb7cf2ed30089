"""The form of a webhook."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.core.services.webhooks import ALL_EVENTS
from ponte.events.base import event_types


def event_choices() -> list[tuple[str, str]]:
    """Return every event a webhook may get, all of them first; names are those of the documentation."""
    own = [event for event in event_types() if event.__module__.startswith("ponte.")]
    return [(ALL_EVENTS, str(_("All events"))), *((event.name, event.name) for event in own)]


class WebhookForm(forms.Form):
    """Where to send which events."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("Ponte sends a POST with JSON to it."),
        widget=forms.URLInput(
            attrs={"placeholder": "https://", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    events = forms.MultipleChoiceField(label=_("Events"), widget=forms.CheckboxSelectMultiple)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["events"].choices = event_choices()  # type: ignore[attr-defined]
