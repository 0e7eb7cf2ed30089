"""Figures added up beforehand, and what selling costs."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import VersionedRecord
from ponte.core.rows import Row
from ponte.sales.models.choices import Origin


class DailyFigure(Row):
    """What happened on one day, added up over records of one owner, pipeline and part (origin, stage …).

    Written by ``services.figures`` alone, from the very queries that small workspaces are answered with directly;
    ``metric`` is a key of ``selectors.facts.METRICS``. Money is in the workspace's currency.
    """

    id = models.BigAutoField(primary_key=True)
    metric = models.CharField(max_length=24)
    day = models.DateField()
    owner_id = models.UUIDField(null=True)
    pipeline_id = models.UUIDField(null=True)
    part = models.CharField(max_length=60, default="")
    count = models.IntegerField()
    amount = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))

    class Meta:
        verbose_name = _("Figure of a day")
        verbose_name_plural = _("Figures by day")
        indexes = [models.Index(fields=["metric", "day"], name="daily_figure_day")]


class FigureState(Row):
    """How far the figures of one metric have been added up; without a row it is added up when asked for.

    ``as_of`` is the moment the figures are true for.
    """

    metric = models.CharField(max_length=24, primary_key=True)
    as_of = models.DateTimeField()

    class Meta:
        verbose_name = _("State of a figure")
        verbose_name_plural = _("States of figures")


class CostKind(models.TextChoices):
    """What money was spent on."""

    MARKETING = "marketing", _("Marketing")
    SALES = "sales", _("Sales")


class SalesCost(VersionedRecord):
    """What winning customers cost in one month: advertisements of one origin, salaries, tools."""

    month = models.DateField(_("month"), help_text="First day of the month.")
    kind = models.CharField(_("kind"), max_length=10, choices=CostKind)
    origin = models.CharField(_("origin"), max_length=24, choices=Origin, blank=True)
    amount = models.DecimalField(_("value"), max_digits=14, decimal_places=2)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("Cost of selling")
        verbose_name_plural = _("Costs of selling")
        constraints = [
            models.UniqueConstraint(fields=["month", "kind", "origin"], name="sales_cost_once"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="sales_cost_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.kind} {self.origin}"
