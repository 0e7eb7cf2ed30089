"""What a bundle is made of."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models.product import Product
from ponte.core.models.base import Record


class BundlePart(Record):
    """How much of which product is in one bundle. A part is never a bundle itself (``services.bundles``)."""

    bundle = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="parts", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="bundle_parts")
    position = models.PositiveIntegerField(default=1)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3, default=Decimal(1))

    class Meta:
        verbose_name = _("Part of a bundle")
        verbose_name_plural = _("Parts of bundles")
        constraints = [
            models.UniqueConstraint(fields=["bundle", "product"], name="bundle_part_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="bundle_part_quantity_positive"),
            models.CheckConstraint(condition=~Q(bundle=F("product")), name="bundle_part_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_id}"
