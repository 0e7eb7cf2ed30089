"""Meetings: planned moments with people, once or again and again."""

from uuid import UUID

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record, VersionedRecord

EXISTING = Q(deleted_at__isnull=True)


class MeetingStatus(models.TextChoices):
    """What became of a meeting."""

    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Cancelled")


class Answer(models.TextChoices):
    """What an invitee said."""

    PENDING = "needs-action", _("Hasn't answered")
    ACCEPTED = "accepted", _("Accepted")
    TENTATIVE = "tentative", _("Maybe")
    DECLINED = "declined", _("Declined")


class Meeting(VersionedRecord):
    """One meeting, or the rule of a series of them.

    ``ends_at`` is exclusive; an all-day meeting goes from midnight to midnight in the workspace's zone. With an
    ``rrule`` (RFC 5545, walked in ``zone``) the row stands for every occurrence that is neither in ``skipped`` (ISO
    instants of original starts) nor replaced by a row of its own: such a row names its ``series`` and the
    ``original_start`` it takes the place of. ``series_until`` is the end of the last occurrence, None for an endless series
    and for single meetings. ``about_type`` and ``about_id`` name a record of a higher module (an opportunity) it is about, as
    those of a task do; its customer is the meeting's.
    """

    title = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    location = models.CharField(max_length=255, blank=True)
    link = models.CharField(max_length=500, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    all_day = models.BooleanField(default=False)
    zone = models.CharField(max_length=64)
    organiser = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="meetings", null=True, db_index=False
    )
    creator = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, db_index=False
    )
    party = models.ForeignKey(
        "directory.Party",
        on_delete=models.CASCADE,
        related_name="meetings",
        null=True,
        blank=True,
        db_index=False,
    )
    about_type = models.CharField(max_length=40, blank=True, default="")
    about_id = models.UUIDField(null=True, blank=True)
    is_private = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=MeetingStatus, default=MeetingStatus.PLANNED)
    outcome = models.CharField(max_length=40, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    remind_minutes = models.PositiveIntegerField(null=True, blank=True)
    next_remind_at = models.DateTimeField(null=True, blank=True)
    rrule = models.CharField(max_length=300, blank=True)
    series_until = models.DateTimeField(null=True, blank=True)
    skipped = models.JSONField(default=list, blank=True)
    series = models.ForeignKey(
        "self", on_delete=models.CASCADE, related_name="exceptions", null=True, blank=True, db_index=False
    )
    original_start = models.DateTimeField(null=True, blank=True)
    uid = models.CharField(max_length=255)
    sequence = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=40, default="manual")
    external_key = models.CharField(max_length=255, null=True, blank=True)
    search = SearchVectorField(null=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Meeting")
        verbose_name_plural = _("Meetings")
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="meeting_has_title"),
            models.CheckConstraint(
                condition=Q(ends_at__gte=models.F("starts_at")), name="meeting_ends_later"
            ),
            models.UniqueConstraint(
                fields=["source", "external_key"],
                condition=Q(external_key__isnull=False),
                name="meeting_source_key",
            ),
            models.UniqueConstraint(
                fields=["series", "original_start"],
                condition=Q(series__isnull=False, deleted_at__isnull=True),
                name="meeting_exception_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["starts_at", "id"], condition=EXISTING & Q(rrule=""), name="meeting_single_time"
            ),
            models.Index(
                fields=["organiser", "starts_at"], condition=EXISTING & Q(rrule=""), name="meeting_organiser"
            ),
            models.Index(
                fields=["series_until"], condition=EXISTING & ~Q(rrule=""), name="meeting_series_time"
            ),
            models.Index(fields=["party", "starts_at"], condition=EXISTING, name="meeting_party"),
            models.Index(
                fields=["about_id", "starts_at"], condition=Q(about_id__isnull=False), name="meeting_about"
            ),
            models.Index(fields=["uid"], name="meeting_uid"),
            GinIndex(fields=["search"], name="meeting_search"),
            models.Index(
                fields=["next_remind_at"],
                condition=EXISTING & Q(next_remind_at__isnull=False),
                name="meeting_to_remind",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def owner_id(self) -> UUID | None:
        """Whose meeting it is for "own" rights: the organiser's."""
        return self.organiser_id or self.creator_id

    @property
    def team_id(self) -> UUID | None:
        """Whose team's meeting it is for "team" rights."""
        return self.organiser.team_id if self.organiser else None

    @property
    def is_series(self) -> bool:
        """Whether the row stands for more than one occurrence."""
        return self.rrule != ""


class MeetingInvitee(Record):
    """Somebody asked to come: a colleague, a customer's person, or an e-mail address alone."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="invitees", db_index=False)
    member = models.ForeignKey(
        "core.Member", on_delete=models.CASCADE, related_name="invitations", null=True, blank=True
    )
    party = models.ForeignKey(
        "directory.Party", on_delete=models.CASCADE, related_name="invitations", null=True, blank=True
    )
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    answer = models.CharField(max_length=14, choices=Answer, default=Answer.PENDING)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Invitee")
        verbose_name_plural = _("Invitees")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "member"], condition=Q(member__isnull=False), name="invitee_member_once"
            ),
            models.UniqueConstraint(
                fields=["meeting", "party"], condition=Q(party__isnull=False), name="invitee_party_once"
            ),
            models.UniqueConstraint(
                fields=["meeting", "email"],
                condition=Q(member__isnull=True, party__isnull=True),
                name="invitee_email_once",
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=False) | Q(party__isnull=False) | ~Q(email=""),
                name="invitee_is_someone",
            ),
        ]
        indexes = [models.Index(fields=["meeting", "id"], name="invitee_meeting")]

    def __str__(self) -> str:
        return self.name or self.email
