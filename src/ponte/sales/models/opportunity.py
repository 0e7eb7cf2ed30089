"""A sale in the making."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Customisable, Record, VersionedRecord
from ponte.sales.models.choices import DealStatus, ForecastCategory, Origin, StageAct
from ponte.sales.models.lead import Lead
from ponte.sales.models.pipeline import Competitor, Pipeline, Reason, Stage

ALIVE = Q(deleted_at__isnull=True)
OPEN = ALIVE & Q(status=DealStatus.OPEN)
CLOSED = ALIVE & ~Q(status=DealStatus.OPEN)
ZERO = Decimal(0)


def _money(label: object, **options: object) -> models.DecimalField[Decimal, Decimal]:
    return models.DecimalField(label, max_digits=14, decimal_places=2, **{"default": ZERO, **options})  # type: ignore[arg-type]


class OpportunityManager(models.Manager["Opportunity"]):
    """Leaves the search column out of reads: it is only ever matched against."""

    def get_queryset(self) -> models.QuerySet[Opportunity]:
        return super().get_queryset().defer("search")


class Opportunity(Customisable, VersionedRecord):
    """One possible sale to one customer.

    ``amount`` is charged once, ``monthly`` every month; both in the workspace's currency. ``stage_since`` is when it came to its stage;
    ``next_activity_at`` when the next open task or meeting about it is due (None: nothing is planned). ``lead`` is the interest it grew
    from. ``stage`` stays the last one when it is won or lost; ``closed_at`` tells when that was.
    """

    title = models.CharField(_("title"), max_length=200)
    party = models.ForeignKey(
        "directory.Party", verbose_name=_("customer"), on_delete=models.CASCADE, related_name="opportunities", db_index=False
    )  # fmt: skip
    owner = models.ForeignKey(
        "core.Member", verbose_name=_("salesperson"), on_delete=models.SET_NULL, related_name="opportunities", null=True,
        blank=True, db_index=False,
    )  # fmt: skip
    lead = models.ForeignKey(
        Lead, on_delete=models.SET_NULL, related_name="opportunities", null=True, blank=True
    )
    pipeline = models.ForeignKey(
        Pipeline, on_delete=models.PROTECT, related_name="opportunities", db_index=False
    )
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="opportunities", db_index=False)
    status = models.CharField(_("status"), max_length=4, choices=DealStatus, default=DealStatus.OPEN)
    amount = _money(_("value"))
    monthly = _money(_("monthly value"))
    expected_close = models.DateField(_("expected close"), null=True, blank=True)
    category = models.CharField(
        _("forecast category"), max_length=10, choices=ForecastCategory, default=ForecastCategory.PIPELINE
    )
    origin = models.CharField(_("origin"), max_length=24, choices=Origin, default=Origin.UNKNOWN)
    description = models.TextField(_("description"), blank=True)

    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    stage_since = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    next_activity_at = models.DateTimeField(_("next activity"), null=True, blank=True)
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    competitor = models.ForeignKey(
        Competitor,
        verbose_name=_("lost to"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    close_note = models.CharField(max_length=1000, blank=True)
    order = models.ForeignKey(
        "commerce.Order", on_delete=models.SET_NULL, related_name="opportunities", null=True, blank=True
    )

    source = models.CharField(_("source"), max_length=40, blank=True)
    external_id = models.CharField(_("external id"), max_length=150, blank=True, db_collation="C")
    is_demo = models.BooleanField(default=False, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    search = SearchVectorField(null=True, editable=False)

    objects = OpportunityManager()

    class Meta:
        base_manager_name = "objects"
        verbose_name = _("Opportunity")
        verbose_name_plural = _("Opportunities")
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], condition=~Q(external_id=""), name="deal_external_once"),
            models.CheckConstraint(condition=Q(status__in=DealStatus.values), name="deal_status_known"),
            models.CheckConstraint(
                condition=Q(status=DealStatus.OPEN, closed_at=None) | (~Q(status=DealStatus.OPEN) & Q(closed_at__isnull=False)),
                name="deal_closed_when_not_open",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["party", "-opened_at", "-id"], name="deal_party"),
            models.Index(F("stage"), F("stage_since").desc(), F("id").desc(), condition=OPEN, name="deal_stage"),
            models.Index(F("owner"), F("stage"), F("stage_since").desc(), F("id").desc(), condition=OPEN, name="deal_owner_stage"),
            models.Index(fields=["-opened_at", "-id"], condition=ALIVE, name="deal_opened"),
            models.Index(
                F("pipeline"), F("closed_at").desc(), F("id").desc(), include=["status", "owner", "amount", "opened_at"],
                condition=CLOSED, name="deal_closed",
            ),
            models.Index(fields=["expected_close", "id"], condition=OPEN, name="deal_expected"),
            models.Index(F("amount").desc(), F("id").desc(), condition=ALIVE, name="deal_amount"),
            models.Index(F("monthly").desc(), F("id").desc(), condition=ALIVE, name="deal_monthly"),
            models.Index(fields=["next_activity_at", "id"], condition=OPEN, name="deal_next"),
            models.Index(fields=["stage_since", "id"], condition=OPEN, name="deal_since"),
            models.Index(fields=["updated_at", "id"], name="deal_changed"),
            GinIndex(fields=["search"], fastupdate=False, name="deal_search"),
            models.Index(fields=["deleted_at", "id"], condition=~ALIVE, name="deal_bin"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def team_id(self) -> UUID | None:
        """Whose team's deal it is for "team" rights: its salesperson's."""
        return self.owner.team_id if self.owner else None


class StageEntry(Record):
    """One stay of an opportunity in a stage, or its end: what was done, by whom, at what value, why (``note``)."""

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="entries", db_index=False
    )
    act = models.CharField(max_length=8, choices=StageAct)
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="+", db_index=False)
    entered_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)
    member = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    amount = _money(_("value"))
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        verbose_name = _("Stage history")
        verbose_name_plural = _("Stage history")
        constraints = [
            models.UniqueConstraint(fields=["opportunity"], condition=Q(left_at=None), name="deal_one_stay"),
        ]
        indexes = [
            models.Index(fields=["opportunity", "entered_at"], name="stage_entry_deal"),
            models.Index(fields=["stage", "entered_at"], name="stage_entry_stage"),
        ]
