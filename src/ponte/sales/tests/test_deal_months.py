"""The board by month of close: which month a deal stands in, what is added up, moving and taking it back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ponte.core.errors import Invalid
from ponte.core.models import Role
from ponte.directory.services.deletion import delete_parties
from ponte.sales.models import Opportunity
from ponte.sales.selectors import closing
from ponte.sales.selectors.closing import LATE, LATER, UNDATED, column_of, kept_sums
from ponte.sales.selectors.lens import later_month, today
from ponte.sales.services.closing import day_in
from ponte.sales.services.goals import GoalData, set_goal
from ponte.sales.services.opportunities import update_opportunity, win_opportunity

BOARD = "/teste/opportunities/?layout=board&by=month"
MOVE = "/teste/lists/opportunities/fields/month/"
SUMS = "/teste/lists/opportunities/sums/?layout=board&by=month"


@pytest.fixture
def browser(admin, client_for):
    return client_for(admin)


@pytest.fixture
def months(workspace):
    return closing.months_shown()


def test_where_a_day_stands(months):
    first, last = months[0], months[-1]
    assert column_of(None) == UNDATED
    assert column_of(first - timedelta(days=1)) == LATE
    assert column_of(first) == f"{first:%Y-%m}"
    assert column_of(later_month(last, 1) - timedelta(days=1)) == f"{last:%Y-%m}"
    assert column_of(later_month(last, 1)) == LATER
    assert closing.days_of_column("2026-13") is None
    assert closing.days_of_column("x") is None
    assert closing.days_of_column("2024-02") == (date(2024, 2, 1), date(2024, 3, 1))


def test_the_day_of_the_month_stays_where_the_month_has_it(months):
    long = next(one for one in months[1:] if (later_month(one, 1) - one).days == 31)
    short = next(one for one in months[1:] if (later_month(one, 1) - one).days < 31)
    column = f"{short:%Y-%m}"
    assert day_in(column, long.replace(day=31)) == later_month(short, 1) - timedelta(days=1)
    assert day_in(column, long.replace(day=9)) == short.replace(day=9)
    assert day_in(column, None) == later_month(short, 1) - timedelta(days=1)
    assert day_in(f"{months[0]:%Y-%m}", long.replace(day=1)) >= today()
    assert column_of(day_in(LATER, None)) == LATER
    for column in (LATE, f"{later_month(months[0], -1):%Y-%m}", "nonsense"):
        with pytest.raises(Invalid):
            day_in(column, None)


def test_totals_follow_whatever_is_written(make_opportunity, make_party, months, actor):
    party, second = make_party("Zilda Prado"), f"{months[1]:%Y-%m}"
    committed = make_opportunity(
        party, amount="100", monthly=Decimal(10), category="commit", expected_close=months[1]
    )
    make_opportunity(amount="50", category="best_case", expected_close=months[1])
    make_opportunity(amount="7", category="omitted", expected_close=months[1])
    make_opportunity(amount="3")

    def told(column=second):
        one = kept_sums(pipeline=None, owners=None).get(column, closing.MonthSum())
        return one.deals, one.commit, one.best_case, one.pipeline

    assert told() == (3, 220, 270, 270)
    assert told(UNDATED) == (1, 0, 0, 3)
    update_opportunity(actor=actor, opportunity_id=committed.id, changes={"expected_close": months[2]})
    assert told() == (2, 0, 50, 50)
    assert told(f"{months[2]:%Y-%m}") == (1, 220, 220, 220)
    delete_parties(actor=actor, party_ids=[party.id])
    assert told(f"{months[2]:%Y-%m}") == (0, 0, 0, 0)
    mine = kept_sums(pipeline=committed.pipeline_id, owners=[actor.member.id])
    assert mine[second].best_case == 50
    assert kept_sums(pipeline=None, owners=[None]) == {}


def test_the_board_tells_months_totals_and_goals(browser, make_opportunity, months, actor):
    make_opportunity(amount="4000", title="Forno", category="commit", expected_close=later_month(months[0], 1) - timedelta(days=1))  # fmt: skip
    won = make_opportunity(amount="1000")
    win_opportunity(actor=actor, opportunity_id=won.id)
    set_goal(actor=actor, data=GoalData(metric="won_value", span="month", starts_on=months[0], target=Decimal(10_000)))  # fmt: skip
    page = browser.get(BOARD).content.decode()
    assert page.count("data-board-column=") == closing.MONTHS + 2, "nothing is late: no column for it"
    assert "Ganho até agora R$\xa01.000" in page
    assert "Compromisso R$\xa05.000" in page
    assert "Meta R$\xa010.000: 50% no compromisso" in page
    assert "Forno" in page
    narrowed = browser.get(f"{BOARD}&amount.min=1")
    assert narrowed.status_code == 200
    added = browser.get(f"{SUMS}&q=Forno").content.decode()
    assert "Compromisso R$\xa05.000" in added, "the same, added up over what was found"


def test_a_card_moves_to_another_month_and_back(browser, make_opportunity, months):
    day = months[1].replace(day=15)
    deal = make_opportunity(expected_close=day)
    form = {"id": str(deal.id), "value": f"{months[2]:%Y-%m}", "version": str(deal.version)}
    answer = browser.post(MOVE, form).json()
    deal.refresh_from_db()
    assert deal.expected_close == months[2].replace(day=15)
    assert answer["version"] == deal.version
    assert browser.post(MOVE, form).status_code == 409, "somebody changed it since"
    assert browser.post(answer["undo"]).status_code == 302
    deal.refresh_from_db()
    assert deal.expected_close == day
    assert browser.post(answer["undo"]).status_code == 409
    late = browser.post(MOVE, {**form, "value": LATE, "version": ""})
    assert late.status_code == 422
    assert "já acabou" in late.json()["detail"]
    undated = browser.post(MOVE, {**form, "value": "", "version": ""})
    assert undated.status_code == 200
    deal.refresh_from_db()
    assert deal.expected_close is None


def test_the_category_is_asked_in_a_dialog(browser, make_opportunity):
    deal = make_opportunity()
    path = f"/teste/opportunities/{deal.id}/category/"
    assert "Melhor cenário" in browser.get(path).content.decode() or browser.get(path).status_code == 200
    assert browser.post(path, {"category": "commit"}).status_code == 302
    deal.refresh_from_db()
    assert deal.category == "commit"
    assert browser.post(path, {"category": "sure"}).status_code == 422


def test_who_may_not_edit_sees_but_moves_nothing(client_for, member_with, make_opportunity, months):
    deal = make_opportunity(expected_close=months[1])
    role = Role.objects.create(
        name="Leitora", rights={"objects": {"opportunity": {"view": "all"}, "customer": {"view": "all"}}}
    )
    reader = client_for(member_with(role))
    assert "data-board-url" not in reader.get(BOARD).content.decode()
    form = {"id": str(deal.id), "value": f"{months[2]:%Y-%m}"}
    assert reader.post(MOVE, form).status_code == 404
    assert reader.get(f"/teste/opportunities/{deal.id}/category/").status_code == 404
    assert reader.post(f"/teste/opportunities/{deal.id}/close/undo/?version=1&day=").status_code == 404


def test_more_opportunities_cost_no_more(browser, make_opportunity, months):
    def queries():
        browser.get(BOARD)
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(BOARD).status_code == 200
        return len(seen)

    make_opportunity(expected_close=months[0])
    before = queries()
    for at in range(12):
        make_opportunity(expected_close=months[at % len(months)], category="commit")
    assert queries() == before
    assert before <= 20
    assert Opportunity.objects.count() == 13
