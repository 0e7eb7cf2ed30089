"""Suggestions a member doesn't want to see."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record
from ponte.sales.models.opportunity import Opportunity


class SuggestionDismissal(Record):
    """That a member put a suggestion away: it stays away while what it follows from (``fact``) is the same."""

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="+", db_index=False)
    member = models.ForeignKey("core.Member", on_delete=models.CASCADE, related_name="+")
    rule = models.CharField(max_length=40)
    fact = models.CharField(max_length=120)

    class Meta:
        verbose_name = _("Suggestion put away")
        verbose_name_plural = _("Suggestions put away")
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "member", "rule"], name="suggestion_put_away_once")
        ]
