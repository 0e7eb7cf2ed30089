"""Creating and changing people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.services.events import publish
from ponte.directory.data import PersonData
from ponte.directory.models import Person
from ponte.directory.services.affiliations import start_affiliation
from ponte.directory.services.birth_check import lacking_at_birth, required_at_birth
from ponte.directory.services.cleaning import Cleaner, clean_line
from ponte.directory.services.creation import draft_from
from ponte.directory.services.customers import add_customer, change_customer
from ponte.events.directory import PersonCreated
from ponte.workplace.custom_fields.values import check_custom


def create_person(*, actor: Actor, data: PersonData) -> Person:
    """Add a person, with contacts, identities, tags and a first role at a company.

    Identities another customer holds become disputes to review; the person is created all the same.

    Raises:
        Invalid: one problem per offending field; at least a name or a way to recognise the person is needed.
    """
    cleaner = Cleaner()
    draft = draft_from(cleaner, data, kind="person")
    if not cleaner.problems and not draft.party["name"] and not draft.keys:
        cleaner.refuse("name", "required", _("Give a name, an e-mail, a phone or a CPF."))
    company_id = (
        cleaner.values(Person, {"company_id": data.company_id})["company_id"] if data.company_id else None
    )
    draft.custom = check_custom(draft.kind, data.custom, actor=actor)
    cleaner.problems += draft.custom.problems
    cleaner.problems += lacking_at_birth(required_at_birth(actor), draft)
    cleaner.stop_if_wrong()
    party = add_customer(actor=actor, draft=draft)
    publish(PersonCreated(party_id=str(party.id)), actor=actor)
    if company_id:
        start_affiliation(
            actor=actor,
            person_id=party.id,
            company_id=company_id,
            role=clean_line(data.company_role or data.job_title),
            is_primary=True,
        )
    return Person.objects.select_related("party").get(party_id=party.id)


def update_person(
    *, actor: Actor, party_id: UUID, changes: Mapping[str, Any], version: int | None = None
) -> Person:
    """Change fields of a person; what isn't in ``changes`` stays.

    Args:
        actor: who does it.
        party_id: whose record.
        changes: field → new value, fields of ``PersonData`` that hold one value ("name", "cpf", "owner_id" …), and "custom",
            values of custom fields by key.
        version: the version the caller has seen, None for any.

    Raises:
        Invalid: one problem per offending field. Missing: no such person. Conflict: changed since ``version``.
    """
    party = change_customer(actor=actor, party_id=party_id, kind="person", changes=changes, version=version)
    person = Person.objects.get(party_id=party.id)
    person.party = party
    return person
