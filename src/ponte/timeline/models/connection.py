"""Calendars elsewhere that are kept in step with a member's."""

from datetime import UTC, datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record, VersionedRecord


class CalendarProvider(models.TextChoices):
    """Kinds of calendars elsewhere."""

    CALDAV = "caldav", _("CalDAV")
    GOOGLE = "google", _("Google Calendar")
    MICROSOFT = "microsoft", _("Microsoft 365 and Outlook")


class ConnectionState(models.TextChoices):
    """How a connection stands."""

    CHOOSING = "choosing", _("Choose a calendar")
    ACTIVE = "active", _("Connected")
    PAUSED = "paused", _("Paused")
    BROKEN = "broken", _("Doesn't work")


class CalendarConnection(VersionedRecord):
    """A member's calendar elsewhere.

    ``secret`` holds password or tokens, sealed. ``cursor`` says up to where changes there were taken in, ``pushed_through`` up to when
    changes here were sent. ``leased_until``: a run is at it. ``problem`` is the code of the last failure.
    """

    member = models.ForeignKey("core.Member", on_delete=models.CASCADE, related_name="calendar_connections")
    provider = models.CharField(max_length=12, choices=CalendarProvider)
    address = models.CharField(max_length=500, blank=True)
    username = models.CharField(max_length=255, blank=True)
    secret = models.BinaryField()
    calendar_key = models.CharField(max_length=1000, blank=True)
    calendar_name = models.CharField(max_length=200, blank=True)
    is_read_only = models.BooleanField(default=False)
    shares_meetings = models.BooleanField(default=True)
    shares_tasks = models.BooleanField(default=True)
    takes_in = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=ConnectionState, default=ConnectionState.CHOOSING)
    cursor = models.TextField(blank=True)
    pushed_through = models.DateTimeField(null=True, blank=True)
    compared_at = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)
    next_sync_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name = _("Connected calendar")
        verbose_name_plural = _("Connected calendars")
        constraints = [
            models.UniqueConstraint(fields=["member", "provider"], name="connection_once_a_provider")
        ]
        indexes = [
            models.Index(fields=["next_sync_at"], condition=Q(state="active"), name="connection_to_sync")
        ]

    def __str__(self) -> str:
        return self.calendar_name or self.address or self.provider

    @property
    def source(self) -> str:
        """What meetings that came from there name as their source."""
        return f"calendar:{self.id.hex[-24:]}"


class CalendarLink(Record):
    """One event there and what it is here.

    ``here`` and ``there`` are digests by group of how both stood when they last agreed; ``tag`` is the state of the event there. An
    empty ``remote_key``: about to be written there. Without ``meeting`` and ``task``: deleted here for good, or, with a ``problem``, an
    event that can't be kept here. ``is_muted``: taken out of the calendar there, so not sent again.
    """

    connection = models.ForeignKey(CalendarConnection, on_delete=models.CASCADE, related_name="links")
    meeting = models.ForeignKey(
        "timeline.Meeting", on_delete=models.SET_NULL, related_name="links", null=True, blank=True
    )
    task = models.ForeignKey(
        "timeline.Task", on_delete=models.SET_NULL, related_name="links", null=True, blank=True
    )
    remote_key = models.CharField(max_length=1000, blank=True)
    tag = models.CharField(max_length=300, blank=True)
    here = models.JSONField(default=dict, blank=True)
    there = models.JSONField(default=dict, blank=True)
    generation = models.PositiveIntegerField(default=0)
    is_muted = models.BooleanField(default=False)
    problem = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name = _("Event in a connected calendar")
        verbose_name_plural = _("Events in connected calendars")
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "remote_key"], condition=~Q(remote_key=""), name="link_remote_once"
            ),
            models.UniqueConstraint(
                fields=["connection", "meeting"], condition=Q(meeting__isnull=False), name="link_meeting_once"
            ),
            models.UniqueConstraint(
                fields=["connection", "task"], condition=Q(task__isnull=False), name="link_task_once"
            ),
        ]

    def __str__(self) -> str:
        return self.remote_key or str(self.id)


class CalendarConflict(Record):
    """Something changed on both sides at once: what was kept, and the other version until the member has looked.

    ``kind``: "both" (changed differently here and there; here was kept), "kept" (deleted there, changed here: kept and sent
    again), "restored" (deleted here, changed there: brought back), "denied" (changed or deleted there without the right to; put back there).
    ``other`` is the version that wasn't kept, empty when there is none.
    """

    connection = models.ForeignKey(CalendarConnection, on_delete=models.CASCADE, related_name="conflicts")
    meeting = models.ForeignKey(
        "timeline.Meeting", on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    task = models.ForeignKey(
        "timeline.Task", on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    kind = models.CharField(max_length=10)
    groups = models.JSONField(default=list, blank=True)
    other = models.JSONField(default=dict, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Calendar conflict")
        verbose_name_plural = _("Calendar conflicts")
        indexes = [
            models.Index(
                fields=["connection", "id"], condition=Q(closed_at__isnull=True), name="conflict_open"
            )
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def other_start(self) -> datetime | None:
        """When the version that wasn't kept begins."""
        return datetime.fromtimestamp(self.other["starts_at"], UTC) if self.other else None
