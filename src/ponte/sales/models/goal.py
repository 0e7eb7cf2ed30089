"""What is to be reached, and what is earned by it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record, VersionedRecord
from ponte.sales.models.opportunity import Opportunity


class GoalMetric(models.TextChoices):
    """What is counted towards a goal."""

    WON_VALUE = "won_value", _("Value won")
    WON_COUNT = "won_count", _("Sales")
    OPENED = "opened", _("Opportunities opened")
    CONTACTS = "contacts", _("Contacts noted")
    TASKS = "tasks", _("Tasks done")
    NEW_CUSTOMERS = "new_customers", _("New customers from leads")
    ORDERED = "ordered", _("Revenue of orders")


class GoalSpan(models.TextChoices):
    """How long a goal runs."""

    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    YEAR = "year", _("Year")


class Goal(VersionedRecord):
    """A target of one member, one team or (neither given) the whole business, from ``starts_on`` to before ``ends_on``.

    ``product`` narrows revenue of orders and value won to one product. Money is in the workspace's currency.
    """

    metric = models.CharField(_("what counts"), max_length=16, choices=GoalMetric)
    span = models.CharField(_("period"), max_length=8, choices=GoalSpan)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    member = models.ForeignKey(
        "core.Member", on_delete=models.CASCADE, related_name="goals", null=True, blank=True
    )
    team = models.ForeignKey(
        "core.Team", on_delete=models.CASCADE, related_name="goals", null=True, blank=True
    )
    product = models.ForeignKey(
        "commerce.Product", on_delete=models.CASCADE, related_name="goals", null=True, blank=True
    )
    target = models.DecimalField(_("target"), max_digits=16, decimal_places=2)
    reached_at = models.DateTimeField(_("reached"), null=True, blank=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Goal")
        verbose_name_plural = _("Goals")
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "starts_on", "span", "member", "team", "product"], nulls_distinct=False, name="goal_once"
            ),
            models.CheckConstraint(condition=Q(target__gt=0), name="goal_positive"),
            models.CheckConstraint(condition=Q(ends_on__gt=models.F("starts_on")), name="goal_ends_after"),
            models.CheckConstraint(condition=Q(member=None) | Q(team=None), name="goal_of_one"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["starts_on", "ends_on"], name="goal_days")]

    def __str__(self) -> str:
        return f"{self.metric} {self.starts_on:%Y-%m}"


class CommissionBasis(models.TextChoices):
    """When a commission is earned."""

    WON = "won", _("When the opportunity is won")
    PAID = "paid", _("When the order is paid")


class CommissionPlan(VersionedRecord):
    """How much of what is sold goes to who sold it.

    ``tiers`` is ``[{"from": "0", "rate": "5"}, …]``: the rate in per cent for the part of a month's sales above ``from``. With
    ``goal_metric`` reached in a month (attainment of the member's goal of value won ≥ ``accelerator_from`` per cent) the month's commission is
    multiplied by ``accelerator``.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    basis = models.CharField(_("earned"), max_length=5, choices=CommissionBasis, default=CommissionBasis.WON)
    tiers: models.JSONField[Any, Any] = models.JSONField(default=list)
    accelerator_from = models.PositiveSmallIntegerField(null=True, blank=True)
    accelerator = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(1))
    members = models.ManyToManyField("core.Member", related_name="commission_plans", blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Commission plan")
        verbose_name_plural = _("Commission plans")

    def __str__(self) -> str:
        return self.name


class DealShare(Record):
    """A member's share, in per cent, of the commission of an opportunity; what isn't given away is its salesperson's."""

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="shares", db_index=False
    )
    member = models.ForeignKey("core.Member", on_delete=models.CASCADE, related_name="+")
    percent = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = _("Share of a commission")
        verbose_name_plural = _("Shares of commissions")
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "member"], name="deal_share_once"),
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="deal_share_percent"),
        ]


class CommissionStatement(VersionedRecord):
    """A member's commission of one month under one plan, as it was approved: from then on a trigger refuses every change.

    ``lines`` holds each sale counted (opportunity, title, day, value, share, counted); ``reckoning`` how the total came about.
    """

    plan = models.ForeignKey(CommissionPlan, on_delete=models.PROTECT, related_name="statements")
    member = models.ForeignKey("core.Member", on_delete=models.PROTECT, related_name="commission_statements")
    month = models.DateField()
    base = models.DecimalField(max_digits=16, decimal_places=2)
    total = models.DecimalField(max_digits=16, decimal_places=2)
    lines: models.JSONField[Any, Any] = models.JSONField(default=list)
    reckoning: models.JSONField[Any, Any] = models.JSONField(default=dict)
    approved_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, db_index=False
    )

    class Meta:
        verbose_name = _("Commission statement")
        verbose_name_plural = _("Commission statements")
        constraints = [models.UniqueConstraint(fields=["plan", "member", "month"], name="commission_once")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.total}"
