"""One expression of interest, from capture to its end."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Customisable, Record, VersionedRecord
from ponte.sales.models.choices import LeadStatus, Origin
from ponte.sales.models.pipeline import Reason

ALIVE = Q(deleted_at__isnull=True)
IN_WORK = ALIVE & Q(status__in=[LeadStatus.NEW, LeadStatus.WORKING, LeadStatus.MQL, LeadStatus.SQL])


class Lead(Customisable, VersionedRecord):
    """An interest of one customer. The same customer may show interest again: then there is another lead.

    ``typed`` keeps what the person wrote where it was captured, by field; unverified data stays here and overwrites nothing.
    ``marks`` holds UTM values, referrer and landing page. ``status_since`` is when the present status began. The first answer is due at
    ``response_due_at`` and was given at ``responded_at``; a hand-over to sales is to be answered by ``handoff_due_at``, and people were told that it wasn't at ``handoff_warned_at``.
    ``confirmed_at`` is when the person confirmed by e-mail (forms with double opt-in).
    ``late_told_at`` is when its being late was reported for good. ``score`` and ``grade`` are written by the score's services, ``chance``
    (0 to 1) by the predictive one.
    """

    party = models.ForeignKey(
        "directory.Party", verbose_name=_("customer"), on_delete=models.CASCADE, related_name="leads", db_index=False
    )  # fmt: skip
    owner = models.ForeignKey(
        "core.Member", verbose_name=_("salesperson"), on_delete=models.SET_NULL, related_name="leads", null=True, blank=True,
        db_index=False,
    )  # fmt: skip
    title = models.CharField(_("interest"), max_length=200, blank=True)
    message = models.TextField(_("message"), blank=True)
    status = models.CharField(_("status"), max_length=12, choices=LeadStatus, default=LeadStatus.NEW)
    status_since = models.DateTimeField(default=timezone.now)
    origin = models.CharField(_("origin"), max_length=24, choices=Origin, default=Origin.UNKNOWN)
    campaign = models.CharField(_("campaign"), max_length=150, blank=True)
    marks = models.JSONField(default=dict, blank=True)
    typed = models.JSONField(default=dict, blank=True)
    captured_at = models.DateTimeField(_("captured at"), default=timezone.now)

    score = models.IntegerField(_("score"), null=True, blank=True)
    grade = models.CharField(_("grade"), max_length=1, blank=True)
    chance = models.FloatField(_("chance of becoming a customer"), null=True, blank=True)

    assigned_at = models.DateTimeField(null=True, blank=True)
    response_due_at = models.DateTimeField(null=True, blank=True)
    responded_at = models.DateTimeField(null=True, blank=True)
    late_told_at = models.DateTimeField(null=True, blank=True)
    handed_at = models.DateTimeField(null=True, blank=True)
    handoff_due_at = models.DateTimeField(null=True, blank=True)
    handoff_warned_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    converted_at = models.DateTimeField(null=True, blank=True)
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    reason_note = models.CharField(max_length=500, blank=True)

    form = models.ForeignKey(
        "sales.Form", verbose_name=_("form"), on_delete=models.SET_NULL, related_name="leads", null=True, blank=True, db_index=False
    )  # fmt: skip
    source = models.CharField(_("source"), max_length=40, blank=True)
    external_id = models.CharField(_("external id"), max_length=150, blank=True, db_collation="C")
    is_demo = models.BooleanField(default=False, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("Lead")
        verbose_name_plural = _("Leads")
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], condition=~Q(external_id=""), name="lead_external_once"),
            models.CheckConstraint(condition=Q(status__in=LeadStatus.values), name="lead_status_known"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["party", "-captured_at", "-id"], name="lead_party"),
            models.Index(fields=["-captured_at", "-id"], condition=ALIVE, name="lead_captured"),
            models.Index(F("status"), F("captured_at").desc(), F("id").desc(), condition=ALIVE, name="lead_status_captured"),
            models.Index(F("owner"), F("captured_at").desc(), F("id").desc(), condition=ALIVE, name="lead_owner_captured"),
            models.Index(F("score").desc(nulls_last=True), F("id").desc(), condition=IN_WORK, name="lead_score"),
            models.Index(fields=["handoff_due_at"], condition=ALIVE & Q(status=LeadStatus.MQL), name="lead_handoff_due"),
            models.Index(fields=["form", "-captured_at", "-id"], name="lead_form"),
            models.Index(fields=["response_due_at"], condition=IN_WORK & Q(responded_at=None, late_told_at=None), name="lead_unanswered"),
            models.Index(fields=["updated_at", "id"], name="lead_changed"),
            models.Index(fields=["deleted_at", "id"], condition=~ALIVE, name="lead_bin"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title or self.get_origin_display()

    @property
    def team_id(self) -> UUID | None:
        """Whose team's lead it is for "team" rights: its salesperson's."""
        return self.owner.team_id if self.owner else None


class LeadEntry(Record):
    """One status a lead had: since when, until when, who brought it there and why."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="entries", db_index=False)
    before = models.CharField(max_length=12, blank=True)
    status = models.CharField(max_length=12, choices=LeadStatus)
    entered_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)
    member = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("Lead history")
        verbose_name_plural = _("Lead history")
        constraints = [
            models.UniqueConstraint(fields=["lead"], condition=Q(left_at=None), name="lead_one_status"),
        ]
        indexes = [
            models.Index(fields=["lead", "entered_at"], name="lead_entry_lead"),
            models.Index(fields=["status", "entered_at"], name="lead_entry_status"),
        ]
