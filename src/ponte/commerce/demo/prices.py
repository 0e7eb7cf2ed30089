"""The demo's price lists: wholesale for companies with breaks, and one of last year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ponte.commerce.models import PriceList, Product
from ponte.commerce.services.price_items import ItemData, set_price_items
from ponte.commerce.services.price_lists import PriceListData, save_price_list
from ponte.core.actors import Actor
from ponte.workplace.demo import DemoContext, DemoPart

COMPANIES = {"all": [{"field": "kind", "op": "is", "value": ["company"]}]}
CENT = Decimal("0.01")
BREAKS = (
    (Decimal(10), Decimal("0.95")),
    (Decimal(50), Decimal("0.90")),
)  # from how many on, of the product's price
WHOLESALE = ("ES-1K", "ES-5K", "CO-5K", "DR-1K")


def make(context: DemoContext) -> None:
    """Let companies buy wholesale coffee cheaper from ten units on."""
    if PriceList.objects.exists():
        return
    context.say("tabelas de preços")
    products = Product.objects.filter(is_demo=True, sku__in=WHOLESALE, price__isnull=False).order_by("sku")
    items = [
        ItemData(product_id=one.id, min_quantity=start, price=((one.price or 0) * part).quantize(CENT))
        for one in products
        for start, part in BREAKS
    ]
    if not items:
        return
    for data in (
        PriceListData(name="Atacado", where=COMPANIES, is_demo=True),
        PriceListData(name="Atacado do ano passado", where=COMPANIES, is_demo=True,
                      valid_until=date(context.today.year - 1, 12, 31)),
    ):  # fmt: skip
        row = save_price_list(actor=context.actor, data=data)
        set_price_items(actor=context.actor, price_list_id=row.id, items=items)


def remove(actor: Actor) -> None:
    """Take the demo's price lists away for good."""
    PriceList.objects.filter(is_demo=True).delete()


PART = DemoPart(key="prices", order=56, make=make, remove=remove)
