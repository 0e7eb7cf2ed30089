"""Probable doubles: the keys under which customers meet, and the pairs somebody decides about."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record
from ponte.core.rows import Row
from ponte.directory.models.choices import PartyKind
from ponte.directory.models.party import Party


class MatchKeys(Row):
    """The hashed keys of one customer; two customers that share one are compared (``ponte.directory.matching``)."""

    party = models.OneToOneField(Party, on_delete=models.CASCADE, primary_key=True, related_name="match_keys")
    kind = models.CharField(max_length=8, choices=PartyKind)
    keys = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        indexes = [GinIndex(fields=["keys"], name="match_keys", fastupdate=True)]

    def __str__(self) -> str:
        return str(self.party_id)


class CommonKey(Row):
    """A key so many customers share that it tells nothing ("Maria Silva"); left out of comparisons."""

    key = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.key)


class NameShare(Row):
    """How common a name's sound is among the customers of a kind (0 to 1), as the last search counted."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=8, choices=PartyKind)
    sound = models.CharField(max_length=60, db_collation="C")
    share = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "sound"], name="name_share_once")]

    def __str__(self) -> str:
        return f"{self.sound} {self.share:.4f}"


class DuplicatePair(Record):
    """Two customers that may be one. ``first`` has the smaller id; ``score`` is the probability, ``reasons`` say why.

    A pair somebody called "not the same" stays, so that it is never suggested again.
    """

    class State(models.TextChoices):
        """What became of a pair."""

        OPEN = "open", _("To review")
        LATER = "later", _("Later")
        DIFFERENT = "different", _("Not the same")

    first = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=PartyKind)
    score = models.FloatField()
    reasons = ArrayField(models.CharField(max_length=24), default=list)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    later_until = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Possible duplicate")
        verbose_name_plural = _("Possible duplicates")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_pair_ordered"),
        ]
        indexes = [
            models.Index(F("score").desc(), F("id").desc(), condition=Q(state="open"), name="duplicate_open"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id} {self.score:.2f}"
