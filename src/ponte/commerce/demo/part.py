"""Making and removing the demo's products and orders, through commerce's own services."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from ponte.commerce.data import BulkRow
from ponte.commerce.demo.words import PRODUCTS
from ponte.commerce.models import Category, Order, Product
from ponte.commerce.services.bulk_lines import upsert_lines, upsert_payments
from ponte.commerce.services.bulk_orders import upsert_orders
from ponte.commerce.services.bulk_products import upsert_products
from ponte.core.actors import Actor
from ponte.workplace.demo import DemoContext, DemoPart

SOURCE = "demo"
DAYS = 730


@dataclass(frozen=True)
class Purchase:
    """One order of the demo, before it becomes rows."""

    party_id: UUID
    owner_id: UUID | None
    placed_at: datetime
    status: str
    channel: str
    company: bool


def make(context: DemoContext) -> None:
    """Add the catalogue and two years of orders: companies buy every few weeks, consumers now and then."""
    context.say("produtos e pedidos")
    actor, pick = context.actor, context.random
    products = _products(actor)
    purchases = sorted(_purchases(context), key=lambda one: one.placed_at)
    orders, lines, payments = [], [], []
    for number, purchase in enumerate(purchases, 1):
        key = f"order-{number}"
        orders.append(BulkRow(external_id=key, values=_order(purchase, number)))
        basket = _basket(pick, purchase, products)
        lines += [
            BulkRow(external_id=f"{key}-{position}", parent=key, values=values)
            for position, values in enumerate(basket, 1)
        ]
        if purchase.status not in ("cancelled", "placed"):
            value = sum(
                (line["quantity"] * line["unit_price"] + line["freight"] for line in basket), Decimal(0)
            )
            payments.append(
                BulkRow(external_id=f"{key}-pay", parent=key, values=_payment(pick, purchase, value))
            )
    _check(upsert_orders(actor=actor, rows=orders, source=SOURCE, is_demo=True))
    _check(upsert_lines(actor=actor, rows=lines, source=SOURCE))
    _check(upsert_payments(actor=actor, rows=payments, source=SOURCE))


def remove(actor: Actor) -> None:
    """Take the demo's orders and products away for good."""
    Order.objects.filter(is_demo=True).delete()
    Product.objects.filter(is_demo=True, order_lines=None).delete()
    Category.objects.filter(is_demo=True, products=None, children=None).delete()


def _products(actor: Actor) -> list[tuple[str, UUID, Decimal, str]]:
    """Return (audience, id, price, name) of each product made."""
    rows = []
    for sku, name, category, price, cost, _, interval in PRODUCTS:
        kind = "maintenance" if category in ("Equipamentos", "Serviços") else "replenishment"
        values: dict[str, Any] = {
            "name": name, "sku": sku, "category": category, "price": Decimal(price), "cost": Decimal(cost),
            "kind": "service" if category == "Serviços" else "product",
            "billing": "monthly" if category == "Assinaturas" else "one_off",
        }  # fmt: skip
        if interval:
            values |= {"interval_kind": kind, "interval_days": interval}
        rows.append(BulkRow(external_id=sku, values=values))
    ids = _check(upsert_products(actor=actor, rows=rows, source=SOURCE, is_demo=True))
    return [(one[5], made, Decimal(one[3]), one[1]) for one, made in zip(PRODUCTS, ids, strict=True)]


def _purchases(context: DemoContext) -> list[Purchase]:
    pick, found = context.random, []
    for party_id in context.made["companies"]:
        if pick.random() < 0.72:
            rhythm = pick.choice((14, 21, 28, 35, 60))
            found += _series(context, party_id, company=True, rhythm=rhythm)
    for party_id in context.made["people"][120:]:
        if pick.random() < 0.8:
            found += _series(context, party_id, company=False, rhythm=pick.choice((30, 45, 90, 180, 400)))
    return found


def _series(context: DemoContext, party_id: UUID, *, company: bool, rhythm: int) -> list[Purchase]:
    pick, found = context.random, []
    day = pick.randrange(0, min(DAYS, rhythm * 6))
    stops = DAYS if pick.random() < 0.75 else pick.randrange(day, DAYS)
    while day < stops:
        date = context.today - timedelta(days=DAYS - day)
        hour = time(pick.randrange(8, 20), pick.randrange(60))
        placed = timezone.make_aware(datetime.combine(date, hour))
        if placed < timezone.now():
            found.append(
                Purchase(
                    party_id=party_id,
                    owner_id=context.made["members"][pick.choice((1, 2, 3))].id if company else None,
                    placed_at=placed,
                    status=_status(pick, DAYS - day),
                    channel="sales" if company else pick.choice(("website", "website", "store", "whatsapp")),
                    company=company,
                )
            )
        day += max(3, int(pick.gauss(rhythm, rhythm / 4)))
    return found


def _status(pick: random.Random, days_ago: int) -> str:
    if days_ago <= 2:
        return "placed"
    if days_ago <= 6:
        return pick.choice(("approved", "invoiced", "shipped"))
    return "cancelled" if pick.random() < 0.04 else "delivered"


def _order(purchase: Purchase, number: int) -> dict[str, Any]:
    values: dict[str, Any] = {
        "party_id": purchase.party_id, "number": f"{10_000 + number}", "status": purchase.status,
        "channel": purchase.channel, "placed_at": purchase.placed_at,
    }  # fmt: skip
    if purchase.owner_id:
        values["owner_id"] = purchase.owner_id
    if purchase.status == "delivered":
        values["delivered_at"] = purchase.placed_at + timedelta(days=3)
    elif purchase.status == "cancelled":
        values["cancelled_at"] = purchase.placed_at + timedelta(days=1)
    return values


def _basket(
    pick: random.Random, purchase: Purchase, products: Sequence[tuple[str, UUID, Decimal, str]]
) -> list[dict[str, Any]]:
    audience = "company" if purchase.company else "person"
    offered = [one for one in products if one[0] in (audience, "both")]
    # dear equipment is bought seldom
    weights = [1 / float(max(Decimal(40), price)) for _, _, price, _ in offered]
    chosen = {one[1]: one for one in pick.choices(offered, weights, k=pick.choice((1, 1, 2, 2, 3)))}
    most = 12 if purchase.company else 3
    return [
        {
            "product_id": product_id,
            "description": name,
            "quantity": Decimal(pick.randrange(1, most) if price < 500 else 1),
            "unit_price": price,
            "freight": Decimal(0)
            if purchase.company
            else pick.choice((Decimal(0), Decimal("12.50"), Decimal("18.90"))),
        }
        for _, product_id, price, name in chosen.values()
    ]


def _payment(pick: random.Random, purchase: Purchase, value: Decimal) -> dict[str, Any]:
    kind = pick.choice(
        ("boleto", "boleto", "pix") if purchase.company else ("pix", "credit_card", "credit_card")
    )
    return {
        "kind": kind,
        "value": value,
        "instalments": pick.choice((1, 1, 2, 3)) if kind == "credit_card" else 1,
        "paid_at": purchase.placed_at + timedelta(hours=2),
    }


def _check(results: Sequence[Any]) -> list[UUID]:
    wrong = [result for result in results if result.id is None]
    if wrong:
        raise RuntimeError(f"the demo's own rows were refused: {wrong[0].problems}")
    return [result.id for result in results]


PART = DemoPart(key="commerce", order=30, make=make, remove=remove)
