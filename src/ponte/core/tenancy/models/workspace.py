"""The workspace (tenant) and who belongs to it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from ponte.core.ids import uuid7
from ponte.core.rows import Row


class Workspace(Row):
    """One business. Its data live in the PostgreSQL schema ``schema_name``."""

    class Kind(models.TextChoices):
        RETAIL = "retail"
        SERVICES = "services"
        INDUSTRY = "industry"
        CLINIC = "clinic"
        SCHOOL = "school"
        REAL_ESTATE = "real_estate"
        OTHER = "other"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.OTHER)
    schema_name = models.CharField(max_length=63, unique=True)
    fingerprint = models.CharField(max_length=64, blank=True)  # of the migrations its schema has
    language = models.CharField(max_length=10, default="pt-br")
    timezone = models.CharField(max_length=40, default="America/Sao_Paulo")
    currency = models.CharField(max_length=3, default="BRL")
    is_demo = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Membership(Row):
    """That a user may enter a workspace. Rights live inside, on the workspace's ``Member``."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "workspace"], name="tenancy_membership_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.workspace_id}"
