"""Creating and changing companies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.services.events import publish
from ponte.directory.data import CompanyData
from ponte.directory.models import Company
from ponte.directory.services.birth_check import lacking_at_birth, required_at_birth
from ponte.directory.services.cleaning import Cleaner
from ponte.directory.services.creation import draft_from
from ponte.directory.services.customers import add_customer, change_customer
from ponte.events.directory import CompanyCreated
from ponte.workplace.custom_fields.values import check_custom


def create_company(*, actor: Actor, data: CompanyData) -> Company:
    """Add a company with contacts, identities and tags; see ``people.create_person``.

    Raises:
        Invalid: one problem per offending field; at least a name or a way to recognise the company is needed.
    """
    cleaner = Cleaner()
    draft = draft_from(cleaner, data, kind="company")
    if not cleaner.problems and not draft.party["name"] and not draft.keys:
        cleaner.refuse("name", "required", _("Give a name, a CNPJ, an e-mail or a phone."))
    draft.custom = check_custom(draft.kind, data.custom, actor=actor)
    cleaner.problems += draft.custom.problems
    cleaner.problems += lacking_at_birth(required_at_birth(actor), draft)
    cleaner.stop_if_wrong()
    party = add_customer(actor=actor, draft=draft)
    publish(CompanyCreated(party_id=str(party.id)), actor=actor)
    return Company.objects.select_related("party").get(party_id=party.id)


def update_company(
    *, actor: Actor, party_id: UUID, changes: Mapping[str, Any], version: int | None = None
) -> Company:
    """Change fields of a company; see ``people.update_person``.

    Raises:
        Invalid, Missing, Conflict.
    """
    party = change_customer(actor=actor, party_id=party_id, kind="company", changes=changes, version=version)
    company = Company.objects.get(party_id=party.id)
    company.party = party
    return company
