"""Remembering what a member opened."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from ponte.core.models import Member
from ponte.workplace.models import RecentRecord

KEPT_FOR = timedelta(days=60)


def note_seen(*, member: Member, object: str, object_id: UUID) -> None:
    """Note that the member has a record's page open, in one statement. ``object`` is the name of a search source."""
    RecentRecord.objects.bulk_create(
        [RecentRecord(member=member, object=object, object_id=object_id, seen_at=timezone.now())],
        update_conflicts=True,
        unique_fields=["member", "object", "object_id"],
        update_fields=["seen_at"],
    )


def forget_old_recents() -> int:
    """Delete what was last seen long ago; returns how many."""
    deleted, _by_model = RecentRecord.objects.filter(seen_at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted
