"""What hangs on an opportunity: products, colleagues, people with their say, competitors, ticked steps."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import Billing
from ponte.commerce.models.line import LineMemory
from ponte.core.models.base import Record
from ponte.core.rows import Row
from ponte.sales.models.choices import DealRole
from ponte.sales.models.opportunity import Opportunity, _money
from ponte.sales.models.pipeline import Competitor, Stage


class OpportunityLine(LineMemory, Record):
    """One product or service offered. ``total`` = quantity × price − discount, to the cent; charged as ``billing`` says."""

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    position = models.PositiveIntegerField(default=1)
    product = models.ForeignKey(
        "commerce.Product", on_delete=models.PROTECT, related_name="opportunity_lines", null=True, blank=True
    )
    description = models.CharField(_("description"), max_length=300, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3, default=Decimal(1))
    unit_price = _money(_("unit price"))
    discount = _money(_("discount"))
    billing = models.CharField(_("charged"), max_length=10, choices=Billing, default=Billing.ONE_OFF)
    total = _money(_("total"))

    class Meta:
        verbose_name = _("Line of an opportunity")
        verbose_name_plural = _("Lines of opportunities")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="deal_line_quantity_positive"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="deal_line_price_not_negative"),
        ]
        indexes = [models.Index(fields=["opportunity", "position", "id"], name="deal_line_deal")]

    def __str__(self) -> str:
        return self.description


class OpportunityMember(Record):
    """A colleague who works on an opportunity besides its salesperson, and what they do there."""

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="team", db_index=False
    )
    member = models.ForeignKey("core.Member", on_delete=models.CASCADE, related_name="opportunities_helped")
    task = models.CharField(_("what they do"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("Colleague on an opportunity")
        verbose_name_plural = _("Colleagues on opportunities")
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "member"], name="deal_member_once"),
        ]


class OpportunityContact(Record):
    """A person at the customer's and their say in the decision."""

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="contacts", db_index=False
    )
    party = models.ForeignKey("directory.Party", on_delete=models.CASCADE, related_name="opportunity_roles")
    role = models.CharField(_("role"), max_length=12, choices=DealRole, default=DealRole.OTHER)
    note = models.CharField(_("note"), max_length=240, blank=True)

    class Meta:
        verbose_name = _("Contact of an opportunity")
        verbose_name_plural = _("Contacts of opportunities")
        constraints = [models.UniqueConstraint(fields=["opportunity", "party"], name="deal_contact_once")]


class OpportunityCompetitor(Record):
    """Who else the customer talks to about this sale."""

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="rivals", db_index=False
    )
    competitor = models.ForeignKey(Competitor, on_delete=models.CASCADE, related_name="opportunities")
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("Competitor of an opportunity")
        verbose_name_plural = _("Competitors of opportunities")
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "competitor"], name="deal_competitor_once")
        ]


class OpportunityCheck(Record):
    """A ticked entry of a stage's checklist: who did it and when (``created_at``)."""

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="checks", db_index=False
    )
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=40)
    member = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )

    class Meta:
        verbose_name = _("Ticked step")
        verbose_name_plural = _("Ticked steps")
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "stage", "key"], name="deal_check_once")
        ]


class StageTotal(Row):
    """A part of what stands open in a stage: the total is the sum of its rows, one salesperson's that of theirs.

    Rows are only ever added, by triggers on opportunities and customers (``core/tenancy/functions.sql``), so that two who
    move cards never wait for each other; a job sums them up. Amounts in the workspace's currency.
    """

    id = models.BigAutoField(primary_key=True)
    stage_id = models.UUIDField()
    owner_id = models.UUIDField(null=True, blank=True)
    deals = models.IntegerField()
    amount: models.DecimalField[Decimal, Decimal] = models.DecimalField(max_digits=18, decimal_places=2)
    monthly: models.DecimalField[Decimal, Decimal] = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = _("Part of a stage's total")
        verbose_name_plural = _("Parts of stages' totals")
        indexes = [models.Index(fields=["stage_id", "owner_id"], name="stage_total_stage")]


class CloseTotal(Row):
    """A part of what is expected to close in a month (``month`` its first day, null: no day told): the total is the sum of its rows.

    Added by triggers and summed up like ``StageTotal``.
    """

    id = models.BigAutoField(primary_key=True)
    month = models.DateField(null=True, blank=True)
    category = models.CharField(max_length=10)
    pipeline_id = models.UUIDField()
    owner_id = models.UUIDField(null=True, blank=True)
    deals = models.IntegerField()
    amount: models.DecimalField[Decimal, Decimal] = models.DecimalField(max_digits=18, decimal_places=2)
    monthly: models.DecimalField[Decimal, Decimal] = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = _("Part of a month's total")
        verbose_name_plural = _("Parts of months' totals")
