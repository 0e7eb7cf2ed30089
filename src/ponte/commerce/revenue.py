"""What counts as revenue and margin. The one definition; every figure of commerce is computed with it.

* A **line** is worth ``quantity × unit price``, rounded half up to the cent, minus its discount.
* An **order's total** is the sum of its lines plus their freight.
* An order **counts** from the moment it is placed, unless it is cancelled or unavailable. Drafts and orders in the
  bin don't count.
* **Revenue** is the total of orders that count minus what was returned (goods at the value given back, and freight
  given back), converted by the order's exchange rate to the workspace's currency. Payments don't enter: they may
  contain interest, vouchers of third parties, or be outstanding.
* **Margin** is, over the lines whose cost is known, their worth minus ``quantity × unit cost``, minus the same of what was
  returned. Freight is passed on and earns nothing. Unknown cost gives "no data", never 100 %.
* **Average ticket** is revenue ÷ number of orders that count.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models.choices import OrderStatus

CENT = Decimal("0.01")
NOT_COUNTING = frozenset({OrderStatus.DRAFT, OrderStatus.CANCELLED, OrderStatus.UNAVAILABLE})
COUNTING = frozenset(OrderStatus) - NOT_COUNTING

DEFINITION = _(
    "Revenue: price × quantity − discounts + freight of orders placed and not cancelled or unavailable, "
    "minus returns. Payments, drafts and orders in the bin don't enter."
)
MARGIN_DEFINITION = _(
    "Margin: price − cost of the lines whose cost is known, minus returns; freight earns nothing. Lines without cost "
    "don't enter."
)
TICKET_DEFINITION = _("Average ticket: revenue ÷ number of orders that count as revenue.")


def cents(value: Decimal) -> Decimal:
    """Return ``value`` rounded half up to two places, as PostgreSQL's ``round(numeric, 2)`` does."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def line_total(quantity: Decimal, unit_price: Decimal, discount: Decimal = Decimal(0)) -> Decimal:
    """Return what a line is worth, in the order's currency, without freight."""
    return cents(quantity * unit_price) - discount


def counts(status: str) -> bool:
    """Tell whether an order of this status counts as revenue."""
    return status in COUNTING


def counting_orders(prefix: str = "") -> Q:
    """Return the condition for orders that count, for querysets of orders (or, with ``prefix``, of their children)."""
    return Q(**{f"{prefix}status__in": sorted(COUNTING), f"{prefix}deleted_at__isnull": True})
