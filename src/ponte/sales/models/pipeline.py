"""How opportunities are worked: pipelines, their stages, why deals are lost and to whom."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import VersionedRecord
from ponte.sales.models.choices import ReasonKind


class Pipeline(VersionedRecord):
    """A way of selling, as a row of stages. The first by ``position`` is the one offered."""

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveIntegerField(default=1)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Pipeline")
        verbose_name_plural = _("Pipelines")

    def __str__(self) -> str:
        return self.name


class Stage(VersionedRecord):
    """One step of a pipeline.

    ``probability`` (per cent) weighs the value of what stands here; after ``max_days`` here a deal counts as rotting; ``goal`` is
    what should stand here, in the workspace's currency. A deal leaves the stage forward only with every field of
    ``required_fields`` filled and every entry of ``checklist`` (``{"key", "text"}``) ticked.
    """

    pipeline = models.ForeignKey(Pipeline, on_delete=models.CASCADE, related_name="stages", db_index=False)
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveIntegerField(default=1)
    probability = models.PositiveSmallIntegerField(_("probability"), default=50)
    max_days = models.PositiveSmallIntegerField(_("days until it rots"), null=True, blank=True)
    goal: models.DecimalField[Decimal | None, Decimal | None] = models.DecimalField(
        _("goal"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    required_fields = models.JSONField(default=list, blank=True)
    checklist = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = _("Stage")
        verbose_name_plural = _("Stages")
        constraints = [
            models.CheckConstraint(condition=Q(probability__lte=100), name="stage_probability_percent"),
        ]
        indexes = [models.Index(fields=["pipeline", "position"], name="stage_order")]

    def __str__(self) -> str:
        return self.name


class Reason(VersionedRecord):
    """Why something ended, in the business's own words."""

    kind = models.CharField(max_length=12, choices=ReasonKind)
    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveIntegerField(default=1)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Reason")
        verbose_name_plural = _("Reasons")
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="reason_once")]

    def __str__(self) -> str:
        return self.name


class Competitor(VersionedRecord):
    """Who else the customer may buy from."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Competitor")
        verbose_name_plural = _("Competitors")

    def __str__(self) -> str:
        return self.name
