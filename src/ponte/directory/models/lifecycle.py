"""How a customer moved through the life cycle, and the figures kept about them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record
from ponte.core.rows import Row
from ponte.directory.models.choices import PartyKind, Stage
from ponte.directory.models.party import Party

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class StageChange(Record):
    """One step of a customer through the life cycle."""

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="stage_changes", db_index=False, db_constraint=False
    )  # held by triggers (ADR 0017)
    from_stage = models.CharField(max_length=12, choices=Stage, blank=True)
    to_stage = models.CharField(max_length=12, choices=Stage)
    at = models.DateTimeField()
    member = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    actor_label = models.CharField(max_length=240, blank=True)
    reason = models.CharField(_("reason"), max_length=240, blank=True)

    class Meta:
        verbose_name = _("Stage change")
        verbose_name_plural = _("Stage changes")
        indexes = [
            models.Index(F("party"), F("at").desc(), F("id").desc(), name="stage_change_party"),
            models.Index(fields=["to_stage", "at"], name="stage_change_stage_time"),
        ]

    def __str__(self) -> str:
        return f"{self.from_stage or '-'} → {self.to_stage}"


class PartyFacts(Row):
    """Figures about a customer, kept current by the modules that know them; a row for every customer.

    Apart from ``Party`` because they change far more often. The ``*_sort`` columns never are null (1970 stands for
    "never"), so that lists page through them by key. Money in the workspace's currency.
    """

    party = models.OneToOneField(
        Party, on_delete=models.CASCADE, primary_key=True, related_name="facts", db_constraint=False
    )  # held by triggers (ADR 0017)
    kind = models.CharField(max_length=8, choices=PartyKind, editable=False)
    first_interaction_at = models.DateTimeField(null=True, blank=True)
    last_interaction_at = models.DateTimeField(_("last contact"), null=True, blank=True)
    interactions_count = models.PositiveIntegerField(default=0)
    next_task_at = models.DateTimeField(_("next task"), null=True, blank=True)
    open_tasks = models.PositiveIntegerField(_("open tasks"), default=0)
    orders_count = models.PositiveIntegerField(_("orders"), default=0)
    first_order_at = models.DateTimeField(null=True, blank=True)
    last_order_at = models.DateTimeField(_("last order"), null=True, blank=True)
    revenue = models.DecimalField(_("revenue"), max_digits=16, decimal_places=2, default=Decimal(0))
    margin = models.DecimalField(_("margin"), max_digits=16, decimal_places=2, default=Decimal(0))
    average_ticket = models.DecimalField(
        _("average ticket"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    satisfaction = models.DecimalField(
        _("satisfaction"), max_digits=4, decimal_places=2, null=True, blank=True
    )
    quality = models.PositiveSmallIntegerField(_("completeness"), default=0)
    last_interaction_sort = models.GeneratedField(
        expression=Coalesce("last_interaction_at", Value(NEVER)),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    last_order_sort = models.GeneratedField(
        expression=Coalesce("last_order_at", Value(NEVER)),
        output_field=models.DateTimeField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("Customer's figures")
        verbose_name_plural = _("Customers' figures")
        indexes = [
            models.Index(fields=["kind", "last_interaction_sort", "party"], name="facts_last_contact"),
            models.Index(fields=["kind", "last_order_sort", "party"], name="facts_last_order"),
            models.Index(fields=["kind", "revenue", "party"], name="facts_revenue"),
            models.Index(fields=["kind", "quality", "party"], name="facts_quality"),
            models.Index(
                fields=["next_task_at", "party"],
                condition=Q(next_task_at__isnull=False),
                name="facts_next_task",
            ),
        ]

    def __str__(self) -> str:
        return str(self.party_id)
