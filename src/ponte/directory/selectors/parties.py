"""Customers as lists and the API read them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet

from ponte.core.arrays import AnyOf
from ponte.core.models import Member
from ponte.core.prepared import Prepared
from ponte.directory.models import (
    Identity,
    IdentityKind,
    Party,
    PartyAddress,
    PartyEmail,
    PartyPhone,
    PartyTag,
    SocialHandle,
)
from ponte.directory.policies import visible_parties

# What an API field needs beside the party's own row.
JOINS = {"owner": "owner", "team": "team"}


def _children(model: type[Model], **only: Any) -> Prepared[Any]:
    return Prepared(
        lambda ids: model._default_manager.filter(AnyOf("party_id", ids), **only).order_by("id"), list
    )


# What hangs on a party, one statement each for any number of them; Django's own prefetching makes a manager and a
# queryset for each party and part, which took longer than the database.
PARTS = {
    "emails": _children(PartyEmail),
    "phones": _children(PartyPhone),
    "addresses": _children(PartyAddress),
    "handles": _children(SocialHandle),
    "external_ids": _children(Identity, kind=IdentityKind.EXTERNAL),
}
TAGS = Prepared[tuple[UUID, str]](
    lambda ids: (
        PartyTag.objects.filter(AnyOf("party_id", ids))
        .order_by("tag__key")
        .values_list("party_id", "tag__name")
    ),
    list,
)


def list_parties(member: Member, kind: str, act: str = "view") -> QuerySet[Party]:
    """Return the people or companies a member may ``act`` on, without the bin."""
    return visible_parties(member, act).filter(kind=kind)


def with_joins(rows: QuerySet[Party], kind: str, fields: Iterable[str]) -> QuerySet[Party]:
    """Join what ``fields`` of the API need beside the party's own row."""
    wanted = set(fields)
    return rows.select_related(kind, "facts", *(join for name, join in JOINS.items() if name in wanted))


def attach_parts(rows: Sequence[Party], fields: Collection[str]) -> None:
    """Put what ``fields`` of the API need onto the rows, as ``shown_emails``, ``shown_tags`` …: one query each."""
    ids = [row.id for row in rows]
    for name, query in PARTS.items():
        if name in fields:
            _attach(rows, name, ((item.party_id, item) for item in query.rows(ids)))
    if "tags" in fields:
        attach_tags(rows)


def attach_tags(rows: Sequence[Party]) -> None:
    """Put the names of their tags onto parties, as ``shown_tags``: one query."""
    _attach(rows, "tags", TAGS.rows([row.id for row in rows]) if rows else ())


def _attach(rows: Sequence[Party], name: str, found: Iterable[tuple[UUID, Any]]) -> None:
    lists: dict[UUID, list[Any]] = {row.id: [] for row in rows}
    for party_id, item in found:
        lists[party_id].append(item)
    for row in rows:
        setattr(row, f"shown_{name}", lists[row.id])


def with_facts(rows: QuerySet[Party]) -> QuerySet[Party]:
    """Join the figures inner, so that their indexes serve filters and sorts (``rows`` are of one kind)."""
    return rows.filter(facts__kind__isnull=False)
