"""The demo's bundles: a kit of the shop's accessories for less than its parts, and what a company opens its café with, at one price."""

from __future__ import annotations

from decimal import Decimal

from ponte.commerce.data import ProductData
from ponte.commerce.models import Product
from ponte.commerce.services.bundles import PartData, set_bundle
from ponte.commerce.services.products import create_product
from ponte.core.actors import Actor
from ponte.workplace.demo import DemoContext, DemoPart

# sku, name, own price (None: that of the parts), per cent off the parts, the parts with how many
BUNDLES = (
    ("KIT-V60", "Kit coado em casa", None, "10", (("V60-02", 1), ("FL-100", 2), ("SA-250", 1))),
    ("KIT-CAFE", "Kit primeira cafeteria", "31900.00", None, (("MQ-2G", 1), ("MO-P", 1), ("TR-BA", 1), ("ES-1K", 10))),
)  # fmt: skip


def make(context: DemoContext) -> None:
    """Compose the bundles; after the parts that draw products by chance, so that what those show stays as it is."""
    if Product.objects.filter(is_bundle=True).exists():
        return
    context.say("kits de produtos")
    for sku, name, price, percent, parts in BUNDLES:
        known = {one.sku: one.id for one in Product.objects.filter(sku__in=[part for part, _n in parts])}
        if len(known) < len(parts) or Product.objects.filter(sku=sku).exists():
            continue
        data = ProductData(
            name=name, sku=sku, category="Kits", price=Decimal(price) if price else None, is_demo=True
        )
        product = create_product(actor=context.actor, data=data)
        set_bundle(
            actor=context.actor,
            product_id=product.id,
            parts=[PartData(product_id=known[part], quantity=Decimal(number)) for part, number in parts],
            percent=Decimal(percent) if percent else None,
        )


def remove(actor: Actor) -> None:
    """Take the demo's bundles apart, so that their parts can go; the products go with the others of the demo."""
    for product in Product.objects.filter(is_demo=True, is_bundle=True):
        set_bundle(actor=actor, product_id=product.id, parts=[])


PART = DemoPart(key="bundles", order=70, make=make, remove=remove)
