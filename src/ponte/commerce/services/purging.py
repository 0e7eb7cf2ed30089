"""Emptying the bin."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ponte.commerce.models import Order, OrderLine, Payment, Return, ReturnLine
from ponte.core.actors import Actor
from ponte.core.services.audit import record_bulk

CHUNK = 500


@transaction.atomic
def purge_orders(*, before: datetime) -> int:
    """Remove for good the orders put into the bin before ``before``, up to 10,000 a call; returns how many."""
    purged = 0
    for _round in range(20):
        ids = list(
            Order.objects.filter(deleted_at__lt=before)
            .order_by("deleted_at")
            .values_list("id", flat=True)[:CHUNK]
        )
        if not ids:
            break
        ReturnLine.objects.filter(back__order_id__in=ids).delete()
        for model in (Return, Payment, OrderLine):
            model.objects.filter(order_id__in=ids).delete()
        Order.objects.filter(id__in=ids).delete()
        summary = {"count": len(ids)}
        record_bulk(
            actor=Actor.for_job("commerce.empty_bin"),
            act="order.purged",
            object_type="order",
            ids=ids,
            summary=summary,
        )
        purged += len(ids)
    return purged
