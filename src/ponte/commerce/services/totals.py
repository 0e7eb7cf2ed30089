"""Keeps the totals of orders and the figures of customers current, set-based, in the writing transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Min, Sum
from django.utils import timezone

from ponte.commerce.models import Order
from ponte.commerce.revenue import COUNTING, cents, counting_orders
from ponte.directory.models import PartyFacts
from ponte.directory.services.facts import set_facts_bulk

# The definition of ponte.commerce.revenue in SQL: round() of numeric rounds half away from zero.
_REFRESH = """
UPDATE commerce_order o SET
  goods_total = t.goods, discount_total = t.discount, freight_total = t.freight,
  total = t.goods - t.discount + t.freight, paid_total = t.paid, returned_total = t.returned,
  revenue = CASE WHEN o.status = ANY(%(counting)s)
    THEN round((t.goods - t.discount + t.freight - t.returned) * o.rate, 2) ELSE 0 END,
  margin = CASE WHEN o.status = ANY(%(counting)s)
    THEN round((t.margin - t.margin_returned) * o.rate, 2) END,
  updated_at = %(now)s
FROM (
  SELECT i.id, coalesce(l.goods, 0) AS goods, coalesce(l.discount, 0) AS discount,
    coalesce(l.freight, 0) AS freight, l.margin, coalesce(p.paid, 0) AS paid,
    coalesce(r.returned, 0) AS returned, coalesce(rl.margin, 0) AS margin_returned
  FROM unnest(%(ids)s::uuid[]) AS i(id)
  LEFT JOIN LATERAL (
    SELECT sum(round(quantity * unit_price, 2)) AS goods, sum(discount) AS discount, sum(freight) AS freight,
      sum(total - round(quantity * unit_cost, 2)) AS margin
    FROM commerce_orderline WHERE order_id = i.id) l ON true
  LEFT JOIN LATERAL (SELECT sum(value) AS paid FROM commerce_payment WHERE order_id = i.id) p ON true
  LEFT JOIN LATERAL (SELECT sum(total) AS returned FROM commerce_return WHERE order_id = i.id) r ON true
  LEFT JOIN LATERAL (
    SELECT sum(b.value - round(b.quantity * c.unit_cost, 2)) AS margin
    FROM commerce_return a JOIN commerce_returnline b ON b.back_id = a.id
    JOIN commerce_orderline c ON c.id = b.line_id WHERE a.order_id = i.id) rl ON true
) t WHERE o.id = t.id
"""
_FACTS = ("orders_count", "first_order_at", "last_order_at", "revenue", "margin", "average_ticket")


def refresh_orders(order_ids: Collection[UUID]) -> None:
    """Compute the totals of these orders from their lines, payments and returns, in one statement."""
    if not order_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _REFRESH,
            {"counting": [str(s) for s in COUNTING], "ids": sorted(order_ids), "now": timezone.now()},
        )


def refresh_facts(party_ids: Iterable[UUID]) -> None:
    """Compute what these customers bought and are worth from their orders, in three statements."""
    wanted = set(party_ids)
    if not wanted:
        return
    # two orders of one customer at a time: the second waits here, then counts the first one too
    list(
        PartyFacts.objects.select_for_update()
        .filter(party_id__in=wanted)
        .order_by("party_id")
        .values_list("pk")
    )
    rows = (
        Order.objects.filter(counting_orders(), party_id__in=wanted)
        .order_by()
        .values("party_id")
        .annotate(
            n=Count("id"),
            first=Min("placed_at"),
            last=Max("placed_at"),
            worth=Sum("revenue"),
            gain=Sum("margin"),
        )
    )
    found = {row["party_id"]: _facts(row) for row in rows}
    nothing = dict(zip(_FACTS, (0, None, None, Decimal(0), Decimal(0), None), strict=True))
    set_facts_bulk({party_id: found.get(party_id, nothing) for party_id in wanted})


def refresh(order_ids: Collection[UUID], party_ids: Iterable[UUID]) -> None:
    """Bring orders and then their customers up to date."""
    refresh_orders(order_ids)
    refresh_facts(party_ids)


def touch(order: Order) -> None:
    """Bring an order whose payments or returns changed up to date, its version too. Part of the caller's act."""
    order.version += 1
    order.save(update_fields=["version", "updated_at"])
    refresh([order.id], [order.party_id])
    order.refresh_from_db()


def _facts(row: Mapping[str, Any]) -> dict[str, Any]:
    values = (
        row["n"],
        row["first"],
        row["last"],
        row["worth"],
        row["gain"] or Decimal(0),
        cents(row["worth"] / row["n"]),
    )
    return dict(zip(_FACTS, values, strict=True))
