"""Routes of orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from ponte.apikit.auth import scope
from ponte.apikit.naming import in_api_words
from ponte.apikit.pagination import slice_of
from ponte.apikit.replies import json_response, plain, refuse_unwritable, shown_fields
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Page, Paging, Sparse
from ponte.apikit.writes import BulkOut, if_match
from ponte.commerce.api.bulk import upsert_whole_orders
from ponte.commerce.api.schemas import (
    LineUpdate,
    OrderDetailOut,
    OrderFields,
    OrderIn,
    OrderOut,
    OrderPatch,
    OrdersBulk,
    PaymentIn,
    ReturnIn,
    StatusIn,
)
from ponte.commerce.data import LineData, OrderData, PaymentData, ReturnLineData
from ponte.commerce.models import Order, OrderStatus
from ponte.commerce.policies import get_visible_order, visible_orders
from ponte.commerce.selectors.orders import line_data, with_details
from ponte.commerce.services.order_state import change_status, delete_order, restore_order
from ponte.commerce.services.orders import create_order, update_order
from ponte.commerce.services.payments import record_payment, remove_payment
from ponte.commerce.services.returns import record_return, remove_return
from ponte.conditions.parameters import CONDITION_HELP, conditioned
from ponte.core.errors import Missing
from ponte.core.rights import field_access
from ponte.core.services.audit import record_view
from ponte.workplace.custom_fields.querying import (
    CUSTOM_PARAMETERS,
    CustomSort,
    custom_filtered,
    custom_slice,
    is_custom_sort,
)

router = Router(tags=["orders"])
READ, WRITE = scope("orders:read"), scope("orders:write")
ORDERS = {
    "-placed_at": ("-placed_at", "-id"),
    "placed_at": ("placed_at", "id"),
    "updated_at": ("updated_at", "id"),
    "-total": ("-total", "-id"),
}


class OrderFilters(Schema):
    """Which orders, in which order."""

    customer_id: UUID | None = None
    status: OrderStatus | None = None
    number: str | None = Field(None, max_length=60)
    source: str | None = Field(None, max_length=40)
    external_id: str | None = Field(None, max_length=150)
    placed_from: AwareDatetime | None = None
    placed_before: AwareDatetime | None = None
    updated_since: AwareDatetime | None = None
    condition: str | None = Field(None, max_length=12_000, description=CONDITION_HELP)
    sort: Literal["-placed_at", "placed_at", "updated_at", "-total"] | CustomSort = "-placed_at"


_LOOKUPS = {
    "customer_id": "party_id",
    "status": "status",
    "number": "number",
    "source": "source",
    "external_id": "external_id",
    "placed_from": "placed_at__gte",
    "placed_before": "placed_at__lt",
    "updated_since": "updated_at__gte",
}


@router.get("/orders", auth=READ, response=Page[OrderOut], openapi_extra=CUSTOM_PARAMETERS)
def list_orders(request: ApiRequest, filters: Query[OrderFilters], paging: Query[Paging]) -> HttpResponse:
    """Orders, newest first."""
    orders = visible_orders(request.member)
    for name, lookup in _LOOKUPS.items():
        if (value := getattr(filters, name)) is not None:
            orders = orders.filter(**{lookup: value})
    orders = custom_filtered(request, orders, "order")
    orders = conditioned(request, orders, "order", filters.condition)
    shown = shown_fields(request, OrderOut, paging.fields)
    if is_custom_sort(filters.sort):
        found, cursor = custom_slice(request, orders, "order", filters.sort, paging)
    else:
        order = ORDERS[filters.sort]
        found, cursor = slice_of(orders, order=order, limit=paging.limit, cursor=paging.cursor)
    record_view(actor=request.actor, object_type="order", ids=[row.id for row in found], where="API orders")
    return json_response(
        {"items": [plain(request, row, OrderOut, shown) for row in found], "next_cursor": cursor}
    )


@router.post("/orders", auth=WRITE, response={201: OrderDetailOut})
def create_an_order(request: ApiRequest, data: OrderIn) -> HttpResponse:
    """Enter an order with its lines and payments."""
    _refuse(request, data)
    fields = data.dict(exclude={"lines", "payments", "customer_id"})
    order_data = OrderData(
        **fields,
        party_id=data.customer_id,
        lines=[LineData(**line.dict()) for line in data.lines],
        payments=[PaymentData(**payment.dict()) for payment in data.payments],
    )
    with in_api_words():
        order = create_order(actor=request.actor, data=order_data)
    return _reply(request, order.id, status=201)


@router.get("/orders/{order_id}", auth=READ, response=OrderDetailOut)
def get_order(request: ApiRequest, order_id: UUID, sparse: Query[Sparse]) -> HttpResponse:
    """One order with lines, payments and returns."""
    return _reply(request, order_id, fields=sparse.fields)


@router.patch("/orders/{order_id}", auth=WRITE, response=OrderDetailOut)
def update_an_order(request: ApiRequest, order_id: UUID, data: OrderPatch) -> HttpResponse:
    """Change the fields sent; ``lines``, when sent, replaces all of them."""
    order = get_visible_order(request.member, order_id)
    _refuse(request, data)
    changes = data.given()
    lines = changes.pop("lines", None)
    if (customer_id := changes.pop("customer_id", None)) is not None:
        changes["party_id"] = customer_id
    rows = None if lines is None else _lines(order, lines)
    with in_api_words():
        update_order(
            actor=request.actor, order_id=order_id, changes=changes, lines=rows, version=if_match(request)
        )
    return _reply(request, order_id)


@router.delete("/orders/{order_id}", auth=WRITE, response={204: None})
def delete_an_order(request: ApiRequest, order_id: UUID) -> Any:
    """Put an order into the bin."""
    delete_order(actor=request.actor, order_id=order_id, version=if_match(request))
    return Status(204, None)


@router.post("/orders/{order_id}/restore", auth=WRITE, response=OrderDetailOut)
def restore_an_order(request: ApiRequest, order_id: UUID) -> HttpResponse:
    """Take an order out of the bin."""
    restore_order(actor=request.actor, order_id=order_id)
    return _reply(request, order_id)


@router.post("/orders/{order_id}/status", auth=WRITE, response=OrderDetailOut)
def change_order_status(request: ApiRequest, order_id: UUID, data: StatusIn) -> HttpResponse:
    """Move an order to another status."""
    change_status(
        actor=request.actor, order_id=order_id, status=data.status, at=data.at, version=if_match(request)
    )
    return _reply(request, order_id)


@router.post("/orders/{order_id}/payments", auth=WRITE, response={201: OrderDetailOut})
def record_order_payment(request: ApiRequest, order_id: UUID, data: PaymentIn) -> HttpResponse:
    """Note a payment."""
    record_payment(
        actor=request.actor, order_id=order_id, data=PaymentData(**data.dict()), version=if_match(request)
    )
    return _reply(request, order_id, status=201)


@router.delete("/orders/{order_id}/payments/{payment_id}", auth=WRITE, response={204: None})
def remove_order_payment(request: ApiRequest, order_id: UUID, payment_id: UUID) -> Any:
    """Take back a payment noted by mistake."""
    remove_payment(actor=request.actor, order_id=order_id, payment_id=payment_id, version=if_match(request))
    return Status(204, None)


@router.post("/orders/{order_id}/returns", auth=WRITE, response={201: OrderDetailOut})
def record_order_return(request: ApiRequest, order_id: UUID, data: ReturnIn) -> HttpResponse:
    """Note what came back; it reverses revenue."""
    record_return(
        actor=request.actor,
        order_id=order_id,
        lines=[ReturnLineData(**line.dict()) for line in data.lines],
        freight=data.freight,
        reason=data.reason,
        returned_at=data.returned_at,
        version=if_match(request),
    )
    return _reply(request, order_id, status=201)


@router.delete("/orders/{order_id}/returns/{return_id}", auth=WRITE, response={204: None})
def remove_order_return(request: ApiRequest, order_id: UUID, return_id: UUID) -> Any:
    """Take back a return noted by mistake."""
    remove_return(actor=request.actor, order_id=order_id, return_id=return_id, version=if_match(request))
    return Status(204, None)


@router.post("/orders/bulk", auth=WRITE, response=BulkOut)
def upsert_many_orders(request: ApiRequest, data: OrdersBulk) -> Any:
    """Create or update up to 1,000 orders with lines and payments by external id; each is answered by itself."""
    return upsert_whole_orders(request, source=data.source, items=data.items)


def _lines(order: Order, given: Sequence[LineUpdate]) -> list[LineData]:
    """Lines with an ``id`` keep what wasn't sent."""
    known = {row.id: line_data(row) for row in order.lines.all()}
    return [replace(known.get(one.id, LineData()) if one.id else LineData(), **one.given()) for one in given]


def _refuse(request: ApiRequest, data: OrderFields) -> None:
    refuse_unwritable(request, "order", data.model_fields_set)


def _reply(
    request: ApiRequest, order_id: UUID, *, status: int = 200, fields: str | None = None
) -> HttpResponse:
    order = with_details(visible_orders(request.member)).filter(id=order_id).first()
    if order is None:
        raise Missing
    body = plain(request, order, OrderDetailOut, shown_fields(request, OrderDetailOut, fields))
    if not field_access(request.member, "order").can_read("margin"):
        for line in body.get("lines", ()):
            line.pop("unit_cost", None)
    response = json_response(body, status=status)
    response["ETag"] = f'"{order.version}"'
    if status == 201:
        response["Location"] = f"/api/v1/orders/{order_id}"
    record_view(actor=request.actor, object_type="order", ids=[order.id], where="API order")
    return response
