"""What customers are found by, apart from the customers themselves (ADR 0015)."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from ponte.core.rows import Row
from ponte.directory.models.party import Party


class PartySearch(Row):
    """The words one customer is found by, written by ``services.search_text``; no row: nobody finds them by words.

    A row of its own, because PostgreSQL enters every word of a row anew when anything in it changes: beside the
    customer's columns they made an edit eight times as dear.
    """

    party = models.OneToOneField(
        Party, on_delete=models.CASCADE, primary_key=True, related_name="findable", db_constraint=False
    )  # held by triggers (ADR 0017)
    lexemes = SearchVectorField()

    class Meta:
        verbose_name = _("Words a customer is found by")
        verbose_name_plural = _("Words customers are found by")
        indexes = [GinIndex(fields=["lexemes"], fastupdate=False, name="party_search")]

    def __str__(self) -> str:
        return str(self.party_id)
