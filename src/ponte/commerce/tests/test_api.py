"""Products and orders over the API."""

from __future__ import annotations

import json
from decimal import Decimal
from uuid import uuid4

import pytest

from ponte.commerce.models import Order, Payment, Product
from ponte.core.models import Role
from ponte.directory.models import PartyFacts

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(admin, api_for):
    return api_for(admin)


def body(response, status=200):
    assert response.status_code == status, response.content
    return json.loads(response.content) if response.content else None


def test_products_are_created_read_changed_and_removed(api):
    made = body(
        api.post(
            "/products",
            {
                "name": "Filtro", "sku": "F-1", "price": "19.90", "cost": 7, "category": "Casa > Cozinha",
                "interval_kind": "replenishment", "interval_days": 180, "external_ids": {"erp": "77"},
            },
        ),
        201,
    )  # fmt: skip
    assert (made["price"], made["cost"], made["category"], made["version"]) == ("19.90", "7.00", "Cozinha", 1)
    path = f"/products/{made['id']}"
    other = body(api.post("/products", {"name": "Jarra", "complement_ids": [made["id"]]}), 201)
    assert other["complement_ids"] == [made["id"]]
    changed = body(api.patch(path, {"price": None, "is_active": False}, if_match='"1"'))
    assert (changed["price"], changed["is_active"], changed["cost"], changed["version"]) == (
        None,
        False,
        "7.00",
        2,
    )
    assert changed["external_ids"] == {"erp": "77"}
    found = [one["name"] for one in body(api.get("/products?q=fil"))["items"]]
    assert found == ["Filtro"]
    assert body(api.get("/products?source=erp&external_id=77"))["items"][0]["id"] == made["id"]
    assert body(api.get("/products?is_active=true&kind=product"))["items"][0]["name"] == "Jarra"
    body(api.delete(path), 204)
    body(api.get(path), 404)


def test_taken_sku_and_unknown_fields_name_the_field(api):
    body(api.post("/products", {"name": "A", "sku": "X"}), 201)
    for sent, field in (
        ({"name": "B", "sku": "X"}, "sku"),
        ({"name": "B", "preço": 1}, "preço"),
        ({"name": "B", "price": -1}, "price"),
    ):
        problem = body(api.post("/products", sent), 422)
        assert problem["errors"][0]["field"] == field


def test_categories_form_a_tree(api):
    house = body(api.post("/product-categories", {"name": "Casa"}), 201)
    kitchen = body(api.post("/product-categories", {"name": "Cozinha", "parent_id": house["id"]}), 201)
    assert kitchen["path"] == [house["id"], kitchen["id"]]
    body(api.put(f"/product-categories/{house['id']}", {"name": "Casa", "parent_id": kitchen["id"]}), 422)
    body(api.post("/products", {"name": "Filtro", "category_id": kitchen["id"]}), 201)
    assert len(body(api.get(f"/products?category_id={house['id']}"))["items"]) == 1
    body(api.delete(f"/product-categories/{house['id']}"), 422)


def order_body(party, **more):
    return {
        "customer_id": str(party.id),
        "lines": [{"description": "Café", "quantity": 2, "unit_price": "30"}],
        **more,
    }


def test_an_order_goes_its_whole_way(api, make_party):
    party = make_party()
    made = api.post("/orders", order_body(party, payments=[{"kind": "pix", "value": "20"}]))
    order = body(made, 201)
    path = f"/orders/{order['id']}"
    assert (order["total"], order["paid_total"], order["revenue"]) == ("60.00", "20.00", "60.00")
    assert made["Location"] == f"/api/v1{path}"
    paid = body(api.post(f"{path}/payments", {"kind": "cash", "value": 40}), 201)
    assert paid["paid_total"] == "60.00"
    line = order["lines"][0]["id"]
    back = body(api.post(f"{path}/returns", {"lines": [{"line_id": line, "quantity": 1}]}), 201)
    assert (back["returned_total"], back["revenue"]) == ("30.00", "30.00")
    body(api.delete(f"{path}/returns/{back['returns'][0]['id']}"), 204)
    body(api.delete(f"{path}/payments/{paid['payments'][1]['id']}"), 204)
    sent = body(api.post(f"{path}/status", {"status": "shipped", "at": "2026-11-20T10:00:00-03:00"}))
    assert sent["shipped_at"].startswith("2026-11-20T13:00")
    changed = body(
        api.patch(path, {"lines": [{"id": line, "description": "Café", "quantity": 3, "unit_price": 30}]})
    )
    assert (changed["total"], changed["lines"][0]["id"]) == ("90.00", line)
    body(api.patch(path, {"notes": "x"}, if_match="1"), 409)
    body(api.delete(path), 204)
    body(api.get(path), 404)
    assert body(api.post(f"{path}/restore"))["total"] == "90.00"


def test_filters_and_sorts(api, make_order, make_party):
    ana, bia = make_party("Ana"), make_party("Bia")
    make_order(ana, source="shop", external_id="1")
    make_order(bia, status="cancelled")
    for query, count in (
        (f"customer_id={ana.id}", 1), ("status=cancelled", 1), ("source=shop&external_id=1", 1), ("sort=-total", 2),
        ("placed_before=2001-01-01T00:00:00Z", 0), ("updated_since=2001-01-01T00:00:00Z&sort=updated_at", 2),
    ):  # fmt: skip
        assert len(body(api.get(f"/orders?{query}"))["items"]) == count, query


