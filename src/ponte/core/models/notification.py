"""What a member should know."""

from __future__ import annotations

from django.db import models

from ponte.core.models.base import Record


class Notification(Record):
    """One notice to one member; ``url`` is a path inside the workspace, without its slug.

    A ``quiet`` one is listed as read without ringing: its member wants this kind by mail or push only.
    """

    member = models.ForeignKey("core.Member", on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300, blank=True)
    actor_label = models.CharField(max_length=240, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    quiet = models.BooleanField(default=False)
    digested_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["member", "-id"], name="core_notice_member_idx"),
            models.Index(
                fields=["member"], name="core_notice_unread_idx", condition=models.Q(read_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.title
