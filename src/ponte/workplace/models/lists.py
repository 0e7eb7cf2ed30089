"""What members keep about lists: columns, saved views, and how to undo what they did to many rows."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record, VersionedRecord


class ListPreference(Record):
    """What one member has chosen about one list: columns in order, views in order, the view it opens with."""

    member = models.ForeignKey("core.Member", on_delete=models.CASCADE, related_name="list_preferences")
    list_key = models.CharField(max_length=40)
    columns = ArrayField(models.CharField(max_length=60), default=list)
    view_order = ArrayField(models.UUIDField(), default=list)
    default_view = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "list_key"], name="workplace_one_preference")
        ]

    def __str__(self) -> str:
        return f"{self.list_key}: {', '.join(self.columns)}"


class Sharing(models.TextChoices):
    """Who sees a saved view besides the one who made it."""

    PRIVATE = "private", _("Only me")
    TEAM = "team", _("My team")
    EVERYONE = "everyone", _("Everyone")


class SavedView(VersionedRecord):
    """A list's state under a name: ``query`` is the URL's query string with filters, columns, sort and layout.

    ``team`` is set for views shared with a team (and the teams below it). ``folder`` groups tabs by its plain text.
    """

    list_key = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=60)
    member = models.ForeignKey("core.Member", on_delete=models.CASCADE, related_name="saved_views")
    sharing = models.CharField(_("who sees it"), max_length=8, choices=Sharing, default=Sharing.PRIVATE)
    team = models.ForeignKey("core.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    folder = models.CharField(_("folder"), max_length=40, blank=True)
    query = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["list_key", "member"], name="workplace_view_mine"),
            models.Index(
                fields=["list_key", "sharing"],
                name="workplace_view_shared",
                condition=~Q(sharing=Sharing.PRIVATE),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        return self.sharing != Sharing.PRIVATE


class BulkChange(Record):
    """A bulk act somebody did: ``once`` makes a second click on the same button harmless, ``undo`` takes it back.

    ``undo`` is null when there is no way back, and emptied when it was used.
    """

    member = models.ForeignKey("core.Member", on_delete=models.CASCADE, related_name="bulk_changes")
    list_key = models.CharField(max_length=40)
    action = models.CharField(max_length=40)
    once = models.UUIDField(unique=True)
    count = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    undo = models.JSONField(null=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="workplace_change_age")]

    def __str__(self) -> str:
        return f"{self.list_key}: {self.action} × {self.count}"
