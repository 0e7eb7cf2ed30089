"""Customers as the search for duplicates compares them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from ponte.core.brazil.phones import canonical_phone
from ponte.core.text import fold
from ponte.directory.matching.names import NOBODY, Name, company_name, person_name
from ponte.directory.matching.profiles import Profile, add_keys, domain_of
from ponte.directory.matching.scoring import SHARES, Scorer
from ponte.directory.models import NameShare, Party

# The join of one row each; the arrays are subqueries, so that nothing multiplies.
_QUERY = """
SELECT p.id, p.kind, p.name, coalesce(c.legal_name, ''), h.birthday, coalesce(h.cpf, c.cnpj, ''), coalesce(c.website, ''), p.city,
  ARRAY(SELECT address FROM directory_partyemail WHERE party_id = p.id LIMIT 20),
  ARRAY(SELECT number FROM directory_partyphone WHERE party_id = p.id LIMIT 20),
  ARRAY(SELECT postal_code || ':' || number FROM directory_partyaddress
        WHERE party_id = p.id AND length(postal_code) = 8 AND number <> '' LIMIT 10)
FROM directory_party p LEFT JOIN directory_person h ON h.party_id = p.id LEFT JOIN directory_company c ON c.party_id = p.id
WHERE p.id = ANY(%s::uuid[]) AND p.deleted_at IS NULL
"""


def load_profiles(party_ids: Iterable[UUID]) -> list[Profile]:
    """Return the profiles, keys included, of those of the customers that are outside the bin. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, [list(party_ids)])
        return [_profile(*row) for row in cursor]


def _profile(party_id: UUID, kind: str, name: str, legal: str, *rest: Any) -> Profile:
    birthday, document, website, city, emails, phones, places = rest
    return make_profile(
        party_id, kind, (name, legal), birthday, document, website, city, emails, phones, places
    )


def make_profile(
    party_id: UUID | None,
    kind: str,
    names: Sequence[str],
    birthday: Any,
    document: str,
    website: str,
    city: str,
    emails: Sequence[str],
    phones: Sequence[str],
    places: Sequence[str],
) -> Profile:
    """Return the profile of clean values (phones in E.164, documents without punctuation), with its keys."""
    taken: tuple[Name, ...]
    if kind == "person":
        taken = (person_name(names[0]),)
    else:
        taken = tuple(dict.fromkeys(company_name(text) for text in names if text)) or (NOBODY,)
    profile = Profile(
        id=party_id,
        kind=kind,
        names=taken,
        birthday=birthday,
        document=document,
        emails=frozenset(emails),
        phones=frozenset(map(canonical_phone, phones)),
        addresses=frozenset(places),
        city=fold(city),
        domain=domain_of(website, emails) if kind == "company" else "",
    )
    return add_keys(profile)


def scorer_for(kind: str, profiles: Iterable[Profile] | None = None) -> Scorer:
    """Return the scorer of this base's people or companies; with ``profiles`` only their names' shares are read."""
    rows = NameShare.objects.filter(kind=kind)
    if profiles is not None:
        rows = rows.filter(
            sound__in={s for profile in profiles for name in profile.names for s in name.sounds}
        )
    counted: dict[str, float] = dict(rows.values_list("sound", "share"))
    if not counted and not NameShare.objects.filter(kind=kind).exists():
        return Scorer(estimate_size(), SHARES.get)
    return Scorer(estimate_size(), counted.get)


def estimate_size() -> int:
    """Return about how many customers there are: the planner's estimate, counted where it is small."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = 'directory_party'::regclass")
        estimate = int(cursor.fetchone()[0])
    return estimate if estimate > 20_000 else Party.objects.filter(deleted_at=None).count()
