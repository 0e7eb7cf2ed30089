"""Products and orders have custom fields, and fields may point at products."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import Order, Product
from ponte.commerce.policies import (
    get_visible_order,
    get_visible_product,
    visible_orders,
    visible_products,
)
from ponte.commerce.services.field_bulk import note_order_edits, note_product_edits
from ponte.commerce.services.order_search import index_orders
from ponte.commerce.services.orders import update_order
from ponte.commerce.services.product_search import index_products
from ponte.commerce.services.products import update_product
from ponte.core.models import Member
from ponte.core.text import sort_key
from ponte.workplace.custom_fields.objects import ReferenceTarget
from ponte.workplace.custom_fields.pointing import only_ones
from ponte.workplace.custom_fields.records import OF_A_CUSTOMER, labels_by, record_object

order_labels = labels_by("number", "commerce:order", visible=visible_orders, all_of=Order)
product_labels = labels_by("name", "commerce:product", visible=visible_products, all_of=Product)


def products_by_words(member: Member | None, texts: Collection[str]) -> Mapping[str, UUID]:
    """Return the products each text means alone, by SKU or name, those the member may see."""
    rows = visible_products(member) if member else Product.objects.all()
    coded = only_ones(rows.filter(sku__in=texts).exclude(sku="").values_list("sku", "id"))
    keys = {sort_key(text) for text in texts}
    named = only_ones(rows.filter(sort_name__in=keys).values_list("sort_name", "id"))
    return {text: named[sort_key(text)] for text in texts if sort_key(text) in named} | coded


OBJECTS = (
    record_object(
        key="product",
        label=_("Product"),
        plural=_("Products"),
        model=Product,
        icon="package",
        order=30,
        get_visible=get_visible_product,
        update=update_product,
        note=note_product_edits,
        reindex=index_products,
        order_by=("sort_name",),
    ),
    record_object(
        key="order",
        label=_("Order"),
        plural=_("Orders"),
        model=Order,
        icon="shopping-cart",
        order=40,
        get_visible=get_visible_order,
        update=update_order,
        note=note_order_edits,
        reindex=index_orders,
        order_by=("placed_at",),
        **OF_A_CUSTOMER,
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
