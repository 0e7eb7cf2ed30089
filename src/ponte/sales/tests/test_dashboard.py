"""The sales dashboard as people open it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from ponte.core.models import AccessEntry, Role
from ponte.sales.models import SalesCost
from ponte.sales.services.opportunities import win_opportunity
from ponte.sales.views.writing import days, money, percent, waiting

PAGE = "/teste/sales/dashboard/"
YEAR = "?period=custom&from=2026-01-01&to=2026-12-31"


@pytest.fixture
def win(actor, make_opportunity):
    def make(title="Máquina de espresso", month=3, **fields):
        deal = make_opportunity(title=title, opened_at=datetime(2026, month, 1, 15, tzinfo=UTC), **fields)
        closed = datetime(2026, month, 11, 15, tzinfo=UTC)
        return win_opportunity(actor=actor, opportunity_id=deal.id, closed_at=closed)

    return make


@pytest.mark.usefixtures("workspace")
def test_figures_are_written_as_people_say_them():
    with translation.override("pt-br"):
        assert [percent(Decimal(text), 2) for text in ("0", "12.5", "100")] == ["0%", "12,50%", "100%"]
        assert [money(Decimal(text)) for text in ("0", "450.5", "15000")] == [
            "R$\xa00",
            "R$\xa0450,50",
            "R$\xa015.000",
        ]
        assert [days(Decimal(text)) for text in ("1", "2.5")] == ["1 dia", "2,5 dias"]
        for hours, by_clock, told in (
            ("0.4", True, "24 min"), ("3.34", True, "3 h 20 min"), ("234", True, "9 dias 18 h"),
            ("24", True, "1 dia"), ("234", False, "234 h"), ("1", False, "1 h"),
        ):  # fmt: skip
            assert waiting(Decimal(hours), by_clock=by_clock) == told
        assert waiting(None, by_clock=True) == "–"


@pytest.fixture
def browser(client_for, admin):
    return client_for(admin)


def test_the_page_shows_figures_and_their_records(browser, win, make_lead):
    deal = win(lead_id=make_lead(captured_at=datetime(2026, 3, 1, tzinfo=UTC), origin="social").id)
    page = browser.get(PAGE + YEAR).content.decode()
    assert "R$\xa01.000<" in page
    assert 'data-value="1000.0"' in page
    assert "Redes sociais" in page
    records = browser.get(f"/teste/sales/figures/deal_won/{YEAR}").content.decode()
    assert deal.title in records
    assert AccessEntry.objects.filter(place="figure deal_won").exists()


def test_an_empty_workspace_has_no_zeroes_where_nothing_is_known(browser):
    page = browser.get(PAGE).content.decode()
    assert "–" in page
    assert "data-chart-place" not in page


@pytest.mark.parametrize(
    "query", ["?period=x&who=member:1&pipeline=2", "?period=custom&from=2026-13-01&to=1", "?who=team:"]
)
def test_nonsense_in_the_address_is_ignored(browser, query):
    assert browser.get(PAGE + query).status_code == 200


def test_records_are_narrowed_and_paged(browser, win, pipeline):
    for _turn in range(52):
        win()
    first = browser.get(f"/teste/sales/figures/deal_won/{YEAR}").content.decode()
    assert first.count("row-item") == 50
    assert "after=" in first
    stage = pipeline.stages.order_by("position").first()
    assert "row-item" not in browser.get(f"/teste/sales/figures/deal_open/?part={stage.id}").content.decode()
    assert (
        browser.get(f"/teste/sales/figures/deal_won/{YEAR}&owner=none&part=none&after=x").status_code == 200
    )


def test_the_number_of_queries_does_not_grow(browser, win, make_lead):
    win()
    browser.get(PAGE + YEAR)
    with CaptureQueriesContext(
        connection,
    ) as few:
        browser.get(PAGE + YEAR)
    for month in range(2, 10):
        win(
            month=month,
            lead_id=make_lead(captured_at=datetime(2026, month, 1, tzinfo=UTC), origin="email").id,
        )
    with CaptureQueriesContext(connection) as many:
        browser.get(PAGE + YEAR)
    assert len(many) <= len(few) + 1, "a name of origin or person more, not a query a record"
    assert len(many) <= 45


def test_who_sees_no_opportunities_sees_no_page(client_for, member_with):
    member = member_with(Role.objects.create(name="Nada", rights={"objects": {"customer": {"view": "all"}}}))
    assert client_for(member).get(PAGE).status_code == 404
    assert client_for(member).get("/teste/sales/figures/deal_won/").status_code == 404


def test_leads_are_hidden_from_who_may_not_see_them(client_for, member_with, make_lead):
    make_lead()
    rights = {"objects": {"customer": {"view": "all"}, "opportunity": {"view": "all"}}}
    browser = client_for(member_with(Role.objects.create(name="Só negócios", rights=rights)))
    page = browser.get(PAGE).content.decode()
    assert "chart-origins" not in page
    assert browser.get("/teste/sales/figures/lead_captured/").status_code == 404
    assert browser.get("/teste/sales/figures/won/file/?format=csv").status_code == 404, "no right to export"


def test_tables_are_saved_as_files(browser, win):
    win()
    text = browser.get(f"/teste/sales/figures/won/file/{YEAR}&format=csv").content.decode()
    assert "Mês;Valor ganho;Vendas" in text
    assert ";1000;1" in text
    sheet = browser.get(f"/teste/sales/figures/won/file/{YEAR}&format=xlsx")
    assert b"".join(sheet.streaming_content)[:2] == b"PK"
    assert browser.get("/teste/sales/figures/nothing/file/").status_code == 404
    assert browser.get("/teste/sales/figures/nothing/").status_code == 404


def test_costs_are_entered_replaced_and_removed(browser):
    given = {"month": "17/03/2026", "kind": "marketing", "origin": "email", "amount": "1.234,56"}
    browser.post("/teste/sales/costs/new/", given)
    browser.post("/teste/sales/costs/new/", given | {"amount": "99,00"})
    row = SalesCost.objects.get()
    assert (row.month.day, row.amount, row.version) == (1, Decimal("99.00"), 2)
    assert "99,00" in browser.get("/teste/sales/costs/").content.decode()
    assert browser.post("/teste/sales/costs/new/", given | {"amount": "-1"}).status_code == 422
    browser.post(f"/teste/sales/costs/{row.id}/delete/")
    assert not SalesCost.objects.exists()


def test_costs_are_for_who_runs_sales(client_for, member_with):
    seller = client_for(member_with("salesperson"))
    assert seller.get("/teste/sales/costs/").status_code == 404
    assert seller.post("/teste/sales/costs/new/", {"month": "01/03/2026"}).status_code == 404


def test_figures_over_the_api(api_for, admin, member_with, win, make_lead):
    win(lead_id=make_lead(captured_at=datetime(2026, 3, 1, tzinfo=UTC), origin="social").id)
    query = "?start=2026-01-01&end=2027-01-01"
    found = api_for(admin).get(f"/sales/figures{query}").json()
    assert (found["won"], found["won_value"], found["cycle_median_days"]) == (1, "1000.00", "11")
    assert found["origins"] == [
        {"origin": "social", "conversion": {"part": "1", "whole": "1", "percent": "100"}}
    ]
    assert api_for(admin).get("/sales/figures?start=2026-01-02&end=2026-01-01").status_code == 422
    rights = {"objects": {"customer": {"view": "all"}}}
    assert (
        api_for(member_with(Role.objects.create(name="Nada", rights=rights)))
        .get(f"/sales/figures{query}")
        .status_code
        == 404
    )


def test_costs_over_the_api(api_for, admin, member_with):
    api = api_for(admin)
    given = {"month": "2026-03-09", "kind": "sales", "amount": "10.00"}
    made = api.put("/sales/costs", given).json()
    assert made["month"] == "2026-03-01"
    assert len(api.get("/sales/costs").json()["items"]) == 1
    assert api.put("/sales/costs", given | {"origin": "Marte"}).status_code == 422
    assert api_for(member_with("salesperson")).get("/sales/costs").status_code == 404
    assert api.delete(f"/sales/costs/{made['id']}").status_code == 204
