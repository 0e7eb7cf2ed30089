"""What was merged into whom, and how to take it apart again."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record
from ponte.core.rows import Row
from ponte.directory.models.choices import PartyKind
from ponte.directory.models.party import Party

UNDO_FOR = timedelta(days=30)


class Merge(Record):
    """One merge: the customers ``loser_ids`` became part of ``survivor``.

    The losers stay as tombstones (``Party.merged_into``) that lead to the survivor. ``references`` names the columns that
    followed ("timeline.interaction.party"). ``run_id`` is the background
    run that made it. Undone once, within 30 days; after that ``closed_at`` is set and the steps are gone.
    """

    survivor = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="merges")
    kind = models.CharField(max_length=8, choices=PartyKind)
    loser_ids = ArrayField(models.UUIDField())
    merged_by = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    actor_label = models.CharField(max_length=240, blank=True)
    references = models.JSONField(default=list)
    run_id = models.UUIDField(null=True, blank=True, db_index=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Merge")
        verbose_name_plural = _("Merges")
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(undone_at__isnull=True, closed_at__isnull=True),
                name="merge_open",
            ),
            GinIndex(fields=["loser_ids"], name="merge_losers"),
        ]

    def __str__(self) -> str:
        return f"{len(self.loser_ids)} → {self.survivor_id}"

    @property
    def is_open(self) -> bool:
        """Whether the merge can still be undone, its age aside."""
        return self.undone_at is None and self.closed_at is None


class MergeStep(Row):
    """One thing a merge did, as much as undoing it needs. Later steps are undone first.

    ``act`` is "move" (rows ``ids`` of ``model`` pointed at ``loser_id`` by ``field``; ``flagged`` of them were marked
    primary), "change" (``values`` holds a row's key and its values before and after) or "create" (rows ``ids`` were made).
    """

    id = models.BigAutoField(primary_key=True)
    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="steps")
    loser_id = models.UUIDField(null=True)
    act = models.CharField(max_length=6)
    model = models.CharField(max_length=60)
    field = models.CharField(max_length=60, blank=True)
    ids = ArrayField(models.TextField(), default=list)
    flag = models.CharField(max_length=40, blank=True)
    flagged = ArrayField(models.TextField(), default=list)
    values = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("Merge step")
        verbose_name_plural = _("Merge steps")

    def __str__(self) -> str:
        return f"{self.act} {self.model}.{self.field}"
