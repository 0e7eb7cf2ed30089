"""The customer: what people and companies have in common."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Customisable, VersionedRecord
from ponte.directory.models.choices import Channel, PartyKind, Stage, Tone

ALIVE = Q(deleted_at__isnull=True)


def _list_index(name: str, *fields: str, rows: Q = ALIVE) -> models.Index:
    return models.Index(fields=[*fields, "sort_name", "id"], condition=rows, name=name)


class Party(Customisable, VersionedRecord):
    """A customer, person or company; everything else about them hangs on this row.

    ``sort_name`` (folded, "C" collation) is written by the services, as are ``email``, ``phone``, ``city`` and
    ``state``: copies of the primary ones, so that lists read one table. What it is found by stands in ``PartySearch``. ``deleted_at`` is
    the bin: the record keeps all it has for 30 days. ``merged_into`` makes the record a tombstone that leads to the
    customer it became part of; ``deleted_at`` is set then too. ``code`` names records that came without a name.
    """

    kind = models.CharField(max_length=8, choices=PartyKind)
    name = models.CharField(_("name"), max_length=240, blank=True)
    sort_name = models.CharField(max_length=260, blank=True, editable=False, db_collation="C")
    code = models.CharField(max_length=12, editable=False)
    owner = models.ForeignKey(
        "core.Member",
        verbose_name=_("owner"),
        on_delete=models.SET_NULL,
        related_name="parties",
        null=True,
        blank=True,
        db_index=False,
    )
    team = models.ForeignKey(
        "core.Team",
        verbose_name=_("team"),
        on_delete=models.SET_NULL,
        related_name="parties",
        null=True,
        blank=True,
        db_index=False,
    )
    stage = models.CharField(_("stage"), max_length=12, choices=Stage, default=Stage.LEAD)
    stage_since = models.DateTimeField(null=True, blank=True)
    source = models.CharField(_("source"), max_length=40, blank=True)
    source_detail = models.CharField(_("source detail"), max_length=160, blank=True)
    preferred_channel = models.CharField(_("preferred channel"), max_length=12, choices=Channel, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    tone = models.CharField(_("tone"), max_length=10, choices=Tone, blank=True)
    alert = models.CharField(_("alert"), max_length=240, blank=True)
    description = models.TextField(_("description"), blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True, editable=False)
    phone = models.CharField(_("phone"), max_length=20, blank=True, editable=False)
    city = models.CharField(_("city"), max_length=120, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=2, blank=True, editable=False)
    tags = models.ManyToManyField("directory.Tag", through="directory.PartyTag", related_name="parties")
    is_demo = models.BooleanField(default=False, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_by = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        related_name="merged",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
    )

    class Meta:
        verbose_name = _("Customer")
        verbose_name_plural = _("Customers")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PartyKind.values), name="party_kind_known"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="party_stage_known"),
        ]
        indexes = [
            _list_index("party_name", "kind"),
            _list_index("party_owner_name", "owner", "kind"),
            _list_index("party_team_name", "team", "kind", rows=ALIVE & Q(team__isnull=False)),
            _list_index("party_stage_name", "kind", "stage"),
            _list_index("party_state_name", "kind", "state"),
            # not (kind, id): the planner would rather walk the primary key past every customer of the other kind
            models.Index(fields=["kind", "created_at", "id"], condition=ALIVE, name="party_newest"),
            models.Index(fields=["kind", "updated_at", "id"], condition=ALIVE, name="party_changed"),
            models.Index(fields=["deleted_at", "id"], condition=~ALIVE, name="party_bin"),
            models.Index(fields=["id"], condition=Q(is_demo=True), name="party_demo"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="party_merged"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name shown: the party's own, or a stable one made of its code ("Cliente 57b2a98a")."""
        if self.name:
            return self.name
        return gettext("Customer %(code)s") % {"code": self.code}

    @property
    def initials(self) -> str:
        """One or two letters for the avatar: of the first and the last word of the name."""
        words = [word for word in self.name.split() if word[0].isalnum()]
        if not words:
            return (self.code[:2] or "?").upper()
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()

    @property
    def is_person(self) -> bool:
        return self.kind == PartyKind.PERSON

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Give the record its code at birth; everything else is the services' work."""
        if not self.code:
            self.code = self.id.hex[-8:]
        super().save(*args, **kwargs)
