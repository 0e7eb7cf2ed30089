"""What a lead was turned into, so that it can be shown and taken back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record
from ponte.directory.models import Party
from ponte.sales.models.choices import LeadStatus
from ponte.sales.models.lead import Lead
from ponte.sales.models.opportunity import Opportunity


class Conversion(Record):
    """One conversion of a lead: to whom, into what, and what was made for it.

    ``party_before`` and ``status_before`` are what the lead had; ``made_company`` says that the company was made then. A lead is
    converted once at a time; ``undone_at`` ends it and the row stays.
    """

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="conversions", db_index=False)
    person = models.ForeignKey(Party, on_delete=models.SET_NULL, related_name="+", null=True, db_index=False)
    company = models.ForeignKey(Party, on_delete=models.SET_NULL, related_name="+", null=True, db_index=False)
    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.SET_NULL, related_name="+", null=True, db_index=False
    )
    party_before = models.ForeignKey(
        Party, on_delete=models.SET_NULL, related_name="+", null=True, db_index=False
    )
    status_before = models.CharField(max_length=12, choices=LeadStatus)
    made_company = models.BooleanField(default=False)
    affiliation_id = models.UUIDField(null=True, blank=True)
    member = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    actor_label = models.CharField(max_length=240, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_label = models.CharField(max_length=240, blank=True)

    class Meta:
        verbose_name = _("Conversion")
        verbose_name_plural = _("Conversions")
        constraints = [
            models.UniqueConstraint(fields=["lead"], condition=Q(undone_at=None), name="conversion_once")
        ]
        indexes = [models.Index(fields=["lead", "-id"], name="conversion_lead")]

    def __str__(self) -> str:
        return str(self.lead_id)
