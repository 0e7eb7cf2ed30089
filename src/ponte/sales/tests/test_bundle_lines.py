"""Bundles on quotes and opportunities: what the line, the page, the PDF and the order say they hold."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ponte.commerce.data import ProductData
from ponte.commerce.services.bundles import PartData, set_bundle
from ponte.commerce.services.products import create_product
from ponte.sales.data import OpportunityLineData
from ponte.sales.documents.content import quote_content
from ponte.sales.documents.printing import printed_quote, quote_pdf
from ponte.sales.documents.reading import read_lines
from ponte.sales.quote_data import QuoteData, QuoteLineData
from ponte.sales.services.opportunity_lines import set_lines
from ponte.sales.services.quote_orders import place_order
from ponte.sales.services.quotes import create_quote

pytestmark = pytest.mark.usefixtures("workspace")


@pytest.fixture
def bundle(actor):
    """A bundle of two coffees and a cup, ten per cent off its parts."""
    made = [
        create_product(actor=actor, data=ProductData(name=name, price=Decimal(price), cost=Decimal(cost)))
        for name, price, cost in (("Café", "30.00", "12.00"), ("Xícara", "10.00", "4.00"))
    ]
    kit = create_product(actor=actor, data=ProductData(name="Kit café"))
    parts = [PartData(product_id=made[0].id, quantity=Decimal(2)), PartData(product_id=made[1].id)]
    return set_bundle(actor=actor, product_id=kit.id, parts=parts, percent=Decimal(10))


def test_a_quote_says_what_the_bundle_holds_everywhere(actor, make_party, bundle):
    from django.utils import timezone

    lines = [QuoteLineData(product_id=bundle.id, quantity=Decimal(2))]
    quote = create_quote(actor=actor, data=QuoteData(party_id=make_party().id, lines=lines))
    row = quote.lines.get()
    assert (row.unit_price, row.list_price, row.unit_cost) == (
        Decimal("63.00"),
        Decimal("63.00"),
        Decimal("28.00"),
    )
    assert quote.margin == Decimal("70.00")
    content = quote_content(quote, [row])
    assert printed_quote(content)["groups"][0]["rows"][0]["details"] == "2 × Café\n1 × Xícara"
    assert quote_pdf(content, at=timezone.now())[:4] == b"%PDF"
    set_bundle(actor=actor, product_id=bundle.id, parts=[])
    order = place_order(
        actor, quote, content, read_lines(content)
    )  # as the document was, not as the bundle is now
    assert [one["name"] for one in order.lines.get().contents] == ["Café", "Xícara"]


def test_an_opportunity_keeps_the_contents_too(actor, make_opportunity, bundle, client_for, admin):
    deal = make_opportunity()
    set_lines(actor=actor, opportunity_id=deal.id, lines=[OpportunityLineData(product_id=bundle.id)])
    row = deal.lines.get()
    assert row.unit_price == Decimal("63.00")
    assert [one["quantity"] for one in row.contents] == ["2", "1"]
    assert "Xícara" in client_for(admin).get(f"/teste/opportunities/{deal.id}/").content.decode()
    editor = client_for(admin).get(f"/teste/opportunities/{deal.id}/products/").content.decode()
    assert "data-line-split" in editor


def test_posted_lines_of_quotes_and_opportunities_may_be_split_at_once(
    api_for, admin, make_party, make_opportunity, bundle
):
    api = api_for(admin)
    line = {
        "product_id": str(bundle.id),
        "quantity": "3",
        "discount": "5",
        "explode": True,
        "is_optional": True,
        "billing": "monthly",
    }
    made = api.post("/quotes", {"customer_id": str(make_party().id), "lines": [line]}).json()
    assert [(one["description"], one["bundle"], one["billing"], one["is_optional"]) for one in made["lines"]] == [
        ("Café", "Kit café", "monthly", True), ("Xícara", "Kit café", "monthly", True)
    ]  # fmt: skip
    assert sum(Decimal(one["total"]) for one in made["lines"]) == Decimal("179.55")
    deal = make_opportunity()
    line = {"product_id": str(bundle.id), "discount": "3", "explode": True}
    answer = api.put(f"/opportunities/{deal.id}/lines", {"lines": [line]})
    assert answer.status_code == 200
    deal.refresh_from_db()
    assert (deal.amount, deal.lines.count()) == (60, 2)
