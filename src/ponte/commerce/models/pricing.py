"""What products cost whom, from how many on, and when."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record, VersionedRecord


class PriceList(VersionedRecord):
    """Prices for the customers a condition means. The first list by ``position`` that has a price for the product decides.

    ``where`` is the tree of a condition about customers, empty for all of them. It holds from ``valid_from`` to ``valid_until``, both
    included; without a day it has no end on that side.
    """

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveIntegerField(default=1)
    is_active = models.BooleanField(_("in use"), default=True)
    currency = models.CharField(_("currency"), max_length=3, default="BRL")
    where = models.JSONField(default=dict, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Price list")
        verbose_name_plural = _("Price lists")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="price_list_ends_after",
            )
        ]

    def __str__(self) -> str:
        return self.name


class PriceListItem(Record):
    """The price of one unit of a product in a list, from ``min_quantity`` units on."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="items", db_index=False)
    product = models.ForeignKey("commerce.Product", on_delete=models.CASCADE, related_name="list_prices")
    min_quantity = models.DecimalField(_("from"), max_digits=12, decimal_places=3, default=Decimal(1))
    price = models.DecimalField(_("unit price"), max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("Price in a list")
        verbose_name_plural = _("Prices in lists")
        constraints = [
            models.UniqueConstraint(
                fields=["price_list", "product", "min_quantity"], name="price_list_item_once"
            ),
            models.CheckConstraint(
                condition=Q(min_quantity__gt=0, price__gte=0), name="price_list_item_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.min_quantity:f}: {self.price}"
