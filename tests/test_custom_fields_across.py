"""Custom fields of products, orders and tasks: forms, in place, lists, conditions, search, bulk API, import, API queries."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ponte.commerce.data import LineData, OrderData, ProductData
from ponte.commerce.imports.products import PRODUCTS
from ponte.commerce.models import Order, Product
from ponte.commerce.services.orders import create_order
from ponte.commerce.services.products import create_product
from ponte.conditions.compiling import selected
from ponte.conditions.parsing import read_condition
from ponte.core.errors import Invalid
from ponte.core.models import AuditEntry, StoredEvent
from ponte.directory.data import PersonData
from ponte.directory.services.people import create_person
from ponte.timeline.models import Task
from ponte.timeline.services.tasks import create_task
from ponte.workplace.custom_fields.definitions import FieldData
from ponte.workplace.custom_fields.searching import reindex_slot
from ponte.workplace.importing import ImportContext, ImportRow, Policy
from ponte.workplace.importing.extensions import extended
from ponte.workplace.models import CustomField
from ponte.workplace.services.custom_fields import create_field, field_data, update_field

pytestmark = pytest.mark.usefixtures("workspace")
SIZES = ({"label": "Pequeno", "tone": "blue"}, {"label": "Grande", "tone": "red"})
MOMENT = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Kind:
    """One object with custom fields: where its list, API and record pages are."""

    key: str
    model: type[Any]
    list_url: str
    api: str
    page: str
    main: str  # what names a row


PRODUCT = Kind("product", Product, "products", "/products", "products", "name")
ORDER = Kind("order", Order, "orders", "/orders", "orders", "number")
TASK = Kind("task", Task, "tasks", "/tasks", "tasks", "title")
KINDS = pytest.mark.parametrize("kind", [PRODUCT, ORDER, TASK], ids=lambda one: one.key)


@pytest.fixture
def make(actor: Any) -> Any:
    def create(kind: Kind | str, label: str, of: str = "text", **more: Any) -> CustomField:
        name = kind if isinstance(kind, str) else kind.key
        return create_field(actor=actor, object_name=name, data=FieldData(label=label, kind=of, **more))

    return create


@pytest.fixture
def add(actor: Any) -> Any:
    """Return a function that makes one record of a kind with custom values."""

    def create(kind: Kind, name: str, **custom: Any) -> Any:
        if kind is PRODUCT:
            return create_product(actor=actor, data=ProductData(name=name, custom=custom))
        if kind is TASK:
            return create_task(actor=actor, title=name, custom=custom)
        party = create_person(actor=actor, data=PersonData(name=f"Cliente {name}")).party
        line = LineData(description="Café", quantity=Decimal(1), unit_price=Decimal(10))
        data = OrderData(party_id=party.id, number=name, placed_at=MOMENT, lines=[line], custom=custom)
        return create_order(actor=actor, data=data)

    return create


@pytest.fixture
def browser(admin: Any, client_for: Any) -> Any:
    return client_for(admin)


@pytest.fixture
def api(admin: Any, api_for: Any) -> Any:
    return api_for(admin)


def hide(member: Any, object_name: str, field: str) -> None:
    """Hide a field from a member's role, which may see everything else."""
    seen = member.role.rights["objects"]
    seen[object_name] = dict.fromkeys(seen[object_name], "all")
    member.role.rights["fields"] = {object_name: {field: "hidden"}}
    member.role.save()


def listed(browser: Any, kind: Kind, query: str) -> list[str]:
    headers = {"HX-Request": "true", "HX-Target": "list-more"}
    answer = browser.get(f"/teste/{kind.list_url}/?{query}", headers=headers)
    assert answer.status_code == 200
    return re.findall(r'class="cell-main".*?class="clip">([^<]+)<', answer.content.decode())


def names(answer: Any, kind: Kind) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [item[kind.main] for item in answer.json()["items"]]


@KINDS
def test_values_are_checked_audited_and_announced(kind: Kind, make: Any, add: Any, browser: Any) -> None:
    make(kind, "Tamanho", "choice", choices=SIZES)
    make(kind, "Nota", "number", is_required=True, default="5")
    row = add(kind, "Um", tamanho="Grande")
    row.refresh_from_db()
    assert row.custom == {"tamanho": "grande", "nota": "5"}
    with pytest.raises(Invalid) as raised:
        add(kind, "Dois", tamanho="Enorme", nota="x")
    assert {one.field for one in raised.value.problems} == {"custom.tamanho", "custom.nota"}
    place = f"/teste/custom/{kind.key}/{row.id}/tamanho/"
    assert 'name="value"' in browser.get(place).content.decode()
    assert browser.post(place, {"value": "pequeno", "version": 99}).status_code == 409
    assert browser.post(place, {"value": "enorme", "version": row.version}).status_code == 422
    assert browser.post(place, {"value": "pequeno", "version": row.version}).status_code == 200
    row.refresh_from_db()
    assert row.custom["tamanho"] == "pequeno"
    assert AuditEntry.objects.filter(act=f"{kind.key}.updated").exists()
    event = StoredEvent.objects.order_by("-id").first()
    assert event is not None
    assert event.payload["fields"] == ["custom.tamanho"]
    assert "Pequeno" in browser.get(f"/teste/{kind.page}/{row.id}/").content.decode()


