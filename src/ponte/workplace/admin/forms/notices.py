"""Which notices reach one, by which way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.core.services.notice_choices import DIGEST, QUIET, WAYS, wants
from ponte.workplace.admin.notices import notice_choices

WAY_LABELS: dict[str, str | Promise] = {"app": _("In Ponte"), "mail": _("E-mail"), "push": _("On the phone")}


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of notice and the boxes of its ways."""

    label: str
    boxes: list[tuple[str | Promise, forms.BoundField]]


class NoticesForm(forms.Form):
    """A box for each kind and way, the daily e-mail, quiet hours."""

    digest = forms.BooleanField(label=_("Send me a daily e-mail with what I haven't read"), required=False)
    quiet_from = forms.TimeField(
        label=_("Don't disturb from"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    quiet_until = forms.TimeField(
        label=_("until"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    weekends = forms.BooleanField(label=_("Nor on weekends"), required=False)

    def __init__(self, data: Any = None, *, member: Member) -> None:
        quiet = member.preferences.get(QUIET) or {}
        initial: dict[str, Any] = {
            "digest": member.preferences.get(DIGEST, True),
            "quiet_from": quiet.get("from"),
            "quiet_until": quiet.get("until"),
            "weekends": quiet.get("weekends", False),
        }
        super().__init__(data, initial=initial)
        self.kinds = notice_choices()
        for kind, label in self.kinds:
            for way in WAYS:
                box = forms.BooleanField(required=False, label=f"{label}: {WAY_LABELS[way]}")
                self.fields[f"{way}:{kind}"] = box
                self.initial[f"{way}:{kind}"] = wants(member, kind, way)

    def rows(self) -> list[Row]:
        """Return the kinds with their boxes, for the table."""
        return [
            Row(label, [(WAY_LABELS[way], self[f"{way}:{kind}"]) for way in WAYS])
            for kind, label in self.kinds
        ]

    @property
    def ways(self) -> list[str | Promise]:
        """The headings of the table."""
        return [WAY_LABELS[way] for way in WAYS]

    def clean(self) -> dict[str, Any]:
        """Quiet hours have a beginning and an end."""
        told = super().clean() or self.cleaned_data
        if bool(told.get("quiet_from")) != bool(told.get("quiet_until")):
            missing = "quiet_until" if told.get("quiet_from") else "quiet_from"
            if missing not in self.errors:
                self.add_error(missing, _("Give the beginning and the end, or neither."))
        return told

    def choices(self) -> dict[str, Any]:
        """Return what was chosen, as ``choose_notices`` takes it."""
        told = self.cleaned_data
        hours = [told["quiet_from"], told["quiet_until"]]
        quiet = None
        if all(hours) or told["weekends"]:
            first, last = (f"{hour:%H:%M}" if hour else "" for hour in hours)
            quiet = {"from": first, "until": last, "weekends": told["weekends"]}
        wanted = {kind: {way: told[f"{way}:{kind}"] for way in WAYS} for kind, _label in self.kinds}
        return {"wanted": wanted, "digest": told["digest"], "quiet": quiet}
