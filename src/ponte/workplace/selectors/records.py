"""Recent and favourite records, named anew each time with today's rights."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from ponte.core.models import Member
from ponte.core.prepared import Prepared
from ponte.workplace.models import Favourite, RecentRecord
from ponte.workplace.search import SearchHit, search_sources

STARRED = Prepared[tuple[str, UUID]](
    lambda member_id: (
        Favourite.objects.filter(member_id=member_id)
        .order_by("created_at", "id")
        .values_list("object", "object_id")
    ),
    UUID,
)

HAS_STAR = Prepared[UUID](
    lambda member_id, name, object_id: Favourite.objects.filter(
        member_id=member_id, object=name, object_id=object_id
    ).values_list("object_id", flat=True),
    UUID,
    str,
    UUID,
)


def recent_records(member: Member, limit: int = 8) -> list[SearchHit]:
    """Return what the member opened last, the latest first: one query, and one per kind of record."""
    seen = RecentRecord.objects.filter(member=member).order_by("-seen_at").values_list("object", "object_id")
    return _named(member, seen[: 2 * limit])[:limit]


def favourite_records(member: Member) -> list[SearchHit]:
    """Return the member's starred records, the first starred first: one query, and one per kind of record."""
    return _named(member, STARRED.rows(member.id))


def is_favourite(member: Member, object: str, object_id: UUID) -> bool:
    """Return whether a record has the member's star."""
    return bool(HAS_STAR.rows(member.id, object, object_id))


def _named(member: Member, records: Iterable[tuple[str, UUID]]) -> list[SearchHit]:
    places = {(name, row_id): place for place, (name, row_id) in enumerate(records)}
    by_object: dict[str, list[UUID]] = {}
    for name, row_id in places:
        by_object.setdefault(name, []).append(row_id)
    found: list[SearchHit] = []
    for name, ids in by_object.items():
        source = search_sources.get(name)
        if source is not None and source.fetch is not None and source.visible(member):
            found += source.fetch(member, ids)
    known = [hit for hit in found if (hit.object, hit.id) in places]
    return sorted(known, key=lambda hit: places[hit.object, hit.id])
