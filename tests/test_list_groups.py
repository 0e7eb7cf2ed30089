"""A table in sections, sums at the heads of boards and under columns: what is shown, added up, hidden, and in how many queries."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ponte.commerce.data import LineData, OrderData, ProductData
from ponte.commerce.services.orders import create_order
from ponte.commerce.services.products import create_product
from ponte.core.models import AccessEntry, Role
from ponte.directory.data import PersonData
from ponte.directory.services.people import create_person
from ponte.workplace.custom_fields.definitions import FieldData
from ponte.workplace.services.custom_fields import create_field

pytestmark = pytest.mark.usefixtures("workspace")
ORDERS = "/teste/orders/"
LIST = "/teste/lists/orders/"


@pytest.fixture
def browser(admin: Any, client_for: Any) -> Any:
    return client_for(admin)


@pytest.fixture
def order(actor: Any) -> Any:
    party = create_person(actor=actor, data=PersonData(name="Ana")).party

    def make(number: str, status: str = "placed", price: str = "10.00", **more: Any) -> Any:
        line = LineData(
            description="Café", quantity=Decimal(1), unit_price=Decimal(price), unit_cost=Decimal(1)
        )
        moment = datetime(2026, 3, 2, 12, int(number), tzinfo=UTC)
        data = OrderData(
            party_id=party.id, number=number, placed_at=moment, status=status, lines=[line], **more
        )
        return create_order(actor=actor, data=data)

    return make


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode()).replace("\xa0", " ")


def test_sections_stand_in_the_order_of_the_choices(browser: Any, order: Any) -> None:
    order("1", "delivered"), order("2"), order("3")
    page = text(browser.get(ORDERS + "?group=status"))
    labels = re.findall(r'class="group-label">([^<]+)<', page)
    assert labels == ["Feito", "Entregue"], "empty sections aren't there"
    assert page.count("<tr data-row=") == 3
    assert "group=status" in page, "the sections stay in links and in views"
    assert AccessEntry.objects.filter(place="list orders").exists()
    assert "group-label" not in text(browser.get(ORDERS + "?group=nonsense"))


def test_sections_go_on_by_keyset(browser: Any, order: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("ponte.workplace.lists.groups.ROWS", 2)
    for number in range(1, 5):
        order(str(number))
    page = text(browser.get(ORDERS + "?group=status"))
    assert page.count("<tr data-row=") == 2
    start = page.index(LIST + "group/?")
    url = page[start : page.index('"', start)].replace("&amp;", "&")
    more = text(browser.get(url))
    assert more.count("<tr data-row=") == 2
    assert "list-more" not in more
    assert browser.get(LIST + "group/?group=status&column=nonsense").status_code == 404
    assert browser.get(LIST + "group/?column=placed").status_code == 404
    assert browser.get(LIST + "sums/").status_code == 404


def test_sums_of_sections_boards_and_columns(browser: Any, order: Any) -> None:
    order("1", price="10.00"), order("2", price="2.50", currency="USD", rate=Decimal(4))
    order("3", "delivered", price="100.00")
    sums = text(browser.get(LIST + "sums/?group=status&cols=number,total"))
    assert "R$ 20,00" in sums, "amounts in dollars count at their rate"
    assert "R$ 100,00" in sums
    board = text(browser.get(LIST + "sums/?layout=board&by=status&cols=number,total"))
    assert 'class="board-sums' in board
    assert "R$ 20,00" in board
    whole = text(browser.get(ORDERS + "?cols=number,total"))
    assert "R$ 120,00" in whole, "rows that are all there are added up at once"
    assert "R$ 120,00" in text(browser.get(LIST + "totals/?cols=number,total"))
    narrowed = text(browser.get(LIST + "totals/?cols=number,total&status=delivered"))
    assert "R$ 100,00" in narrowed
    assert "R$ 120,00" not in narrowed


def test_many_rows_are_estimated_first(browser: Any, order: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("ponte.workplace.lists.totals.AT_ONCE", -1)
    monkeypatch.setattr("ponte.workplace.lists.totals._share", lambda rows: 99.999999)
    order("1", price="10.00")
    first = text(browser.get(LIST + "totals/?cols=number,total"))
    assert "cerca de" in first
    assert "exact=1" in first
    exact = text(browser.get(LIST + "totals/?cols=number,total&exact=1"))
    assert "cerca de" not in exact
    assert "R$ 10,00" in exact


def test_what_takes_too_long_is_given_up(browser: Any, order: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("ponte.workplace.lists.totals.within_patience", lambda whole, add: None)
    order("1")
    assert "R$" not in text(browser.get(LIST + "totals/?cols=number,total"))
    assert text(browser.get(LIST + "sums/?group=status")).strip() == ""


def test_hidden_figures_are_in_no_sum(browser: Any, order: Any, member_with: Any, client_for: Any) -> None:
    order("1", price="77.00")
    rights = {
        "objects": {"order": {"view": "all"}, "customer": {"view": "all"}},
        "fields": {"order": {"margin": "hidden"}},
    }
    blind = client_for(member_with(Role.objects.create(name="Sem margem", rights=rights)))
    assert "R$" not in text(blind.get(LIST + "totals/?cols=number,margin"))
    assert "R$" in text(browser.get(LIST + "totals/?cols=number,margin"))


def test_unit_prices_are_not_added_up(browser: Any, actor: Any) -> None:
    create_product(actor=actor, data=ProductData(name="A", price=Decimal(10)))
    assert "table-totals" not in text(browser.get("/teste/products/?cols=name,price"))


def test_custom_fields_group_and_add_up(browser: Any, actor: Any) -> None:
    choices = ({"label": "Pequeno", "tone": "blue"}, {"label": "Grande", "tone": "red"})
    for label, kind, more in (("Tamanho", "choice", {"choices": choices}), ("Litros", "number", {})):
        create_field(actor=actor, object_name="product", data=FieldData(label=label, kind=kind, **more))
    for name, custom in (("A", {"tamanho": "grande", "litros": 2}), ("B", {"litros": "1,5"}), ("C", {})):
        create_product(actor=actor, data=ProductData(name=name, custom=custom))
    page = text(browser.get("/teste/products/?group=custom_tamanho&cols=name,custom_litros"))
    assert re.findall(r'class="group-label">([^<]+)<', page) == ["Grande", "Sem valor"]
    sums = text(browser.get("/teste/lists/products/sums/?group=custom_tamanho&cols=name,custom_litros"))
    assert sums.count('class="group-sum') == 2
    assert "table-totals" in text(browser.get("/teste/products/?cols=name,custom_litros"))


def test_rows_with_none_of_the_choices_are_not_lost(browser: Any, actor: Any) -> None:
    create_person(actor=actor, data=PersonData(name="Ana"))
    page = text(browser.get("/teste/people/?group=source"))
    assert "Ana" in page


def test_queries_do_not_grow(browser: Any, order: Any) -> None:
    def queries() -> int:
        browser.get(ORDERS + "?group=status")
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(ORDERS + "?group=status").status_code == 200
        return len(seen)

    order("1")
    before = queries()
    for number, status in enumerate(("placed", "approved", "shipped", "delivered", "placed"), 2):
        order(str(number), status)
    assert queries() == before
