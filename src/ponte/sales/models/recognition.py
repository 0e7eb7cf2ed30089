"""Badges members have earned."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record


class MemberBadge(Record):
    """A badge a member earned, and the day it was found earned; it stays, whatever comes after."""

    member = models.ForeignKey("core.Member", on_delete=models.CASCADE, related_name="badges", db_index=False)
    badge = models.CharField(max_length=40)
    earned_on = models.DateField()

    class Meta:
        verbose_name = _("Badge earned")
        verbose_name_plural = _("Badges earned")
        constraints = [models.UniqueConstraint(fields=["member", "badge"], name="member_badge_once")]
        indexes = [models.Index(fields=["-earned_on", "-id"], name="member_badge_latest")]
