"""What every kind of line keeps of the day it was written."""

from __future__ import annotations

from django.db import models


class LineMemory(models.Model):
    """What a line keeps so that it still says it when products and price lists have changed.

    ``contents`` is what the bundle held: ``[{"product_id", "name", "quantity"}]``, None for a plain product. ``price_source`` is
    the price list its unit price was from: ``{"list_id", "list", "from", "price"}``, None where it was typed or the product's own.
    """

    contents: models.JSONField[list[dict[str, str]] | None, list[dict[str, str]] | None] = models.JSONField(
        null=True, blank=True, editable=False
    )
    price_source: models.JSONField[dict[str, str] | None, dict[str, str] | None] = models.JSONField(
        null=True, blank=True, editable=False
    )

    class Meta:
        abstract = True
