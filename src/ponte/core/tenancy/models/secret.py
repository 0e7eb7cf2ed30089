"""Secrets of the installation that it makes itself."""

from __future__ import annotations

from django.db import models

from ponte.core.rows import Row


class InstallationSecret(Row):
    """A named secret, sealed with the installation's key; see ``ponte.core.crypto``."""

    key = models.CharField(max_length=40, primary_key=True)
    sealed = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key