@KINDS
def test_forms_ask_for_them(kind: Kind, make: Any, add: Any, browser: Any) -> None:
    make(kind, "Voltagem", help_text="110 ou 220")
    form = browser.get(f"/teste/{kind.page}/new/").content.decode()
    assert 'name="custom_voltagem"' in form
    assert "110 ou 220" in form


@KINDS
def test_lists_filter_sort_and_export_them(kind: Kind, make: Any, add: Any, browser: Any) -> None:
    make(kind, "Nota", "number"), make(kind, "Tamanho", "choice", choices=SIZES), make(kind, "Apelido")
    add(kind, "A", nota="10", tamanho="grande", apelido="Érica")
    add(kind, "B", nota="9", tamanho="pequeno"), add(kind, "C")
    assert listed(browser, kind, "sort=-custom_nota") == ["A", "B", "C"]
    assert listed(browser, kind, "custom_tamanho=pequeno") == ["B"]
    assert listed(browser, kind, "custom_apelido=eri") == ["A"]
    where = {"field": "custom_nota", "op": "above", "value": 9}
    condition = read_condition({"v": 1, "about": kind.key, "where": where}, subject=kind.key, reader=None)
    found = selected(condition, kind.model.objects.all())
    assert [getattr(row, kind.main) for row in found] == ["A"]
    file = browser.get(
        f"/teste/lists/{kind.list_url}/export.csv?cols=custom_nota,custom_tamanho&sort=custom_nota"
    )
    assert file.status_code == 200
    text = (b"".join(file.streaming_content) if file.streaming else file.content).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert {"Nota", "Tamanho"} <= set(lines[0])
    assert "Pequeno" in lines[1]


@KINDS
def test_lists_cost_the_same_with_more_rows(kind: Kind, make: Any, add: Any, browser: Any) -> None:
    make(kind, "Nota", "number"), make(kind, "Dono", "reference", target="member")
    add(kind, "A", nota="1")
    url = f"/teste/{kind.list_url}/?cols=custom_nota,custom_dono&sort=custom_nota"
    browser.get(url)
    with CaptureQueriesContext(connection) as before:
        browser.get(url)
    for number in range(8):
        add(kind, f"M{number}", nota=str(number))
    with CaptureQueriesContext(connection) as after:
        browser.get(url)
    assert len(after) <= len(before)


@KINDS
def test_the_api_filters_and_sorts_by_them(kind: Kind, make: Any, add: Any, api: Any) -> None:
    (
        make(kind, "Nota", "number"),
        make(kind, "Desde", "date"),
        make(kind, "Apelido"),
        make(kind, "Vip", "boolean"),
    )
    make(kind, "Tamanho", "choice", choices=SIZES), make(kind, "Cores", "multi_choice", choices=SIZES)
    make(kind, "Memo", "long_text")
    add(
        kind,
        "A",
        nota="10",
        desde="2024-05-01",
        apelido="Érica",
        vip=True,
        tamanho="grande",
        cores=["grande"],
    )
    add(kind, "B", nota="2,5", desde="2025-01-01", vip=False, tamanho="pequeno", cores=["grande", "pequeno"])
    add(kind, "C")
    for query, found in (
        ("custom[nota]=10", ["A"]),
        ("custom[nota]=2.5..9", ["B"]),
        ("custom[nota]=3..", ["A"]),
        ("custom[desde]=..2024-12-31", ["A"]),
        ("custom[apelido]=ERICA", ["A"]),
        ("custom[vip]=false", ["B"]),
        ("custom[tamanho]=grande,pequeno", ["A", "B"]),
        ("custom[tamanho]=Pequeno", ["B"]),
        ("custom[cores]=pequeno", ["B"]),
        ("custom[tamanho]=", ["C"]),
        ("custom[tamanho]=grande&custom[nota]=1..3", []),
    ):
        assert sorted(names(api.get(f"{kind.api}?{query}"), kind)) == found, query
    assert names(api.get(f"{kind.api}?sort=-custom.nota"), kind) == ["A", "B", "C"]
    assert names(api.get(f"{kind.api}?sort=custom.nota"), kind) == ["B", "A", "C"]
    walked, cursor = [], ""
    while True:
        page = api.get(f"{kind.api}?sort=custom.desde&limit=1{cursor}")
        walked += names(page, kind)
        if page.json()["next_cursor"] is None:
            break
        cursor = f"&cursor={page.json()['next_cursor']}"
    assert walked == ["A", "B", "C"]
    for query, field in (
        ("custom[nada]=1", "custom.nada"),
        ("custom[nota]=abc", "custom.nota"),
        ("custom[nota]=..", "custom.nota"),
        ("custom[tamanho]=enorme", "custom.tamanho"),
        ("custom[memo]=x", "custom.memo"),
        ("sort=custom.memo", "sort"),
        ("sort=custom.nada", "sort"),
    ):
        refused = api.get(f"{kind.api}?{query}")
        assert refused.status_code == 422, query
        assert refused.json()["errors"][0]["field"] == field
    assert api.get(f"{kind.api}?sort=custom.nota&cursor=abc").status_code == 400


