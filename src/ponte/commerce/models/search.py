"""What orders are found by besides their numbers, apart from the orders themselves (ADR 0015)."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models.order import Order
from ponte.core.rows import Row


class OrderWords(Row):
    """The words of an order's custom fields it is found by, written by ``services.order_search``; no row: there are none."""

    order = models.OneToOneField(Order, on_delete=models.CASCADE, primary_key=True, related_name="words")
    lexemes = SearchVectorField()

    class Meta:
        verbose_name = _("Words an order is found by")
        verbose_name_plural = _("Words orders are found by")
        indexes = [GinIndex(fields=["lexemes"], fastupdate=False, name="order_words")]

    def __str__(self) -> str:
        return str(self.order_id)
