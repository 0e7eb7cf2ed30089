"""Dates that matter with a customer: renewals, maintenance, anniversaries."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import VersionedRecord


class DateKind(models.TextChoices):
    """What falls on the date. Birthdays stand on people themselves."""

    RENEWAL = "renewal", _("Renewal")
    MAINTENANCE = "maintenance", _("Maintenance due")
    EXPIRY = "expiry", _("Expiry")
    ANNIVERSARY = "anniversary", _("Anniversary")
    OTHER = "other", _("Other date")


class PartyDate(VersionedRecord):
    """One date of one customer. With ``yearly`` it comes again each year; 29 February is then the 28th in common years."""

    party = models.ForeignKey(
        "directory.Party", on_delete=models.CASCADE, related_name="important_dates", db_index=False
    )
    kind = models.CharField(max_length=14, choices=DateKind, default=DateKind.OTHER)
    label = models.CharField(max_length=120, blank=True)
    day = models.DateField()
    yearly = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("Important date")
        verbose_name_plural = _("Important dates")
        indexes = [
            models.Index(fields=["party", "day"], name="party_date_party"),
            models.Index(fields=["day"], name="party_date_day"),
        ]

    def __str__(self) -> str:
        return self.label or self.get_kind_display()
