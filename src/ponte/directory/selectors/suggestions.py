"""Reading suggested corrections: only of customers and fields the reader may change."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.brazil.phones import format_phone
from ponte.core.brazil.postal import format_cep
from ponte.core.models import Member
from ponte.directory.models import CompanySize, PartyAddress, Suggestion
from ponte.directory.policies import customer_fields, visible_parties
from ponte.directory.standards.rules import RULES, Rule

LABELS: dict[str, str | Promise] = {
    "name": _("Name"),
    "social_name": _("Social name"),
    "legal_name": _("Legal name"),
    "emails": _("E-mail"),
    "phones": _("Phone"),
    "addresses.street": _("Street"),
    "addresses.district": _("District"),
    "addresses.city": _("City"),
    "addresses.postal_code": "CEP",
    "addresses.state": "UF",
    "addresses.number": _("Number"),
    "addresses.complement": _("Complement"),
    "addresses.city_code": _("IBGE city code"),
    "addresses": _("New address"),
    "industry": _("Industry"),
    "cnae": "CNAE",
    "legal_nature": _("Legal nature"),
    "size": _("Size"),
    "founded_on": _("Founded on"),
}
REGISTER_RIGHTS = {"emails": "email", "phones": "phone", "addresses": "address"}


@dataclass(frozen=True)
class Shown:
    """A suggestion as it is read: the field's name, both values as people write them."""

    row: Suggestion
    label: str
    before: str
    after: str


def rules_for(member: Member) -> list[Rule]:
    """Return the rules whose fields the member may change."""
    access = customer_fields(member)
    return [rule for rule in RULES if not rule.right or access.can_write(rule.right)]


def open_suggestions(
    member: Member, *, kind: str = "", rules: Iterable[str] | None = None
) -> QuerySet[Suggestion]:
    """Return the open suggestions of rules the member may decide on."""
    allowed = [rule.key for rule in rules_for(member)]
    chosen = [key for key in allowed if rules is None or key in set(rules)]
    reach = visible_parties(member, "edit")
    rows = Suggestion.objects.filter(state="open", rule__in=chosen, party__in=reach)
    return rows.filter(kind=kind) if kind else rows


def found_suggestions(member: Member) -> QuerySet[Suggestion]:
    """Return the open suggestions of public registers the member may decide on."""
    access = customer_fields(member)
    rules = [rule for rule, right in (("cnpj", "cnpj"), ("cep", "address")) if access.can_write(right)]
    rows = Suggestion.objects.filter(state="open", rule__in=rules, party__in=visible_parties(member, "edit"))
    for field, right in REGISTER_RIGHTS.items():
        if not access.can_write(right):
            rows = rows.exclude(field__startswith=field)
    return rows


def filling(member: Member) -> QuerySet[Suggestion]:
    """Return those of ``found_suggestions`` that would fill an empty field or add a contact, replacing nothing."""
    return found_suggestions(member).filter(before="")


def decidable(member: Member) -> QuerySet[Suggestion]:
    """Return every open suggestion the member may decide on, of rules and of registers."""
    return open_suggestions(member) | found_suggestions(member)


def count_suggestions(member: Member, kind: str) -> dict[str, int]:
    """Return how many corrections each rule suggests for customers of one kind."""
    rows = open_suggestions(member, kind=kind).order_by().values("rule").annotate(n=Count("pk"))
    return {row["rule"]: row["n"] for row in rows}


def shown(row: Suggestion) -> Shown:
    """Return a suggestion with its values written out."""
    return Shown(
        row,
        str(LABELS.get(row.field, row.field)),
        _value(row.field, row.before),
        _value(row.field, row.after),
    )


def _value(field: str, text: str) -> Any:
    if field == "phones":
        return format_phone(text) if text else ""
    if field == "size":
        return str(dict(CompanySize.choices).get(text, text))
    if field == "founded_on" and text:
        return formats.date_format(date.fromisoformat(text), "SHORT_DATE_FORMAT")
    if field == "addresses":
        return str(PartyAddress(**json.loads(text))) if text else ""
    return format_cep(text) if field == "addresses.postal_code" else text
