"""The screens of products and orders, as a person uses them."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ponte.commerce.models import Category, Order, Product
from ponte.commerce.tests.conftest import line
from ponte.core.models import Role

D = Decimal


@pytest.fixture
def browser(admin, client_for):
    return client_for(admin)


def queries_of(browser, path):
    with CaptureQueriesContext(connection) as seen:
        response = browser.get(path)
    assert response.status_code == 200, response.content[:2000]
    return len(seen), response.content.decode()


def editor(party, *lines, **fields):
    """Return the posted form of the order editor."""
    data = {
        "party": str(party.id), "status": "placed", "placed_at": "2026-11-20T10:00", "version": "",
        "lines-TOTAL_FORMS": len(lines), "lines-INITIAL_FORMS": 0, **fields,
    }  # fmt: skip
    for index, values in enumerate(lines):
        data |= {f"lines-{index}-{name}": value for name, value in values.items()}
    return data


def test_entering_an_order_with_brazilian_numbers(browser, make_party, make_product):
    party, product = make_party(), make_product()
    assert browser.get(f"/teste/orders/new/?party={party.id}").status_code == 200
    response = browser.post(
        "/teste/orders/new/",
        editor(
            party,
            {
                "product": str(product.id),
                "quantity": "2",
                "unit_price": "1.234,56",
                "discount": "0,56",
                "freight": "10",
            },
            {"description": "Instalação", "quantity": "1,5", "unit_price": "100,00"},
            {"quantity": "1"},
        ),
    )
    assert response.status_code == 302, response.content.decode()[:3000]
    order = Order.objects.get()
    assert order.total == D("2468.56") + D(10) + D("150.00")
    assert [row.description for row in order.lines.order_by("position")] == ["Café especial", "Instalação"]
    page = browser.get(response["Location"]).content.decode()
    assert "R$\xa02.628,56" in page
    assert "Ana Souza" in page


def test_mistakes_stand_beside_their_line_and_nothing_is_lost(browser, make_party):
    party = make_party()
    response = browser.post(
        "/teste/orders/new/",
        editor(
            party,
            {"description": "Café", "quantity": "1", "unit_price": "10", "discount": "11"},
            notes="guardar isto",
        ),
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "guardar isto" in page
    assert "form-error" in page
    assert not Order.objects.exists()


def test_editing_keeps_cost_seller_and_id_of_a_line(browser, make_order, make_party, make_product):
    product, seller = make_product(), make_party("Vendedora")
    order = make_order(
        lines=[
            line(
                "X", "1", "50", product_id=product.id, unit_cost=D("7"), seller_id=seller.id, external_id="1"
            )
        ]
    )
    row = order.lines.get()
    assert browser.get(f"/teste/orders/{order.id}/edit/").status_code == 200
    sent = {
        "id": str(row.id),
        "product": str(product.id),
        "description": "X",
        "quantity": "3",
        "unit_price": "50,00",
    }
    response = browser.post(
        f"/teste/orders/{order.id}/edit/", editor(order.party, sent, number=order.number, version=1)
    )
    assert response.status_code == 302, response.content.decode()[:3000]
    kept = order.lines.get()
    assert (kept.id, kept.unit_cost, kept.seller_id, kept.external_id, kept.quantity) == (
        row.id,
        D(7),
        seller.id,
        "1",
        3,
    )
    late = browser.post(
        f"/teste/orders/{order.id}/edit/", editor(order.party, sent, number=order.number, version=1)
    )
    assert late.status_code == 409


def test_status_payment_return_bin_from_the_page(browser, make_order):
    order = make_order()
    path = f"/teste/orders/{order.id}/"
    for act, data, status in (
        ("status", {"status": "delivered"}, 302),
        ("pay", {"kind": "pix", "value": "60,00", "instalments": "1", "paid_at": "2026-11-20T10:00"}, 302),
        ("pay", {"kind": "pix", "value": "-1", "instalments": "1"}, 422),
        ("return", {"line0": "1", "reason": "Amassado"}, 302),
        ("return", {"line0": "2"}, 422),
        ("return", {}, 422),
    ):
        response = browser.post(f"{path}{act}/", data)
        assert response.status_code == status, (act, data, response.content.decode()[:1500])
    order.refresh_from_db()
    assert (order.status, order.paid_total, order.returned_total, order.revenue) == ("delivered", 60, 30, 30)
    page = browser.get(path).content.decode()
    assert "Amassado" in page
    payment, back = order.payments.get(), order.returns.get()
    assert browser.post(f"{path}payments/{payment.id}/delete/").status_code == 302
    assert browser.post(f"{path}returns/{back.id}/delete/").status_code == 302
    assert browser.post(f"{path}delete/").status_code == 302
    assert browser.get(path).status_code == 404
    assert browser.post(f"{path}restore/").status_code == 302
    order.refresh_from_db()
    assert (order.paid_total, order.revenue) == (0, 60)


@pytest.mark.parametrize("path", ["/teste/orders/", "/teste/products/"])
def test_lists_cost_the_same_for_one_and_for_many(browser, make_order, make_product, path):
    party = make_order().party
    make_product("P0")
    browser.get(path)
    few, page = queries_of(browser, path)
    for number in range(6):
        make_order(party)
        make_product(f"P{number + 1}")
    many, page = queries_of(browser, path)
    assert few == many
    assert many <= 15  # custom fields, and what runs above the list, take one each
    assert "P6" in page or "Ana Souza" in page


def test_an_orders_page_costs_the_same_for_one_line_and_for_many(browser, make_order, make_product):
    product = make_product()
    small = make_order(lines=[line("A", product_id=product.id)])
    large = make_order(lines=[line(f"L{n}", product_id=product.id) for n in range(20)])
    browser.get(f"/teste/orders/{small.id}/")
    few, _page = queries_of(browser, f"/teste/orders/{small.id}/")
    many, _page = queries_of(browser, f"/teste/orders/{large.id}/")
    assert few == many <= 20
    few, _page = queries_of(browser, f"/teste/orders/{small.id}/edit/")
    many, _page = queries_of(browser, f"/teste/orders/{large.id}/edit/")
    assert few == many <= 16


def test_the_panel_tells_value_and_what_counts(browser, make_order, make_party):
    party = make_party()
    _queries, empty = queries_of(browser, f"/teste/customers/{party.id}/orders/")
    make_order(party)
    few, page = queries_of(browser, f"/teste/customers/{party.id}/orders/")
    for _more in range(8):
        make_order(party)
    many, page = queries_of(browser, f"/teste/customers/{party.id}/orders/")
    assert few == many <= 12
    assert "R$\xa0540,00" in page
    assert "R$" not in empty


def test_searching_the_list_by_number_and_by_customer(browser, make_order, make_party):
    make_order(make_party("José Ávila"), number="WEB-77")
    make_order(make_party("Bia"), number="WEB-99")
    assert "WEB-99" not in browser.get("/teste/orders/?q=WEB-7").content.decode()
    page = browser.get("/teste/orders/?q=avila").content.decode()
    assert "WEB-77" in page
    assert "WEB-99" not in page


def test_a_product_is_added_changed_and_offered(browser):
    assert browser.get("/teste/products/new/").status_code == 200
    data = {
        "name": "Moedor",
        "kind": "product",
        "price": "1.200,00",
        "cost": "700",
        "billing": "one_off",
        "new_category": "Café > Máquinas",
        "is_active": "on",
    }
    assert browser.post("/teste/products/new/", data).status_code == 302
    product = Product.objects.get()
    assert (product.price, product.cost, product.category.name) == (D(1200), D(700), "Máquinas")
    other = {
        **data,
        "name": "Filtro",
        "complement_ids": [str(product.id)],
        "new_category": "",
        "category": str(product.category_id),
    }
    assert browser.post("/teste/products/new/", other).status_code == 302
    assert "Filtro" in browser.get("/teste/products/").content.decode()
    found = json.loads(browser.get("/teste/products/pick/?q=moe").content)["items"]
    assert found[0]["label"] == "Moedor"
    assert json.loads(browser.get(f"/teste/products/{product.id}/offer/").content)["price"] == "1.200,00"
    edit = f"/teste/products/{product.id}/edit/"
    assert browser.get(edit).status_code == 200
    assert browser.post(edit, {**data, "name": "", "version": 1}).status_code == 422
    assert browser.post(edit, {**data, "interval_kind": "maintenance", "version": 1}).status_code == 422
    assert browser.post(edit, {**data, "name": "Moedor 2", "version": 1}).status_code == 302
    assert "Moedor 2" in browser.get(f"/teste/products/{product.id}/").content.decode()
    assert browser.post(f"/teste/products/{product.id}/delete/").status_code == 302
    assert Product.objects.count() == 1


def test_categories_are_kept(browser):
    assert browser.post("/teste/products/categories/new/", {"name": "Casa"}).status_code == 302
    house = Category.objects.get()
    assert browser.post("/teste/products/categories/new/", {"name": "casa"}).status_code == 422
    edit = f"/teste/products/categories/{house.id}/edit/"
    assert browser.post(edit, {"name": "Lar", "version": 1}).status_code == 302
    assert "Lar" in browser.get("/teste/products/categories/").content.decode()
    assert browser.post(f"/teste/products/categories/{house.id}/delete/").status_code == 302
    assert not Category.objects.exists()


def test_bulk_acts_and_their_undo(admin, actor, make_order, make_party):
    from ponte.commerce.services.order_bulk import bin_orders, move_orders

    party = make_party()
    orders = [make_order(party), make_order(party)]
    before = move_orders(actor=actor, statuses={order.id: "cancelled" for order in orders})
    assert set(before.values()) == {"placed"}
    assert party.facts.__class__.objects.get(party=party).revenue == 0
    move_orders(actor=actor, statuses=before)
    assert bin_orders(actor=actor, order_ids=[orders[0].id], deleted=True) == [orders[0].id]
    assert party.facts.__class__.objects.get(party=party).orders_count == 1
    assert bin_orders(actor=actor, order_ids=[orders[0].id], deleted=False)


def test_who_may_only_look_is_offered_nothing_else(make_order, make_product, member_with, client_for):
    order, product = make_order(), make_product()
    browser = client_for(member_with("read_only"))
    for path in (f"/teste/orders/{order.id}/", f"/teste/products/{product.id}/", "/teste/orders/"):
        page = browser.get(path).content.decode()
        assert "/edit/" not in page
        assert "orders/new" not in page
    for path in (
        "orders/new/",
        f"orders/{order.id}/edit/",
        f"orders/{order.id}/pay/",
        "products/new/",
        f"products/{product.id}/edit/",
    ):
        assert browser.get(f"/teste/{path}").status_code == 404
    assert browser.post(f"/teste/orders/{order.id}/status/", {"status": "cancelled"}).status_code == 404
    assert browser.post(f"/teste/orders/{order.id}/delete/").status_code == 404


def test_cost_and_margin_hidden_by_the_role_are_nowhere(make_order, make_product, member_with, client_for):
    rights = {
        "objects": {
            name: dict.fromkeys(("view", "create", "edit"), "all")
            for name in ("customer", "order", "product")
        }
    }
    role = Role.objects.create(
        name="Sem custos",
        rights={
            **rights,
            "areas": [],
            "fields": {"order": {"margin": "hidden"}, "product": {"cost": "hidden"}},
        },
    )
    browser = client_for(member_with(role))
    order, product = (
        make_order(lines=[line("A", "1", "100", unit_cost=D("61.37"))]),
        make_product(cost=D("61.37")),
    )
    for path in (
        f"orders/{order.id}/",
        f"customers/{order.party_id}/orders/",
        f"products/{product.id}/",
        f"products/{product.id}/edit/",
        "products/?cols=name,cost",
        "orders/?cols=number,margin",
    ):
        page = browser.get(f"/teste/{path}").content.decode()
        assert "61,37" not in page
        assert "38,63" not in page


def test_an_order_made_of_a_quote_shows_no_inner_id(browser, make_order, make_party):
    party = make_party()
    quoted = make_order(party, source="quote", external_id="01a2-inner")
    bought = make_order(party, source="shop", external_id="A-17")
    assert "01a2-inner" not in browser.get(f"/teste/orders/{quoted.id}/").content.decode()
    assert "A-17" in browser.get(f"/teste/orders/{bought.id}/").content.decode()
