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

    Small ones are done within the request: ``undo`` is null when there is no way back, and emptied when it was used.
    Big ones run in the background (``background``), chunk by chunk; what each chunk changed stands in its ``BulkChunk``.
    ``query`` names the rows by the list's state until they are cut into chunks (``is_cut``).
    """

    class State(models.TextChoices):
        """Where a bulk act stands."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        UNDOING = "undoing"
        UNDONE = "undone"

    UNDERWAY = (State.QUEUED, State.RUNNING, State.UNDOING)

    member = models.ForeignKey("core.Member", on_delete=models.CASCADE, related_name="bulk_changes")
    list_key = models.CharField(max_length=40)
    action = models.CharField(max_length=60)
    once = models.UUIDField(unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.DONE)
    inputs = models.JSONField(default=dict)
    query = models.TextField(blank=True)
    is_cut = models.BooleanField(default=False)
    total = models.PositiveIntegerField(default=0)
    count = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    undo = models.JSONField(null=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    is_hidden = models.BooleanField(default=False)  # put away by the member once read
    background = models.ForeignKey(
        "core.BackgroundRun", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], name="workplace_change_age"),
            models.Index(fields=["member", "list_key", "-id"], name="workplace_change_mine"),
            models.Index(
                fields=["updated_at"],
                name="workplace_change_underway",
                condition=Q(state__in=("queued", "running", "undoing")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.list_key}: {self.action} × {self.count}"

    @property
    def is_underway(self) -> bool:
        return self.state in self.UNDERWAY


class BulkChunk(Record):
    """A part of a big bulk act: its rows, and, once done, what takes it back."""

    change = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    ids = ArrayField(models.UUIDField())
    is_done = models.BooleanField(default=False)
    undo = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "number"], name="workplace_chunk_once")]

    def __str__(self) -> str:
        return f"{self.change_id} {self.number}"


class ListExport(Record):
    """A list's rows as a file made in the background: downloaded by who asked for it until ``expires_at``."""

    member = models.ForeignKey("core.Member", on_delete=models.CASCADE, related_name="list_exports")
    list_key = models.CharField(max_length=40)
    query = models.TextField(blank=True)
    columns = ArrayField(models.CharField(max_length=60), default=list)
    format = models.CharField(max_length=8)
    background = models.ForeignKey(
        "core.BackgroundRun", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    storage_key = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    is_hidden = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["member", "list_key", "-id"], name="workplace_list_export")]

    def __str__(self) -> str:
        return f"{self.list_key}.{self.format}"
