"""Products and orders have custom fields, and fields may point at products."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import Order, Product
from ponte.commerce.policies import (
    get_visible_order,
    get_visible_product,
    may_order,
    visible_orders,
    visible_products,
)
from ponte.commerce.services.field_bulk import note_order_edits, note_product_edits
from ponte.commerce.services.orders import update_order
from ponte.commerce.services.product_search import index_products
from ponte.commerce.services.products import update_product
from ponte.core.actors import Actor
from ponte.core.errors import Denied
from ponte.core.models import Member
from ponte.core.rights import require
from ponte.core.text import sort_key
from ponte.workplace.custom_fields.objects import CustomObject, Named, Pairs, ReferenceTarget
from ponte.workplace.custom_fields.pointing import only_ones


def _find_product(member: Member, product_id: UUID, act: str) -> Product:
    require(member, "product", act)
    return get_visible_product(member, product_id)


def _change_product(actor: Actor, product_id: UUID, values: Mapping[str, Any], version: int | None) -> object:
    return update_product(actor=actor, product_id=product_id, changes={"custom": values}, version=version)


def _find_order(member: Member, order_id: UUID, act: str) -> Order:
    order = get_visible_order(member, order_id)
    if act != "view" and not may_order(member, act, order):
        raise Denied("order", act)
    return order


def _change_order(actor: Actor, order_id: UUID, values: Mapping[str, Any], version: int | None) -> object:
    return update_order(actor=actor, order_id=order_id, changes={"custom": values}, version=version)


def order_labels(member: Member | None, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    """Return what tells number and page of orders, those the member may see."""
    rows = visible_orders(member) if member else Order.objects.filter(deleted_at=None)
    found = rows.filter(id__in=list(ids)).values_list("id", "number")
    return {row_id: Named(number, reverse_lazy("commerce:order", args=[row_id])) for row_id, number in found}


def product_labels(member: Member | None, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    """Return what tells name and page of products, those the member may see."""
    rows = visible_products(member) if member else Product.objects.all()
    found = rows.filter(id__in=list(ids)).values_list("id", "name")
    return {row_id: Named(name, reverse_lazy("commerce:product", args=[row_id])) for row_id, name in found}


def products_by_words(member: Member | None, texts: Collection[str]) -> Mapping[str, UUID]:
    """Return the products each text means alone, by SKU or name, those the member may see."""
    rows = visible_products(member) if member else Product.objects.all()
    coded = only_ones(rows.filter(sku__in=texts).exclude(sku="").values_list("sku", "id"))
    keys = {sort_key(text) for text in texts}
    named = only_ones(rows.filter(sort_name__in=keys).values_list("sort_name", "id"))
    return {text: named[sort_key(text)] for text in texts if sort_key(text) in named} | coded


def _note_products(actor: Actor, right: str, changes: Pairs) -> None:
    note_product_edits(actor=actor, changes={key: {right: pair} for key, pair in changes.items()})


def _note_orders(actor: Actor, right: str, changes: Pairs) -> None:
    note_order_edits(actor=actor, changes={key: {right: pair} for key, pair in changes.items()})


OBJECTS = (
    CustomObject(
        key="product",
        label=_("Product"),
        plural=_("Products"),
        rights_object="product",
        model=Product,
        icon="package",
        order=30,
        find=_find_product,
        change=_change_product,
        note_many=_note_products,
        reindex=index_products,
        order_by=("sort_name",),
    ),
    CustomObject(
        key="order",
        label=_("Order"),
        plural=_("Orders"),
        rights_object="order",
        model=Order,
        icon="shopping-cart",
        order=40,
        alive="deleted_at",
        find=_find_order,
        change=_change_order,
        note_many=_note_orders,
        subject="party_id",
        order_by=("placed_at",),
    ),
)
PRODUCT_TARGET = ReferenceTarget(
    key="product",
    label=_("Product"),
    pick_url="commerce:pick_product",
    labels=product_labels,
    by_words=products_by_words,
    order=40,
)
