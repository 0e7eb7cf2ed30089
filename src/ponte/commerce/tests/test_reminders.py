"""What customers bought comes due again."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from ponte.commerce.services.reminders import plan_purchase_tasks
from ponte.commerce.tests.conftest import line
from ponte.timeline.date_rules import DateRule
from ponte.timeline.models import Task
from ponte.timeline.services.date_rules import set_date_rules

SP = ZoneInfo("America/Sao_Paulo")
BOUGHT = datetime(2026, 5, 4, 12, tzinfo=SP)


@pytest.fixture
def sold(make_product, make_order, make_party):
    product = make_product("Filtro", interval_kind="maintenance", interval_days=180)
    party = make_party("Ana")

    def sell(at=BOUGHT, status="delivered"):
        return make_order(party, lines=[line("Filtro", product_id=product.id)], placed_at=at, status=status)

    return sell


def test_a_purchase_comes_due_once(actor, sold):
    sold()
    with time_machine.travel(BOUGHT + timedelta(days=172)):
        assert plan_purchase_tasks() == 0
    with time_machine.travel(BOUGHT + timedelta(days=174)):
        assert plan_purchase_tasks() == 1
        assert plan_purchase_tasks() == 0
    task = Task.objects.get()
    assert "Filtro" in task.title
    assert task.due_at.astimezone(SP).date() == datetime(2026, 10, 30).date()  # 31 October is a Saturday


def test_who_bought_again_is_not_reminded_of_the_purchase_before(actor, sold):
    sold()
    sold(at=BOUGHT + timedelta(days=100))
    with time_machine.travel(BOUGHT + timedelta(days=175)):
        assert plan_purchase_tasks() == 0


def test_cancelled_orders_and_a_rule_switched_off_remind_of_nothing(actor, sold):
    sold(status="cancelled")
    with time_machine.travel(BOUGHT + timedelta(days=175)):
        assert plan_purchase_tasks() == 0
    sold()
    set_date_rules(actor=actor, rules=[DateRule("purchase", False, 7)])
    with time_machine.travel(BOUGHT + timedelta(days=175)):
        assert plan_purchase_tasks() == 0
