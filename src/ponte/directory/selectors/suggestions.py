"""Reading suggested corrections: only of customers and fields the reader may change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.brazil.phones import format_phone
from ponte.core.brazil.postal import format_cep
from ponte.core.models import Member
from ponte.directory.models import Suggestion
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
}


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
        return format_phone(text)
    return format_cep(text) if field == "addresses.postal_code" else text
