"""Taking a chunk of imported order lines or payments back; the orders' totals follow."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from ponte.commerce.models import Order, OrderLine, Payment, Return
from ponte.commerce.policies import editable_orders
from ponte.commerce.revenue import line_total
from ponte.commerce.services.bulk import finish_orders
from ponte.commerce.services.bulk_lines import LINE_COLUMNS, PAYMENT_COLUMNS
from ponte.core.actors import Actor
from ponte.workplace.importing.part_undo import PartT, PartUndo
from ponte.workplace.importing.reversal import UNDO_ACT
from ponte.workplace.importing.targets import ImportContext


class OrderPartUndo(PartUndo[PartT]):
    """What lines and payments of orders have in common."""

    model: ClassVar[Any]
    record_type = "order"

    def found(self, ids: Collection[UUID]) -> Sequence[PartT]:
        return list(self.model.objects.filter(id__in=ids, order__deleted_at=None).select_related("order"))

    def locked(self, ids: Collection[UUID]) -> Sequence[PartT]:
        wanted = self.model.objects.filter(id__in=ids, order__deleted_at=None)
        orders = set(wanted.values_list("order_id", flat=True))
        list(Order.objects.filter(id__in=orders).select_for_update().order_by("id"))
        return self.found(ids)

    def record_of(self, row: Any) -> UUID:
        order_id: UUID = row.order_id
        return order_id

    def editable(self, actor: Actor, ids: Collection[UUID]) -> set[UUID]:
        if actor.member is None:
            return set(ids)
        return set(editable_orders(actor.member).filter(id__in=list(ids)).values_list("id", flat=True))

    def finish(self, context: ImportContext, rows: Sequence[Any]) -> None:
        orders = {row.order_id: row.order for row in rows}
        finish_orders(
            actor=context.actor, source=context.source, act=f"{self.model._meta.model_name}s.{UNDO_ACT}",
            object_type="order", ids=sorted(orders), orders=orders.values(),
        )  # fmt: skip


class LineUndo(OrderPartUndo[OrderLine]):
    """Lines of orders; those of orders with returns stay as they are."""

    model = OrderLine
    columns = LINE_COLUMNS
    apart_from = (
        "order.imported", "order.payments_imported", "order.payment_recorded", "order.payment_removed", "order.status_changed",
    )  # fmt: skip

    def busy(self, ids: Collection[UUID]) -> set[UUID]:
        return set(Return.objects.filter(order_id__in=ids).values_list("order_id", flat=True))

    def settle(self, row: OrderLine) -> None:
        row.total = line_total(row.quantity, row.unit_price, row.discount or Decimal(0))


class PaymentUndo(OrderPartUndo[Payment]):
    """Payments of orders."""

    model = Payment
    columns = PAYMENT_COLUMNS
    apart_from = (
        "order.imported",
        "order.lines_imported",
        "order.updated",
        "order.status_changed",
        "order.returned",
    )


undo_lines = LineUndo()
undo_payments = PaymentUndo()
