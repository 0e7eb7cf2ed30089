"""Orders: what they are worth, what they refuse, what they tell the rest of the product."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from ponte.commerce.data import LineData, OrderData, PaymentData, ReturnLineData
from ponte.commerce.models import Order, OrderLine
from ponte.commerce.services.order_state import change_status, delete_order, restore_order
from ponte.commerce.services.orders import create_order, update_order
from ponte.commerce.services.payments import record_payment, remove_payment
from ponte.commerce.services.returns import record_return, remove_return
from ponte.commerce.tests.conftest import line
from ponte.core.actors import Actor
from ponte.core.errors import Conflict, Denied, Invalid, Missing
from ponte.core.models import AuditEntry, StoredEvent
from ponte.directory.models import PartyFacts

D = Decimal


def facts(party):
    return PartyFacts.objects.get(party_id=party.id)


def events():
    return [
        name
        for name in StoredEvent.objects.order_by("id").values_list("name", flat=True)
        if name.startswith("commerce.")
    ]


def test_totals_of_an_order(make_order):
    order = make_order(
        lines=[line("A", "3", "33.33", discount=D("0.99"), freight=D(10)), line("B", "0.5", "0.01")]
    )
    # 99.99 + half a cent, which rounds up
    assert (order.goods_total, order.discount_total, order.freight_total) == (
        D("100.00"),
        D("0.99"),
        D("10.00"),
    )
    assert order.total == order.revenue == D("109.01")
    assert order.margin is None
    assert [row.total for row in order.lines.order_by("position")] == [D("99.00"), D("0.01")]


def test_product_gives_price_name_and_cost_of_the_day(make_order, make_product):
    product = make_product()
    order = make_order(lines=[LineData(product_id=product.id, quantity=D(2))])
    row = order.lines.get()
    assert (row.description, row.unit_price, row.unit_cost) == ("Café especial", D("30.00"), D("12.00"))
    type(product).objects.update(cost=D(20), price=D(50))
    order = update_order(actor=Actor.system(), order_id=order.id, changes={"notes": "x"})
    assert (order.total, order.margin) == (D("60.00"), D("36.00"))


def test_margin_counts_lines_of_known_cost_alone(make_order):
    order = make_order(lines=[line("A", "2", "10", unit_cost=D(4), freight=D(5)), line("B", "1", "100")])
    assert order.margin == D("12.00")


def test_customers_figures_follow_in_the_same_transaction(make_order, make_party, actor):
    ana = make_party()
    first = make_order(
        ana, lines=[line("A", "1", "100", unit_cost=D(60))], placed_at=datetime(2026, 1, 5, tzinfo=UTC)
    )
    make_order(ana, lines=[line("A", "1", "50.01")], placed_at=datetime(2026, 3, 1, tzinfo=UTC))
    make_order(ana, lines=[line("A", "1", "999")], status="draft")
    make_order(ana, lines=[line("A", "1", "999")], status="unavailable")
    found = facts(ana)
    assert (found.orders_count, found.revenue, found.margin) == (2, D("150.01"), D("40.00"))
    assert found.average_ticket == D("75.01")  # 75.005 rounds up
    assert (found.first_order_at.month, found.last_order_at.month) == (1, 3)
    change_status(actor=actor, order_id=first.id, status="cancelled")
    found = facts(ana)
    assert (found.orders_count, found.revenue, found.margin, found.first_order_at.month) == (
        1,
        D("50.01"),
        0,
        3,
    )


def test_moving_an_order_moves_its_worth(make_order, make_party, actor):
    ana, bia = make_party("Ana"), make_party("Bia")
    order = make_order(ana)
    update_order(actor=actor, order_id=order.id, changes={"party_id": bia.id})
    assert (facts(ana).revenue, facts(ana).average_ticket) == (0, None)
    assert facts(bia).revenue == D("60.00")


def test_another_currency_is_converted_for_revenue_alone(make_order, make_party):
    ana = make_party()
    order = make_order(ana, lines=[line("A", "1", "10.00")], currency="USD", rate=D("5.4321"))
    assert (order.total, order.revenue) == (D("10.00"), D("54.32"))
    assert facts(ana).revenue == D("54.32")
    with pytest.raises(Invalid) as refused:
        make_order(ana, currency="USD")
    assert refused.value.problems[0].field == "rate"


def test_returns_reverse_revenue_to_the_cent(make_order, make_party, actor):
    ana = make_party()
    order = make_order(
        ana, lines=[line("A", "3", "33.33", discount=D("0.01"), unit_cost=D(10), freight=D(9))]
    )
    row = order.lines.get()
    for number in range(3):
        record_return(actor=actor, order_id=order.id, lines=[ReturnLineData(line_id=row.id, quantity=D(1))])
        order.refresh_from_db()
        assert order.returned_total == [D("33.33"), D("66.66"), D("99.98")][number]
    assert (order.revenue, order.margin) == (D("9.00"), D("0.00"))
    with pytest.raises(Invalid):
        record_return(actor=actor, order_id=order.id, lines=[ReturnLineData(line_id=row.id, quantity=D(1))])
    back = record_return(actor=actor, order_id=order.id, lines=[], freight=D(9))
    assert facts(ana).revenue == 0
    remove_return(actor=actor, order_id=order.id, return_id=back.id)
    assert facts(ana).revenue == D("9.00")


@pytest.mark.parametrize(
    ("lines", "freight", "field"),
    [
        ([], "0", "lines"),
        ([("row", "4", None)], "0", "lines.0.quantity"),
        ([("row", "1", "1000")], "0", "lines.0.value"),
        ([("other", "1", None)], "0", "lines.0.line_id"),
        ([], "10", "freight"),
    ],
)
def test_impossible_returns_are_refused(make_order, actor, lines, freight, field):
    order = make_order(lines=[line("A", "3", "33.33", freight=D(9))])
    row = order.lines.get()
    given = [
        ReturnLineData(
            line_id=row.id if which == "row" else uuid4(),
            quantity=D(count),
            value=D(value) if value else None,
        )
        for which, count, value in lines
    ]
    with pytest.raises(Invalid) as refused:
        record_return(actor=actor, order_id=order.id, lines=given, freight=D(freight))
    assert field in {problem.field for problem in refused.value.problems}


def test_paying_publishes_paid_once(make_order, actor):
    order = make_order()
    record_payment(actor=actor, order_id=order.id, data=PaymentData(kind="pix", value=D(20)))
    assert "commerce.order_paid" not in events()
    payment = record_payment(actor=actor, order_id=order.id, data=PaymentData(kind="cash", value=D(40)))
    record_payment(actor=actor, order_id=order.id, data=PaymentData(kind="cash", value=D(1)))
    assert events().count("commerce.order_paid") == 1
    remove_payment(actor=actor, order_id=order.id, payment_id=payment.id)
    order.refresh_from_db()
    assert order.paid_total == D(21)
    with pytest.raises(Missing):
        remove_payment(actor=actor, order_id=order.id, payment_id=payment.id)


def test_an_order_entered_paid_tells_so(make_order):
    make_order(payments=[PaymentData(kind="credit_card", value=D(60), instalments=3)])
    assert events() == ["commerce.order_placed", "commerce.order_paid"]


def test_a_draft_is_placed_later(make_order, actor):
    order = make_order(status="draft")
    assert events() == []
    order = change_status(actor=actor, order_id=order.id, status="approved")
    assert order.approved_at is not None
    assert events() == ["commerce.order_placed", "commerce.order_status_changed"]
    with pytest.raises(Invalid):
        change_status(actor=actor, order_id=order.id, status="draft")
    order = change_status(actor=actor, order_id=order.id, status="cancelled")
    assert order.cancelled_at is not None
    order = change_status(actor=actor, order_id=order.id, status="placed")
    assert order.cancelled_at is None
    assert order.revenue == D("60.00")


def test_the_bin_and_back(make_order, make_party, actor):
    ana = make_party()
    order = make_order(ana)
    delete_order(actor=actor, order_id=order.id)
    assert facts(ana).orders_count == 0
    with pytest.raises(Missing):
        update_order(actor=actor, order_id=order.id, changes={})
    restore_order(actor=actor, order_id=order.id)
    assert facts(ana).revenue == D("60.00")
    acts = list(AuditEntry.objects.filter(object_type="order").order_by("id").values_list("act", flat=True))
    assert acts == ["order.created", "order.deleted", "order.restored"]


def test_editing_lines_keeps_ids_and_says_what_changed(make_order, actor):
    order = make_order(lines=[line("A", "1", "10"), line("B", "1", "20")])
    first, second = order.lines.order_by("position")
    given = [
        LineData(id=second.id, description="B", quantity=D(2), unit_price=D(20)),
        line("C", "1", "5"),
    ]
    order = update_order(actor=actor, order_id=order.id, lines=given, version=1)
    assert (order.total, order.version) == (D("45.00"), 2)
    assert not OrderLine.objects.filter(id=first.id).exists()
    assert order.lines.get(id=second.id).position == 1
    entry = AuditEntry.objects.get(act="order.updated")
    assert "lines" in entry.changes
    with pytest.raises(Conflict):
        update_order(actor=actor, order_id=order.id, lines=[], version=1)


def test_a_returned_line_stays(make_order, actor):
    order = make_order()
    record_return(
        actor=actor, order_id=order.id, lines=[ReturnLineData(line_id=order.lines.get().id, quantity=D(1))]
    )
    with pytest.raises(Invalid):
        update_order(actor=actor, order_id=order.id, lines=[])


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"status": "lost"}, "status"),
        ({"channel": "moon"}, "channel"),
        ({"external_id": "1"}, "source"),
        ({"currency": "reais"}, "currency"),
        ({"invoice_key": "123"}, "invoice_key"),
        ({"placed_at": datetime(1, 1, 1, tzinfo=UTC)}, "placed_at"),
        ({"owner_id": uuid4()}, "owner_id"),
        ({"lines": [line("", "1", "1")]}, "lines.0.description"),
        ({"lines": [line("A", "0", "1")]}, "lines.0.quantity"),
        ({"lines": [line("A", "0.0001", "1")]}, "lines.0.quantity"),
        ({"lines": [line("A", "1", "-1")]}, "lines.0.unit_price"),
        ({"lines": [line("A", "1", "1.001")]}, "lines.0.unit_price"),
        ({"lines": [line("A", "1", "NaN")]}, "lines.0.unit_price"),
        ({"lines": [line("A", "1", "1", discount=D(2))]}, "lines.0.discount"),
        ({"lines": [line("A", "999999999", "999999999999")]}, "lines.0.quantity"),
        ({"lines": [line("A", "1", "999999999999"), line("B", "1", "2")]}, "lines"),
        ({"lines": [LineData(product_id=uuid4())]}, "lines.0.product_id"),
        ({"lines": [line("A", external_id="1"), line("B", external_id="1")]}, "lines.1.external_id"),
        ({"payments": [PaymentData(kind="gold", value=D(1))]}, "payments.0.kind"),
        ({"payments": [PaymentData(kind="pix", value=D(-1))]}, "payments.0.value"),
        ({"payments": [PaymentData(kind="pix", value=D(1), instalments=0)]}, "payments.0.instalments"),
    ],
)
def test_bad_orders_are_refused_by_field(make_order, fields, field):
    with pytest.raises(Invalid) as refused:
        make_order(**fields)
    assert field in {problem.field for problem in refused.value.problems}
    assert field.startswith("payments") or not Order.objects.exists()


def test_external_ids_are_unique_and_numbers_count_up(make_order, make_party):
    ana = make_party()
    first = make_order(ana, source="shop", external_id="A1")
    assert int(make_order(ana).number) == int(first.number) + 1
    with pytest.raises(Invalid):
        make_order(ana, source="shop", external_id="A1")
    assert make_order(ana, source="erp", external_id="A1").number


def test_who_may_not_may_not(make_order, make_party, member_with):
    ana = make_party()
    order = make_order(ana)
    reader, agent, seller = (member_with(role) for role in ("read_only", "agent", "salesperson"))
    for member in (reader, agent):
        who = Actor.for_member(member)
        with pytest.raises(Denied):
            create_order(actor=who, data=OrderData(party_id=ana.id))
        with pytest.raises(Denied):
            change_status(actor=who, order_id=order.id, status="cancelled")
    who = Actor.for_member(seller)
    mine = create_order(actor=who, data=OrderData(party_id=ana.id, lines=[line()]))
    assert mine.owner_id == seller.id
    with pytest.raises(Denied):  # not the salesperson's own order
        delete_order(actor=who, order_id=order.id)
    delete_order(actor=who, order_id=mine.id)
