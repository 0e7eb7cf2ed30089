"""The demo's quotes: brand, a layout, and offers in every state. Deterministic, some thirty rows."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

from ponte.commerce.models import Product
from ponte.core.actors import Actor
from ponte.core.services.preferences import get_preference, set_preference
from ponte.sales.documents.brand import KEY, LOGO_KEY, load_brand
from ponte.sales.models import Opportunity
from ponte.sales.models.quote import Quote, QuoteLayout
from ponte.sales.quote_data import AcceptanceData, QuoteData, QuoteLineData
from ponte.sales.services.document_comments import comment_quote
from ponte.sales.services.document_settings import save_brand, save_layout
from ponte.sales.services.quote_answers import accept_quote, decline_quote
from ponte.sales.services.quote_links import note_view
from ponte.sales.services.quote_sending import send_quote
from ponte.sales.services.quotes import create_quote
from ponte.workplace.demo import DemoContext, DemoPart

STATES = ("draft", "sent", "sent", "accepted", "declined", "draft", "sent", "accepted")
TITLES = ("Fornecimento de café", "Máquinas para a copa", "Contrato de manutenção", "Kit escritório")
CPF = "52998224725"


def make(context: DemoContext) -> None:
    """Add the brand, a layout and quotes to companies, by their own random so that other parts stay as they are."""
    context.say("propostas")
    actor, pick = context.actor, random.Random(20261126)  # noqa: S311
    if get_preference(KEY) is None:
        _brand(actor)
    layout = _layout(actor)
    products = list(Product.objects.filter(is_demo=True, price__isnull=False).order_by("sku", "id"))
    if not products:
        return
    members = context.made.get("members", [])
    for number, party_id in enumerate(context.made.get("companies", [])[:24]):
        state = STATES[number % len(STATES)]
        deal = None
        if state in ("draft", "sent"):  # what other pages of the demo show stays as it is
            deals = Opportunity.objects.filter(
                party_id=party_id, status="open", is_demo=True, deleted_at=None
            )
            deal = deals.order_by("id").first()
        data = QuoteData(
            party_id=party_id,
            opportunity_id=deal.id if deal else None,
            owner_id=members[pick.choice((1, 2, 3))].id if len(members) > 3 else None,
            title=pick.choice(TITLES),
            valid_until=context.today + timedelta(days=pick.randrange(3, 30)),
            payment_terms=pick.choice(("À vista no Pix", "30 dias no boleto", "Entrada e 30/60 dias")),
            deposit_kind="percent",
            deposit=Decimal(pick.choice((0, 30, 50))),
            layout_id=layout.id,
            lines=_lines(pick, products),
            is_demo=True,
        )
        quote = create_quote(actor=actor, data=data)
        _live(actor, quote, state)


def remove(actor: Actor) -> None:
    """Take the demo's quotes and layout away for good; the brand goes with a demo that made it."""
    Quote.objects.filter(is_demo=True).delete()
    if QuoteLayout.objects.filter(is_demo=True).delete()[0]:
        set_preference(KEY, None)
        set_preference(LOGO_KEY, None)


def _brand(actor: Actor) -> None:
    values = {
        "name": load_brand().name, "cnpj": "11222333000181", "address": "Rua das Palmeiras, 120 · São Paulo · SP",
        "phone": "(11) 3333-4444", "email": "vendas@demo.example", "site": "demo.example", "colour": "#0c3b38",
        "pix_key": "financeiro@demo.example", "pix_name": load_brand().name, "pix_city": "Sao Paulo",
    }  # fmt: skip
    save_brand(actor=actor, values=values)


def _layout(actor: Actor) -> QuoteLayout:
    values: dict[str, Any] = {
        "name": "Padrão", "language": "pt-br", "colour": "#0c3b38",
        "blocks": ["intro", "items", "totals", "payment", "notes", "terms"],
        "intro": "{{customer.name}},\n\nagradecemos o interesse. Segue a nossa proposta, válida até {{quote.valid_until}}.",
        "terms": "Entrega em até 10 dias úteis após o aceite.\nGarantia de 12 meses para equipamentos.",
        "footer": "{{business.name}} · proposta {{quote.number}}", "is_default": not QuoteLayout.objects.exists(),
    }  # fmt: skip
    return save_layout(actor=actor, values=values, is_demo=True)


def _lines(pick: random.Random, products: list[Product]) -> list[QuoteLineData]:
    chosen = pick.sample(products, k=min(len(products), pick.choice((2, 3, 4))))
    lines = [
        QuoteLineData(
            product_id=product.id,
            quantity=Decimal(pick.randrange(1, 12) if (product.price or 0) < 500 else 1),
            discount=Decimal(pick.choice((0, 0, 5, 10))),
        )
        for product in chosen
    ]
    extra = QuoteLineData(
        description="Treinamento da equipe", details="Duas horas, no local.", unit_price=Decimal("480.00"),
        is_optional=True, is_chosen=False,
    )  # fmt: skip
    return [*lines, extra]


def _live(actor: Actor, quote: Quote, state: str) -> None:
    if state == "draft":
        return
    link = send_quote(actor=actor, quote_id=quote.id).link
    customer = Actor(member=None, kind="system", label="Customer (quote page)")
    asks = state == "sent" and quote.number.endswith(("2", "7"))
    for _look in range({"accepted": 3, "declined": 1}.get(state, 2 if asks else 0)):
        note_view(actor=customer, link_id=link.id)
    if state == "accepted":
        data = AcceptanceData(name="Paula Andrade Lima", cpf=CPF, agreed=True)
        accept_quote(actor=customer, quote_id=quote.id, data=data)
    elif state == "declined":
        decline_quote(actor=customer, quote_id=quote.id, reason="Vamos deixar para o próximo semestre.")
    elif asks:
        comment_quote(
            actor=customer,
            quote_id=quote.id,
            author="Paula",
            body="A instalação está inclusa?",
            by_customer=True,
        )


PART = DemoPart(key="quotes", order=60, make=make, remove=remove)
