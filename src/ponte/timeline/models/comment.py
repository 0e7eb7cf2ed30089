"""What colleagues say about an interaction, and whom they call."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record, VersionedRecord
from ponte.timeline.models.interaction import Interaction


class InteractionComment(VersionedRecord):
    """A colleague's remark below an interaction; plain text."""

    interaction = models.ForeignKey(
        Interaction, on_delete=models.CASCADE, related_name="comments", db_index=False
    )
    author = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="interaction_comments", null=True, blank=True
    )
    body = models.TextField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Comment")
        verbose_name_plural = _("Comments")
        indexes = [models.Index(F("interaction"), F("id").desc(), name="comment_interaction")]

    def __str__(self) -> str:
        return self.body[:60]


class InteractionMention(Record):
    """A colleague called with @ in an interaction or in a comment on it."""

    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="mentions")
    comment = models.ForeignKey(
        InteractionComment, on_delete=models.CASCADE, related_name="mentions", null=True, blank=True
    )
    member = models.ForeignKey("core.Member", on_delete=models.CASCADE, related_name="interaction_mentions")

    class Meta:
        verbose_name = _("Mention")
        verbose_name_plural = _("Mentions")
        constraints = [
            models.UniqueConstraint(
                fields=["interaction", "member"],
                condition=Q(comment__isnull=True),
                name="mention_interaction_once",
            ),
            models.UniqueConstraint(
                fields=["comment", "member"],
                condition=Q(comment__isnull=False),
                name="mention_comment_once",
            ),
        ]

    def __str__(self) -> str:
        return f"@{self.member_id}"
