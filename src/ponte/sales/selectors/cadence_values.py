"""What the words of a cadence's texts become for one customer."""

from __future__ import annotations

from collections.abc import Set

from ponte.core.models import Member
from ponte.core.tenancy.scope import current_workspace
from ponte.core.text import proper_case
from ponte.directory.models import Affiliation, Party, Person
from ponte.sales.models import Enrolment


def values_for(enrolment: Enrolment, sender: Member, needed: Set[str]) -> dict[str, str]:
    """Return the values of the words that are ``needed`` (by their first names); unknown ones are left out."""
    party = enrolment.party
    found = {
        "vendedor": sender.name,
        "email_vendedor": sender.email,
        "minha_empresa": current_workspace().name,
        "nome": proper_case(party.name),
        "cidade": party.city,
        "uf": party.state,
    }
    if "negocio" in needed and enrolment.opportunity is not None:
        found["negocio"] = str(enrolment.opportunity)
    if party.is_person:
        found["primeiro_nome"] = proper_case(party.name).partition(" ")[0]
        if needed & {"empresa", "cargo"}:
            found |= _at_work(party)
    else:
        found["empresa"] = party.name
    return {name: value for name, value in found.items() if value}


def _at_work(party: Party) -> dict[str, str]:
    role = (
        Affiliation.objects.filter(person_id=party.id, ended_on__isnull=True)
        .select_related("company__party")
        .order_by("-is_primary", "id")
        .first()
    )
    job = Person.objects.filter(party_id=party.id).values_list("job_title", flat=True).first()
    return {
        "empresa": role.company.party.name if role else "",
        "cargo": job or (role.role if role else ""),
    }
