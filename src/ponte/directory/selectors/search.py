"""Finding customers by words, in one indexed query, within what a member may see and read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from ponte.core.arrays import AnyOf
from ponte.core.brazil.phones import format_phone
from ponte.core.models import Member
from ponte.core.rights import FieldAccess
from ponte.core.text import search_query
from ponte.directory.models import IdentityKind, Party, Stage
from ponte.directory.policies import customer_fields, search_weights, visible_parties
from ponte.directory.selectors.identities import resolve_many
from ponte.workplace.search import SearchHit, SearchTerms
from ponte.workplace.search.candidates import CANDIDATES, bitmap_scans_only, matching

SEARCH_COLUMN = "findable__lexemes"  # seen from a customer
RARE = 2000  # matches up to which sorting them is cheaper than walking an index for them
_TERM = re.compile(r"('(?:[^']|'')*')(:\*)?")
STAGE_TONES = {
    Stage.VISITOR: "neutral",
    Stage.LEAD: "blue",
    Stage.MQL: "purple",
    Stage.SQL: "orange",
    Stage.CUSTOMER: "green",
    Stage.PROMOTER: "accent",
    Stage.LOST: "red",
}
IDENTITY_FIELDS = {
    IdentityKind.EMAIL: "email",
    IdentityKind.PHONE: "phone",
    IdentityKind.WHATSAPP: "phone",
    IdentityKind.CPF: "cpf",
    IdentityKind.CNPJ: "cnpj",
}


def restricted_query(tsquery: str, access: FieldAccess) -> str:
    """Return ``tsquery`` limited to what the member may read: hidden e-mails, phones, places find nobody."""
    numbers, words = search_weights(access, digits=True), search_weights(access, digits=False)
    if numbers == words == "ABCD":
        return tsquery

    def limited(term: re.Match[str]) -> str:
        weights = numbers if term[1][1].isdigit() else words
        return f"{term[1]}:{'*' if term[2] else ''}{weights}"

    return _TERM.sub(limited, tsquery)


def matching_parties(rows: QuerySet[Party], text: str, member: Member) -> QuerySet[Party]:
    """Return those of ``rows`` that the words of ``text`` find; none when there is no word in it."""
    tsquery = search_query(text)
    if tsquery is None:
        return rows.none()
    return matching(rows, restricted_query(tsquery, customer_fields(member)), column=SEARCH_COLUMN)


def searched_parties(rows: QuerySet[Party], text: str, member: Member) -> QuerySet[Party]:
    """Return the same rows as ``matching_parties`` in a form that any sort of the API is fast with.

    Rare words are taken out of the search index first, so that no sort makes PostgreSQL walk the table for them;
    what common words find is dense enough for a page to be reached along the sort's own index.
    """
    found = matching_parties(rows, text, member)
    with bitmap_scans_only():
        ids = list(found.values_list("pk", flat=True)[: RARE + 1])
    return found if len(ids) > RARE else rows.filter(AnyOf("pk", ids))


def find_customers(member: Member, terms: SearchTerms, limit: int) -> list[SearchHit]:
    """Return the customers that ``terms`` find, those in touch lately and buying most first. One query."""
    access = customer_fields(member)
    wanted = restricted_query(terms.tsquery, access)
    found = matching(visible_parties(member), wanted, column=SEARCH_COLUMN)
    rows = list(found.select_related("facts").only(*_SHOWN)[:CANDIDATES])
    rows.sort(key=lambda row: _rank(row, terms.words), reverse=True)
    return [_hit(row, access) for row in rows[:limit]]


def resolve_customers(member: Member, text: str) -> list[SearchHit]:
    """Return the customers recognised exactly by ``text`` as e-mail, phone, CPF or CNPJ."""
    access = customer_fields(member)
    kinds = [kind.value for kind, field in IDENTITY_FIELDS.items() if access.can_read(field)]
    found = resolve_many((kind, text) for kind in kinds)
    if not found:
        return []
    rows = visible_parties(member).filter(id__in=set(found.values())).select_related("facts").only(*_SHOWN)
    return [_hit(row, access) for row in rows.order_by("id")]


def fetch_customers(member: Member, ids: Sequence[UUID]) -> list[SearchHit]:
    """Return those of ``ids`` the member may see, for recent and favourite records. One query."""
    access = customer_fields(member)
    rows = visible_parties(member).filter(id__in=list(ids)).select_related("facts").only(*_SHOWN)
    return [_hit(row, access) for row in rows]


_SHOWN = (
    "id", "kind", "name", "code", "stage", "email", "phone", "city", "state", "sort_name",
    "facts__last_interaction_sort", "facts__revenue",
)  # fmt: skip


def _rank(row: Party, words: tuple[str, ...]) -> tuple[bool, bool, float, UUID]:
    begins = bool(words) and row.sort_name.startswith(" ".join(words))
    facts = row.facts
    return begins, float(facts.revenue) > 0, float(facts.last_interaction_sort.timestamp()), row.id


def _hit(row: Party, access: FieldAccess) -> SearchHit:
    return SearchHit(
        object="customer",
        id=row.id,
        title=row.label,
        url=reverse("directory:record", args=[row.id]),
        subtitle=" · ".join(_subtitle(row, access)),
        avatar=row.kind,
        badge=Stage(row.stage).label if access.can_read("stage") else "",
        tone=STAGE_TONES[Stage(row.stage)],
    )


def _subtitle(row: Party, access: FieldAccess) -> list[str]:
    parts = []
    if row.email and access.can_read("email"):
        parts.append(row.email)
    if row.phone and access.can_read("phone"):
        parts.append(format_phone(row.phone))
    if row.city and access.can_read("address"):
        parts.append(f"{row.city}/{row.state}" if row.state else row.city)
    return parts[:2]
