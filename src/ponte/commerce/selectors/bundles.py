"""What bundles hold, what they cost, and how the price of one is split among its parts.

* **Cost** of a bundle: the sum of its parts' costs; unknown while one of them is. What was typed as its own cost isn't asked.
* **Split:** each part gets its share of the amount by what the parts cost by themselves (equal shares where nothing says), in whole cents;
  the cents left over go to the largest remainders, so that the sum is exact. A part is written with its own price and the discount
  that leads to its share; where its share is above its own price, with the next unit price that reaches it and the cents too many as discount.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from uuid import UUID

from ponte.commerce.models import BundlePart, Product
from ponte.commerce.revenue import CENT, cents

ZERO = Decimal(0)
THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Share:
    """A line one part of a bundle becomes: worth ``quantity × unit_price`` to the cent, minus ``discount``."""

    product: Product
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal

    @property
    def total(self) -> Decimal:
        return cents(self.quantity * self.unit_price) - self.discount


def parts_of(products: Iterable[Product]) -> dict[UUID, list[BundlePart]]:
    """Return the parts of those that are bundles, in their order, by bundle; one query, none without bundles."""
    ids = {product.id for product in products if product.is_bundle}
    found: dict[UUID, list[BundlePart]] = {pk: [] for pk in ids}
    if ids:
        rows = BundlePart.objects.filter(bundle__in=ids).select_related("product")
        for row in rows.order_by("position", "id"):
            found[row.bundle_id].append(row)
    return found


def cost_of_parts(parts: Sequence[BundlePart], costs: Mapping[UUID, Decimal | None]) -> Decimal | None:
    """Return what one bundle costs; ``costs`` of one unit by product. None while one isn't known, or where there are no parts."""
    known = [(costs.get(part.product_id), part.quantity) for part in parts]
    if not known or any(cost is None for cost, _quantity in known):
        return None
    return cents(sum(((cost or ZERO) * quantity for cost, quantity in known), ZERO))


def contents_of(parts: Sequence[BundlePart]) -> list[dict[str, str]]:
    """Return what a line keeps of a bundle's parts: they stay on it when the bundle changes."""
    return [
        {
            "product_id": str(part.product_id),
            "name": part.product.name,
            "quantity": f"{part.quantity.normalize():f}",
        }
        for part in parts
    ]


def split_bundle(
    parts: Sequence[BundlePart], quantity: Decimal, amount: Decimal, prices: Mapping[UUID, Decimal | None]
) -> list[Share]:
    """Return the lines a number of bundles becomes; their totals add up to ``amount`` exactly.

    Args:
        quantity: how many bundles. amount: what they cost together, discounts taken off.
        prices: what one unit of each part costs by itself, by product.
    """
    amount = cents(amount)
    taken = [(part.quantity * quantity).quantize(THOUSANDTH) for part in parts]
    alone = [
        cents(one * (prices.get(part.product_id) or ZERO)) for part, one in zip(parts, taken, strict=True)
    ]
    shares = _shares(amount, alone)
    return [
        _share(part.product, one, share, prices.get(part.product_id) or ZERO)
        for part, one, share in zip(parts, taken, shares, strict=True)
    ]


def _shares(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Split an amount by weights in whole cents: the largest remainders take the cents left over."""
    if not sum(weights):
        weights = [Decimal(1)] * len(weights)
    whole = sum(weights, ZERO)
    exact = [amount * weight / whole for weight in weights]
    shares = [one.quantize(CENT, ROUND_FLOOR) for one in exact]
    left = int((amount - sum(shares, ZERO)) / CENT)
    order = sorted(range(len(exact)), key=lambda place: (shares[place] - exact[place], place))
    for place in order[: max(left, 0)]:
        shares[place] += CENT
    return shares


def _share(product: Product, quantity: Decimal, share: Decimal, price: Decimal) -> Share:
    if cents(quantity * price) < share:
        price = (share / quantity).quantize(CENT, ROUND_CEILING)
    return Share(product, quantity, price, cents(quantity * price) - share)
