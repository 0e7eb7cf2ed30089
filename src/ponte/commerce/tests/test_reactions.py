"""What happens by itself after orders change, and what rests in the bin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from ponte.commerce.data import BulkRow, PaymentData, ReturnLineData
from ponte.commerce.jobs import empty_bin
from ponte.commerce.models import Order
from ponte.commerce.services.bulk_orders import upsert_orders
from ponte.commerce.services.order_state import change_status, delete_order
from ponte.commerce.services.payments import record_payment
from ponte.commerce.services.returns import record_return
from ponte.directory.models import PartyFacts
from ponte.timeline.models import Interaction

D = Decimal


def kinds(party):
    rows = Interaction.objects.filter(party=party, source="commerce").order_by("id")
    return list(rows.values_list("kind", flat=True))


def test_an_orders_life_is_told_on_the_timeline_once(make_order, actor, run_jobs, client_for, admin):
    order = make_order()
    record_payment(actor=actor, order_id=order.id, data=PaymentData(kind="pix", value=D(60)))
    change_status(actor=actor, order_id=order.id, status="delivered")
    line = order.lines.get()
    for _twice in range(2):
        record_return(
            actor=actor,
            order_id=order.id,
            lines=[ReturnLineData(line_id=line.id, quantity=D(1))],
            reason="Amassado",
        )
    change_status(actor=actor, order_id=order.id, status="cancelled")
    run_jobs()
    run_jobs()
    wanted = [
        "order_placed",
        "order_paid",
        "order_delivered",
        "order_returned",
        "order_returned",
        "order_cancelled",
    ]
    assert sorted(kinds(order.party)) == sorted(wanted)
    page = client_for(admin).get(f"/teste/customers/{order.party_id}/timeline/").content.decode()
    assert f"/teste/orders/{order.id}/" in page
    assert "R$\xa060,00" in page
    assert "Amassado" in page


def test_imported_orders_are_told_too(make_party, actor, run_jobs):
    party = make_party()
    values = {"party_id": party.id, "placed_at": datetime(2018, 5, 1, tzinfo=UTC)}
    rows = [
        BulkRow(
            external_id="1",
            values={**values, "status": "delivered", "delivered_at": datetime(2018, 5, 9, tzinfo=UTC)},
        ),
        BulkRow(
            external_id="2",
            values={**values, "status": "cancelled", "cancelled_at": datetime(2018, 5, 2, tzinfo=UTC)},
        ),
    ]
    for _twice in range(2):
        upsert_orders(actor=actor, rows=rows, source="olist")
        run_jobs()
    assert sorted(kinds(party)) == ["order_cancelled", "order_delivered", "order_placed", "order_placed"]
    assert PartyFacts.objects.get(party=party).orders_count == 1


def test_what_a_file_does_not_date_is_not_dated_today(make_party, actor):
    values = {
        "party_id": make_party().id,
        "placed_at": datetime(2018, 5, 1, tzinfo=UTC),
        "status": "cancelled",
    }
    upsert_orders(actor=actor, rows=[BulkRow(external_id="9", values=values)], source="olist")
    order = Order.objects.get(external_id="9")
    assert (order.status, order.cancelled_at) == ("cancelled", None)


def test_the_bin_is_emptied_after_thirty_days(make_order, actor):
    old, young, kept = make_order(), make_order(), make_order()
    record_return(
        actor=actor, order_id=old.id, lines=[ReturnLineData(line_id=old.lines.get().id, quantity=D(1))]
    )
    for order in (old, young):
        delete_order(actor=actor, order_id=order.id)
    Order.objects.filter(id=old.id).update(deleted_at=timezone.now() - timedelta(days=31))
    empty_bin()
    assert set(Order.objects.values_list("id", flat=True)) == {young.id, kept.id}
