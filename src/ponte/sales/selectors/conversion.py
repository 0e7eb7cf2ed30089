"""What a lead could be converted to: whom its typed marks fit, and which companies there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from ponte.core.models import Member
from ponte.core.text import sort_key
from ponte.directory.models import Affiliation, Party
from ponte.directory.policies import visible_parties
from ponte.directory.selectors.identities import resolve_many
from ponte.sales.models import Lead

MOST = 5
PERSON_MARKS = ("cpf", "email", "phone")


@dataclass(frozen=True)
class Match:
    """A customer that may be meant, and why."""

    id: UUID
    label: str
    why: str


@dataclass(frozen=True)
class Preview:
    """What the page of the conversion offers.

    ``people`` are others than the lead's customer that its typed marks belong to; ``companies`` those the person works at, with the
    typed CNPJ or name. ``new_company`` is the typed name that fits none of them, "" for nothing typed.
    """

    people: list[Match]
    companies: list[Match]
    new_company: str
    cnpj: str


def preview_conversion(lead: Lead, member: Member) -> Preview:
    """Return the matches of a lead among the customers a member sees."""
    typed: dict[str, Any] = lead.typed
    found = resolve_many({(kind, str(typed[kind])) for kind in (*PERSON_MARKS, "cnpj") if typed.get(kind)})
    reach = visible_parties(member)
    people = _people(lead, reach, {pair: pk for pair, pk in found.items() if pair[0] in PERSON_MARKS})
    companies: dict[UUID, Match] = {}
    if lead.party.is_person:
        rows = Affiliation.objects.filter(person_id=lead.party_id, ended_on=None, company__party__in=reach)
        for link in rows.select_related("company__party").order_by("-is_primary", "id")[:MOST]:
            party = link.company.party
            companies[party.id] = Match(party.id, party.label, _("works there"))
    name, cnpj = " ".join(str(typed.get("company", "")).split()), str(typed.get("cnpj", ""))
    by_cnpj = next((pk for pair, pk in found.items() if pair[0] == "cnpj"), None)
    if by_cnpj and by_cnpj not in companies:
        for party in reach.filter(id=by_cnpj, kind="company"):
            companies[party.id] = Match(party.id, party.label, _("same CNPJ"))
    if name:
        same = reach.filter(kind="company", sort_name=sort_key(name)).order_by("id")[:MOST]
        for party in same:
            companies.setdefault(party.id, Match(party.id, party.label, _("same name")))
    return Preview(people, list(companies.values()), name, cnpj)


def _people(lead: Lead, reach: Any, found: dict[tuple[str, str], UUID]) -> list[Match]:
    words = {"cpf": "CPF", "email": _("same e-mail"), "phone": _("same phone")}
    why = {pk: words[pair[0]] for pair, pk in found.items() if pk != lead.party_id}
    rows: list[Party] = list(reach.filter(id__in=why, kind="person").order_by("sort_name", "id")[:MOST])
    return [Match(party.id, party.label, why[party.id]) for party in rows]
