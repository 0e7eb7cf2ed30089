"""Demo data: made through the services, the same every time, gone without a trace."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Sum
from django.utils import timezone

from ponte.commerce.demo import PART as COMMERCE
from ponte.commerce.models import Order, Product
from ponte.directory.demo import PART as DIRECTORY
from ponte.directory.models import Party, PartyFacts
from ponte.timeline.demo import PART as TIMELINE
from ponte.timeline.models import Interaction, Task
from ponte.workplace.demo import DemoContext, demo_parts

PARTS = (DIRECTORY, TIMELINE, COMMERCE)


@pytest.fixture
def demo(actor, admin, member_with):
    context = DemoContext(actor=actor, today=timezone.localdate())
    context.made["members"] = [
        admin,
        member_with("manager"),
        member_with("salesperson"),
        member_with("salesperson"),
    ]
    for part in PARTS:
        part.make(context)
    return context


def test_the_modules_have_registered_their_parts():
    assert {part.key for part in demo_parts} >= {"directory", "timeline", "commerce"}


def test_it_is_a_believable_company(demo):
    assert Party.objects.filter(kind="person").count() == 300
    assert Party.objects.filter(kind="company").count() == 80
    assert Product.objects.count() == 22
    assert Order.objects.count() > 1000
    assert Interaction.objects.exclude(channel="").values("channel").distinct().count() >= 8
    assert Task.objects.count() == 60


def test_the_customers_figures_agree_with_their_orders(demo):
    counted = Order.objects.aggregate(total=Sum("revenue"))["total"]
    assert PartyFacts.objects.aggregate(total=Sum("revenue"))["total"] == counted > Decimal(100_000)


def test_it_goes_without_a_trace(demo, actor):
    for part in (COMMERCE, TIMELINE, DIRECTORY):
        part.remove(actor)
    for model in (Party, Order, Product, Interaction, Task):
        assert not model.objects.exists(), model
