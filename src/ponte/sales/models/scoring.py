"""What makes a lead worth more or less, and what the workspace's own history taught."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record, VersionedRecord


class ScoreKind(models.TextChoices):
    """What a rule looks at."""

    PROFILE = "profile", _("Who they are")
    BEHAVIOUR = "behaviour", _("What they do")


class ScoreRule(VersionedRecord):
    """Points for leads that fit, or for each thing their customer did.

    ``where`` is the tree of a condition: of a profile rule about the lead, of a behaviour rule about what ``source`` names
    (``ponte.sales.behaviours``). Points of a behaviour halve every ``half_life_days`` (None: never); all of a rule's together are at most
    ``most_points`` (None: no limit), with the sign of ``points``.
    """

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(max_length=10, choices=ScoreKind)
    source = models.CharField(max_length=24, blank=True)
    where = models.JSONField(default=dict, blank=True)
    points = models.SmallIntegerField(_("points"))
    most_points = models.PositiveSmallIntegerField(null=True, blank=True)
    half_life_days = models.PositiveSmallIntegerField(null=True, blank=True)
    position = models.PositiveIntegerField(default=1)
    is_active = models.BooleanField(_("in use"), default=True)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Score rule")
        verbose_name_plural = _("Score rules")
        constraints = [
            models.CheckConstraint(condition=Q(points__range=(-1000, 1000)), name="score_points_range"),
            models.CheckConstraint(
                condition=Q(half_life_days__isnull=True) | Q(half_life_days__gt=0),
                name="score_half_life_days",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ModelState(models.TextChoices):
    """How learning from the past went."""

    LEARNING = "learning", _("Learning")
    USED = "used", _("In use")
    WEAK = "weak", _("Not used: no better than chance")
    REFUSED = "refused", _("Not used: too little data")
    FAILED = "failed", _("Failed")


class ScoreModel(Record):
    """What one training found; data alone, nothing that runs.

    ``weights`` holds the standardised terms (``ponte.sales.learning``), ``report`` how well they did on the latest part of the period, which
    they had not seen. ``problem`` says in a code why it isn't used, with ``numbers`` to go with it.
    """

    state = models.CharField(max_length=8, choices=ModelState, default=ModelState.LEARNING)
    trained_at = models.DateTimeField(null=True, blank=True)
    weights = models.JSONField(default=dict, blank=True)
    report = models.JSONField(default=dict, blank=True)
    problem = models.CharField(max_length=40, blank=True)
    numbers = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("Predictive score")
        verbose_name_plural = _("Predictive scores")
        indexes = [models.Index(fields=["-id"], condition=Q(state="used"), name="score_model_used")]

    def __str__(self) -> str:
        return f"{self.state} {self.created_at:%Y-%m-%d}"
