"""What quotes amount to, in the one place that says it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ponte.sales.documents.reading import ReadLine, with_choice
from ponte.sales.quote_totals import (
    deposit_amount,
    effective_discount,
    margin_of,
    net_total,
    tax_of,
    top_discount,
    totals_of,
)


def line(total="100", billing="one_off", **fields):
    values = {
        "id": "a", "description": "x", "details": "", "bundle": "", "quantity": Decimal(1), "unit_price": Decimal(total),
        "discount_kind": "percent", "discount": Decimal(0), "tax_rate": Decimal(0), "tax": Decimal(0), "is_optional": False,
        "is_chosen": True,
    }  # fmt: skip
    return ReadLine(**{**values, "total": Decimal(total), "billing": billing, **fields})


def test_a_line_rounds_half_up_to_the_cent():
    assert net_total(Decimal("3"), Decimal("0.335"), "percent", Decimal(0)) == Decimal("1.01")
    assert net_total(Decimal(1), Decimal("0.50"), "percent", Decimal(1)) == Decimal("0.49")
    assert net_total(Decimal(3), Decimal("33.33"), "percent", Decimal("10")) == Decimal("89.99")
    assert net_total(Decimal(2), Decimal("10"), "value", Decimal("5.50")) == Decimal("14.50")
    assert tax_of(Decimal("10.05"), Decimal("5")) == Decimal("0.50")


def test_totals_by_period_with_taxes_and_the_first_year():
    totals = totals_of(
        [
            line("100", tax=Decimal("5")),
            line("10", "monthly"),
            line("7", "quarterly"),
            line("50", "yearly"),
            line("999", is_optional=True, is_chosen=False),
            line("20", "monthly", is_optional=True),
        ]
    )
    assert (totals.one_off, totals.monthly, totals.quarterly, totals.yearly) == (105, 30, 7, 50)
    assert totals.tax == 5
    assert totals.first_year == 105 + 360 + 28 + 50
    assert totals.a_month == Decimal("36.50")


def test_a_lowered_price_is_a_discount_too():
    assert effective_discount(line("90", list_price=Decimal(100))) == 10
    assert effective_discount(line("110", list_price=Decimal(100))) == 0
    assert effective_discount(line("95", unit_price=Decimal(100))) == 5
    assert top_discount([line("90", list_price=Decimal(100)), line("50", list_price=Decimal(100))]) == 50
    assert top_discount([]) == 0
    assert effective_discount(line("0", unit_price=Decimal(0))) == 0


def test_margin_knows_only_lines_with_cost():
    assert margin_of([line("100")]) is None
    assert margin_of([line("100", unit_cost=Decimal(40)), line("5")]) == 60


@pytest.mark.parametrize(
    ("kind", "deposit", "expected"),
    [("", "10", "0"), ("percent", "30", "33.33"), ("value", "50", "50"), ("value", "500", "111.11")],
)
def test_deposit(kind, deposit, expected):
    assert deposit_amount(kind, Decimal(deposit), Decimal("111.11")) == Decimal(expected)


def test_a_bundle_is_chosen_whole():
    lines = [
        line(id="1", is_optional=True, bundle="Kit"),
        line(id="2", is_optional=True, bundle="Kit"),
        line(id="3", is_optional=True),
        line(id="4"),
    ]
    assert [one.is_chosen for one in with_choice(lines, {"1"})] == [True, True, False, True]
    assert [one.is_chosen for one in with_choice(lines, {"4", "nonsense"})] == [False, False, False, True]


@given(
    quantity=st.decimals("0.001", "9999", places=3),
    price=st.decimals("0", "99999", places=2),
    discount=st.decimals("0", "100", places=2),
)
def test_a_percentage_never_makes_a_line_negative_or_dearer(quantity, price, discount):
    net = net_total(quantity, price, "percent", discount)
    assert 0 <= net <= net_total(quantity, price, "percent", Decimal(0))
    assert net == net.quantize(Decimal("0.01"))
