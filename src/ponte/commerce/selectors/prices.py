"""Which price holds: ``price_of``, the one answer for orders, quotes, opportunities and the API.

In this order:

1. **Price lists**, by their position. A list counts when it is in use, valid on the day, in the currency asked for, and its condition holds for
   the customer (a list without a condition holds for everybody, also where no customer is known). The first of them with a price for the
   product from at most the quantity asked for decides; of its breaks the one from most units on. Prices of several lists are never mixed.
2. **The parts of a bundle**, where it is sold for less than them: the sum of what each of them costs by these rules in the quantity taken, minus the
   percentage, rounded half up to the cent. One part without a price leaves the bundle without one.
3. **The product's own price**, in the workspace's currency; in another currency divided by the rate (what one unit of it is worth in the
   workspace's), rounded half up to the cent. Without a rate there is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from ponte.commerce.line_words import quantity_text
from ponte.commerce.models import BundlePart, PriceList, PriceListItem, Product
from ponte.commerce.revenue import cents
from ponte.commerce.selectors.bundles import cost_of_parts, parts_of
from ponte.conditions.compiling import satisfies, selected
from ponte.conditions.nodes import Condition
from ponte.conditions.parsing import read_condition
from ponte.core.errors import Invalid
from ponte.core.tenancy.scope import current_workspace

SUBJECT = "customer"
ONE, HUNDRED = Decimal(1), Decimal(100)


@dataclass(frozen=True, slots=True)
class Price:
    """A unit price and where it is from. ``value`` None: nothing says what it costs. ``price_list`` None: the product's own, or with
    ``percent`` that much less than the parts of the bundle."""

    value: Decimal | None
    price_list: PriceList | None = None
    min_quantity: Decimal = ONE
    percent: Decimal | None = None

    def in_words(self) -> str:
        """Return where it is from, as people read it: "Price of the list Wholesale, from 10 units"; "" for the product's own."""
        if self.price_list is not None:
            return list_words(self.price_list.name, self.min_quantity)
        if self.percent is None:
            return ""
        if not self.percent:
            return _("Sum of the parts")
        return _("Sum of the parts less %(percent)s%%") % {"percent": quantity_text(self.percent)}


def list_words(name: str, min_quantity: Decimal) -> str:
    """Return how a price of a list is called: "Price of the list Wholesale, from 10 units"."""
    if min_quantity <= ONE:
        return _("Price of the list %(name)s") % {"name": name}
    told = {"name": name, "quantity": quantity_text(min_quantity)}
    return _("Price of the list %(name)s, from %(quantity)s units") % told


