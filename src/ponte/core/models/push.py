"""Browsers that want to be told when no page of ours is open."""

from __future__ import annotations

from django.db import models

from ponte.core.models.base import Record


class PushDevice(Record):
    """One browser's push subscription. What it gave us (address, keys) is sealed; ``digest`` is the address's SHA-256."""

    member = models.ForeignKey("core.Member", on_delete=models.CASCADE, related_name="push_devices")
    label = models.CharField(max_length=80, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField()
    last_sent_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.label or str(self.id)
