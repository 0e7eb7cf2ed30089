"""What came back of an order bounds what its lines can become: revenue never falls below nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ponte.commerce.data import BulkRow, LineData, ReturnLineData
from ponte.commerce.services.bulk_lines import upsert_lines
from ponte.commerce.services.orders import update_order
from ponte.commerce.services.returns import record_return
from ponte.commerce.tests.conftest import line
from ponte.core.errors import Invalid

D = Decimal


@pytest.fixture
def returned(make_order, actor):
    """An order of 3 × 50 and 10 of freight, of which 2 pieces and 6 of freight came back."""
    order = make_order(
        source="erp", external_id="1", lines=[line("Café", "3", "50", freight=D(10), external_id="a")]
    )
    row = order.lines.get()
    record_return(
        actor=actor, order_id=order.id, lines=[ReturnLineData(line_id=row.id, quantity=D(2))], freight=D(6)
    )
    return order


WORTH_LESS = [
    ({"quantity": D(1)}, "quantity"),
    ({"unit_price": D(33)}, "unit_price"),
    ({"discount": D(51)}, "unit_price"),
    ({"freight": D(5)}, "freight"),
]


@pytest.mark.parametrize(("change", "field"), WORTH_LESS)
def test_a_line_keeps_what_came_back_of_it(returned, actor, change, field):
    row = returned.lines.get()
    values = {"description": "Café", "quantity": D(3), "unit_price": D(50), "freight": D(10), **change}
    with pytest.raises(Invalid) as refused:
        update_order(actor=actor, order_id=returned.id, lines=[LineData(id=row.id, **values)])
    (problem,) = refused.value.problems
    assert problem.field == ("lines" if field == "freight" else f"lines.0.{field}")
    assert problem.code == "returned"


@pytest.mark.parametrize(("change", "field"), WORTH_LESS)
def test_bulk_lines_keep_what_came_back_too(returned, actor, change, field):
    given = [BulkRow(external_id="a", parent="1", values=change)]
    for policy, outcome in (("update", "rejected"), ("fill", "unchanged"), ("skip", "skipped")):
        (answer,) = upsert_lines(actor=actor, rows=given, source="erp", policy=policy)
        assert (answer.outcome, [one.field for one in answer.problems]) == (
            outcome,
            [field] if outcome == "rejected" else [],
        )
    returned.refresh_from_db()
    assert returned.revenue == D(54)


def test_down_to_what_came_back_is_allowed(returned, actor):
    row = returned.lines.get()
    fewer = {"quantity": D(2), "unit_price": D(50), "freight": D(6)}
    kept = LineData(id=row.id, external_id="a", description="Café", **fewer)
    assert update_order(actor=actor, order_id=returned.id, lines=[kept]).revenue == 0
    given = [
        BulkRow(
            external_id="b", parent="1", values={"description": "B", "unit_price": D(1), "freight": D(4)}
        ),
        BulkRow(external_id="a", parent="1", values={"freight": D(6), "unit_price": D(50)}),
    ]
    answers = upsert_lines(actor=actor, rows=given, source="erp")
    assert "rejected" not in {one.outcome for one in answers}
