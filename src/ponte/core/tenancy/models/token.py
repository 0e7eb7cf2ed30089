"""API tokens. Shared, because the token itself tells which workspace a call means."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from ponte.core.ids import uuid7
from ponte.core.rows import Row
from ponte.core.tenancy.models.workspace import Workspace


class ApiToken(Row):
    """A secret a program shows to act as one member of one workspace, within ``scopes``.

    Only the SHA-256 of the secret is kept: it has 256 random bits, so a slow hash would add nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="tokens")
    member_id = models.UUIDField()
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)  # shown in lists so that people recognise theirs
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=40))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["workspace", "member_id"], name="tenancy_token_member_idx")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
