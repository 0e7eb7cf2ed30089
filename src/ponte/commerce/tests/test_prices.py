"""Price lists: which price holds for whom, from how many on, and that lines take it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ponte.commerce.data import LineData
from ponte.commerce.models import PriceList, PriceListItem
from ponte.commerce.selectors.prices import Prices, price_of
from ponte.commerce.services.orders import create_order
from ponte.commerce.services.price_items import ItemData, bring_price_items, set_price_items
from ponte.commerce.services.price_lists import (
    PriceListData,
    delete_price_list,
    move_price_lists,
    save_price_list,
)
from ponte.core.actors import Actor
from ponte.core.errors import Conflict, Denied, Invalid, Missing

pytestmark = pytest.mark.usefixtures("workspace")
PEOPLE = {"all": [{"field": "kind", "op": "is", "value": ["person"]}]}
COMPANIES = {"all": [{"field": "kind", "op": "is", "value": ["company"]}]}
DAY = date(2026, 6, 15)


@pytest.fixture
def make_list(actor):
    """Return a factory of lists from pairs of quantity and price for one product."""

    def make(product, *breaks, name="Atacado", **fields):
        row = save_price_list(actor=actor, data=PriceListData(name=name, **fields))
        items = [
            ItemData(product_id=product.id, min_quantity=Decimal(least), price=Decimal(price))
            for least, price in breaks
        ]
        set_price_items(actor=actor, price_list_id=row.id, items=items)
        return row

    return make


def codes(refusal):
    return {problem.field: problem.code for problem in refusal.value.problems}


def test_the_break_from_most_units_on_decides(make_product, make_party, make_list):
    product = make_product(price="30.00")
    row = make_list(product, ("10", "27"), ("50", "24.50"))
    party = make_party()
    told = {n: price_of(product, party.id, Decimal(n), DAY) for n in ("9.999", "10", "49", "50", "5000")}
    assert [one.value for one in told.values()] == [30, 27, 27, Decimal("24.50"), Decimal("24.50")]
    assert told["9.999"].price_list is None
    assert told["10"].price_list == row
    assert "10" in told["10"].in_words()
    assert told["9.999"].in_words() == ""


def test_the_first_list_that_fits_decides_and_they_are_never_mixed(
    make_product, make_party, make_list, actor
):
    product, party = make_product(price="30.00"), make_party()
    make_list(product, ("1", "10"), name="Empresas", where=COMPANIES)
    first = make_list(product, ("1", "28"), name="Pessoas", where=PEOPLE)
    second = make_list(product, ("1", "20"), name="Todos")
    assert price_of(product, party.id, Decimal(1), DAY).price_list == first
    assert price_of(product, None, Decimal(1), DAY).price_list == second  # for nobody known yet
    move_price_lists(actor=actor, ids=[second.id, uuid4()])
    assert price_of(product, party.id, Decimal(1), DAY).value == 20
    assert price_of(product, uuid4(), Decimal(1), DAY).value == 20


def test_lists_hold_on_their_days_in_use_and_in_their_currency(make_product, make_list, actor):
    product = make_product(price="30.00")
    row = make_list(product, ("1", "20"), valid_from=DAY, valid_until=DAY)
    days = [DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)]
    assert [price_of(product, None, Decimal(1), day).value for day in days] == [30, 20, 30]
    dollars = make_list(product, ("1", "5"), name="Dólar", currency="USD")
    found = price_of(product, None, Decimal(1), DAY, currency="USD", rate=Decimal(5))
    assert (found.value, found.price_list) == (5, dollars)
    euros = price_of(product, None, Decimal(1), DAY, currency="EUR", rate=Decimal("6.5"))
    assert euros.value == Decimal("4.62")  # 30 ÷ 6,5
    assert price_of(product, None, Decimal(1), DAY, currency="EUR").value is None
    row.refresh_from_db()
    save_price_list(
        actor=actor, data=PriceListData(name="Atacado", is_active=False), price_list_id=row.id, version=row.version
    )  # fmt: skip
    assert price_of(product, None, Decimal(1), DAY).value == 30
    assert price_of(make_product("Sem preço", None), None, Decimal(1), DAY).value is None


def test_a_condition_that_no_longer_works_is_for_nobody(make_product, make_party, make_list):
    product = make_product(price="30.00")
    row = make_list(product, ("1", "20"), where=PEOPLE)
    PriceList.objects.filter(id=row.id).update(where={"all": [{"field": "gone", "op": "is", "value": "x"}]})
    assert price_of(product, make_party().id, Decimal(1), DAY).value == 30


def test_lines_of_orders_take_the_list_and_keep_a_typed_price(make_product, make_order, make_list):
    product = make_product(price="30.00")
    make_list(product, ("10", "27"))
    order = make_order(
        lines=[
            LineData(product_id=product.id, quantity=Decimal(10)),
            LineData(product_id=product.id, quantity=Decimal(2)),
            LineData(product_id=product.id, quantity=Decimal(10), unit_price=Decimal(29)),
        ]
    )
    assert [one.unit_price for one in order.lines.order_by("position")] == [27, 30, 29]


def test_asking_costs_the_same_for_one_line_and_many(make_product, make_party, make_list):
    products = [make_product(f"Café {n}", "30.00") for n in range(6)]
    for product in products:
        make_list(product, ("1", "20"), name=product.name, where=PEOPLE)
    party = make_party()

    def cost(asked):
        with CaptureQueriesContext(connection) as queries:
            prices = Prices(asked, party.id, DAY)
            assert {prices.of(one, Decimal(n)).value for one in asked for n in (1, 2)} == {20}
        return len(queries)

    assert cost(products[:1]) == 2
    assert cost(products) == 7  # one to read them all, one for each list's condition


def test_what_a_list_refuses(make_product, actor, member_with, make_list):
    seller = Actor.for_member(member_with("salesperson"))
    with pytest.raises(Denied):
        save_price_list(actor=seller, data=PriceListData(name="x"))
    wrong = PriceListData(
        name=" ", currency="real", valid_from=DAY, valid_until=DAY - timedelta(days=1),
        where={"all": [{"field": "gone", "op": "is", "value": "x"}]},
    )  # fmt: skip
    with pytest.raises(Invalid) as refusal:
        save_price_list(actor=actor, data=wrong)
    assert set(codes(refusal)) == {"name", "currency", "valid_until", "where"}
    row = make_list(make_product(), ("1", "20"))
    with pytest.raises(Conflict):
        save_price_list(actor=actor, data=PriceListData(name="x"), price_list_id=row.id, version=99)
    items = [
        ItemData(product_id=uuid4(), price=Decimal(1)),
        ItemData(product_id=make_product("Chá").id, price=None, min_quantity=Decimal(0)),
    ]
    with pytest.raises(Invalid) as refusal:
        set_price_items(actor=actor, price_list_id=row.id, items=items)
    assert codes(refusal) == {
        "items.0.product_id": "missing", "items.1.price": "required", "items.1.min_quantity": "quantity",
    }  # fmt: skip
    delete_price_list(actor=actor, price_list_id=row.id)
    with pytest.raises(Missing):
        delete_price_list(actor=actor, price_list_id=row.id)


def test_prices_come_pasted_all_or_none(make_product, actor, make_list):
    product, tea = make_product("Café", sku="CAF-1"), make_product("Chá verde", sku="")
    row = make_list(product, ("1", "29"))
    text = "SKU\tA partir de\tPreço\nCAF-1\t1\tR$ 1.027,50\nCAF-1\t10\t26\nCHÁ VERDE\t1\t9,9\n\n"
    assert bring_price_items(actor=actor, price_list_id=row.id, text=text) == 3
    found = row.items.order_by("product__sort_name", "min_quantity").values_list("min_quantity", "price")
    assert list(found) == [(1, Decimal("1027.50")), (10, 26), (1, Decimal("9.90"))]
    assert bring_price_items(actor=actor, price_list_id=row.id, text="CAF-1;25", replace=True) == 1
    assert PriceListItem.objects.get().price == 25
    with pytest.raises(Invalid) as refusal:
        bring_price_items(
            actor=actor, price_list_id=row.id,
            text="CAF-1;20\nNADA;1;2\nCAF-1;0;2\nCAF-1;1;abc\nCAF-1;30\nCAF-1;1;2;3",
        )  # fmt: skip
    message = str(refusal.value.problems[0].message)
    assert all(f" {n}:" in message for n in (2, 3, 4, 5, 6))
    assert PriceListItem.objects.get().price == 25
    for nothing in ("", "\n \n", "\x00"):
        with pytest.raises(Invalid):
            bring_price_items(actor=actor, price_list_id=row.id, text=nothing)
    assert tea.list_prices.count() == 0


def test_pages_make_a_list_with_prices(client_for, admin, make_product, make_party, member_with):
    browser, product = client_for(admin), make_product("Café", sku="CAF-1")
    assert "Outros preços" in browser.get("/teste/settings/prices/").content.decode()
    assert browser.get("/teste/settings/prices/new/").status_code == 200
    made = browser.post("/teste/settings/prices/new/", {"name": "Atacado", "is_active": "on"})
    row = PriceList.objects.get()
    assert made.status_code == 302
    address = f"/teste/settings/prices/{row.id}/"
    assert browser.get(address).status_code == 200
    table = {"items-TOTAL_FORMS": "2", "items-INITIAL_FORMS": "0", "items-0-product": str(product.id),
             "items-0-min_quantity": "10", "items-0-price": "25,50", "items-1-min_quantity": "1"}  # fmt: skip
    assert browser.post(address, table).status_code == 302
    item = PriceListItem.objects.get()
    assert (item.min_quantity, item.price) == (10, Decimal("25.50"))
    changed = {**table, "items-TOTAL_FORMS": "1", "items-INITIAL_FORMS": "1", "items-0-id": str(item.id),
               "items-0-min_quantity": "20"}  # fmt: skip
    assert browser.post(address, changed).status_code == 302
    assert PriceListItem.objects.get().min_quantity == 20
    assert browser.post(address, {**changed, "items-0-price": ""}).status_code == 422
    assert browser.post(f"{address}bring/", {"text": "CAF-1;1;29\nX;1;1"}).status_code == 422
    assert browser.post(f"{address}bring/", {"text": "CAF-1;1;29"}).status_code == 302
    offer = f"/teste/products/{product.id}/offer/?party={make_party().id}"
    told = json.loads(browser.get(f"{offer}&quantity=20").content)
    assert told["price"] == "25,50"
    assert told["note"] == "Preço da tabela Atacado, a partir de 20 unidades"
    assert json.loads(browser.get(f"{offer}&quantity=x&rate=y&currency=").content)["price"] == "29,00"
    gone = {
        **changed,
        "items-0-id": str(PriceListItem.objects.get(min_quantity=20).id),
        "items-0-DELETE": "on",
    }
    assert browser.post(address, gone).status_code == 302
    assert PriceListItem.objects.count() == 1
    assert client_for(member_with("salesperson")).get(address).status_code == 404
    assert browser.post(f"{address}delete/").status_code == 302


def test_api_of_prices(api_for, admin, make_product, make_party, member_with):
    api, product = api_for(admin), make_product("Café")
    made = api.post("/price-lists", {"name": "Atacado", "where": PEOPLE})
    assert made.status_code == 201, made.content
    key = json.loads(made.content)["id"]
    items = {"items": [{"product_id": str(product.id), "min_quantity": "10", "price": "25"}]}
    assert json.loads(api.put(f"/price-lists/{key}/items", items).content) == {"written": 1}
    assert len(json.loads(api.get(f"/price-lists/{key}/items").content)["items"]) == 1
    asked = f"/products/{product.id}/price?customer_id={make_party().id}&quantity=10"
    told = json.loads(api.get(asked).content)
    assert (told["price"], told["price_list_id"]) == ("25.00", key)
    assert json.loads(api.get(f"/products/{product.id}/price?quantity=10").content)["price_list_id"] is None
    assert api.get(f"/products/{product.id}/price?customer_id={uuid4()}").status_code == 404
    seller = api_for(member_with("salesperson"))
    assert json.loads(seller.get(asked).content)["price"] == "25.00"
    assert seller.get("/price-lists").status_code == 404
    assert api.put(f"/price-lists/{key}", {"name": "A", "currency": "USD"}).status_code == 200
    assert api.delete(f"/price-lists/{key}").status_code == 204


def test_another_workspace_has_its_own(make_list, make_product, other_workspace, inside):
    make_list(make_product(), ("1", "20"))
    with inside(other_workspace):
        assert not PriceList.objects.exists()


def test_an_order_of_another_day_takes_the_prices_of_that_day(make_list, make_product, make_party, actor):
    from ponte.commerce.data import OrderData

    product = make_product(price="30.00")
    make_list(product, ("1", "20"), valid_until=timezone.localdate() - timedelta(days=10))
    lines = [LineData(product_id=product.id)]
    moments = [timezone.now() - timedelta(days=20), None]
    orders = [
        create_order(actor=actor, data=OrderData(party_id=make_party().id, lines=lines, placed_at=one))
        for one in moments
    ]
    assert [one.lines.get().unit_price for one in orders] == [20, 30]
