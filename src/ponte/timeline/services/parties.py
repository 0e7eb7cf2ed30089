"""The customers an interaction belongs to: the party itself and the company that shows it."""

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext as _

from ponte.core.errors import Invalid
from ponte.directory.models import Affiliation, Party


def get_party(party_id: UUID) -> Party:
    """Return a party that is not in the bin.

    Raises:
        Invalid: no such customer.
    """
    party = Party.objects.filter(id=party_id, deleted_at__isnull=True).first()
    if party is None:
        raise Invalid.on("party_id", "missing", _("There is no such customer."))
    return party


def companies_of(party_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the company whose timeline shows each party's interactions; one query for all of them.

    A company shows its own; a person's are shown by the company they belong to now (the primary one first).
    """
    found: dict[UUID, UUID] = {}
    kinds = dict(Party.objects.filter(id__in=party_ids).values_list("id", "kind"))
    people = [party_id for party_id, kind in kinds.items() if kind == "person"]
    rows = (
        Affiliation.objects.filter(person_id__in=people, ended_on__isnull=True)
        .order_by("person_id", "-is_primary", "id")
        .values_list("person_id", "company_id")
    )
    for person_id, company_id in rows:
        found.setdefault(person_id, company_id)
    found.update({party_id: party_id for party_id, kind in kinds.items() if kind == "company"})
    return found
