"""What sales expects: managers' calls, each night's picture of the months ahead, and what was learnt."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record, VersionedRecord
from ponte.core.rows import Row
from ponte.sales.models.opportunity import Opportunity

ZERO = Decimal(0)


def _sum(label: Any) -> models.DecimalField[Decimal, Decimal]:
    return models.DecimalField(label, max_digits=16, decimal_places=2, default=ZERO)


class ForecastCall(VersionedRecord):
    """What a manager says a salesperson will win in a month, in place of what is added up; why stands in ``note``."""

    month = models.DateField(_("month"), help_text="First day of the month.")
    owner = models.ForeignKey("core.Member", on_delete=models.CASCADE, related_name="+", db_index=False)
    amount = _sum(_("value"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    member = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, db_index=False
    )

    class Meta:
        verbose_name = _("Manager's forecast")
        verbose_name_plural = _("Managers' forecasts")
        constraints = [models.UniqueConstraint(fields=["month", "owner"], name="forecast_call_once")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.amount}"


class ForecastSnapshot(Record):
    """What was expected of a month on one night, by one salesperson or (``owner`` null) by all.

    ``won`` was won in the month by then; each forecast holds it too: ``weighted`` adds value × probability of the stage, ``commit``
    what is committed, ``best_case`` the best cases besides, ``pipeline`` all that is open; ``called`` takes managers' calls for
    the commits of those they were made for; ``learnt`` weighs by learnt chances (null where there are none). ``is_demo``: opportunities of the
    demo were counted; such a row goes away with them, for nothing it expected can come.
    """

    taken_on = models.DateField()
    month = models.DateField()
    owner = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    is_whole = models.BooleanField(default=False)
    won = _sum(_("won"))
    weighted = _sum(_("weighted"))
    commit = _sum(_("commit"))
    best_case = _sum(_("best case"))
    pipeline = _sum(_("pipeline"))
    called = _sum(_("called"))
    learnt = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Forecast of a night")
        verbose_name_plural = _("Forecasts by night")
        constraints = [
            models.UniqueConstraint(
                fields=["month", "taken_on"], condition=models.Q(is_whole=True), name="forecast_whole_once"
            )
        ]
        indexes = [models.Index(fields=["month", "taken_on"], name="forecast_month")]


class DealChance(Row):
    """The learnt chance of an open opportunity to be won, between 0 and 1; written each night.

    ``earlier`` is what it was on ``earlier_on``, one to fourteen days ago: what a fall is told by.
    """

    opportunity = models.OneToOneField(
        Opportunity, on_delete=models.CASCADE, related_name="chance", primary_key=True
    )
    chance = models.DecimalField(max_digits=5, decimal_places=4)
    earlier = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    earlier_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("Chance of an opportunity")
        verbose_name_plural = _("Chances of opportunities")


class LearntModel(Record):
    """What was learnt from the past last: ``kind`` "chance" (of opportunities) or "series" (value won by month).

    ``problem`` says why nothing could be learnt, "" when something was; ``report`` holds weights, calibration or the months
    ahead with their interval.
    """

    kind = models.CharField(max_length=10, unique=True)
    made_at = models.DateTimeField()
    problem = models.CharField(max_length=20, blank=True)
    report: models.JSONField[Any, Any] = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("What was learnt")
        verbose_name_plural = _("What was learnt")

    def __str__(self) -> str:
        return self.kind
