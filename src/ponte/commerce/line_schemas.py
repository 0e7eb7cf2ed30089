"""What the APIs of orders, opportunities and quotes say of a line's bundle and price list."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from ninja import Schema
from pydantic import Field

EXPLODE = "The line of a bundle gives way to the lines of its parts, which add up to it to the cent."


class BundlePartOut(Schema):
    """How much of which product is in one bundle."""

    product_id: UUID
    name: str
    quantity: Decimal


class PriceSourceOut(Schema):
    """The price list a line's unit price is from: its id, its name and its break on the day."""

    list_id: UUID
    list: str
    from_quantity: Decimal = Field(validation_alias="from")
    price: Decimal


class LineMemoryOut(Schema):
    """What a line keeps: what the bundle held (null for a plain product), and the price list its price is from (null: none)."""

    contents: list[BundlePartOut] | None = None
    price_source: PriceSourceOut | None = None
