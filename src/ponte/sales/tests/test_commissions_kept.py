"""Commissions over the API, statements the database itself keeps, events of goals, forecasts and commissions, what the demo leaves."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from ponte.core.models import StoredEvent
from ponte.sales.demo.plans import remove
from ponte.sales.models import CommissionPlan, CommissionStatement, ForecastSnapshot, Goal, Opportunity
from ponte.sales.selectors.lens import today
from ponte.sales.services.commissions import PlanData, approve_statement, save_plan
from ponte.sales.services.forecast import call_forecast, take_snapshot
from ponte.sales.services.goals import GoalData, note_reached_goals, remove_goal, set_goal
from ponte.sales.services.opportunities import win_opportunity

MARCH = date(2026, 3, 1)
TIERS = [{"from": "0", "rate": "10"}, {"from": "5000", "rate": "12.5"}]


@pytest.fixture
def won(actor, make_opportunity):
    closed = datetime(2026, 3, 11, 15, tzinfo=UTC)
    deal = make_opportunity(opened_at=datetime(2026, 3, 1, 15, tzinfo=UTC))
    return win_opportunity(actor=actor, opportunity_id=deal.id, closed_at=closed)


@pytest.fixture
def statement(actor, admin, won):
    plan = save_plan(
        actor=actor,
        data=PlanData(name="Padrão", basis="won", tiers=[(Decimal(0), Decimal(10))], member_ids=[admin.id]),
    )
    return approve_statement(actor=actor, plan_id=plan.id, member_id=admin.id, month=MARCH)


def told(name):
    return [one.payload for one in StoredEvent.objects.filter(name=name).order_by("id")]


def test_the_database_keeps_an_approved_statement(statement, member_with):
    rows = CommissionStatement.objects.filter(id=statement.id)
    other = member_with("salesperson")
    for change in ({"total": 1}, {"lines": []}, {"member": other}, {"approved_by": other}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("DELETE FROM sales_commissionstatement")
    rows.update(approved_by=None)
    assert rows.get().total == 100


def test_the_demo_takes_its_own_away_and_nothing_else(statement, actor, make_opportunity, member_with):
    seller, stranger = member_with("salesperson"), member_with("salesperson")
    month = today().replace(day=1)
    demo = make_opportunity(owner_id=seller.id, expected_close=month)
    Opportunity.objects.filter(id=demo.id).update(is_demo=True)
    make_opportunity(owner_id=stranger.id, expected_close=month)
    take_snapshot()
    assert ForecastSnapshot.objects.filter(owner=seller, is_demo=True).exists()
    earlier = ForecastSnapshot.objects.create(month=MARCH, taken_on=MARCH, is_whole=True)
    plan = save_plan(actor=actor, data=PlanData(name="Demo", basis="won", tiers=[(Decimal(0), Decimal(3))], member_ids=[seller.id], is_demo=True))  # fmt: skip
    approve_statement(actor=actor, plan_id=plan.id, member_id=seller.id, month=MARCH)
    remove(actor)
    assert not ForecastSnapshot.objects.filter(owner=seller).exists()
    assert ForecastSnapshot.objects.filter(owner=stranger).exists(), "nothing of the demo in it"
    assert ForecastSnapshot.objects.filter(id=earlier.id).exists()
    assert list(CommissionPlan.objects.values_list("name", flat=True)) == ["Padrão"]
    assert CommissionStatement.objects.get() == statement


def test_what_happens_to_goals_is_told(actor, admin, won):
    data = GoalData(
        metric="won_value", span="year", starts_on=MARCH, target=Decimal(5000), member_id=admin.id
    )
    goal = set_goal(actor=actor, data=data)
    assert told("sales.goal_set")[-1]["member_id"] == str(admin.id)
    assert note_reached_goals(date(2026, 3, 20)) == []
    set_goal(actor=actor, data=GoalData(metric="won_value", span="year", starts_on=MARCH, target=Decimal(800), member_id=admin.id))  # fmt: skip
    assert [one.id for one in note_reached_goals(date(2026, 3, 20))] == [goal.id]
    assert note_reached_goals(date(2026, 3, 20)) == [], "once"
    (event,) = told("sales.goal_reached")
    assert (event["target"], event["achieved"]) == ("800.00", "1000.00")
    assert Goal.objects.get().reached_at is not None
    set_goal(actor=actor, data=data)
    assert Goal.objects.get().reached_at is None, "a new target is to be reached anew"
    remove_goal(actor=actor, goal_id=goal.id)
    assert told("sales.goal_removed")[0]["goal_id"] == str(goal.id)


def test_overrides_and_approvals_are_told(actor, admin, statement):
    month = today().replace(day=1)
    call_forecast(actor=actor, month=month, owner_id=admin.id, amount=Decimal("12.50"))
    call_forecast(actor=actor, month=month, owner_id=admin.id, amount=None)
    assert [one["amount"] for one in told("sales.forecast_called")] == ["12.50", ""]
    assert told("sales.commission_approved")[0]["total"] == "100.00"
    assert told("sales.commission_plan_changed")[0]["archived"] is False


def test_plans_and_statements_over_the_api(api_for, admin, member_with, won):
    api, seller = api_for(admin), member_with("salesperson")
    given = {"name": "Vendas", "basis": "won", "tiers": TIERS, "member_ids": [str(admin.id), str(seller.id)]}
    answer = api.post("/sales/commissions/plans", given)
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert made["tiers"][1] == {"from": "5000", "rate": "12.5"}
    assert api.post("/sales/commissions/plans", given).status_code == 422, "the name is taken"
    assert api.post("/sales/commissions/plans", given | {"name": "B", "tiers": []}).status_code == 422
    stranger = given | {"name": "C", "member_ids": ["00000000-0000-0000-0000-000000000001"]}
    assert api.post("/sales/commissions/plans", stranger).json()["errors"][0]["field"] == "member_ids"
    path = f"/sales/commissions/plans/{made['id']}"
    assert api.put(path, given | {"name": "Vendas 2"}, if_match='"1"').json()["version"] == 2
    assert api.put(path, given, if_match='"1"').status_code == 409
    statement = f"/sales/commissions/statements/{made['id']}/{admin.id}/2026-03-15"
    now = api.get(statement).json()
    assert (now["total"], now["approved_at"], len(now["lines"])) == ("100.00", None, 1)
    approved = api.post(f"{statement}/approve").json()
    assert (approved["total"], approved["reckoning"]["factor"]) == ("100.00", "1")
    assert api.post(f"{statement}/approve").status_code == 422
    assert api.get(statement).json()["approved_at"]
    own = api_for(seller)
    assert own.get(statement).status_code == 404
    assert own.post(f"{statement}/approve").status_code == 404
    assert [one["member_ids"] for one in own.get("/sales/commissions/plans").json()] == [[str(seller.id)]]
    assert own.post("/sales/commissions/plans", given | {"name": "D"}).status_code == 404
    shares = f"/sales/commissions/shares/{won.id}"
    sent = {"shares": [{"member_id": str(seller.id), "percent": "30"}]}
    assert api.put(shares, sent).json()[0]["percent"] == "30.00"
    assert own.put(shares, sent).status_code == 404
    assert api.delete(path).status_code == 204
    assert api.get("/sales/commissions/plans").json() == []


@pytest.mark.parametrize("page", ["sales/forecast/", "sales/goals/", "settings/scoring/", "sales/dashboard/"])
def test_more_records_cost_no_more(page, client_for, admin, actor, make_opportunity, member_with):
    browser = client_for(admin)

    def queries():
        browser.get(f"/teste/{page}")
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(f"/teste/{page}").status_code == 200
        return len(seen)

    month = today().replace(day=1)

    def more():
        seller = member_with("salesperson")
        set_goal(actor=actor, data=GoalData(metric="won_value", span="month", starts_on=month, target=Decimal(9), member_id=seller.id))  # fmt: skip
        make_opportunity(owner_id=seller.id, expected_close=month, category="commit")
        won = make_opportunity(owner_id=seller.id)
        win_opportunity(actor=actor, opportunity_id=won.id)

    more()
    before = queries()
    for _number in range(4):
        more()
    assert queries() == before
    assert (
        before
        <= {"sales/forecast/": 34, "sales/goals/": 20, "settings/scoring/": 20, "sales/dashboard/": 60}[page]
    )


def test_the_page_costs_the_same_for_any_number_of_people_and_sales(
    actor, admin, client_for, api_for, member_with, make_opportunity
):
    browser, api = client_for(admin), api_for(admin)
    plan, people = None, []

    def grow(number):
        nonlocal plan
        for _ in range(number):
            seller = member_with("salesperson")
            people.append(seller)
            deal = make_opportunity(owner_id=seller.id, opened_at=datetime(2026, 3, 1, 15, tzinfo=UTC))
            win_opportunity(
                actor=actor, opportunity_id=deal.id, closed_at=datetime(2026, 3, 11, 15, tzinfo=UTC)
            )
            goal = GoalData(
                metric="won_value", span="month", starts_on=MARCH, target=Decimal(500), member_id=seller.id
            )
            set_goal(actor=actor, data=goal)
        data = PlanData(
            name="Padrão", basis="won", tiers=[(Decimal(0), Decimal(10))], member_ids=[one.id for one in people],
            accelerator_from=100, accelerator=Decimal(2),
        )  # fmt: skip
        plan = save_plan(actor=actor, data=data, plan_id=plan and plan.id, version=plan and plan.version)

    def cost(ask):
        ask()
        with CaptureQueriesContext(connection) as captured:
            ask()
        return len(captured)

    def page():
        shown = browser.get("/teste/sales/commissions/?month=2026-03-01").content.decode()
        assert shown.count("R$\xa0200,00") == len(people)  # 10 % of 1,000, twice: the goal was reached

    def answer():
        rows = api.get("/sales/commissions?month=2026-03-20").json()
        assert [row["total"] for row in rows] == ["200.00"] * len(people)

    grow(1)
    few = cost(page), cost(answer)
    grow(8)
    assert (cost(page), cost(answer)) == few
    assert few[0] <= 25
