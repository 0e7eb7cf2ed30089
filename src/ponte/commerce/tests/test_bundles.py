"""Bundles: composing them, what they cost, lines that keep what they held, and splitting them to the cent."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ponte.commerce.data import BulkRow, LineData
from ponte.commerce.models import BundlePart, OrderLine, Product
from ponte.commerce.selectors.bundles import parts_of, split_bundle
from ponte.commerce.selectors.line_memory import price_notes
from ponte.commerce.selectors.prices import Prices, price_of
from ponte.commerce.services.bulk_lines import upsert_lines
from ponte.commerce.services.bulk_parts import PartRow, give_parts_back, upsert_parts
from ponte.commerce.services.bundles import PartData, set_bundle
from ponte.commerce.services.orders import update_order
from ponte.commerce.services.price_items import ItemData, set_price_items
from ponte.commerce.services.price_lists import PriceListData, save_price_list
from ponte.commerce.services.products import delete_product, update_product
from ponte.core.actors import Actor
from ponte.core.errors import Conflict, Denied, Invalid, Missing
from ponte.core.models import AuditEntry, Role
from ponte.workplace.importing.command import run_import_file
from ponte.workplace.importing.undoing import carry_on_undoing
from ponte.workplace.services.import_undo import undo_import

pytestmark = pytest.mark.usefixtures("workspace")
ONE = Decimal(1)


@pytest.fixture
def kit(actor, make_product):
    """Return a factory of bundles: a coffee of 30.00 twice and a cup of 10.01 once unless told otherwise."""

    def make(*, percent=None, price="65.00", parts=None):
        if parts is None:
            coffee, cup = make_product("Café", "30.00"), make_product("Xícara", "10.01", cost=Decimal("4.00"))
            parts = [(coffee, "2"), (cup, "1")]
        bundle = make_product("Kit", price, cost=None)
        data = [PartData(product_id=product.id, quantity=Decimal(n)) for product, n in parts]
        told = None if percent is None else Decimal(percent)
        return set_bundle(actor=actor, product_id=bundle.id, parts=data, percent=told)

    return make


def reader(name="Lê produtos", **fields):
    """Return a role that sees products and changes none."""
    rights = {"objects": {"product": {"view": "all"}}, "areas": [], "fields": fields}
    return Role.objects.create(name=name, rights=rights)


def codes(refusal):
    return {problem.field: problem.code for problem in refusal.value.problems}


def price(product, quantity="1", **options):
    return price_of(product, None, Decimal(quantity), timezone.localdate(), **options)


def test_a_bundle_costs_its_own_price_or_less_than_its_parts(kit, actor):
    bundle = kit()
    assert price(bundle).value == Decimal("65.00")
    parts = [PartData(product_id=row.product_id, quantity=row.quantity) for row in bundle.parts.all()]
    bundle = set_bundle(actor=actor, product_id=bundle.id, parts=parts, percent=Decimal(10))
    assert price(bundle).value == Decimal("63.01")  # 70.01 less 10 % is 63.009
    assert "10%" in price(bundle).in_words()
    bundle = set_bundle(actor=actor, product_id=bundle.id, parts=parts, percent=Decimal(0))
    assert price(bundle).value == Decimal("70.01")


def test_price_lists_know_bundles_and_their_parts(kit, actor):
    bundle = kit(percent="10")
    coffee = Product.objects.get(name="Café")
    row = save_price_list(actor=actor, data=PriceListData(name="Atacado"))
    items = [ItemData(product_id=coffee.id, min_quantity=Decimal(10), price=Decimal("20.00"))]
    set_price_items(actor=actor, price_list_id=row.id, items=items)
    assert price(bundle, "4").value == Decimal("63.01")  # eight coffees: the break is not reached
    assert price(bundle, "5").value == Decimal("45.01")  # ten of them
    items = [ItemData(product_id=bundle.id, min_quantity=ONE, price=Decimal("50.00"))]
    set_price_items(actor=actor, price_list_id=row.id, items=items)
    assert price(bundle, "5").value == Decimal("50.00")  # its own price in a list comes first


def test_a_part_without_a_price_leaves_the_bundle_without_one(kit, make_product):
    bundle = kit(percent="0", parts=[(make_product("Com preço"), "1"), (make_product("Sem", None), "1")])
    assert price(bundle).value is None


def test_costs_are_those_of_the_parts(kit, make_product):
    bundle = kit()
    prices = Prices([bundle], None, timezone.localdate())
    assert prices.cost_of(bundle) == Decimal("28.00")  # twice 12.00 and 4.00
    unknown = kit(parts=[(make_product("A"), "1"), (make_product("B", cost=None), "1")])
    assert Prices([unknown], None, timezone.localdate()).cost_of(unknown) is None


def test_bundles_in_bundles_are_refused_both_ways(kit, actor, make_product):
    bundle, other = kit(), make_product("Outro")
    with pytest.raises(Invalid) as refusal:
        set_bundle(actor=actor, product_id=other.id, parts=[PartData(product_id=bundle.id)])
    assert codes(refusal) == {"parts.0.product_id": "nested"}
    part = bundle.parts.first().product
    with pytest.raises(Invalid) as refusal:
        set_bundle(actor=actor, product_id=part.id, parts=[PartData(product_id=other.id)])
    assert codes(refusal) == {"parts": "nested"}


def test_what_else_a_bundle_refuses(kit, actor):
    bundle = kit()
    part = bundle.parts.first().product_id
    given = [
        PartData(product_id=bundle.id),
        PartData(product_id=uuid4()),
        PartData(product_id=part),
        PartData(product_id=part),
        PartData(product_id=None),
        PartData(product_id=part, quantity=Decimal(0)),
    ]
    with pytest.raises(Invalid) as refusal:
        set_bundle(actor=actor, product_id=bundle.id, parts=given, percent=Decimal(101))
    found = codes(refusal)
    assert found["parts.0.product_id"] == "itself"
    assert found["parts.1.product_id"] == found["parts.4.product_id"] == "missing"
    assert found["parts.3.product_id"] == "twice"
    assert found["parts.5.quantity"] == "quantity"
    assert found["percent"] == "range"
    assert bundle.parts.count() == 2


def test_a_part_is_not_deleted_and_a_stale_version_is_told(kit, actor):
    bundle = kit()
    part = bundle.parts.first().product
    with pytest.raises(Invalid) as refusal:
        delete_product(actor=actor, product_id=part.id)
    assert codes(refusal) == {"": "in_use"}
    with pytest.raises(Conflict):
        set_bundle(actor=actor, product_id=bundle.id, parts=[], version=bundle.version - 1)
    plain = set_bundle(actor=actor, product_id=bundle.id, parts=[])
    assert not plain.is_bundle
    assert plain.bundle_percent is None
    delete_product(actor=actor, product_id=part.id)


def test_composing_is_audited_once(kit, actor):
    bundle = kit(percent="5")
    entries = AuditEntry.objects.filter(act="product.composed")
    assert entries.count() == 1
    parts = [PartData(product_id=row.product_id, quantity=row.quantity) for row in bundle.parts.all()]
    set_bundle(actor=actor, product_id=bundle.id, parts=parts, percent=Decimal(5))
    assert entries.count() == 1


def test_only_who_may_edit_products_composes(kit, member_with):
    bundle = kit()
    with pytest.raises(Denied):
        set_bundle(actor=Actor.for_member(member_with(reader())), product_id=bundle.id, parts=[])
    with pytest.raises(Missing):
        set_bundle(actor=Actor.system("test"), product_id=uuid4(), parts=[])


def test_an_order_keeps_what_the_bundle_held_and_cost(kit, actor, make_order):
    bundle = kit()
    order = make_order(lines=[LineData(product_id=bundle.id, quantity=Decimal(3))])
    row = order.lines.get()
    assert (row.unit_price, row.unit_cost, row.total) == (
        Decimal("65.00"),
        Decimal("28.00"),
        Decimal("195.00"),
    )
    held = [(one["name"], one["quantity"]) for one in row.contents]
    assert held == [("Café", "2"), ("Xícara", "1")]
    set_bundle(actor=actor, product_id=bundle.id, parts=[])
    update_order(
        actor=actor,
        order_id=order.id,
        lines=[LineData(id=row.id, product_id=bundle.id, unit_price=Decimal(60))],
    )
    kept = OrderLine.objects.get(id=row.id)
    assert [(one["name"], one["quantity"]) for one in kept.contents] == held


def test_a_line_remembers_its_list_and_says_when_it_changed(actor, make_product, make_order):
    product = make_product("Café", "30.00")
    row = save_price_list(actor=actor, data=PriceListData(name="Atacado"))
    items = [ItemData(product_id=product.id, min_quantity=Decimal(10), price=Decimal("27.00"))]
    set_price_items(actor=actor, price_list_id=row.id, items=items)
    order = make_order(lines=[LineData(product_id=product.id, quantity=Decimal(10))])
    line = order.lines.get()
    assert line.price_source == {"list_id": str(row.id), "list": "Atacado", "from": "10", "price": "27.00"}

    def pricing(products):
        return Prices(products, order.party_id, timezone.localdate())

    assert "Atacado" in price_notes([line], pricing, "BRL")[str(line.id)]
    changed = [ItemData(product_id=product.id, min_quantity=Decimal(10), price=Decimal("28.50"))]
    set_price_items(actor=actor, price_list_id=row.id, items=changed)
    assert "28,50" in price_notes([line], pricing, "BRL")[str(line.id)]
    # saved again as it stands it keeps where its price is from; with a price somebody typed it forgets
    same = LineData(id=line.id, product_id=product.id, quantity=Decimal(10), unit_price=Decimal("27.00"))
    update_order(actor=actor, order_id=order.id, lines=[same])
    assert OrderLine.objects.get(id=line.id).price_source["price"] == "27.00"
    typed = LineData(id=line.id, product_id=product.id, quantity=Decimal(10), unit_price=Decimal("26.00"))
    update_order(actor=actor, order_id=order.id, lines=[typed])
    assert OrderLine.objects.get(id=line.id).price_source is None


def test_splitting_is_exact_to_the_cent(kit, make_product):
    pick = Random(7)
    products = [make_product(f"P{n}", str(Decimal(pick.randrange(0, 9999)) / 100)) for n in range(7)]
    for _turn in range(60):
        chosen = pick.sample(products, pick.randrange(1, 7))
        bundle = Product(name="Kit", is_bundle=True)
        parts = [
            BundlePart(bundle=bundle, product=one, quantity=Decimal(pick.randrange(1, 4000)) / 1000)
            for one in chosen
        ]
        amount = Decimal(pick.randrange(0, 200_000)) / 100
        quantity = Decimal(pick.randrange(1, 20))
        shares = split_bundle(parts, quantity, amount, {one.id: one.price for one in chosen})
        assert sum(share.total for share in shares) == amount
        assert all(share.discount >= 0 and share.total >= 0 for share in shares)


def test_split_parts_show_their_own_price_and_the_discount(kit):
    bundle = kit()
    prices = Prices([bundle], None, timezone.localdate())
    shares = split_bundle(parts_of([bundle])[bundle.id], ONE, Decimal("65.00"), prices.of_parts(bundle, ONE))
    assert [(one.quantity, one.unit_price) for one in shares] == [
        (2, Decimal("30.00")),
        (1, Decimal("10.01")),
    ]
    assert sum(one.total for one in shares) == Decimal("65.00")


def test_the_pages(client_for, admin, kit, actor):
    client = client_for(admin)
    bundle = kit(percent="10")
    page = client.get(f"/teste/products/{bundle.id}/").content.decode()
    assert "Xícara" in page
    assert "63,01" in page
    part = bundle.parts.first().product
    update_product(actor=actor, product_id=part.id, changes={"is_active": False})
    assert 'class="alert tone-yellow' in client.get(f"/teste/products/{bundle.id}/").content.decode()
    assert bundle.name in client.get(f"/teste/products/{part.id}/").content.decode()
    assert client.get(f"/teste/products/{bundle.id}/parts/").status_code == 200
    answer = client.get(f"/teste/products/{bundle.id}/split/?quantity=2&amount=126,02").json()
    assert [one["quantity"] for one in answer["lines"]] == ["4", "2"]
    offer = client.get(f"/teste/products/{bundle.id}/offer/?quantity=1").json()
    assert offer["price"] == "63,01"
    assert offer["contents"] == ["2 × Café", "1 × Xícara"]
    assert client.get(f"/teste/products/{uuid4()}/parts/").status_code == 404


def test_composing_on_the_page(client_for, admin, make_product):
    client = client_for(admin)
    kit, first, second = make_product("Kit"), make_product("A"), make_product("B")
    data = {
        "pricing": "parts", "percent": "10", "version": kit.version,
        "lines-TOTAL_FORMS": "3", "lines-INITIAL_FORMS": "0",
        "lines-0-product": first.id, "lines-0-quantity": "1", "lines-0-ORDER": "2",
        "lines-1-product": second.id, "lines-1-quantity": "2", "lines-1-ORDER": "1",
        "lines-2-product": "", "lines-2-quantity": "1",
    }  # fmt: skip
    assert client.post(f"/teste/products/{kit.id}/parts/", data).status_code == 302
    assert [row.product_id for row in kit.parts.order_by("position")] == [second.id, first.id]
    refused = client.post(
        f"/teste/products/{kit.id}/parts/", data | {"lines-0-product": kit.id, "version": ""}
    )
    assert refused.status_code == 422
    assert kit.parts.count() == 2


def test_the_page_asks_no_more_with_more_parts(client_for, admin, kit, make_product):
    client = client_for(admin)

    def count(bundle):
        client.get(f"/teste/products/{bundle.id}/")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/teste/products/{bundle.id}/")
        return len(asked)

    few = kit(parts=[(make_product("Só uma"), "1")], percent="5")
    many = kit(parts=[(make_product(f"Parte {n}"), "1") for n in range(20)], percent="5")
    assert count(few) == count(many)


def test_costs_of_a_bundle_are_hidden_where_costs_are(client_for, member_with, kit):
    bundle = kit()
    seen = client_for(member_with(reader())).get(f"/teste/products/{bundle.id}/").content.decode()
    assert "28,00" in seen
    blind = reader("Sem custos", product={"cost": "hidden"})
    hidden = client_for(member_with(blind)).get(f"/teste/products/{bundle.id}/").content.decode()
    assert "28,00" not in hidden
    assert "65,00" in hidden
    assert client_for(member_with(blind)).get(f"/teste/products/{bundle.id}/parts/").status_code == 404


def test_the_api_composes_and_splits(api_for, admin, make_product):
    api = api_for(admin)
    kit, coffee = make_product("Kit", None), make_product("Café", "30.00")
    given = {"parts": [{"product_id": str(coffee.id), "quantity": "3"}], "percent": "10"}
    answer = api.put(f"/products/{kit.id}/parts", given)
    assert answer.status_code == 200
    assert answer.json()["parts"][0]["name"] == "Café"
    product = api.get(f"/products/{kit.id}").json()
    assert (product["is_bundle"], Decimal(product["bundle_percent"])) == (True, 10)
    lines = api.get(f"/products/{kit.id}/split?quantity=2&amount=161.99").json()
    assert [(Decimal(one["quantity"]), Decimal(one["total"])) for one in lines] == [(6, Decimal("161.99"))]
    assert api.put(f"/products/{kit.id}/parts", {"parts": [{"product_id": str(kit.id)}]}).status_code == 422
    assert api.get(f"/products/{coffee.id}/split").status_code == 422
    assert api.get(f"/products/{uuid4()}/parts").status_code == 404
    assert api_for(admin, ["products:read"]).put(f"/products/{kit.id}/parts", given).status_code == 403


def test_a_posted_line_may_be_split_at_once(api_for, admin, kit, make_party):
    api, bundle = api_for(admin), kit()
    line = {
        "product_id": str(bundle.id),
        "quantity": "2",
        "discount": "0.01",
        "explode": True,
        "external_id": "7",
        "freight": "5",
    }
    given = {
        "customer_id": str(make_party().id),
        "lines": [{"description": "Frete", "unit_price": "1"}, line],
    }
    made = api.post("/orders", given).json()
    assert [(one["description"], Decimal(one["quantity"]), one["external_id"]) for one in made["lines"]] == [
        ("Frete", 1, ""), ("Café", 4, "7.1"), ("Xícara", 2, "7.2")
    ]  # fmt: skip
    assert sum(Decimal(one["total"]) for one in made["lines"][1:]) == Decimal("129.99")
    assert [Decimal(one["freight"]) for one in made["lines"]] == [0, 5, 0]
    plain = bundle.parts.first().product_id
    given["lines"] = [line, {"product_id": str(plain), "explode": True}, {"product_id": str(uuid4())}]
    refused = api.post("/orders", given)
    assert refused.status_code == 422
    assert {"lines.1.explode", "lines.2.product_id"} <= {one["field"] for one in refused.json()["errors"]}


def test_lines_in_bulk_keep_contents_and_ask_once(actor, kit, make_order):
    bundle, other = kit(), kit(price="70.00")
    order = make_order(source="x", external_id="1")

    def bring(products, **values):
        rows = [
            BulkRow(external_id=str(number), parent="1", values={"product_id": product.id, **values})
            for number, product in enumerate(products)
        ]
        with CaptureQueriesContext(connection) as asked:
            made = upsert_lines(actor=actor, rows=rows, source="x")
        return [one.outcome for one in made], len(asked)

    few, many = bring([bundle])[1], bring([bundle, other] * 4)[1]
    assert abs(few - many) <= 1  # changed beside new ones
    line = OrderLine.objects.get(order=order, external_id="0")
    assert [(one["name"], one["quantity"]) for one in line.contents] == [("Café", "2"), ("Xícara", "1")]
    set_bundle(actor=actor, product_id=bundle.id, parts=[])
    assert bring([bundle])[0] == ["unchanged"]
    plain = Product.objects.get(id=other.parts.first().product_id)
    assert bring([plain])[0] == ["updated"]
    line.refresh_from_db()
    assert line.contents is None


def test_parts_come_from_a_file_and_go_back(actor, make_product, kit, tmp_path, client_for, admin):
    old = kit(percent="5")
    fresh = make_product("Kit novo", "90.00", sku="NOVO")
    coffee, cup = make_product("Grãos", "30.00", sku="GR"), make_product("Copo", "9.00", sku="CO")
    path = tmp_path / "kits.csv"

    def bring(text):
        path.write_text(text, encoding="utf-8")
        return run_import_file(actor=actor, target="bundle_parts", path=path, source="planilha")

    head = "SKU do kit;SKU da parte;Quantidade;Desconto do kit (%)\n"
    run = bring(
        f"{head}NOVO;GR;2;10\nNOVO;CO;1;\nNOVO;NOVO;1;\nNOVO;{old.id};1;\nGR;CO;1;\nNOVO;XX;1;\n{old.id};CO;-1;\n{old.id};CO;3;\n"
    )
    assert (run.updated, run.rejected) == (3, 5), list(run.rejections.values())
    fresh.refresh_from_db()
    assert fresh.is_bundle
    assert fresh.bundle_percent == 10
    assert [(one.product, one.quantity) for one in fresh.parts.order_by("position")] == [
        (coffee, 2),
        (cup, 1),
    ]
    assert old.parts.count() == 3
    # what the list gives as a file comes in again as it stands
    listed = client_for(admin).get("/teste/products/parts/").content.decode()
    assert "NOVO" in listed
    assert bring(f"{head}NOVO;GR;2;10\nNOVO;CO;1,000;10\n{old.id};CO;3;5\n").unchanged == 3
    gone = bring(f"{head}NOVO;CO;0;\n")
    assert [one.product for one in fresh.parts.all()] == [coffee]
    for one in (gone, run):
        undo_import(run=one, actor=actor, in_background=False)
        carry_on_undoing(one.id)
    fresh.refresh_from_db()
    assert not fresh.is_bundle
    assert (old.parts.count(), Product.objects.get(id=old.id).bundle_percent) == (2, 5)


def test_the_list_of_parts_asks_no_more_with_more_of_them(client_for, admin, member_with, kit, make_product):
    def page(member):
        with CaptureQueriesContext(connection) as asked:
            answer = client_for(member).get("/teste/products/parts/")
        return answer, len(asked)

    kit(parts=[(make_product("Só uma", sku="UMA"), "0.5")])
    page(admin)
    shown, few = page(admin)
    assert "0,5" in shown.content.decode()
    kit(parts=[(make_product(f"Parte {n}"), "1") for n in range(12)])
    assert page(admin)[1] == few
    nobody = Role.objects.create(name="Nada", rights={"objects": {"customer": {"view": "all"}}, "areas": []})
    assert page(member_with(nobody))[0].status_code == 404


def test_conditions_know_bundles(api_for, admin, kit, make_product):
    import json
    from urllib.parse import quote

    bundle, part = kit(), Product.objects.get(name="Café")
    make_product("Outro")
    for field, test in (("is_bundle", {"op": "yes"}), ("contains", {"op": "is", "value": [str(part.id)]})):
        asked = quote(json.dumps({"v": 1, "where": {"all": [{"field": field, **test}]}}))
        found = api_for(admin).get(f"/products?condition={asked}").json()
        assert [one["id"] for one in found["items"]] == [str(bundle.id)], field


def test_the_exported_list_of_parts_comes_in_again(kit, actor, admin, client_for, tmp_path):
    bundle = kit(percent="12.5")
    before = list(bundle.parts.values_list("product_id", "quantity"))
    for dialect in ("csv", "csv-br"):
        answer = client_for(admin).get(f"/teste/lists/bundle_parts/export.{dialect}")
        path = tmp_path / f"{dialect}.csv"
        path.write_bytes(b"".join(answer.streaming_content))
        run = run_import_file(actor=actor, target="bundle_parts", path=path, source="planilha")
        assert (run.unchanged, run.updated, run.rejected) == (2, 0, 0), list(run.rejections.values())
    bundle.refresh_from_db()
    assert list(bundle.parts.values_list("product_id", "quantity")) == before
    assert bundle.bundle_percent == Decimal("12.5")


def test_a_chunk_of_parts_costs_no_more_queries_with_more_bundles(actor, make_product):
    def cost(count, mark):
        part = make_product(f"Parte {mark}", "10.00")
        bundles = [make_product(f"Kit {mark}{number}", "30.00") for number in range(count)]
        rows = [PartRow(bundle_id=one.id, product_id=part.id, quantity=Decimal(2)) for one in bundles]
        with CaptureQueriesContext(connection) as queries:
            done = upsert_parts(actor=actor, rows=rows, source="x")
        assert {one.outcome for one in done.results} == {"updated"}
        with CaptureQueriesContext(connection) as back:
            assert not give_parts_back(actor=actor, states=done.states, source="x")
        assert not Product.objects.filter(id__in=[one.id for one in bundles], is_bundle=True).exists()
        return len(queries), len(back)

    assert cost(2, "a") == cost(25, "b")
    assert AuditEntry.objects.filter(act="product.composed").count() == 2 * 27
