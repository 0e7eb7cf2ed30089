"""Forms of the settings about time: hours, holidays, dates that become tasks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Any
from uuid import UUID

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from ponte.core.brazil.postal import STATES
from ponte.core.business_time.calendar import Hours
from ponte.core.business_time.settings import BusinessSettings, OwnHoliday
from ponte.core.models import Member
from ponte.timeline.date_rules import LABELS, MAX_DAYS_AHEAD, DateRule
from ponte.ui.forms import DateField

_SPAN = re.compile(
    r"(\d{1,2})(?:[:h](\d{2}))?h?\s*(?:-|–|a|às|to)\s*(\d{1,2})(?:[:h](\d{2}))?h?", re.IGNORECASE
)


class HoursField(forms.CharField):
    """Spans of work as people write them: ``08:00-12:00, 13:00-18:00``; empty is closed."""

    def to_python(self, value: Any) -> Hours:  # type: ignore[override]
        """Return the spans told."""
        text = str(value or "").strip()
        if not text:
            return ()
        matches = [
            _SPAN.fullmatch(part.strip()) for part in re.split(r"[,;]|\be\b|\band\b", text) if part.strip()
        ]
        try:
            return tuple(
                (time(int(one[1]), int(one[2] or 0)), time(int(one[3]), int(one[4] or 0))) for one in matches if one
            ) if all(matches) else self._refuse()  # fmt: skip
        except ValueError:
            return self._refuse()

    def _refuse(self) -> Hours:
        raise forms.ValidationError(_("Write spans one after the other, such as 08:00-12:00, 13:00-18:00."))

    def prepare_value(self, value: Any) -> Any:
        """Show spans the way they are written."""
        if isinstance(value, tuple):
            return ", ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in value)
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as text."""
        return bool(self.prepare_value(initial or ()) != (data or ""))


class HoursForm(forms.Form):
    """The UF, the working hours of each weekday, and which customary days are free."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("National holidays only")), *STATES.items()]
    )
    customary = forms.BooleanField(label=_("Closed at Carnival and on Corpus Christi"), required=False)
    half_days = forms.BooleanField(
        label=_("Half days: Ash Wednesday until noon, 24 and 31 December from noon"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in range(7):
            self.fields[f"day_{day}"] = HoursField(
                label=str(WEEKDAYS[day]).capitalize(), required=False, max_length=80
            )
        self.order_fields(["state", *[f"day_{day}" for day in range(7)], "customary", "half_days"])
        self.widths = {f"day_{day}": "half" for day in range(7)}

    def hours(self) -> Mapping[int, Hours]:
        """Return the spans of each weekday. Call it when valid."""
        return {day: self.cleaned_data[f"day_{day}"] for day in range(7)}


def hours_initial(kept: BusinessSettings) -> dict[str, Any]:
    """Return what the form of the hours starts with."""
    days = {f"day_{day}": kept.hours.get(day, ()) for day in range(7)}
    return {"state": kept.state, "customary": kept.customary, "half_days": kept.half_days, **days}


class HolidayForm(forms.Form):
    """A municipal or company holiday."""

    widths = {"day": "half", "kind": "half", "half": "half"}

    day = DateField(label=_("Date"))
    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("municipal", _("Municipal")), ("company", _("Of the business"))]
    )
    half = forms.ChoiceField(
        label=_("Free"),
        required=False,
        choices=[
            ("", _("The whole day")),
            ("morning", _("Only the morning")),
            ("afternoon", _("Only the afternoon")),
        ],
    )
    yearly = forms.BooleanField(label=_("Every year"), required=False)

    def holiday(self) -> OwnHoliday:
        """Return what was told. Call it when valid."""
        return OwnHoliday(**self.cleaned_data)


class RulesForm(forms.Form):
    """For each kind of date: whether, how many days ahead, and who gets the task where a customer has no owner."""

    def __init__(self, *args: Any, rules: Mapping[str, DateRule], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = rules
        members = [
            ("", _("Nobody in particular")),
            *(
                (str(one.id), one.name)
                for one in Member.objects.filter(is_active=True).order_by("sort_name", "id")
            ),
        ]
        self.widths: dict[str, str] = {}
        for kind, rule in rules.items():
            self.fields[f"{kind}_active"] = forms.BooleanField(
                label=str(LABELS[kind]), required=False, initial=rule.is_active
            )
            self.fields[f"{kind}_days"] = forms.IntegerField(
                label=_("Days ahead"), min_value=0, max_value=MAX_DAYS_AHEAD, initial=rule.days_ahead
            )
            self.fields[f"{kind}_member"] = forms.ChoiceField(
                label=_("Without an owner, for"),
                required=False,
                choices=members,
                initial=str(rule.member_id or ""),
            )
            self.widths |= {f"{kind}_days": "half", f"{kind}_member": "half"}

    def told(self) -> list[DateRule]:
        """Return the rules told. Call it when valid."""
        return [
            DateRule(
                kind,
                self.cleaned_data[f"{kind}_active"],
                self.cleaned_data[f"{kind}_days"],
                UUID(self.cleaned_data[f"{kind}_member"]) if self.cleaned_data[f"{kind}_member"] else None,
            )
            for kind in self.rules
        ]