def test_the_list_costs_the_same_for_one_and_for_many(api, make_order, make_party):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    party, counts = make_party(), []
    api.get("/orders")  # notes the token's use, once a minute
    for _round in range(2):
        make_order(party)
        with CaptureQueriesContext(connection) as seen:
            body(api.get("/orders"))
        counts.append(len(seen))
        for _more in range(5):
            make_order(party)
    assert counts[0] == counts[1]
    assert counts[0] <= 16


def test_orders_of_customers_out_of_reach_do_not_exist(make_order, make_party, member_with, api_for):
    rights = {
        "objects": {
            "customer": {"view": "own"},
            "order": dict.fromkeys(("view", "create", "edit", "delete"), "all"),
        }
    }
    role = Role.objects.create(name="Só os seus", rights={**rights, "areas": [], "fields": {}})
    member = member_with(role)
    mine, foreign = make_party("Minha", owner_id=member.id), make_party("Alheia")
    visible, hidden = make_order(mine), make_order(foreign)
    api = api_for(member)
    assert [one["id"] for one in body(api.get("/orders"))["items"]] == [str(visible.id)]
    for method, path, sent in (
        ("GET", f"/orders/{hidden.id}", None),
        ("PATCH", f"/orders/{hidden.id}", {"notes": "x"}),
        ("DELETE", f"/orders/{hidden.id}", None),
        ("POST", f"/orders/{hidden.id}/status", {"status": "cancelled"}),
        ("POST", f"/orders/{hidden.id}/payments", {"kind": "pix", "value": 1}),
        ("POST", f"/orders/{hidden.id}/returns", {"freight": 0}),
    ):
        body(api.request(method, path, sent), 404)
    assert body(api.post("/orders", order_body(foreign)), 422)["errors"][0]["field"] == "customer_id"
    bulk = {"source": "x", "items": [{"external_id": "1", "customer_id": str(foreign.id)}]}
    assert body(api.post("/orders/bulk", bulk))["items"][0]["errors"][0]["field"] == "customer_id"


def test_hidden_fields_neither_come_out_nor_go_in(make_order, make_product, member_with, api_for):
    rights = {
        "objects": {
            name: dict.fromkeys(("view", "create", "edit"), "all")
            for name in ("customer", "order", "product")
        }
    }
    fields = {"order": {"margin": "hidden"}, "product": {"cost": "hidden"}}
    role = Role.objects.create(name="Sem custos", rights={**rights, "areas": [], "fields": fields})
    api = api_for(member_with(role))
    order, product = make_order(), make_product()
    shown = body(api.get(f"/orders/{order.id}"))
    assert "margin" not in shown
    assert "unit_cost" not in shown["lines"][0]
    assert "margin" not in body(api.get("/orders"))["items"][0]
    assert "cost" not in body(api.get(f"/products/{product.id}"))
    problem = body(api.patch(f"/products/{product.id}", {"cost": 1}), 422)
    assert problem["errors"][0] == {**problem["errors"][0], "field": "cost", "code": "read_only"}


def test_bulk_orders_go_in_whole_or_not_at_all(api, make_party):
    party = make_party()
    line = {"external_id": "1", "description": "Café", "unit_price": "10", "freight": "1.50"}
    items = [
        {
            "external_id": "A",
            "customer_id": str(party.id),
            "lines": [line],
            "payments": [{"external_id": "1", "kind": "pix", "value": "11.50"}],
        },
        {"external_id": "B", "customer_id": str(party.id), "lines": [{**line, "product_id": str(uuid4())}]},
        {"external_id": "C", "customer_id": str(uuid4())},
        {"external_id": "D"},
        {"external_id": "E", "customer_id": str(party.id), "status": "gone"},
        {"external_id": "F", "customer_id": str(party.id), "lines": [line], "status": "cancelled"},
    ]
    answer = body(api.post("/orders/bulk", {"source": "shop", "items": items}))
    assert [one["status"] for one in answer["items"]] == [
        "created",
        "failed",
        "failed",
        "failed",
        "failed",
        "created",
    ]
    assert [one["errors"][0]["field"] for one in answer["items"][1:5]] == [
        "lines.0.product_id",
        "customer_id",
        "customer_id",
        "status",
    ]
    assert set(Order.objects.values_list("external_id", flat=True)) == {"A", "F"}
    assert PartyFacts.objects.get(party=party).revenue == Decimal("11.50")
    again = body(api.post("/orders/bulk", {"source": "shop", "items": [items[0], items[5]]}))
    assert again["unchanged"] == 2
    items[0]["lines"][0] = {**line, "unit_price": "20"}
    assert body(api.post("/orders/bulk", {"source": "shop", "items": [items[0]]}))["updated"] == 1
    assert PartyFacts.objects.get(party=party).revenue == Decimal("21.50")
    assert Payment.objects.count() == 1


def test_bulk_products(api):
    items = [
        {"external_id": str(n), "name": f"Produto {n}", "category": "Casa > Mesa", "price": n}
        for n in range(1, 4)
    ]
    items.append({"external_id": "4", "name": "X", "price": "-2"})
    answer = body(api.post("/products/bulk", {"source": "erp", "items": items}))
    assert (answer["created"], answer["failed"]) == (3, 1)
    items[0]["price"] = 9
    answer = body(api.post("/products/bulk", {"source": "erp", "items": items[:3]}))
    assert (answer["updated"], answer["unchanged"]) == (1, 2)
    assert Product.objects.count() == 3
