"""Background work somebody waits for."""

from __future__ import annotations

from django.db import models

from ponte.core.models.base import Record


class BackgroundRun(Record):
    """Progress of one long piece of work, as the person who started it sees it."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True, blank=True)
    error = models.TextField(blank=True)
    result = models.JSONField(default=dict)
    started_by = models.ForeignKey("core.Member", null=True, blank=True, on_delete=models.SET_NULL)
    url = models.CharField(max_length=300, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["started_by", "-id"], name="core_run_member_idx")]

    def __str__(self) -> str:
        return self.title
