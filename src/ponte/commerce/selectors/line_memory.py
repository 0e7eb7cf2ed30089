"""What a line keeps of bundles and price lists, and what it says when a price has changed since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from django.utils.translation import gettext as _

from ponte.commerce.models import BundlePart, Product
from ponte.commerce.models.line import LineMemory
from ponte.commerce.selectors.bundles import contents_of
from ponte.commerce.selectors.prices import Price, Prices, list_words
from ponte.workplace.lists.cells import money_text

Pricing = Callable[[Iterable[Product]], Prices]


class PricedLine(Protocol):
    """What is needed of a line."""

    @property
    def id(self) -> UUID: ...
    @property
    def product_id(self) -> UUID | None: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def price_source(self) -> dict[str, str] | None: ...


def remembered(
    row: LineMemory,
    product: Product | None,
    values: dict[str, Any],
    prices: Prices | None,
    *,
    parts: Sequence[BundlePart] = (),
) -> dict[str, Any]:
    """Return what a line keeps from now on.

    Args:
        row: the line as it was. values: what it becomes (product, quantity, unit price).
        prices: those of today; None where lines keep to the price given, as in bulk. ``parts`` are then what a bundle holds.
    """
    same = not row._state.adding and row.product_id == values["product_id"]  # type: ignore[attr-defined]
    priced_alike = same and all(getattr(row, name) == values[name] for name in ("quantity", "unit_price"))
    contents = row.contents if same else None
    if contents is None and product is not None and product.is_bundle:
        contents = contents_of(prices.parts(product) if prices else parts)
    source = row.price_source if priced_alike else None
    if not priced_alike and product is not None and prices is not None:
        source = _source(prices.of(product, values["quantity"]), values["unit_price"])
    return {"contents": contents, "price_source": source}


def price_notes(rows: Sequence[PricedLine], pricing: Pricing, currency: str) -> dict[str, str]:
    """Return by line what is said of where its price is from, and what the list says today where that has changed."""
    sourced = {row.id: row.price_source for row in rows if row.product_id and row.price_source}
    if not sourced:
        return {}
    products = Product.objects.in_bulk([row.product_id for row in rows if row.id in sourced])
    prices = pricing(products.values())
    notes = {}
    for row in rows:
        product = products.get(row.product_id) if row.product_id else None
        if (source := sourced.get(row.id)) is not None and product is not None:
            notes[str(row.id)] = _note(source, prices.of(product, row.quantity), currency)
    return notes


def source_words(source: dict[str, str]) -> str:
    """Return where a line's price is from, as people read it."""
    return list_words(source["list"], Decimal(source["from"]))


def _source(price: Price, unit_price: Decimal) -> dict[str, str] | None:
    if price.price_list is None or price.value != unit_price:
        return None
    return {
        "list_id": str(price.price_list.id),
        "list": price.price_list.name,
        "from": f"{price.min_quantity.normalize():f}",
        "price": str(price.value),
    }


def _note(source: dict[str, str], today: Price, currency: str) -> str:
    words = source_words(source)
    if today.value == Decimal(source["price"]):
        return words
    if today.value is None:
        return _("%(source)s. It has no price today.") % {"source": words}
    told = {"source": words, "price": money_text(today.value, currency)}
    return _("%(source)s. Changed since: today it would be %(price)s.") % told
