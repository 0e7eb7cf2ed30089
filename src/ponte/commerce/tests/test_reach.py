"""Bulk calls and the search of the list stay within what a member may see and change; views are written down."""

from __future__ import annotations

import json
from decimal import Decimal
from uuid import uuid4

from django.apps import apps

from ponte.commerce.data import BulkRow
from ponte.commerce.models import Order
from ponte.commerce.services.bulk_lines import upsert_lines, upsert_payments
from ponte.commerce.services.bulk_orders import upsert_orders
from ponte.commerce.services.order_state import delete_order
from ponte.commerce.tables import orders as order_list
from ponte.commerce.tests.conftest import line
from ponte.core.actors import Actor
from ponte.core.models import AccessEntry, Role
from ponte.workplace.exporting.sources import columns_of, export_sources

ACTS = ("view", "create", "edit", "delete", "export")
OWN, ALL = dict.fromkeys(ACTS, "own"), dict.fromkeys(ACTS, "all")


def role(customer, order):
    rights = {"objects": {"customer": customer, "order": order}, "areas": [], "fields": {}}
    return Role.objects.create(name=str(uuid4()), rights=rights)


def rows(results):
    return [(one.outcome, [problem.code for problem in one.problems]) for one in results]


def test_bulk_leaves_orders_out_of_reach_alone(make_order, make_party, member_with, api_for, actor):
    foreign, binned = make_order(source="erp", external_id="77"), make_order(source="erp", external_id="78")
    delete_order(actor=actor, order_id=binned.id)
    member = member_with(role(OWN, OWN))
    mine = make_party("Minha", owner_id=member.id)
    items = [
        {"external_id": key, "status": "cancelled", "customer_id": str(mine.id), "lines": lines}
        for key, lines in (
            ("77", []),
            ("78", []),
            ("79", [{"external_id": "1", "description": "Café", "unit_price": 7}]),
        )
    ]
    answer = json.loads(api_for(member).post("/orders/bulk", {"source": "erp", "items": items}).content)
    assert [one["status"] for one in answer["items"]] == ["failed", "failed", "created"]
    assert answer["items"][0]["errors"][0]["code"] == "exists"
    assert "administrador" in answer["items"][0]["errors"][0]["message"]
    assert answer["items"][0].get("id") is None
    for order in (foreign, binned):
        party_id, status = order.party_id, order.status
        order.refresh_from_db()
        assert (order.party_id, order.status) == (party_id, status)
    made = Order.objects.get(external_id="79")
    assert (made.owner_id, made.total) == (member.id, Decimal(7))


def test_bulk_tells_seen_orders_of_others_from_those_one_may_edit(make_order, make_party, member_with):
    member = member_with(role(ALL, {**OWN, "view": "all"}))
    make_order(source="erp", external_id="1")
    make_order(source="erp", external_id="2", owner_id=member.id)
    who = Actor.for_member(member)
    given = [BulkRow(external_id=key, values={"notes": "x"}) for key in "12"]
    assert rows(upsert_orders(actor=who, rows=given, source="erp")) == [
        ("rejected", ["exists"]),
        ("updated", []),
    ]


def test_lines_and_payments_of_orders_out_of_reach_find_no_order(make_order, member_with):
    order = make_order(source="erp", external_id="77")
    who = Actor.for_member(member_with(role(OWN, OWN)))
    lines = [
        BulkRow(external_id="9", parent=parent, values={"description": "X", "unit_price": 1})
        for parent in ("77", "none")
    ]
    payments = [BulkRow(external_id="9", parent="77", values={"kind": "pix", "value": 1})]
    answers = upsert_lines(actor=who, rows=lines, source="erp")
    answers += upsert_payments(actor=who, rows=payments, source="erp")
    assert rows(answers) == [("rejected", ["missing"])] * 3
    assert (order.lines.count(), order.payments.count()) == (1, 0)


def test_an_unknown_owner_is_refused_by_row(admin, api_for, make_party, member_with):
    party, seller = make_party(), member_with("salesperson")
    items = [
        {"external_id": str(number), "customer_id": str(party.id), "owner_id": owner}
        for number, owner in enumerate((str(uuid4()), str(seller.id), None))
    ]
    api = api_for(admin)
    answer = json.loads(api.post("/orders/bulk", {"source": "erp", "items": items}).content)
    assert [one["status"] for one in answer["items"]] == ["failed", "created", "created"]
    assert answer["items"][0]["errors"][0]["field"] == "owner_id"
    assert list(Order.objects.order_by("external_id").values_list("owner_id", flat=True)) == [seller.id, None]
    items[2]["owner_id"] = str(seller.id)
    again = json.loads(api.post("/orders/bulk", {"source": "erp", "items": items[1:]}).content)
    assert [one["status"] for one in again["items"]] == ["unchanged", "updated"]
    assert set(Order.objects.values_list("owner_id", flat=True)) == {seller.id}


def test_undoing_a_move_leaves_later_changes_alone(admin, actor, make_order):
    first, second = make_order(), make_order()
    move = next(one for one in order_list.ORDERS.bulk_actions if one.key == "status")
    outcome = move.run(actor, [first.id, second.id], {"status": "shipped"})
    Order.objects.filter(id=second.id).update(status="cancelled")
    move.undo(actor, json.loads(json.dumps(outcome.undo)))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("placed", "cancelled")


def test_namesakes_out_of_reach_take_no_place_in_a_search(
    admin, client_for, make_order, make_party, member_with, monkeypatch
):
    monkeypatch.setattr(order_list, "MOST_CUSTOMERS", 2)
    member = member_with(role(OWN, OWN))
    for _number in range(3):
        make_order(make_party("Ana Alheia"))
        make_party("Ana sem pedido", owner_id=member.id)
    make_order(make_party("Ana Minha", owner_id=member.id), owner_id=member.id, number="WEB-5")
    browser = client_for(member)
    for query in ("q=ana", "customer=ana"):
        page = browser.get(f"/teste/orders/?{query}").content.decode()
        assert "WEB-5" in page, query
        assert "Alheia" not in page, query


def test_orders_listed_by_the_api_are_written_down(admin, api_for, make_order):
    order = make_order(lines=[line()])
    assert api_for(admin).get("/orders").status_code == 200
    entry = AccessEntry.objects.get(object_type="order")
    assert (entry.act, entry.object_ids) == ("view", [order.id])


def test_the_complete_export_holds_everything_of_commerce(workspace):
    exported = {source.key: {one.attname for one in columns_of(source)} for source in export_sources()}
    models = apps.get_app_config("commerce").get_models(include_auto_created=True)
    assert {f"commerce.{one._meta.model_name}" for one in models} <= exported.keys()
    assert {"name", "sku", "price", "cost"} <= exported["commerce.product"]
    assert {"party_id", "total", "revenue", "margin", "notes"} <= exported["commerce.order"]
    assert {"quantity", "unit_price", "unit_cost"} <= exported["commerce.orderline"]
