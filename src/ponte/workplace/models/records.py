"""Records a member comes back to."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from ponte.core.ids import uuid7
from ponte.core.rows import Row


class RecentRecord(Row):
    """That a member opened a record, and when last. Names aren't copied: they are read anew, with today's rights."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.ForeignKey("core.Member", on_delete=models.CASCADE, related_name="recent_records")
    object = models.CharField(max_length=40)
    object_id = models.UUIDField()
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "object", "object_id"], name="workplace_recent_once")
        ]
        indexes = [models.Index(fields=["member", "-seen_at"], name="workplace_recent_last")]

    def __str__(self) -> str:
        return f"{self.object} {self.object_id}"


class Favourite(Row):
    """A record with a member's star, listed in the sidebar in order of ``created_at``."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.ForeignKey("core.Member", on_delete=models.CASCADE, related_name="favourites")
    object = models.CharField(max_length=40)
    object_id = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "object", "object_id"], name="workplace_favourite_once")
        ]

    def __str__(self) -> str:
        return f"{self.object} {self.object_id}"
