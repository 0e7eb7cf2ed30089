"""Everything that happened with a customer, of every kind and on every channel, in one table."""

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, Left, Lower
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record, VersionedRecord

SEARCHED_CHARS = 4000
# Accented letters and what people type instead; the database folds with it (ICU and unaccent are not there).
ACCENTED = "áàâãäåÁÀÂÃÄÅéèêëÉÈÊËíìîïÍÌÎÏóòôõöÓÒÔÕÖúùûüÚÙÛÜçÇñÑýÿÝ"
UNACCENTED = "aaaaaaaaaaaaeeeeeeeeiiiiiiiioooooooooouuuuuuuuccnnyyy"


def folded(text: Any) -> Func:
    """Return the SQL of a text without regard to case and accents."""
    return Func(
        Lower(text),
        Value(ACCENTED),
        Value(UNACCENTED),
        function="translate",
        output_field=models.TextField(),
    )


class Direction(models.TextChoices):
    """Who took the initiative, as seen from the business."""

    INBOUND = "in", _("Received")
    OUTBOUND = "out", _("Made")
    NONE = "", _("No direction")


class Interaction(VersionedRecord):
    """One thing that happened with a customer at one moment.

    Append-mostly: kinds and channels are words of the registry in ``ponte.timeline.kinds``, so a new
    kind needs no migration. ``company`` is the company whose timeline shows the row: the party itself when
    it is a company, the person's company when it happened otherwise. A company's timeline is therefore one index
    range, whatever the number of its people. ``folded_text`` is what a search inside a timeline looks at.
    """

    party = models.ForeignKey(
        "directory.Party", on_delete=models.CASCADE, related_name="interactions", db_index=False
    )
    company = models.ForeignKey(
        "directory.Party",
        on_delete=models.SET_NULL,
        related_name="company_interactions",
        null=True,
        blank=True,
        db_index=False,
    )
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=24, blank=True)
    direction = models.CharField(max_length=3, choices=Direction, blank=True)
    department = models.CharField(max_length=24, blank=True)
    occurred_at = models.DateTimeField()
    duration_seconds = models.PositiveIntegerField(null=True, blank=True)
    subject = models.CharField(max_length=255, blank=True)
    body = models.TextField(blank=True, help_text="Plain text, the searchable form.")
    body_html = models.TextField(blank=True, help_text="Sanitised HTML, only for content that came as HTML.")
    outcome = models.CharField(max_length=40, blank=True)
    data = models.JSONField(default=dict, blank=True)
    author = models.ForeignKey(
        "core.Member",
        on_delete=models.SET_NULL,
        related_name="interactions",
        null=True,
        blank=True,
        db_index=False,
    )
    pinned_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=40, default="manual")
    external_key = models.CharField(max_length=200, null=True, blank=True)
    folded_text = models.GeneratedField(
        expression=folded(
            Concat(
                F("subject"),
                Value(" "),
                Left("body", SEARCHED_CHARS),
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Interaction")
        verbose_name_plural = _("Interactions")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_key"],
                condition=Q(external_key__isnull=False),
                name="interaction_source_key",
            ),
        ]
        indexes = [
            # with what conditions and counts ask besides, so that they read the index alone
            models.Index(
                fields=["party", "-occurred_at", "-id"],
                include=["deleted_at", "kind"],
                name="interaction_party_time",
            ),
            models.Index(
                F("party"), F("kind"), F("occurred_at").desc(), F("id").desc(), name="interaction_party_kind"
            ),
            models.Index(
                F("company"),
                F("occurred_at").desc(),
                F("id").desc(),
                condition=Q(company__isnull=False),
                name="interaction_company_time",
            ),
            models.Index(
                fields=["-occurred_at", "-id"],
                include=["party", "deleted_at", "kind"],
                name="interaction_time",
            ),
            models.Index(
                F("author"),
                F("occurred_at").desc(),
                F("id").desc(),
                condition=Q(author__isnull=False),
                name="interaction_author_time",
            ),
            models.Index(
                fields=["party"], condition=Q(pinned_at__isnull=False), name="interaction_party_pinned"
            ),
            models.Index(
                fields=["company"], condition=Q(pinned_at__isnull=False), name="interaction_company_pinned"
            ),
        ]

    def __str__(self) -> str:
        return self.subject or f"{self.kind} {self.occurred_at:%Y-%m-%d %H:%M}"

    @property
    def owner_id(self) -> UUID | None:
        """Whose interaction it is for "own" rights: its author's."""
        return self.author_id

    @property
    def team_id(self) -> UUID | None:
        """Whose team's interaction it is for "team" rights."""
        return self.author.team_id if self.author else None


class InteractionParticipant(Record):
    """One more person who took part: a customer, a colleague, or a name alone.

    ``occurred_at`` repeats the interaction's, so that the timeline of a participant is one index range too.
    """

    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="participants")
    party = models.ForeignKey(
        "directory.Party",
        on_delete=models.CASCADE,
        related_name="participations",
        null=True,
        blank=True,
        db_index=False,
    )
    member = models.ForeignKey(
        "core.Member", on_delete=models.CASCADE, related_name="participations", null=True, blank=True
    )
    label = models.CharField(max_length=120, blank=True)
    occurred_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Participant")
        verbose_name_plural = _("Participants")
        constraints = [
            models.UniqueConstraint(
                fields=["interaction", "party"],
                condition=Q(party__isnull=False),
                name="participant_party_once",
            ),
            models.UniqueConstraint(
                fields=["interaction", "member"],
                condition=Q(member__isnull=False),
                name="participant_member_once",
            ),
            models.CheckConstraint(
                condition=Q(party__isnull=False) | Q(member__isnull=False) | ~Q(label=""),
                name="participant_is_someone",
            ),
        ]
        indexes = [
            models.Index(
                F("party"),
                F("occurred_at").desc(),
                F("interaction").desc(),
                condition=Q(party__isnull=False),
                name="participant_party_time",
            ),
        ]

    def __str__(self) -> str:
        return self.label or str(self.party_id or self.member_id)
