"""Forms of territories."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.core.brazil.postal import STATES, format_cep
from ponte.sales.forms.cadence import sender_choices
from ponte.sales.models import Territory
from ponte.sales.services.territory_data import TerritoryDetails


class TerritoryForm(forms.Form):
    """A territory: where, and who sells there; the condition stands below it."""

    widths = {"parent": "half", "position": "half", "cities": "half", "postal_ranges": "half"}

    name = forms.CharField(label=_("Name"), max_length=120)
    parent = forms.ChoiceField(label=_("Below"), required=False)
    position = forms.IntegerField(
        label=_("Place among its neighbours"),
        min_value=0,
        max_value=10_000,
        required=False,
        help_text=_("The first that fits takes the customer. Empty: last."),
    )
    states = forms.MultipleChoiceField(
        label=_("States"),
        choices=[(code, code) for code in STATES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    cities = forms.CharField(
        label=_("Cities"),
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("One a line: Campinas/SP"),
    )
    postal_ranges = forms.CharField(
        label=_("CEP ranges"),
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("One a line: 01000-000 to 05999-999"),
    )
    members = forms.MultipleChoiceField(
        label=_("Who sells there"), widget=forms.CheckboxSelectMultiple, required=False
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, territory: Territory | None = None) -> None:
        super().__init__(data, initial=_initial_of(territory) if territory else None)
        for name, offered in (("parent", _parents(territory)), ("members", sender_choices())):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = offered

    def details(self, condition: dict[str, Any] | None) -> TerritoryDetails:
        """Return what the service takes."""
        given = self.cleaned_data
        details: TerritoryDetails = {
            "name": given["name"],
            "parent_id": UUID(given["parent"]) if given["parent"] else None,
            "states": given["states"],
            "cities": _lines(given["cities"]),
            "postal_ranges": [_ends(line) for line in _lines(given["postal_ranges"])],
            "condition": condition,
            "is_active": given["is_active"],
            "member_ids": [UUID(one) for one in given["members"]],
        }
        if given["position"] is not None:
            details["position"] = given["position"]
        return details


class AssignForm(forms.Form):
    """How territories are assigned to all customers."""

    gives_owners = forms.BooleanField(
        label=_("Give customers nobody owns to the members of their territory, by turns"), required=False
    )


class PlaceForm(forms.Form):
    """The territory of one customer."""

    territory = forms.ChoiceField(label=_("Territory"), required=False)

    def __init__(self, data: Any = None, *, territories: Sequence[Territory], initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        field = self.fields["territory"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("As the rules say")), *((str(one.id), one.name) for one in territories)]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _ends(line: str) -> list[str]:
    """Return the ends of a range as written: "01000-000 a 05999-999", "01000000-05999999", a single CEP."""
    return re.findall(r"\d{5}-?\d{3}|\d{5}", line) or [line]


def _parents(territory: Territory | None) -> list[tuple[str, str]]:
    rows = Territory.objects.order_by("name", "id")
    inside = str(territory.id) if territory else ""
    return [
        ("", "—"),
        *((str(row.id), row.name) for row in rows if inside not in row.path.split("/") or not inside),
    ]


def _initial_of(row: Territory) -> dict[str, Any]:
    return {
        "name": row.name,
        "parent": str(row.parent_id or ""),
        "position": row.position,
        "states": row.states,
        "cities": "\n".join(row.cities),
        "postal_ranges": "\n".join(
            f"{format_cep(one)} a {format_cep(two)}" for one, two in row.postal_ranges
        ),
        "members": [str(one) for one in row.seats.values_list("member_id", flat=True)],
        "is_active": row.is_active,
        "version": row.version,
    }
