"""Records of sales found by whose they are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from ponte.core.rights import FieldAccess, registered_objects
from ponte.core.text import search_query, search_terms, words
from ponte.directory.models import Party
from ponte.directory.policies import OBJECT
from ponte.directory.selectors.search import SEARCH_COLUMN, restricted_query
from ponte.workplace.search.candidates import bitmap_scans_only, matching

MOST_CUSTOMERS = 500


def customers_named(text: str, rows: QuerySet[Any]) -> list[UUID]:
    """Return customers of ``rows`` (by their ``party``), found by name alone: the index knows what a role may hide, too.

    Only who has one of ``rows`` counts towards ``MOST_CUSTOMERS``; namesakes out of reach take nobody's place.
    """
    query, wanted = search_query(text), search_terms(text)
    if query is None:
        return []
    fields = frozenset(name for one in registered_objects() if one.name == OBJECT for name in one.fields)
    names_only = restricted_query(query, FieldAccess(hidden=fields, readonly=fields))
    with bitmap_scans_only():
        named = matching(Party.objects.all(), names_only, column=SEARCH_COLUMN)
        mine = named.filter(Exists(rows.filter(party_id=OuterRef("pk"))))
        found = list(mine.values_list("id", "name")[:MOST_CUSTOMERS])
    return [pk for pk, name in found if _names(wanted, words(name))]


def _names(wanted: list[str], have: list[str]) -> bool:
    return all(any(word.startswith(one) for word in have) for one in wanted)
