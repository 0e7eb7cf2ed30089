"""Goals and commissions, against numbers worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid
from ponte.core.models import AuditEntry, Role, Team
from ponte.sales.models import CommissionPlan, CommissionStatement, Goal, OpportunityLine
from ponte.sales.selectors.commissions import by_tiers, earned
from ponte.sales.selectors.goals import attainments, visible_goals
from ponte.sales.selectors.lens import today
from ponte.sales.services.commissions import PlanData, approve_statement, save_plan, share_deal
from ponte.sales.services.goals import GoalData, set_goal
from ponte.sales.services.opportunities import win_opportunity

MARCH = date(2026, 3, 1)


@pytest.fixture
def win(actor, make_opportunity):
    def make(amount="1000.00", month=3, **fields):
        closed = datetime(2026, month, 11, 15, tzinfo=UTC)
        deal = make_opportunity(amount=amount, opened_at=datetime(2026, month, 1, 15, tzinfo=UTC), **fields)
        return win_opportunity(actor=actor, opportunity_id=deal.id, closed_at=closed)

    return make


@pytest.fixture
def goal(actor):
    def make(metric="won_value", target="2000", **fields):
        data = {"span": "month", "starts_on": date(2026, 3, 17)} | fields
        return set_goal(actor=actor, data=GoalData(metric=metric, target=Decimal(target), **data))

    return make


def reached(row, member=None):
    return attainments([row], member)[0]


def test_goals_of_person_team_and_business(goal, win, member_with):
    team = Team.objects.create(name="Sul", path="")
    Team.objects.filter(id=team.id).update(path=f"{team.id}/")
    ana, bia = member_with("salesperson", team=team), member_with("salesperson")
    win("500.00", owner_id=ana.id)
    win("700.00", owner_id=bia.id)
    assert reached(goal(member_id=ana.id)).achieved == 500
    assert reached(goal(team_id=team.id)).achieved == 500
    whole = reached(goal())
    assert (whole.achieved, whole.rate.value, whole.elapsed, whole.is_on_pace) == (1200, 60, 100, False)
    assert reached(goal("won_count", "2")).achieved == 2
    quarter = goal(span="quarter")
    assert (quarter.starts_on, quarter.ends_on) == (date(2026, 1, 1), date(2026, 4, 1))


def test_goals_of_a_product(goal, win, workspace, actor):
    from ponte.commerce.data import ProductData
    from ponte.commerce.services.products import create_product

    product = create_product(actor=actor, data=ProductData(name="Moinho", price=Decimal(100)))
    deal = win()
    line = {"opportunity": deal, "product": product, "quantity": 1, "unit_price": 100}
    OpportunityLine.objects.create(**line, total=Decimal(100))
    OpportunityLine.objects.create(**line, total=Decimal(10), billing="monthly")
    assert reached(goal(product_id=product.id)).achieved == 220
    with pytest.raises(Invalid, match="product"):
        goal("contacts", product_id=product.id)


def test_the_same_goal_again_gets_the_new_target(goal):
    goal()
    row = goal(target="3000")
    assert Goal.objects.count() == 1
    assert (row.target, row.version) == (3000, 2)
    assert AuditEntry.objects.filter(act="goal.set").count() == 2


def test_refusals(goal, member_with):
    with pytest.raises(Invalid, match="target"):
        goal(target="0")
    with pytest.raises(Invalid, match="metric"):
        goal("love")
    seller = member_with("salesperson")
    data = GoalData(metric="won_value", span="month", starts_on=MARCH, target=Decimal(1), member_id=seller.id)
    with pytest.raises(Denied):
        set_goal(actor=Actor.for_member(seller), data=data)


def test_who_sees_only_their_own_sees_only_their_goals(goal, member_with):
    rights = {"objects": {"customer": {"view": "all"}, "opportunity": {"view": "own"}}}
    alone = member_with(Role.objects.create(name="Só os seus", rights=rights))
    goal()
    mine = goal(member_id=alone.id)
    assert [one.id for one in visible_goals(alone)] == [mine.id]


def test_many_goals_of_one_thing_are_one_count(goal, member_with, win):
    win()
    rows = [goal(member_id=member_with("salesperson").id) for _turn in range(3)]
    with CaptureQueriesContext(connection) as few:
        attainments(rows[:1], None)
    with CaptureQueriesContext(connection) as many:
        attainments(rows, None)
    assert len(many) == len(few)


def test_goals_on_screen(client_for, admin, member_with):
    browser = client_for(admin)
    given = {
        "metric": "won_value",
        "span": "month",
        "starts_on": f"{today():%d/%m/%Y}",
        "target": "1.000,00",
        "whose": "",
    }
    browser.post("/teste/sales/goals/new/", given)
    row = Goal.objects.get()
    page = browser.get("/teste/sales/goals/").content.decode()
    assert "R$\xa01.000" in page
    assert "R$\xa01.000" in browser.get("/teste/sales/goals/block/").content.decode()
    assert browser.get("/teste/sales/goals/?when=past").status_code == 200
    assert browser.post("/teste/sales/goals/new/", given | {"target": "0"}).status_code == 422
    seller = client_for(member_with("salesperson"))
    assert seller.get("/teste/sales/goals/new/").status_code == 404
    assert seller.post(f"/teste/sales/goals/{row.id}/delete/").status_code == 404
    browser.post(f"/teste/sales/goals/{row.id}/delete/")
    assert not Goal.objects.exists()


def test_tiers_are_paid_part_by_part():
    """Of 15,000: 5% of the first 10,000, 10% of the rest."""
    tiers = [{"from": "0", "rate": "5"}, {"from": "10000", "rate": "10"}]
    assert [part[2] for part in by_tiers(Decimal(15000), tiers)] == [500, 500]
    assert [part[2] for part in by_tiers(Decimal(4000), tiers)] == [200]
    assert by_tiers(Decimal(0), tiers) == []
    assert by_tiers(Decimal(100), [{"from": "500", "rate": "5"}]) == []


@pytest.fixture
def plan(actor, admin):
    def make(**fields):
        data = {
            "name": "Padrão",
            "basis": "won",
            "tiers": [(Decimal(0), Decimal(10))],
            "member_ids": [admin.id],
        } | fields
        return save_plan(actor=actor, data=PlanData(**data))

    return make


def test_commission_with_a_split(plan, win, admin, actor, member_with):
    helper = member_with("salesperson")
    deal = win("1000.00")
    share_deal(actor=actor, opportunity_id=deal.id, shares={helper.id: Decimal(30)})
    made = plan(member_ids=[admin.id, helper.id])
    assert earned(made, admin, MARCH).total == 70
    assert earned(made, helper, MARCH).total == 30
    assert earned(made, admin, date(2026, 4, 1)).total == 0
    with pytest.raises(Invalid, match="shares"):
        share_deal(actor=actor, opportunity_id=deal.id, shares={helper.id: Decimal(101)})


def test_the_accelerator_needs_the_goal(plan, win, goal, admin):
    win("1000.00")
    made = plan(accelerator_from=100, accelerator=Decimal("1.5"))
    assert earned(made, admin, MARCH).total == 100, "there is no goal"
    goal(target="2000", member_id=admin.id)
    assert earned(made, admin, MARCH).total == 100, "half of the goal"
    goal(target="1000", member_id=admin.id)
    assert earned(made, admin, MARCH).total == 150


def test_commission_on_what_is_paid(plan, win, admin, actor):
    """Nothing until the order is paid in full, then in the month of the last payment."""
    from ponte.commerce.data import LineData, OrderData, PaymentData
    from ponte.commerce.services.orders import create_order
    from ponte.commerce.services.payments import record_payment

    deal = win()
    line = LineData(description="Moinho", quantity=Decimal(1), unit_price=Decimal(800))
    order = create_order(actor=actor, data=OrderData(party_id=deal.party_id, lines=[line]))
    type(deal).objects.filter(id=deal.id).update(order=order)
    made = plan(basis="paid")
    assert earned(made, admin, date(2026, 5, 1)).total == 0
    paid = datetime(2026, 5, 4, 15, tzinfo=UTC)
    data = PaymentData(kind="pix", value=Decimal(800), paid_at=paid)
    record_payment(actor=actor, order_id=order.id, data=data)
    assert earned(made, admin, date(2026, 5, 1)).total == 80
    assert earned(made, admin, MARCH).total == 0


def test_an_approved_statement_stays(plan, win, admin, actor):
    deal = win("1000.00")
    made = plan()
    statement = approve_statement(actor=actor, plan_id=made.id, member_id=admin.id, month=MARCH)
    assert (statement.total, len(statement.lines)) == (100, 1)
    type(deal).objects.filter(id=deal.id).update(amount=5000)
    statement.refresh_from_db()
    assert statement.total == 100
    with pytest.raises(Invalid, match="month"):
        approve_statement(actor=actor, plan_id=made.id, member_id=admin.id, month=MARCH)
    with pytest.raises(Invalid, match="month"):
        approve_statement(actor=actor, plan_id=made.id, member_id=admin.id, month=today())


def test_commissions_on_screen(client_for, admin, member_with, win):
    browser, other = client_for(admin), member_with("salesperson")
    given = {"name": "Vendas", "basis": "won", "from_1": "0,00", "rate_1": "5", "from_2": "10.000,00", "rate_2": "8",
             "members": [str(admin.id), str(other.id)]}  # fmt: skip
    browser.post("/teste/sales/commissions/plans/new/", given)
    made = CommissionPlan.objects.get()
    assert (
        made.tiers == [{"from": "0", "rate": "5"}, {"from": "10000.00", "rate": "8"}] or len(made.tiers) == 2
    )
    assert browser.post("/teste/sales/commissions/plans/new/", given).status_code == 422, "the name is taken"
    win()
    statement = f"/teste/sales/commissions/{made.id}/{admin.id}/2026-03-01/"
    assert "R$\xa050,00" in browser.get("/teste/sales/commissions/?month=2026-03-01").content.decode()
    assert "R$\xa050,00" in browser.get(statement).content.decode()
    browser.post(f"{statement}approve/")
    assert CommissionStatement.objects.get().approved_by == admin
    assert browser.get(statement).status_code == 200
    seller = client_for(other)
    assert seller.get(statement).status_code == 404, "another's commission"
    own = f"/teste/sales/commissions/{made.id}/{other.id}/2026-03-01/"
    assert seller.get(own).status_code == 200
    assert seller.post(f"{own}approve/").status_code == 404
    assert seller.get(f"/teste/sales/commissions/plans/{made.id}/").status_code == 404
    browser.post(f"/teste/sales/commissions/plans/{made.id}/archive/")
    assert browser.get(f"/teste/sales/commissions/plans/{made.id}/").status_code == 404


def test_shares_on_screen(client_for, admin, member_with, win):
    deal, other = win(), member_with("salesperson")
    browser, url = client_for(admin), f"/teste/sales/commissions/shares/{deal.id}/"
    assert browser.get(url).status_code == 200
    browser.post(url, {"member_1": str(other.id), "percent_1": "40"})
    assert deal.shares.get().percent == 40
    assert browser.post(url, {"member_1": str(other.id), "percent_1": "140"}).status_code == 422


def test_goals_and_commissions_over_the_api(api_for, admin, member_with, win, plan):
    win()
    plan()
    api = api_for(admin)
    given = {"metric": "won_value", "span": "month", "starts_on": "2026-03-09", "target": "4000.00"}
    made = api.put("/sales/goals", given).json()
    assert (made["achieved"], made["percent"], made["ends_on"]) == ("1000.00", "25", "2026-04-01")
    assert len(api.get("/sales/goals?on=2026-03-31").json()) == 1
    assert api.get("/sales/goals?on=2026-04-01").json() == []
    assert api.put("/sales/goals", given | {"target": "-1"}).status_code == 422
    (line,) = api.get("/sales/commissions?month=2026-03-20").json()
    assert (line["total"], line["approved_at"]) == ("100.00", None)
    seller = api_for(member_with("salesperson"))
    assert seller.put("/sales/goals", given).status_code == 404
    assert seller.get("/sales/commissions?month=2026-03-20").json() == []
    assert api.delete(f"/sales/goals/{made['id']}").status_code == 204
