"""Forms of the distribution's settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.sales.models import LateAct, RoutingHours, RoutingRule, RoutingWay
from ponte.sales.routing_settings import MOST_MINUTES
from ponte.sales.services.routing_rules import SeatData
from ponte.ui.forms import DateField, Switch, TagsField

MOST_CAP = 100_000


def member_choices(empty: Any) -> list[tuple[str, Any]]:
    """Return the active members to choose from, after ``empty``."""
    rows = Member.objects.filter(is_active=True).order_by("sort_name", "id").values_list("id", "name")
    return [("", empty), *((str(key), name) for key, name in rows)]


class RuleForm(forms.Form):
    """What a rule says besides its condition and its people."""

    widths = {
        "way": "half",
        "hours": "half",
        "response_minutes": "third",
        "late": "third",
        "escalate_to": "third",
    }

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Such as “Ads in São Paulo”."))
    way = forms.ChoiceField(label=_("Who gets the next one"), choices=RoutingWay.choices)
    hours = forms.ChoiceField(label=_("When the rule holds"), choices=RoutingHours.choices)
    skills = TagsField(
        label=_("Skills needed"), required=False, help_text=_("Only people who have all of them get these leads. Leave empty for none.")
    )  # fmt: skip
    response_minutes = forms.IntegerField(
        label=_("Minutes for the first answer"), required=False, min_value=1, max_value=MOST_MINUTES,
        help_text=_("Of working time. Empty: as in the general settings."),
    )  # fmt: skip
    late = forms.ChoiceField(label=_("When it is late"), choices=LateAct.choices)
    escalate_to = forms.ChoiceField(label=_("Who is told"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["escalate_to"].choices = member_choices(_("The leader of their team"))  # type: ignore[attr-defined]


class PeopleRows:
    """The table of who takes part: a tick, a cap and a least score for each colleague."""

    def __init__(self, rule: RoutingRule | None = None, posted: QueryDict | None = None) -> None:
        self.problems: dict[UUID, Any] = {}
        members = Member.objects.filter(is_active=True).select_related("team").order_by("sort_name", "id")
        seats = {seat.member_id: seat for seat in rule.seats.all()} if rule else {}
        self.rows = [self._row(member, seats, posted, is_new=rule is None) for member in members]

    def _row(
        self, member: Member, seats: Mapping[UUID, Any], posted: QueryDict | None, *, is_new: bool
    ) -> dict[str, Any]:
        seat = seats.get(member.id)
        if posted is not None:
            cap, least = posted.get(f"cap_{member.id}", ""), posted.get(f"score_{member.id}", "")
            return {
                "member": member,
                "on": str(member.id) in posted.getlist("seat"),
                "cap": cap,
                "score": least,
            }
        return {
            "member": member,
            "on": seat is not None,
            "cap": "" if seat is None or seat.max_open is None else seat.max_open,
            "score": "" if seat is None or seat.min_score is None else seat.min_score,
        }

    def seats(self) -> list[SeatData]:
        """Return who was ticked; numbers that can't be read are noted in ``problems``."""
        found = []
        for row in self.rows:
            if not row["on"]:
                continue
            cap, least = self._number(row, "cap", 1), self._number(row, "score", -10_000)
            found.append(SeatData(member_id=row["member"].id, max_open=cap, min_score=least))
        return found

    def _number(self, row: dict[str, Any], name: str, least: int) -> int | None:
        text = str(row[name]).strip()
        if not text:
            return None
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if not least <= number <= MOST_CAP:
            self.problems[row["member"].id] = row["problem"] = _("Write a whole number, or leave it empty.")
            return None
        return number


class RestForm(forms.Form):
    """What happens where no rule decides."""

    keeps_customers = forms.BooleanField(
        label=_("Customers who have a salesperson stay with them"), required=False, widget=Switch
    )
    minutes = forms.IntegerField(
        label=_("Minutes for the first answer"), required=False, min_value=1, max_value=MOST_MINUTES,
        help_text=_("Of working time. Empty: no clock runs."),
    )  # fmt: skip
    fallback = forms.ChoiceField(label=_("Who takes what no rule gives away"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["fallback"].choices = member_choices(_("Nobody; administrators are told"))  # type: ignore[attr-defined]


class SellerForm(forms.Form):
    """What the distribution knows of a colleague."""

    widths = {"away_from": "half", "away_until": "half"}

    skills = TagsField(label=_("Skills"), required=False, help_text=_("Such as “English” or “industry”."))
    max_open = forms.IntegerField(
        label=_("At most so many leads in work"), required=False, min_value=1, max_value=MOST_CAP, help_text=_("Empty: no limit.")
    )  # fmt: skip
    is_paused = forms.BooleanField(label=_("Gets no leads for now"), required=False, widget=Switch)
    away_from = DateField(label=_("Away from"), required=False)
    away_until = DateField(label=_("Until and including"), required=False)


def uuids(values: Sequence[str]) -> list[UUID]:
    """Return the ids among texts, in their order."""
    found = []
    for one in values:
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found
