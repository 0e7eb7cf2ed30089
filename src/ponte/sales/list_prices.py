"""Lines that keep no list price of their own, beside what the price lists ask today: those of orders and opportunities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from ponte.commerce.models import Product
from ponte.commerce.selectors.prices import Prices


class Bare(Protocol):
    """What is needed of a line."""

    @property
    def product_id(self) -> UUID | None: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def unit_price(self) -> Decimal: ...
    @property
    def total(self) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class ListedLine:
    """A line as ``discounts`` compares it. Nothing of it is optional, and taxes play no part."""

    quantity: Decimal
    unit_price: Decimal
    total: Decimal
    list_price: Decimal | None
    unit_cost: Decimal | None
    billing: str = "one_off"
    tax: Decimal = Decimal(0)
    is_optional: bool = False
    is_chosen: bool = True


def with_list_prices(
    rows: Sequence[Bare], pricing: Callable[[Iterable[Product]], Prices]
) -> list[ListedLine]:
    """Return lines with the list price and cost of today; a cost a line keeps comes first. Free lines have no list price."""
    products = Product.objects.in_bulk({row.product_id for row in rows if row.product_id})
    prices = pricing(products.values())
    found = []
    for row in rows:
        product = products.get(row.product_id) if row.product_id else None
        cost = getattr(row, "unit_cost", None)
        if cost is None and product is not None:
            cost = prices.cost_of(product)
        listed = prices.of(product, row.quantity).value if product is not None else None
        found.append(ListedLine(row.quantity, row.unit_price, row.total, listed, cost))
    return found