class Prices:
    """The prices for one customer on one day in one currency. Lists and conditions are read once, however many lines ask."""

    def __init__(
        self,
        products: Iterable[Product],
        party_id: UUID | None,
        day: date,
        *,
        currency: str = "",
        rate: Decimal | None = None,
    ) -> None:
        self._home = current_workspace().currency
        self._currency = currency or self._home
        self._rate, self._party_id = rate, party_id
        self._holds: dict[UUID, bool] = {}
        self._items: dict[UUID, list[PriceListItem]] = {}
        valid = Q(price_list__valid_from__isnull=True) | Q(price_list__valid_from__lte=day)
        valid &= Q(price_list__valid_until__isnull=True) | Q(price_list__valid_until__gte=day)
        products = list(products)
        self._parts = parts_of(products)
        ids = {product.id for product in products}
        ids |= {part.product_id for parts in self._parts.values() for part in parts}
        if not ids:
            return
        rows = PriceListItem.objects.filter(
            valid, product__in=ids, price_list__is_active=True, price_list__currency=self._currency
        )
        order = ("price_list__position", "price_list_id", "-min_quantity")
        for row in rows.select_related("price_list").order_by(*order):
            self._items.setdefault(row.product_id, []).append(row)

    def for_customers(self, party_ids: Iterable[UUID]) -> dict[UUID, Prices]:
        """Return the same prices for each of many customers; every condition is asked once for all of them."""
        ids = set(party_ids)
        lists = {row.price_list.id: row.price_list for rows in self._items.values() for row in rows}
        meant = {key: _satisfied_by(one, ids) for key, one in lists.items() if one.where}
        found = {}
        for party_id in ids:
            prices = copy(self)
            prices._party_id = party_id
            prices._holds = {key: party_id in parties for key, parties in meant.items()}
            found[party_id] = prices
        return found

    def of(self, product: Product, quantity: Decimal) -> Price:
        """Return what one unit costs when this many are taken."""
        for row in self._items.get(product.id, ()):
            if row.min_quantity <= quantity and self._is_for(row.price_list):
                return Price(row.price, row.price_list, row.min_quantity)
        if product.is_bundle and product.bundle_percent is not None:
            return self._of_parts(product, quantity)
        return Price(self._converted(product.price))

    def parts(self, product: Product) -> list[BundlePart]:
        """Return what a bundle is made of; nothing for a plain product."""
        return self._parts.get(product.id, [])

    def of_parts(self, product: Product, quantity: Decimal) -> dict[UUID, Decimal | None]:
        """Return what one unit of each part costs by itself when this many bundles are taken, by product."""
        return {
            part.product_id: self.of(part.product, part.quantity * quantity).value
            for part in self.parts(product)
        }

    def cost_of(self, product: Product) -> Decimal | None:
        """Return what one unit costs the business, in the currency asked for."""
        if product.is_bundle:
            parts = self.parts(product)
            return cost_of_parts(parts, {one.product_id: self._converted(one.product.cost) for one in parts})
        return self._converted(product.cost)

    def _of_parts(self, product: Product, quantity: Decimal) -> Price:
        prices = self.of_parts(product, quantity)
        percent = product.bundle_percent or Decimal(0)
        amounts = [(prices[part.product_id], part.quantity) for part in self.parts(product)]
        if any(price is None for price, _quantity in amounts):
            return Price(None, percent=percent)
        whole = sum(((price or 0) * taken for price, taken in amounts), Decimal(0))
        return Price(cents(whole * (HUNDRED - percent) / HUNDRED), percent=percent)

    def _converted(self, amount: Decimal | None) -> Decimal | None:
        if amount is None or self._currency == self._home:
            return amount
        return cents(amount / self._rate) if self._rate else None

    def _is_for(self, price_list: PriceList) -> bool:
        if not price_list.where:
            return True
        if self._party_id is None:
            return False
        if price_list.id not in self._holds:
            self._holds[price_list.id] = _satisfied(price_list, self._party_id)
        return self._holds[price_list.id]


def price_of(
    product: Product,
    party_id: UUID | None,
    quantity: Decimal,
    day: date,
    *,
    currency: str = "",
    rate: Decimal | None = None,
) -> Price:
    """Return what one unit of a product costs a customer who takes ``quantity`` on ``day``.

    Args:
        party_id: the customer; None where none is known yet.
        currency: three letters; empty is the workspace's.
        rate: what one unit of ``currency`` is worth in the workspace's.
    """
    return Prices([product], party_id, day, currency=currency, rate=rate).of(product, quantity)


def _satisfied(price_list: PriceList, party_id: UUID) -> bool:
    condition = _condition_of(price_list)
    return condition is not None and satisfies(condition, party_id)


def _satisfied_by(price_list: PriceList, party_ids: set[UUID]) -> set[UUID]:
    condition = _condition_of(price_list)
    if condition is None or not party_ids:
        return set()
    rows = condition.catalogue.subject.rows(condition.catalogue.reader).filter(pk__in=party_ids)
    return set(selected(condition, rows, form="probe").values_list("pk", flat=True))


def _condition_of(price_list: PriceList) -> Condition | None:
    """Return whom a list is for; None where a field it asks for is gone: its prices are nobody's until somebody mends it."""
    try:
        return read_condition({"v": 1, "where": price_list.where}, subject=SUBJECT, reader=None)
    except Invalid:
        return None
