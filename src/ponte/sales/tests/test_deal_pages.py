"""The screens of opportunities, as a person uses them."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ponte.core.models import Role
from ponte.sales.models import Opportunity, Reason, ReasonKind, StageEntry
from ponte.sales.services.opportunities import move_opportunity

LIST = "/teste/opportunities/"
BOARD = f"{LIST}?layout=board&by=stage"
MOVE = "/teste/lists/opportunities/fields/stage/"


@pytest.fixture
def browser(admin, client_for):
    return client_for(admin)


@pytest.fixture
def stages(pipeline):
    return list(pipeline.stages.order_by("position"))


def queries_of(browser, path):
    browser.get(path)
    with CaptureQueriesContext(connection) as seen:
        response = browser.get(path)
    assert response.status_code == 200, response.content[:2000]
    return len(seen), response.content.decode()


def test_the_board_shows_stages_totals_and_what_to_notice(browser, make_opportunity, make_party, stages):
    make_opportunity(make_party("Padaria São João"), amount="1234.50", title="Forno novo")
    still = make_opportunity(amount="1000", title="Parada")
    Opportunity.objects.filter(id=still.id).update(stage_since=timezone.now() - timedelta(days=90))
    content = browser.get(BOARD).content.decode()
    assert content.count("data-board-column=") == len(stages)
    assert "Forno novo" in content
    assert "Padaria São João" in content
    assert "R$\xa02.234,50" in content, "the total of the column"
    assert ">Todas</a>" in content, "opportunities are feminine"
    assert "Nada planejado" in content
    assert "90 dias parada" in content
    assert "layout=board" in browser.get(f"{LIST}board/")["Location"]
    assert "data-board-column" not in browser.get(LIST).content.decode()


def test_the_board_and_the_list_cost_the_same_with_more(browser, make_opportunity, stages, actor):
    make_opportunity()
    before = queries_of(browser, BOARD)[0], queries_of(browser, LIST)[0]
    for number in range(8):
        deal = make_opportunity(title=f"Negócio {number}")
        move_opportunity(actor=actor, opportunity_id=deal.id, stage_id=stages[number % len(stages)].id)
    assert (queries_of(browser, BOARD)[0], queries_of(browser, LIST)[0]) == before
    assert before[0] <= 18
    assert before[1] <= 16


def test_a_dragged_card_moves_can_be_taken_back_and_asks_for_what_is_missing(
    browser, make_opportunity, stages
):
    deal = make_opportunity()
    form = {"id": str(deal.id), "value": str(stages[1].id), "version": "1"}
    answer = browser.post(MOVE, form).json()
    assert answer["version"] == 2
    assert browser.post(answer["undo"]).status_code == 302
    deal.refresh_from_db()
    assert deal.stage_id == stages[0].id
    stages[0].required_fields = ["expected_close", "contact"]
    stages[0].checklist = [{"key": "k1", "text": "Confirmar orçamento"}]
    stages[0].save()
    refused = browser.post(MOVE, {**form, "version": ""})
    assert refused.status_code == 422
    url = refused.json()["dialog"]
    page = browser.get(url).content.decode()
    assert "Confirmar orçamento" in page
    assert "contato" in page.lower()
    stages[0].required_fields = ["expected_close"]
    stages[0].save()
    wrong = browser.post(url, {"asked": "1", "csrfmiddlewaretoken": "x"})
    assert wrong.status_code == 422
    sent = {"asked": "1", "csrfmiddlewaretoken": "x", "expected_close": "2027-01-10", "step0": "on"}
    assert browser.post(url, sent).status_code == 302
    deal.refresh_from_db()
    assert (deal.stage_id, str(deal.expected_close)) == (stages[1].id, "2027-01-10")


def test_opening_changing_winning_losing_reopening(browser, make_party, stages):
    party = make_party("Ana Souza")
    assert browser.get(f"{LIST}new/?party={party.id}").status_code == 200
    bad = browser.post(f"{LIST}new/", {"amount": "-1", "origin": "phone", "category": "pipeline"})
    assert bad.status_code == 422
    sent = {
        "party": str(party.id), "title": "Moinho 😀", "amount": "1.234,56", "monthly": "", "origin": "phone",
        "category": "commit", "stage": str(stages[1].id),
    }  # fmt: skip
    made = browser.post(f"{LIST}new/", sent)
    assert made.status_code == 302, made.content.decode()[:2000]
    deal = Opportunity.objects.get()
    path = f"{LIST}{deal.id}/"
    page = browser.get(path).content.decode()
    assert "Moinho 😀" in page
    assert "R$\xa01.234,56" in page
    assert "Nada planejado" in page
    for part in (
        "quick",
        "timeline",
        "history",
        "contacts",
        "team",
        "competitors",
        "tasks",
        "files",
        "products",
    ):
        assert browser.get(f"{path}{part}/").status_code == 200, part
    changed = {**sent, "title": "Moinho grande", "version": "1"}
    assert browser.post(f"{path}edit/", changed).status_code == 302
    assert browser.post(f"{path}edit/", changed).status_code == 409
    assert browser.post(f"{path}win/", {"note": "Assinou"}).status_code == 302
    assert browser.post(f"{path}win/", {}).status_code == 422
    assert browser.post(f"{path}reopen/", {"note": "Desistiram"}).status_code == 302
    assert browser.post(f"{path}lose/", {}).status_code == 422
    reason = Reason.objects.filter(kind=ReasonKind.LOST).first()
    assert browser.post(f"{path}lose/", {"reason": str(reason.id)}).status_code == 302
    assert StageEntry.objects.filter(opportunity=deal).count() == 4
    assert reason.name in browser.get(path).content.decode()
    assert browser.post(f"{path}delete/").status_code == 302
    assert browser.get(path).status_code == 404
    assert browser.post(f"{path}restore/").status_code == 302


def test_products_through_the_editor(browser, make_opportunity):
    deal = make_opportunity()
    sent = {
        "lines-TOTAL_FORMS": 2, "lines-INITIAL_FORMS": 0, "version": "1",
        "lines-0-description": "Consultoria", "lines-0-quantity": "2", "lines-0-unit_price": "1.500,00",
        "lines-1-description": "Suporte", "lines-1-quantity": "1", "lines-1-unit_price": "300,00",
        "lines-1-billing": "monthly",
    }  # fmt: skip
    path = f"{LIST}{deal.id}/products/"
    assert browser.post(path, {**sent, "lines-0-discount": "9.999"}).status_code == 422
    assert browser.post(path, sent).status_code == 302
    deal.refresh_from_db()
    assert (deal.amount, deal.monthly) == (3000, 300)
    assert browser.post(path, sent).status_code == 409


def test_the_page_costs_the_same_with_a_long_history(browser, make_opportunity, stages, actor):
    deal = make_opportunity()
    before, _page = queries_of(browser, f"{LIST}{deal.id}/")
    for number in range(12):
        move_opportunity(actor=actor, opportunity_id=deal.id, stage_id=stages[1 - number % 2].id, rules=False)
    assert queries_of(browser, f"{LIST}{deal.id}/")[0] == before
    assert before <= 20


def test_who_sees_only_their_own_gets_their_own_totals(browser, make_opportunity, member_with, client_for):
    rights = {"objects": {"customer": {"view": "all"}, "opportunity": {"view": "own", "edit": "own"}}}
    member = member_with(Role.objects.create(name="Só os meus", rights=rights))
    mine = make_opportunity(amount="70", title="Meu", owner_id=member.id)
    theirs = make_opportunity(amount="500", title="Dos outros")
    other = client_for(member)
    content = other.get(BOARD).content.decode()
    assert "Meu" in content
    assert "Dos outros" not in content
    sums = other.get(
        f"/teste/lists/opportunities/sums/{content.split('/lists/opportunities/sums/')[1].split(chr(34))[0]}".replace(
            "&amp;", "&"
        )
    )
    assert "R$\xa070,00" in sums.content.decode()
    assert "570" not in sums.content.decode()
    assert other.get(f"{LIST}{theirs.id}/").status_code == 404
    assert other.get(f"{LIST}{mine.id}/").status_code == 200
    assert other.post(MOVE, {"id": str(theirs.id), "value": str(theirs.stage_id)}).status_code == 404
    assert browser.get(f"{LIST}{uuid4()}/").status_code == 404


def test_search_export_and_the_panel_of_the_customer(browser, make_opportunity, make_party):
    party = make_party("Joaquim Teles")
    make_opportunity(party, title="Reforma do telhado")
    assert "Reforma do telhado" in browser.get(f"{LIST}?q=telha").content.decode()
    assert "Reforma do telhado" in browser.get(f"{LIST}?q=joaquim").content.decode()
    assert "do telhado" in browser.get("/teste/search/?q=reforma").content.decode()
    panel = browser.get(f"/teste/customers/{party.id}/opportunities/").content.decode()
    assert "Reforma do telhado" in panel
    where = {
        "v": 1,
        "where": {
            "related": "open_opportunities",
            "measure": "sum",
            "of": "amount",
            "op": "above",
            "value": 500,
        },
    }
    from ponte.conditions.encoding import encode

    found = browser.get(f"/teste/people/?where={encode(where)}").content.decode()
    assert "Joaquim Teles" in found
    nothing = json.loads(json.dumps(where).replace("500", "5000"))
    assert "Joaquim Teles" not in browser.get(f"/teste/people/?where={encode(nothing)}").content.decode()
    exported = browser.get("/teste/lists/opportunities/export.csv-br")
    assert exported.status_code == 200


def test_who_sells_finds_their_own_first(make_opportunity, member_with, client_for, admin):
    seller, other = member_with("salesperson"), member_with("salesperson")
    make_opportunity(title="Minha venda", owner_id=seller.id)
    make_opportunity(title="Venda alheia", owner_id=admin.id)
    browser = client_for(seller)
    assert browser.get(LIST)["Location"].endswith("?owner=me")
    board = browser.get(f"{LIST}board/")["Location"]
    assert board.endswith("layout=board&by=stage&owner=me")
    content = browser.get(board).content.decode()
    assert ("Minha venda" in content, "Venda alheia" in content) == (True, False)
    everybody = browser.get(f"{LIST}?view=all").content.decode()
    assert "Venda alheia" in everybody
    unfiltered = browser.get(f"{LIST}?owner=", headers={"HX-Request": "true", "HX-Target": "list-results"})
    assert "view=all" in unfiltered["HX-Push-Url"], "it doesn't lead back to fewer"
    for member in (other, admin):  # nothing of their own yet; looks after everybody's
        browser = client_for(member)
        assert "owner" not in browser.get(f"{LIST}board/")["Location"]
        assert browser.get(LIST).status_code == 200
