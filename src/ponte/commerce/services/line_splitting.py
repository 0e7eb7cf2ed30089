"""Lines of bundles that give way to the lines of their parts when they are posted (``explode``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import Product
from ponte.commerce.revenue import line_total
from ponte.commerce.selectors.bundles import Share, split_bundle
from ponte.commerce.selectors.prices import Prices
from ponte.commerce.services.cleaning import MAX_MONEY, Cleaner

ZERO = Decimal(0)


class SplittableLine(Protocol):
    """What is needed of a line."""

    @property
    def product_id(self) -> UUID | None: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def unit_price(self) -> Decimal | None: ...
    @property
    def explode(self) -> bool: ...


LineT = TypeVar("LineT", bound=SplittableLine)
AsPart = Callable[[LineT, Product, Share, int], LineT]
DiscountOf = Callable[[LineT, Decimal, Decimal], Decimal]


@dataclass(frozen=True)
class Split(Generic[LineT]):
    """Lines after splitting; ``places`` says for each which of the given ones it comes from, ``products`` all they name."""

    lines: Sequence[LineT]
    places: Sequence[int]
    products: dict[UUID, Product]


def split_lines(
    cleaner: Cleaner,
    lines: Sequence[LineT],
    products: dict[UUID, Product],
    prices: Prices | None,
    *,
    as_part: AsPart[LineT],
    discount_of: DiscountOf[LineT],
) -> Split[LineT]:
    """Let each line with ``explode`` give way to the lines of its bundle's parts: they add up to what it is worth, to the cent.

    Args:
        as_part: makes the line of a part out of line, bundle, share and number (from 0).
        discount_of: the discount of a line as an amount, by its quantity and unit price.

    What can't be split is refused under ``lines.N.explode``.
    """
    if not any(line.explode for line in lines):
        return Split(lines, range(len(lines)), products)
    made: list[LineT] = []
    places: list[int] = []
    known = dict(products)
    for place, line in enumerate(lines):
        shares = (
            _shares(cleaner.under(f"lines.{place}"), line, products, prices, discount_of)
            if line.explode
            else []
        )
        bundle = products.get(line.product_id) if line.product_id else None
        if not shares or bundle is None:
            made.append(line)
            places.append(place)
            continue
        known |= {share.product.id: share.product for share in shares}
        made += [as_part(line, bundle, share, number) for number, share in enumerate(shares)]
        places += [place] * len(shares)
    return Split(made, places, known)


def _shares(
    cleaner: Cleaner,
    line: LineT,
    products: dict[UUID, Product],
    prices: Prices | None,
    discount_of: DiscountOf[LineT],
) -> list[Share]:
    bundle = products.get(line.product_id) if line.product_id else None
    if bundle is None or not bundle.is_bundle or prices is None:
        cleaner.refuse(
            "explode", "not_a_bundle", _("Only a line of a bundle can be split into its products.")
        )
        return []
    trial = Cleaner()  # what is wrong with the line itself is said once, where it is cleaned
    quantity = trial.quantity("quantity", line.quantity)
    price = trial.money("unit_price", line.unit_price)
    if price is None:
        price = prices.of(bundle, quantity).value
    if price is None or trial.problems or price * quantity > MAX_MONEY:
        return []
    amount = line_total(quantity, price, discount_of(line, quantity, price))
    if amount < 0:
        return []
    return split_bundle(prices.parts(bundle), quantity, amount, prices.of_parts(bundle, quantity))


def part_values(share: Share) -> dict[str, Any]:
    """Return what lines of parts have in common, whatever they are lines of."""
    return {
        "id": None,
        "explode": False,
        "product_id": share.product.id,
        "description": "",
        "quantity": share.quantity,
        "unit_price": share.unit_price,
        "discount": share.discount,
    }
