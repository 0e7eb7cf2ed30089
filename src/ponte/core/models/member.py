"""Members of a workspace, their teams and roles."""

from __future__ import annotations

from django.db import models

from ponte.core.models.base import VersionedRecord


class Role(VersionedRecord):
    """A named set of rights. ``key`` is set for the built-in ones.

    ``rights`` is ``{"objects": {object: {act: scope}}, "areas": [area, …], "fields": {object: {field: "hidden"|"read"}}}``;
    see ``ponte.core.rights``.
    """

    key = models.CharField(max_length=30, null=True, blank=True, unique=True)
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=300, blank=True)
    rights = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name


class Team(VersionedRecord):
    """A team in a tree. ``path`` holds the ids from the root down to itself, for subtree look-ups."""

    name = models.CharField(max_length=80)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    leader = models.ForeignKey(
        "core.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="led_teams"
    )
    path = models.TextField(db_index=True, editable=False)

    def __str__(self) -> str:
        return self.name


class Member(VersionedRecord):
    """A user inside this workspace. Keeps name and address of its own: shared tables have no foreign keys here."""

    user_id = models.UUIDField(unique=True)
    name = models.CharField(max_length=150)
    sort_name = models.CharField(max_length=150, db_index=True)
    email = models.EmailField()
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="members")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="members")
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, default="pt-br")
    preferences = models.JSONField(default=dict)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
