"""A list as a calendar: the rows of a stretch of days, moved by a date field, within rights and in few queries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
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
from ponte.timeline.services.tasks import create_task
from ponte.workplace.custom_fields.definitions import FieldData
from ponte.workplace.services.custom_fields import create_field

pytestmark = pytest.mark.usefixtures("workspace")
MOMENT = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAYS = "start=2026-03-01&end=2026-04-01"


@pytest.fixture
def browser(admin: Any, client_for: Any) -> Any:
    return client_for(admin)


def days(browser: Any, key: str, by: str, more: str = "") -> Any:
    return browser.get(f"/teste/lists/{key}/days/?layout=calendar&by={by}&{DAYS}{more}")


def order(actor: Any, number: str, at: datetime) -> Any:
    party = create_person(actor=actor, data=PersonData(name="Ana")).party
    line = LineData(description="Café", quantity=Decimal(1), unit_price=Decimal(10))
    data = OrderData(party_id=party.id, number=number, placed_at=at, lines=[line])
    return create_order(actor=actor, data=data)


def test_orders_stand_on_their_days(browser: Any, actor: Any) -> None:
    order(actor, "A", MOMENT), order(actor, "B", MOMENT + timedelta(days=40))
    page = browser.get("/teste/orders/?layout=calendar&by=placed").content.decode()
    assert "data-list-calendar" in page
    assert 'data-move=""' in page, "the date of an order isn't written by dragging"
    told = days(browser, "orders", "placed").json()
    assert [one["title"] for one in told["entries"]] == ["A"]
    assert told["entries"][0]["start"] == "2026-03-02T09:00:00-03:00"
    assert told["entries"][0]["editable"] is False
    assert AccessEntry.objects.filter(place="list orders").exists()
    assert days(browser, "orders", "placed", "&status=cancelled").json()["entries"] == []


def test_tasks_are_moved_to_another_day(browser: Any, actor: Any) -> None:
    task = create_task(actor=actor, title="Ligar", due_at=MOMENT)
    entry = days(browser, "tasks", "due").json()["entries"][0]
    assert (entry["all_day"], entry["start"], entry["editable"]) == (True, "2026-03-02", True)
    form = {"id": entry["id"], "value": "2026-03-09", "version": entry["version"]}
    assert browser.post("/teste/lists/tasks/fields/due/", form).status_code == 200
    assert browser.post("/teste/lists/tasks/fields/due/", form).status_code == 409
    task.refresh_from_db()
    assert days(browser, "tasks", "due").json()["entries"][0]["start"] == "2026-03-09"


def test_custom_dates_make_calendars(browser: Any, actor: Any) -> None:
    create_field(actor=actor, object_name="product", data=FieldData(label="Safra", kind="date"))
    create_product(actor=actor, data=ProductData(name="A", custom={"safra": "2026-03-31"}))
    create_product(actor=actor, data=ProductData(name="B", custom={"safra": "2026-04-01"}))
    told = days(browser, "products", "custom_safra").json()["entries"]
    assert [(one["title"], one["start"], one["all_day"]) for one in told] == [("A", "2026-03-31", True)]
    assert (
        "fields/custom_safra/"
        in browser.get("/teste/products/?layout=calendar&by=custom_safra").content.decode()
    )


def test_too_many_and_nonsense_are_told(browser: Any, actor: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("ponte.workplace.lists.days.MOST", 1)
    for title in "AB":
        create_task(actor=actor, title=title, due_at=MOMENT)
    told = days(browser, "tasks", "due").json()
    assert (len(told["entries"]), told["cut"]) == (1, True)
    base = "/teste/lists/tasks/days/?layout=calendar&by=due"
    assert browser.get(f"{base}&start=2026-03-01").status_code == 422
    assert browser.get(f"{base}&start=2026-03-01&end=2027-03-01").status_code == 422
    assert browser.get(f"{base}&start=2026-03-01&end=2026-02-01").status_code == 422
    assert browser.get(f"{base}&start=9999-12-31&end=9999-12-31").status_code == 422
    assert browser.get(f"/teste/lists/tasks/days/?{DAYS}").status_code == 404
    assert browser.get("/teste/lists/nothing/days/?layout=calendar").status_code == 404


def test_rights_hold(actor: Any, member_with: Any, client_for: Any) -> None:
    create_task(actor=actor, title="Ligar", due_at=MOMENT)
    reader = client_for(
        member_with(Role.objects.create(name="Lê", rights={"objects": {"task": {"view": "all"}}}))
    )
    assert [one["editable"] for one in days(reader, "tasks", "due").json()["entries"]] in ([], [False])
    nobody = client_for(member_with(Role.objects.create(name="Nada", rights={"objects": {}})))
    assert days(nobody, "orders", "placed").status_code == 404


def test_queries_do_not_grow(browser: Any, actor: Any) -> None:
    def queries() -> int:
        days(browser, "tasks", "due")
        with CaptureQueriesContext(connection) as seen:
            assert days(browser, "tasks", "due").status_code == 200
        return len(seen)

    create_task(actor=actor, title="A", due_at=MOMENT)
    before = queries()
    for number in range(6):
        create_task(actor=actor, title=f"M{number}", due_at=MOMENT + timedelta(days=number))
    assert queries() == before