def test_people_too_and_hidden_fields_are_unknown(
    make: Any, actor: Any, api: Any, api_for: Any, member_with: Any
) -> None:
    make("person", "Nota", "number")
    for name, score in (("Ana", 7), ("Bia", 9)):
        create_person(actor=actor, data=PersonData(name=name, custom={"nota": score}))
    found = api.get("/people?custom[nota]=8..&sort=-custom.nota")
    assert [one["name"] for one in found.json()["items"]] == ["Bia"]
    other = member_with("salesperson")
    hide(other, "customer", "custom.nota")
    for query in ("custom[nota]=9", "sort=custom.nota"):
        refused = api_for(other).get(f"/people?{query}")
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["code"] == "unknown_field"


def test_openapi_tells_of_them(api: Any) -> None:
    paths = api.get("/openapi.json").json()["paths"]
    for path in ("people", "companies", "products", "orders", "tasks"):
        parameters = paths[f"/api/v1/{path}"]["get"]["parameters"]
        custom = next(one for one in parameters if one["name"] == "custom")
        assert custom["style"] == "deepObject"
        assert "sort" in {one["name"] for one in parameters}


@pytest.mark.parametrize("kind", [PRODUCT, TASK], ids=lambda one: one.key)
def test_searched_words_are_found_and_hidden_ones_are_not(
    kind: Kind, make: Any, add: Any, browser: Any, client_for: Any, member_with: Any
) -> None:
    make(kind, "Apelido", is_searched=True)
    add(kind, "Moinho", apelido="Jacarandá"), add(kind, "Jarra")
    assert listed(browser, kind, "q=jacaran") == ["Moinho"]
    assert listed(browser, kind, "q=moinho") == ["Moinho"]
    other = member_with("salesperson")
    hide(other, kind.key, "custom.apelido")
    hidden = client_for(other)
    assert listed(hidden, kind, "q=jacaran") == []
    if kind is PRODUCT:
        assert listed(hidden, kind, "q=moinho") == ["Moinho"]


@pytest.mark.parametrize("kind", [PRODUCT, TASK], ids=lambda one: one.key)
def test_a_field_that_becomes_searched_is_found_at_once(
    kind: Kind, make: Any, add: Any, actor: Any, browser: Any
) -> None:
    field = make(kind, "Apelido")
    add(kind, "Moinho", apelido="Jacarandá")
    assert listed(browser, kind, "q=jacaran") == []
    update_field(actor=actor, field_id=field.id, data=field_data(field, is_searched=True))
    reindex_slot(kind.key, field.slot)
    assert listed(browser, kind, "q=jacaran") == ["Moinho"]


def test_bulk_products_take_them(make: Any, api: Any) -> None:
    make(PRODUCT, "Nota", "number", default="1"), make(PRODUCT, "Lote", is_unique=True)
    make(PRODUCT, "Tamanho", "choice", choices=SIZES)
    items = [
        {"external_id": "1", "name": "Um", "custom": {"lote": "L1", "tamanho": "Grande"}},
        {"external_id": "2", "name": "Dois", "custom": {"lote": "L1"}},
        {"external_id": "3", "name": "Três", "custom": {"tamanho": "Enorme"}},
        {"external_id": "4", "name": "Quatro", "custom": {"nota": 4}},
        {"external_id": "4", "custom": {"tamanho": "pequeno"}},
    ]
    answer = api.post("/products/bulk", {"source": "erp", "items": items})
    assert answer.status_code == 200, answer.content
    results = answer.json()["items"]
    assert [one["status"] for one in results] == ["created", "failed", "failed", "created", "unchanged"]
    assert results[1]["errors"][0]["field"] == "custom.lote"
    assert results[2]["errors"][0]["field"] == "custom.tamanho"
    assert Product.objects.get(name="Um").custom == {"lote": "L1", "tamanho": "grande", "nota": "1"}
    assert Product.objects.get(name="Quatro").custom == {"nota": "4", "tamanho": "pequeno"}
    again = api.post(
        "/products/bulk",
        {"source": "erp", "items": [{"external_id": "1", "custom": {"tamanho": None, "nota": "7,5"}}]},
    )
    assert again.json()["items"][0]["status"] == "updated"
    assert Product.objects.get(name="Um").custom == {"lote": "L1", "nota": "7.5"}
    assert Product.objects.get(name="Um").version == 2


