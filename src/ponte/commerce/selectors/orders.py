"""Reads of orders."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet, Sum

from ponte.commerce.data import LineData
from ponte.commerce.models import Order, OrderLine, Return
from ponte.commerce.revenue import counting_orders


def with_details(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Return ``orders`` with everything an order's page or answer shows, in a fixed number of queries."""
    lines = OrderLine.objects.select_related("product", "seller").order_by("position", "id")
    returns = Return.objects.prefetch_related("lines__line").order_by("id")
    return orders.select_related("party", "owner").prefetch_related(
        Prefetch("lines", lines), "payments", Prefetch("returns", returns)
    )


def orders_of(orders: QuerySet[Order], party_id: UUID) -> QuerySet[Order]:
    """Return the orders of one customer, newest first."""
    return orders.filter(party_id=party_id).order_by("-placed_at", "-id")


@dataclass(frozen=True)
class Sums:
    """What orders amount to, in the workspace's currency."""

    lines: Decimal
    payments: Decimal
    revenue: Decimal
    orders: int


def sums(orders: QuerySet[Order] | None = None) -> Sums:
    """Return the totals over all orders outside the bin: lines with freight, payments, revenue. Sums on view: for checks."""
    rows = (orders if orders is not None else Order.objects.all()).filter(deleted_at=None).order_by()
    totals: dict[str, Any] = rows.aggregate(lines=Sum("total"), payments=Sum("paid_total"))
    counting = rows.filter(counting_orders())
    return Sums(
        lines=totals["lines"] or Decimal(0),
        payments=totals["payments"] or Decimal(0),
        revenue=counting.aggregate(sum=Sum("revenue"))["sum"] or Decimal(0),
        orders=counting.count(),
    )


def line_data(row: OrderLine) -> LineData:
    """Return a line as it would be given to ``update_order`` to stay as it is."""
    names = [one.name for one in fields(LineData) if one.name != "explode"]
    return LineData(**{name: getattr(row, name) for name in names})
