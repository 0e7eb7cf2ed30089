"""The demo's quotes of bundles: one out at the customer, a bundle as one line beside an optional one split into its products; one being written."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from ponte.commerce.models import Product
from ponte.core.actors import Actor
from ponte.sales.models.quote import Quote
from ponte.sales.quote_data import QuoteData, QuoteLineData
from ponte.sales.services.quote_sending import send_quote
from ponte.sales.services.quotes import create_quote
from ponte.workplace.demo import DemoContext, DemoPart

SENT, WRITTEN = "Abertura da cafeteria", "Kits para presentear clientes"


def make(context: DemoContext) -> None:
    """Add the quotes, where there are the bundles and companies without one of the other demo quotes."""
    kits = {one.sku: one for one in Product.objects.filter(is_demo=True, is_bundle=True)}
    companies = context.made.get("companies", [])[24:26]
    if not {"KIT-V60", "KIT-CAFE"} <= kits.keys() or len(companies) < 2:
        return
    members = context.made.get("members", [])
    owner_id = members[1].id if len(members) > 1 else None
    opening = [
        QuoteLineData(product_id=kits["KIT-CAFE"].id, discount=Decimal(5)),
        QuoteLineData(product_id=kits["KIT-V60"].id, quantity=Decimal(4), is_optional=True, is_chosen=False, explode=True),
    ]  # fmt: skip
    gifts = [
        QuoteLineData(product_id=kits["KIT-V60"].id, quantity=Decimal(30), discount=Decimal(8)),
        QuoteLineData(description="Embalagem com a marca", quantity=Decimal(30), unit_price=Decimal("6.50")),
    ]
    made = [
        create_quote(
            actor=context.actor,
            data=QuoteData(
                party_id=party_id, owner_id=owner_id, title=title, lines=lines, is_demo=True,
                valid_until=context.today + timedelta(days=21), payment_terms="30% na entrada, o restante em 30/60 dias",
            ),
        )
        for party_id, title, lines in zip(companies, (SENT, WRITTEN), (opening, gifts), strict=True)
    ]  # fmt: skip
    send_quote(actor=context.actor, quote_id=made[0].id)


def remove(actor: Actor) -> None:
    """Take the quotes away for good, before the bundles go."""
    Quote.objects.filter(is_demo=True, title__in=(SENT, WRITTEN)).delete()


PART = DemoPart(key="bundle_quotes", order=75, make=make, remove=remove)
