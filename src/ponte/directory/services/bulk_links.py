"""Roles at companies that rows of people bring along."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from ponte.directory.data import PersonData
from ponte.directory.models import Affiliation


def write_affiliations(rows: Sequence[tuple[UUID, PersonData]]) -> int:
    """Note the companies people came with where that isn't noted yet; returns how many. Two statements."""
    wanted = {(person, data.company_id): data for person, data in rows if data.company_id}
    if not wanted:
        return 0
    current = Affiliation.objects.filter(person_id__in={person for person, _company in wanted}, ended_on=None)
    pairs = set(current.values_list("person_id", "company_id"))
    employed = {person for person, _company in pairs}
    fresh = []
    for (person, company), data in wanted.items():
        if (person, company) in pairs:
            continue
        fresh.append(
            Affiliation(
                person_id=person,
                company_id=company,
                role=(data.company_role or data.job_title)[:120].strip(),
                is_primary=person not in employed,
            )
        )
        employed.add(person)
    Affiliation.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)
