"""Routes of price lists, and of what a product costs a customer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from ponte.apikit.auth import scope
from ponte.apikit.pagination import page
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Amount, Currency, In, Out, Page, Paging, Quantity
from ponte.apikit.writes import if_match
from ponte.commerce.models import PriceList, PriceListItem
from ponte.commerce.policies import get_visible_product
from ponte.commerce.selectors.prices import price_of
from ponte.commerce.services.price_items import ItemData, set_price_items
from ponte.commerce.services.price_lists import (
    PriceListData,
    check_price_settings,
    delete_price_list,
    save_price_list,
)
from ponte.core.errors import Missing
from ponte.directory.policies import get_party

router = Router(tags=["products"])
READ, WRITE = scope("products:read"), scope("products:write")
Rate = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=8, allow_inf_nan=False)]


class PriceListIn(In):
    """A price list. ``where`` is the tree of a condition about customers, empty for all; ``currency`` empty is the workspace's."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    where: dict[str, Any] = {}
    currency: Currency | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    is_active: bool = True


class PriceListOut(Out):
    """A price list; the first by ``position`` that fits decides."""

    id: UUID
    version: int
    name: str
    position: int
    where: dict[str, Any]
    currency: str
    valid_from: date | None
    valid_until: date | None
    is_active: bool


class PriceItemIn(In):
    """What one unit of a product costs from ``min_quantity`` units on."""

    product_id: UUID
    min_quantity: Quantity = Decimal(1)
    price: Amount


class PriceItemOut(Out):
    """What one unit of a product costs from ``min_quantity`` units on."""

    id: UUID
    product_id: UUID
    min_quantity: Decimal
    price: Decimal


class PriceItemsIn(In):
    """All the prices of a list."""

    items: list[PriceItemIn] = Field(max_length=5000)


class PriceItemsWritten(Schema):
    """How many prices a list was given."""

    written: int


class PriceQuestion(Schema):
    """For whom, how many, when and in which currency. ``rate``: what one unit of the currency is worth in the workspace's."""

    customer_id: UUID | None = None
    quantity: Quantity = Decimal(1)
    day: date | None = Field(None, description="Today when left out.")
    currency: Currency | None = None
    rate: Rate | None = None


class PriceAnswer(Schema):
    """What one unit costs. ``price_list_id`` null: the product's own price; ``price`` null: nothing says what it costs."""

    price: Decimal | None
    price_list_id: UUID | None
    min_quantity: Decimal
    explanation: str


@router.get("/products/{product_id}/price", auth=READ, response=PriceAnswer)
def get_price(request: ApiRequest, product_id: UUID, asked: Query[PriceQuestion]) -> Any:
    """What one unit of a product costs a customer, and why."""
    product = get_visible_product(request.member, product_id)
    party = get_party(request.member, asked.customer_id) if asked.customer_id else None
    found = price_of(
        product,
        party.id if party else None,
        asked.quantity,
        asked.day or timezone.localdate(),
        currency=asked.currency or "",
        rate=asked.rate,
    )
    return {
        "price": found.value,
        "price_list_id": found.price_list.id if found.price_list else None,
        "min_quantity": found.min_quantity,
        "explanation": found.in_words(),
    }


@router.get("/price-lists", auth=READ, response=list[PriceListOut])
def list_price_lists(request: ApiRequest) -> Any:
    """Every price list, in the order they are asked in."""
    check_price_settings(request.actor)
    return list(PriceList.objects.order_by("position", "id"))


@router.post("/price-lists", auth=WRITE, response={201: PriceListOut})
def create_a_price_list(request: ApiRequest, data: PriceListIn) -> Any:
    """Add a price list after the others."""
    return Status(201, save_price_list(actor=request.actor, data=_data(data)))


@router.put("/price-lists/{price_list_id}", auth=WRITE, response=PriceListOut)
def put_price_list(request: ApiRequest, price_list_id: UUID, data: PriceListIn) -> Any:
    """Change a price list."""
    return save_price_list(
        actor=request.actor, data=_data(data), price_list_id=price_list_id, version=if_match(request)
    )


@router.delete("/price-lists/{price_list_id}", auth=WRITE, response={204: None})
def delete_a_price_list(request: ApiRequest, price_list_id: UUID) -> Any:
    """Delete a price list with its prices."""
    delete_price_list(actor=request.actor, price_list_id=price_list_id)
    return Status(204, None)


@router.get("/price-lists/{price_list_id}/items", auth=READ, response=Page[PriceItemOut])
def list_price_items(request: ApiRequest, price_list_id: UUID, paging: Query[Paging]) -> HttpResponse:
    """The prices of a list."""
    check_price_settings(request.actor)
    _known(price_list_id)
    rows = PriceListItem.objects.filter(price_list=price_list_id)
    return page(request, rows, order=("id",), schema=PriceItemOut, paging=paging)


@router.put("/price-lists/{price_list_id}/items", auth=WRITE, response=PriceItemsWritten)
def put_price_items(request: ApiRequest, price_list_id: UUID, data: PriceItemsIn) -> Any:
    """Replace all the prices of a list."""
    items = [ItemData(**one.dict()) for one in data.items]
    written = set_price_items(actor=request.actor, price_list_id=price_list_id, items=items, replace=True)
    return {"written": written}


def _known(price_list_id: UUID) -> None:
    if not PriceList.objects.filter(id=price_list_id).exists():
        raise Missing("price_list")


def _data(data: PriceListIn) -> PriceListData:
    given = data.dict()
    return PriceListData(**{**given, "currency": given["currency"] or ""})
