"""Calendars that other programs may read."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record


class CalendarFeed(Record):
    """A member's secret address under which their calendar can be subscribed; of the secret only the SHA-256 is kept."""

    member = models.OneToOneField("core.Member", on_delete=models.CASCADE, related_name="calendar_feed")
    digest = models.CharField(max_length=64)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Calendar feed")
        verbose_name_plural = _("Calendar feeds")

    def __str__(self) -> str:
        return str(self.member_id)