def test_bulk_orders_take_them(make: Any, actor: Any, api: Any) -> None:
    make(ORDER, "Nota", "number"), make(ORDER, "Obrigatório", is_required=True)
    party = create_person(actor=actor, data=PersonData(name="Ana")).party
    base = {"customer_id": party.id, "placed_at": MOMENT}
    items = [
        {"external_id": "1", **base, "custom": {"nota": 3, "obrigatorio": "sim"}},
        {"external_id": "2", **base},
    ]
    answer = api.post("/orders/bulk", {"source": "erp", "items": items})
    assert answer.status_code == 200, answer.content
    assert [one["status"] for one in answer.json()["items"]] == ["created", "failed"]
    assert answer.json()["items"][1]["errors"][0]["field"] == "custom.obrigatorio"
    change = {"external_id": "1", "custom": {"nota": 4}}
    assert (
        api.post("/orders/bulk", {"source": "erp", "items": [change]}).json()["items"][0]["status"]
        == "updated"
    )
    assert Order.objects.get().custom == {"nota": "4", "obrigatorio": "sim"}
    assert (
        api.post("/orders/bulk", {"source": "erp", "items": [change]}).json()["items"][0]["status"]
        == "unchanged"
    )


def test_bulk_writes_cost_the_same_for_more_rows(make: Any, actor: Any, api: Any) -> None:
    make(PRODUCT, "Nota", "number"), make(PRODUCT, "Lote", is_unique=True)

    def send(start: int, count: int) -> int:
        items = [
            {"external_id": str(n), "name": f"P{n}", "custom": {"nota": n, "lote": f"L{n}"}}
            for n in range(start, start + count)
        ]
        with CaptureQueriesContext(connection) as seen:
            assert api.post("/products/bulk", {"source": "erp", "items": items}).status_code == 200
        return len(seen)

    send(0, 1)
    assert send(10, 20) <= send(50, 2)


def test_imports_fill_them(make: Any, actor: Any) -> None:
    create_person(actor=actor, data=PersonData(name="Ana", external_ids=()))
    make(PRODUCT, "Nota", "number"), make(PRODUCT, "Tamanho", "choice", choices=SIZES)
    target = PRODUCTS
    assert target is not None
    whole = extended(target, actor.member)
    assert {"custom.nota", "custom.tamanho"} <= {one.key for one in whole.fields}
    context = ImportContext(
        actor=actor, source="old", policy=Policy.UPDATE, zone=ZoneInfo("America/Sao_Paulo"), currency="BRL"
    )
    rows = [
        ImportRow(
            2, {"external_id": "1", "name": "Um", "custom.nota": Decimal("7.5"), "custom.tamanho": "Grande"}
        ),
        ImportRow(3, {"external_id": "2", "name": "Dois", "custom.tamanho": "Enorme"}),
    ]
    outcomes = whole.apply(rows, context)
    assert [one.outcome for one in outcomes] == ["created", "rejected"]
    assert outcomes[1].problems[0].field == "custom.tamanho"
    assert Product.objects.get(name="Um").custom == {"nota": "7.5", "tamanho": "grande"}
    again = whole.apply(
        [ImportRow(2, {"external_id": "1", "name": "Um", "custom.nota": Decimal(8)})], context
    )
    assert [one.outcome for one in again] == ["updated"]
    fill = ImportContext(
        actor=actor, source="old", policy=Policy.FILL, zone=ZoneInfo("America/Sao_Paulo"), currency="BRL"
    )
    kept = whole.apply([ImportRow(2, {"external_id": "1", "name": "Um", "custom.nota": Decimal(1)})], fill)
    assert [one.outcome for one in kept] == ["unchanged"]
    assert Product.objects.get(name="Um").custom["nota"] == "8"


def test_tasks_stay_in_their_place_after_other_edits(make: Any, add: Any, api: Any) -> None:
    make(TASK, "Nota", "number")
    task = add(TASK, "A", nota="3")
    changed = api.patch(f"/tasks/{task.id}", {"due_at": MOMENT + timedelta(days=1)})
    assert changed.json()["custom"] == {"nota": "3"}
