"""Settings of a workspace that belong to no column of their own."""

from __future__ import annotations

from django.db import models

from ponte.core.rows import Row


class WorkspaceSetting(Row):
    """A named JSON value, written through ``ponte.core.services.preferences``."""

    key = models.CharField(max_length=80, primary_key=True)
    value = models.JSONField()
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.key
