"""Invitations into a workspace."""

from __future__ import annotations

from django.db import models

from ponte.core.ids import uuid7
from ponte.core.rows import Row
from ponte.core.tenancy.models.workspace import Workspace


class Invitation(Row):
    """An offer to join, accepted by whoever holds the link; only the link's SHA-256 is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    name = models.CharField(max_length=150, blank=True)
    role_id = models.UUIDField()
    team_id = models.UUIDField(null=True, blank=True)
    invited_by = models.CharField(max_length=150)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["workspace", "email"], name="tenancy_invitation_email_idx")]

    def __str__(self) -> str:
        return self.email
