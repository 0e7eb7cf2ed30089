"""What quotes amount to. The one definition; editor, page, PDF, public page and order are computed with it.

* A **line** is worth ``quantity × unit price``, rounded half up to the cent, minus its discount; a discount in per cent is taken of
  that worth and rounded half up to the cent.
* Its **tax** is the given percentage of what it is worth, rounded half up to the cent, and comes on top.
* **One-off, per month, per quarter, per year** are the sums of the chosen lines charged that way, taxes included. A line that isn't
  optional is always chosen.
* **First year** = one-off + 12 × month + 4 × quarter + year.
* A line's **effective discount** compares what it is worth with ``quantity × list price`` (its own price where no list knows it), so
  that a lowered price is a discount too. The quote's is the largest of its lines, chosen or not.
* **Margin** is, over the chosen one-off lines whose cost is known, what they are worth minus ``quantity × unit cost``; recurring
  lines enter with one period. No known cost gives no margin.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from ponte.commerce.models.choices import Billing
from ponte.commerce.revenue import CENT, cents, line_total
from ponte.sales.models.quote_choices import DepositKind, DiscountKind

ZERO, HUNDRED = Decimal(0), Decimal(100)
PERIODS_A_YEAR = {Billing.MONTHLY: 12, Billing.QUARTERLY: 4, Billing.YEARLY: 1}
FIRST_YEAR_DEFINITION = _(
    "First year: one-off + 12 × per month + 4 × per quarter + per year, taxes included, optional items as chosen."
)
DISCOUNT_DEFINITION = _(
    "The largest discount of a line, compared with the list price: a lowered price counts as a discount too."
)


class Line(Protocol):
    """What a line needs so that it can be summed."""

    @property
    def billing(self) -> str: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def unit_price(self) -> Decimal: ...
    @property
    def list_price(self) -> Decimal | None: ...
    @property
    def unit_cost(self) -> Decimal | None: ...
    @property
    def total(self) -> Decimal: ...
    @property
    def tax(self) -> Decimal: ...
    @property
    def is_optional(self) -> bool: ...
    @property
    def is_chosen(self) -> bool: ...


@dataclass(frozen=True)
class Totals:
    """Amounts of the chosen lines by how they are charged, taxes included, in the quote's currency."""

    one_off: Decimal = ZERO
    monthly: Decimal = ZERO
    quarterly: Decimal = ZERO
    yearly: Decimal = ZERO
    tax: Decimal = ZERO  # within the others

    @property
    def first_year(self) -> Decimal:
        """What the customer pays within twelve months."""
        return self.one_off + self.monthly * 12 + self.quarterly * 4 + self.yearly

    @property
    def is_once(self) -> bool:
        """Nothing comes back: the one-off sum is the total."""
        return not (self.monthly or self.quarterly or self.yearly)

    @property
    def a_month(self) -> Decimal:
        """What all recurring charges come to in an average month."""
        return cents(self.monthly + self.quarterly / 3 + self.yearly / 12)


def discount_value(quantity: Decimal, unit_price: Decimal, kind: str, discount: Decimal) -> Decimal:
    """Return a line's discount as an amount."""
    if kind == DiscountKind.PERCENT:
        return cents(cents(quantity * unit_price) * discount / HUNDRED)
    return discount


def net_total(quantity: Decimal, unit_price: Decimal, kind: str, discount: Decimal) -> Decimal:
    """Return what a line is worth without tax."""
    return line_total(quantity, unit_price, discount_value(quantity, unit_price, kind, discount))


def tax_of(net: Decimal, rate: Decimal) -> Decimal:
    """Return the tax on top of a line's worth; ``rate`` in per cent."""
    return cents(net * rate / HUNDRED)


def effective_discount(line: Line) -> Decimal:
    """Return how far a line stays below its list price, in per cent with two places; never negative."""
    reference = line.unit_price if line.list_price is None else line.list_price
    before = cents(line.quantity * reference)
    if before <= 0 or line.total >= before:
        return ZERO
    return ((before - line.total) * HUNDRED / before).quantize(CENT)


def top_discount(lines: Iterable[Line]) -> Decimal:
    """Return the largest effective discount of the lines."""
    return max(map(effective_discount, lines), default=ZERO)


def is_chosen(line: Line) -> bool:
    """Tell whether a line enters the sums."""
    return line.is_chosen or not line.is_optional


def totals_of(lines: Iterable[Line]) -> Totals:
    """Return what the chosen lines amount to."""
    sums = dict.fromkeys(Billing.values, ZERO)
    tax = ZERO
    for line in lines:
        if is_chosen(line):
            sums[line.billing] += line.total + line.tax
            tax += line.tax
    return Totals(
        one_off=sums[Billing.ONE_OFF],
        monthly=sums[Billing.MONTHLY],
        quarterly=sums[Billing.QUARTERLY],
        yearly=sums[Billing.YEARLY],
        tax=tax,
    )


def margin_of(lines: Iterable[Line]) -> Decimal | None:
    """Return the margin of the chosen lines whose cost is known; None when none is."""
    known = [line for line in lines if is_chosen(line) and line.unit_cost is not None]
    if not known:
        return None
    return sum((line.total - cents(line.quantity * (line.unit_cost or ZERO)) for line in known), ZERO)


def deposit_amount(kind: str, deposit: Decimal, one_off: Decimal) -> Decimal:
    """Return what is paid on acceptance, never more than the one-off total."""
    if kind == DepositKind.PERCENT:
        return cents(one_off * deposit / HUNDRED)
    if kind == DepositKind.VALUE:
        return min(deposit, one_off)
    return ZERO
