"""Custom fields that businesses of a kind usually want, offered on the first steps; nothing is made unasked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import current_workspace
from ponte.workplace.custom_fields.definitions import FieldData
from ponte.workplace.models import CustomField, FieldKind
from ponte.workplace.services.custom_fields import create_field

Kind = Workspace.Kind


@dataclass(frozen=True)
class Suggestion:
    """A field as it would be made: ``key`` is what it is recognised by afterwards, whatever it is called then."""

    key: str
    label: str | Promise
    kind: str
    object: str = "person"
    choices: tuple[str | Promise, ...] = ()
    is_indexed: bool = False

    @property
    def note(self) -> str:
        """The type in words and what can be chosen."""
        words = str(FieldKind(self.kind).label)
        return f"{words}: {', '.join(str(choice) for choice in self.choices)}" if self.choices else words


YES_NO, DATE, TEXT = FieldKind.BOOLEAN, FieldKind.DATE, FieldKind.TEXT
CHOICE, SEVERAL, MONEY, NUMBER = FieldKind.CHOICE, FieldKind.MULTI_CHOICE, FieldKind.MONEY, FieldKind.NUMBER

BY_KIND: dict[str, tuple[Suggestion, ...]] = {
    Kind.RETAIL: (
        Suggestion("clothing_size", _("Clothing size"), CHOICE, choices=("PP", "P", "M", "G", "GG")),
        Suggestion("shoe_size", _("Shoe size"), NUMBER),
        Suggestion(
            "favourite_payment",
            _("Preferred payment"),
            CHOICE,
            choices=("Pix", _("Card"), _("Bank slip"), _("Cash"), _("Store credit")),
        ),
        Suggestion("credit_limit", _("Credit limit"), MONEY),
    ),
    Kind.SERVICES: (
        Suggestion("contract_ends", _("Contract ends on"), DATE, "company", is_indexed=True),
        Suggestion("monthly_fee", _("Monthly fee"), MONEY, "company"),
        Suggestion(
            "billing_day", _("Billing day"), CHOICE, "company", choices=("5", "10", "15", "20", "25", "30")
        ),
        Suggestion("technical_contact", _("Technical contact"), TEXT, "company"),
    ),
    Kind.INDUSTRY: (
        Suggestion("tax_regime", _("Tax regime"), CHOICE, "company", choices=("Simples Nacional", "Lucro Presumido", "Lucro Real", "MEI")),
        Suggestion("credit_limit", _("Credit limit"), MONEY, "company"),
        Suggestion("delivery_route", _("Delivery route"), TEXT, "company"),
        Suggestion("receives_on", _("Receives goods on"), SEVERAL, "company", choices=(_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"))),
    ),
    Kind.CLINIC: (
        Suggestion("health_plan", _("Health plan"), TEXT, is_indexed=True),
        Suggestion("health_card", _("Health plan card number"), TEXT),
        Suggestion("return_on", _("Return visit on"), DATE, is_indexed=True),
        Suggestion("guardian", _("Guardian's name"), TEXT),
    ),
    Kind.SCHOOL: (
        Suggestion("guardian", _("Guardian's name"), TEXT),
        Suggestion("grade", _("Class or grade"), TEXT, is_indexed=True),
        Suggestion("shift", _("Shift"), CHOICE, choices=(_("Morning"), _("Afternoon"), _("Evening"), _("Full day"))),
        Suggestion("enrolled_on", _("Enrolled on"), DATE),
    ),
    Kind.REAL_ESTATE: (
        Suggestion("looking_for", _("Looking for"), CHOICE, choices=(_("Buy"), _("Rent"), _("Invest"))),
        Suggestion("property_kind", _("Kind of property"), SEVERAL, choices=(_("House"), _("Apartment"), _("Land"), _("Commercial"))),
        Suggestion("budget", _("Budget"), MONEY, is_indexed=True),
        Suggestion("districts", _("Districts of interest"), TEXT),
        Suggestion("financing", _("Financing approved"), YES_NO),
    ),
}  # fmt: skip


def suggestions_for(kind: str) -> list[Suggestion]:
    """Return what is suggested to a kind of business and not there yet (the bin counts as there)."""
    known = set(CustomField.objects.values_list("object", "key"))
    return [each for each in BY_KIND.get(kind, ()) if (each.object, each.key) not in known]


@transaction.atomic
def add_suggested(*, actor: Actor, keys: Collection[str]) -> int:
    """Make the suggested fields of these keys, named in the language that is active; return how many.

    Unknown keys, and fields that are there already, are passed over, so that asking twice does no harm.

    Raises:
        Denied: the role has no right to the settings. Invalid: there are too many fields.
    """
    chosen = [each for each in suggestions_for(current_workspace().kind) if each.key in keys]
    for each in chosen:
        data = FieldData(
            label=str(each.label),
            kind=each.kind,
            key=each.key,
            is_indexed=each.is_indexed,
            choices=[{"label": str(choice)} for choice in each.choices],
        )
        create_field(actor=actor, object_name=each.object, data=data)
    return len(chosen)
