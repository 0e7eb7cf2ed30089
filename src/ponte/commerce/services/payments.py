"""Payments of an order."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from ponte.commerce.data import PaymentData
from ponte.commerce.models import Order, Payment, PaymentKind
from ponte.commerce.policies import check_order
from ponte.commerce.services.cleaning import MAX_MONEY, Cleaner
from ponte.commerce.services.locking import lock_order
from ponte.commerce.services.order_state import announce_paid, is_paid
from ponte.commerce.services.totals import touch
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Missing
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.commerce import PaymentRecorded

MAX_INSTALMENTS = 420
MAX_PAYMENTS = 500


@transaction.atomic
def record_payment(*, actor: Actor, order_id: UUID, data: PaymentData, version: int | None = None) -> Payment:
    """Note a payment; publishes ``OrderPaid`` when the order's total is reached.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: a value or kind that can't be accepted.
    """
    order = lock_order(order_id)
    check_order(actor, "edit", order)
    check_version(order, version)
    paid_before = is_paid(order)
    (payment,) = add_payments(order, [data], prefix="")
    touch(order)
    value = str(payment.value)
    _audit(actor, "order.payment_recorded", order, payment)
    publish(
        PaymentRecorded(
            order_id=str(order.id), party_id=str(order.party_id), payment_id=str(payment.id), value=value
        ),
        actor=actor,
    )
    announce_paid(actor, order, paid_before=paid_before)
    return payment


@transaction.atomic
def remove_payment(*, actor: Actor, order_id: UUID, payment_id: UUID, version: int | None = None) -> None:
    """Take back a payment noted by mistake. Raises ``Missing`` when the order has no such payment."""
    order = lock_order(order_id)
    check_order(actor, "edit", order)
    check_version(order, version)
    payment = order.payments.filter(id=payment_id).first()
    if payment is None:
        raise Missing
    _audit(actor, "order.payment_removed", order, payment, removed=True)
    payment.delete()
    touch(order)


def add_payments(
    order: Order, payments: Sequence[PaymentData], *, prefix: str = "payments."
) -> list[Payment]:
    """Write checked payments of an order; raise ``Invalid``. Part of the caller's act, which refreshes totals."""
    cleaner = Cleaner()
    known = set(order.payments.exclude(external_id="").values_list("external_id", flat=True))
    rows = []
    for index, data in enumerate(payments):
        inner = Cleaner(f"{prefix}{index}." if prefix else "", cleaner.problems)
        row = clean_payment(inner, data)
        if row.external_id and row.external_id in known:
            inner.refuse("external_id", "taken", _("Another payment of this order has this external id."))
        known.add(row.external_id)
        row.order = order
        rows.append(row)
    paid = order.payments.aggregate(sum=Sum("value"))["sum"] or 0
    if len(payments) > MAX_PAYMENTS or paid + sum(row.value for row in rows) > MAX_MONEY:
        cleaner.refuse("value", "range", _("The value is too large."))
    cleaner.done()
    return Payment.objects.bulk_create(rows)


def clean_payment(cleaner: Cleaner, data: PaymentData) -> Payment:
    """Return a payment's row without its order; problems go to ``cleaner``."""
    value = cleaner.money("value", data.value)
    if value is None and data.value in (None, ""):
        cleaner.refuse("value", "required", _("Give the value."))
    return Payment(
        kind=cleaner.choice("kind", data.kind, PaymentKind),
        instalments=cleaner.positive("instalments", data.instalments, MAX_INSTALMENTS) or 1,
        value=value or Decimal(0),
        paid_at=cleaner.moment("paid_at", data.paid_at),
        external_id=cleaner.text("external_id", data.external_id, 150),
    )


def _audit(actor: Actor, act: str, order: Order, payment: Payment, *, removed: bool = False) -> None:
    values = {"kind": payment.kind, "value": payment.value, "instalments": payment.instalments}
    changes = {name: (value, None) if removed else (None, value) for name, value in values.items()}
    audit.record(actor=actor, act=act, target=order, changes=changes, subject_id=order.party_id)
