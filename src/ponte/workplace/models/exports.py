"""Complete exports of a workspace that were asked for on screen."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record


class ExportRun(Record):
    """One complete export: a ZIP archive that can be downloaded until ``expires_at``, then its file is removed."""

    background = models.ForeignKey(
        "core.BackgroundRun", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    started_by = models.ForeignKey(
        "core.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    storage_key = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("Complete export")
        verbose_name_plural = _("Complete exports")
        indexes = [models.Index(fields=["-id"], name="export_newest")]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d}"
