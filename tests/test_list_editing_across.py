"""Boards, cells and bulk edits of orders, products, tasks and custom fields: written, refused, undone, sealed, in few queries."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ponte.commerce.data import LineData, OrderData, ProductData
from ponte.commerce.models import Category, Order, Product
from ponte.commerce.services.categories import create_category
from ponte.commerce.services.orders import create_order
from ponte.commerce.services.products import create_product
from ponte.core.models import AuditEntry, Role, StoredEvent
from ponte.core.services.subject_keys import destroy_key, open_for
from ponte.directory.data import AddressData, PersonData
from ponte.directory.models import Party
from ponte.directory.services.people import create_person, update_person
from ponte.timeline.models import Task
from ponte.timeline.services.tasks import create_task
from ponte.workplace.custom_fields.definitions import FieldData
from ponte.workplace.lists import list_pages
from ponte.workplace.models import BulkChange
from ponte.workplace.services.bulk_changes import Chosen, run_bulk, undo_bulk
from ponte.workplace.services.custom_fields import create_field

pytestmark = pytest.mark.usefixtures("workspace")
MOMENT = datetime(2026, 3, 2, 12, tzinfo=UTC)
SIZES = ({"label": "Pequeno", "tone": "blue"}, {"label": "Grande", "tone": "red"})


@pytest.fixture
def browser(admin: Any, client_for: Any) -> Any:
    return client_for(admin)


@pytest.fixture
def make(actor: Any) -> Any:
    def create(object_name: str, label: str, kind: str = "text", **more: Any) -> Any:
        data = FieldData(label=label, kind=kind, **more)
        return create_field(actor=actor, object_name=object_name, data=data)

    return create


@pytest.fixture
def order(actor: Any) -> Order:
    party = create_person(actor=actor, data=PersonData(name="Ana")).party
    line = LineData(description="Café", quantity=Decimal(1), unit_price=Decimal(10))
    data = OrderData(party_id=party.id, number="A", placed_at=MOMENT, status="placed", lines=[line])
    return create_order(actor=actor, data=data)


def write(browser: Any, list_key: str, field: str, row: Any, value: str, version: int | None = None) -> Any:
    form = {"id": str(row.pk), "value": value, "version": str(row.version if version is None else version)}
    return browser.post(f"/teste/lists/{list_key}/fields/{field}/", form)


def act(actor: Any, list_key: str, key: str, rows: list[Any], **inputs: str) -> tuple[BulkChange, Any, Any]:
    page = list_pages.get(list_key)
    assert page is not None
    action = next(one for one in page.actions_for(actor.member) if one.key == key)
    chosen = Chosen([row.pk for row in rows])
    change = run_bulk(actor=actor, page=page, action=action, rows=chosen, inputs=inputs, once=uuid4())
    return change, page, action


def test_orders_move_over_their_board(browser: Any, order: Order) -> None:
    board = browser.get("/teste/orders/?layout=board&by=status").content.decode()
    assert 'data-board-url="/teste/lists/orders/fields/status/"' in board
    assert write(browser, "orders", "status", order, "shipped").json() == {"version": order.version + 1}
    assert Order.objects.get(id=order.id).status == "shipped"
    assert AuditEntry.objects.filter(act="order.status_changed").exists()
    assert write(browser, "orders", "status", order, "delivered").status_code == 409
    refused = write(browser, "orders", "status", order, "draft", order.version + 1)
    assert refused.status_code == 422
    assert refused.json()["detail"]
    assert write(browser, "orders", "channel", order, "whatsapp", order.version + 1).status_code == 200
    assert Order.objects.get(id=order.id).channel == "whatsapp"


def test_tasks_are_written_in_their_list(browser: Any, actor: Any) -> None:
    task = create_task(actor=actor, title="Ligar", due_at=MOMENT, due_all_day=False)
    assert write(browser, "tasks", "priority", task, "2").status_code in (200, 422)
    values = [str(value) for value, _label in Task._meta.get_field("priority").choices]
    task.refresh_from_db()
    assert write(browser, "tasks", "priority", task, values[-1]).status_code == 200
    task.refresh_from_db()
    assert str(task.priority) == values[-1]
    cell = f"/teste/lists/tasks/fields/due/{task.pk}/"
    assert 'value="2026-03-02"' in browser.get(cell).content.decode()
    assert browser.post(cell, {"value": "05/03/2026", "version": task.version}).status_code == 200
    task.refresh_from_db()
    assert task.due_at == datetime(2026, 3, 5, 12, tzinfo=UTC), "the time of day stays"
    assert browser.post(cell, {"value": "31/02/2026", "version": task.version}).status_code == 422
    board = browser.get("/teste/tasks/?layout=board&by=kind").content.decode()
    assert "data-board-url" in board
    assert "data-board-url" not in browser.get("/teste/tasks/done/?layout=board&by=kind").content.decode()


def test_products_are_written_one_by_one_and_together(browser: Any, actor: Any) -> None:
    rows = [create_product(actor=actor, data=ProductData(name=name)) for name in "ABC"]
    cell = f"/teste/lists/products/fields/price/{rows[0].pk}/"
    assert browser.post(cell, {"value": "1.234,50", "version": 1}).status_code == 200
    assert Product.objects.get(name="A").price == Decimal("1234.50")
    assert browser.post(cell, {"value": "abc", "version": 2}).status_code == 422
    assert browser.post(cell, {"value": "-1", "version": 2}).status_code == 422
    category = create_category(actor=actor, name="Bebidas")
    change, page, action = act(actor, "products", "edit_category", rows, value=str(category.id))
    assert change.count == 3
    assert set(Product.objects.values_list("category__name", flat=True)) == {"Bebidas"}
    assert AuditEntry.objects.filter(act="product.updated").count() >= 3
    assert StoredEvent.objects.filter(name="commerce.products_edited").count() == 1
    Product.objects.filter(name="B").update(
        category=Category.objects.get(id=create_category(actor=actor, name="X").id)
    )
    undo_bulk(actor=actor, page=page, action=action, change_id=change.id)
    now = dict(Product.objects.values_list("name", "category__name"))
    assert now == {"A": None, "B": "X", "C": None}, "what somebody changed since stays"


def test_a_role_that_may_not_edit_products_moves_nothing(
    actor: Any, member_with: Any, client_for: Any
) -> None:
    row = create_product(actor=actor, data=ProductData(name="A"))
    rights = {"objects": {"product": {"view": "all"}}}
    reader = client_for(member_with(Role.objects.create(name="Lê", rights=rights)))
    assert "data-board-url" not in reader.get("/teste/products/?layout=board&by=kind").content.decode()
    assert write(reader, "products", "kind", row, "service").status_code == 404


@pytest.mark.parametrize("object_name", ["person", "product", "task"])
def test_custom_choices_make_boards(browser: Any, actor: Any, make: Any, object_name: str) -> None:
    make(object_name, "Tamanho", "choice", choices=SIZES)
    key = {"person": "people", "product": "products", "task": "tasks"}[object_name]
    row = {
        "person": lambda: create_person(actor=actor, data=PersonData(name="A")).party,
        "product": lambda: create_product(actor=actor, data=ProductData(name="A")),
        "task": lambda: create_task(actor=actor, title="A"),
    }[object_name]()
    url = f"/teste/{key}/?layout=board&by=custom_tamanho"
    board = browser.get(url).content.decode()
    assert f'data-board-url="/teste/lists/{key}/fields/custom_tamanho/"' in board
    assert board.count("data-board-column=") == 3, "two choices and those without"
    assert write(browser, key, "custom_tamanho", row, "grande").status_code == 200
    row.refresh_from_db()
    assert row.custom == {"tamanho": "grande"}
    assert write(browser, key, "custom_tamanho", row, "enorme").status_code == 422
    assert write(browser, key, "custom_tamanho", row, "").status_code == 200
    row.refresh_from_db()
    assert row.custom == {}


def test_custom_cells_are_typed(browser: Any, actor: Any, make: Any) -> None:
    make("product", "Nota", "number"), make("product", "Desde", "date"), make("product", "Vip", "boolean")
    row = create_product(actor=actor, data=ProductData(name="A"))
    assert "fields/custom_nota/" in browser.get("/teste/products/?cols=custom_nota").content.decode()
    for field, value, stored in (
        ("nota", "7,5", "7.5"),
        ("desde", "2026-03-04", "2026-03-04"),
        ("vip", "yes", True),
    ):
        row.refresh_from_db()
        cell = f"/teste/lists/products/fields/custom_{field}/{row.pk}/"
        assert browser.post(cell, {"value": value, "version": row.version}).status_code == 200
        row.refresh_from_db()
        assert row.custom[field] == stored
    assert (
        browser.post(
            f"/teste/lists/products/fields/custom_nota/{row.pk}/", {"value": "x", "version": row.version}
        ).status_code
        == 422
    )


def test_custom_values_of_many_are_sealed_audited_and_taken_back(actor: Any, make: Any) -> None:
    make("person", "Apelido", is_searched=True)
    people = [
        create_person(actor=actor, data=PersonData(name=name, custom={"apelido": nick} if nick else {})).party
        for name, nick in (("Ana", "Segredo-Um"), ("Bia", "Segredo-Dois"), ("Caio", ""))
    ]
    change, page, action = act(actor, "people", "edit_custom_apelido", people, value="Novo-Segredo")
    assert change.count == 3
    assert {row.custom["apelido"] for row in Party.objects.all()} == {"Novo-Segredo"}
    change.refresh_from_db()
    assert "Segredo" not in str(change.undo), "former values and the new one lie sealed"
    entry = AuditEntry.objects.filter(act="person.updated", subject_id=people[0].id).latest("id")
    assert entry.changes == {}
    assert entry.sealed is not None
    assert open_for(people[0].id, bytes(entry.sealed)) == {"custom.apelido": ["Segredo-Um", "Novo-Segredo"]}
    destroy_key(people[1].id)  # erased meanwhile
    update_person(actor=actor, party_id=people[2].id, changes={"custom": {"apelido": "Outro"}})
    undo_bulk(actor=actor, page=page, action=action, change_id=change.id)
    now = {row.name: row.custom.get("apelido") for row in Party.objects.all()}
    assert now == {"Ana": "Segredo-Um", "Bia": "Novo-Segredo", "Caio": "Outro"}


def test_personal_own_fields_of_many_are_sealed_too(actor: Any) -> None:
    data = PersonData(name="Ana", occupation="Padeira-Secreta")
    ana = create_person(actor=actor, data=data).party
    change, page, action = act(actor, "people", "edit_occupation", [ana], value="Juíza-Secreta")
    change.refresh_from_db()
    assert change.count == 1
    assert "Secreta" not in str(change.undo)
    undo_bulk(actor=actor, page=page, action=action, change_id=change.id)
    ana.person.refresh_from_db()
    assert ana.person.occupation == "Padeira-Secreta"


def test_custom_values_of_many_orders_and_tasks(actor: Any, order: Order, make: Any) -> None:
    make("order", "Nota", "number"), make("task", "Nota", "number")
    tasks = [
        create_task(actor=actor, title="A", party_id=order.party_id),
        create_task(actor=actor, title="B"),
    ]
    change, page, action = act(actor, "tasks", "edit_custom_nota", tasks, value="7,5")
    assert {task.custom["nota"] for task in Task.objects.all()} == {"7.5"}
    undo_bulk(actor=actor, page=page, action=action, change_id=change.id)
    assert {str(task.custom) for task in Task.objects.all()} == {"{}"}
    act(actor, "orders", "edit_custom_nota", [order], value="3")
    assert Order.objects.get(id=order.id).custom == {"nota": "3"}
    entry = AuditEntry.objects.filter(act="order.updated").latest("id")
    assert entry.subject_id == order.party_id
    assert entry.sealed is not None
    assert StoredEvent.objects.filter(name="commerce.orders_edited").count() == 1


def test_a_board_of_all_states_costs_as_much_as_a_small_one(browser: Any, actor: Any) -> None:
    def queries(by: str) -> int:
        browser.get(f"/teste/people/?layout=board&by={by}")
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(f"/teste/people/?layout=board&by={by}").status_code == 200
        return len(seen)

    for number, state in enumerate(("SP", "MG", "RJ", "BA", "SP")):
        address = AddressData(street="Rua A", city="X", state=state)
        create_person(actor=actor, data=PersonData(name=f"P{number}", addresses=[address]))
    assert queries("state") <= queries("stage")


def test_groups_keep_the_order_of_the_list(browser: Any, actor: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("ponte.workplace.lists.board.CARDS", 2)
    for name in ("Dora", "Bia", "Caio", "Ana"):
        create_person(actor=actor, data=PersonData(name=name))
    for sort, first in (("name", ["Ana", "Bia"]), ("-name", ["Dora", "Caio"])):
        content = browser.get(f"/teste/people/?layout=board&by=stage&sort={sort}").content.decode()
        places = [content.find(f">{name}<") for name in first]
        assert -1 not in places
        assert places == sorted(places)
        assert content.count('class="board-card"') == 2
