"""Customers as lists and the API read them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet

from ponte.core.models import Member
from ponte.directory.models import Identity, IdentityKind, Party
from ponte.directory.policies import visible_parties

# What an API field needs beside the party's own row.
JOINS = {"owner": "owner", "team": "team"}
PREFETCHES: dict[str, str | Prefetch[Any]] = {
    "emails": "emails",
    "phones": "phones",
    "addresses": "addresses",
    "handles": "handles",
    "tags": "tags",
    "external_ids": Prefetch(
        "identities",
        queryset=Identity.objects.filter(kind=IdentityKind.EXTERNAL).order_by("id"),
        to_attr="external_identities",
    ),
}


def list_parties(member: Member, kind: str, act: str = "view") -> QuerySet[Party]:
    """Return the people or companies a member may ``act`` on, without the bin."""
    return visible_parties(member, act).filter(kind=kind)


def with_parts(rows: QuerySet[Party], kind: str, fields: Iterable[str]) -> QuerySet[Party]:
    """Join and prefetch what ``fields`` of the API need: the same number of queries for any number of rows."""
    wanted = set(fields)
    rows = rows.select_related(kind, "facts", *(join for name, join in JOINS.items() if name in wanted))
    return rows.prefetch_related(*(part for name, part in PREFETCHES.items() if name in wanted))


def with_facts(rows: QuerySet[Party]) -> QuerySet[Party]:
    """Join the figures inner, so that their indexes serve filters and sorts (``rows`` are of one kind)."""
    return rows.filter(facts__kind__isnull=False)
