"""What conditions can ask of products and orders, and of customers through what they bought."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import (
    Billing,
    BundlePart,
    Category,
    Order,
    OrderLine,
    OrderStatus,
    Product,
    ProductKind,
    SalesChannel,
)
from ponte.commerce.policies import visible_orders, visible_products
from ponte.commerce.revenue import counting_orders
from ponte.conditions.catalogue import Choice, Field, Relation, Subject, extend_subject, register_subject
from ponte.core.models import Member
from ponte.core.rights import Scope, scope_of
from ponte.core.text import sort_key
from ponte.directory.conditions import parties

MOST = 20
BOUGHT, CUSTOMER, DATES = _("Purchases"), _("Customer"), _("Dates")


def _orders(reader: Member | None) -> QuerySet[Order]:
    return Order.objects.filter(deleted_at=None) if reader is None else visible_orders(reader)


def _products(reader: Member | None) -> QuerySet[Product]:
    return Product.objects.all() if reader is None else visible_products(reader)


def _sees_every_order(reader: Member | None) -> bool:
    return reader is None or all(
        scope_of(reader, name, "view") is Scope.ALL for name in ("customer", "order")
    )


def _of_visible_customer(reader: Member | None) -> QuerySet[Order]:
    """The customer is visible already: for who sees every order there is nothing more to ask, no join to make."""
    return Order.objects.filter(deleted_at=None) if _sees_every_order(reader) else _orders(reader)


def _purchases(reader: Member | None) -> QuerySet[Order]:
    return _of_visible_customer(reader).filter(counting_orders())


def _lines(reader: Member | None) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(counting_orders("order__"), order__in=_orders(reader))


def _lines_of_visible_customer(reader: Member | None) -> QuerySet[OrderLine]:
    if not _sees_every_order(reader):
        return _lines(reader)
    return OrderLine.objects.filter(counting_orders("order__"))


def _lines_of_order(reader: Member | None) -> QuerySet[OrderLine]:
    return OrderLine.objects.all()


def _product_names(reader: Member | None, ids: Sequence[str]) -> Mapping[str, str]:
    return {str(key): name for key, name in _products(reader).filter(id__in=ids).values_list("id", "name")}


def _find_products(reader: Member | None, text: str) -> Sequence[Choice]:
    found = _products(reader).filter(sort_name__contains=sort_key(text)).order_by("sort_name", "id")
    return [(str(key), name) for key, name in found.values_list("id", "name")[:MOST]]


def _category_names(reader: Member | None, ids: Sequence[str]) -> Mapping[str, str]:
    return {str(key): name for key, name in Category.objects.filter(id__in=ids).values_list("id", "name")}


def _find_categories(reader: Member | None, text: str) -> Sequence[Choice]:
    found = Category.objects.filter(sort_name__contains=sort_key(text)).order_by("sort_name", "id")
    return [(str(key), name) for key, name in found.values_list("id", "name")[:MOST]]


def _in_category(path: str) -> Callable[[str, Any, Member | None], Q]:
    """A category means everything below it too."""

    def condition(operator: str, value: Any, reader: Member | None) -> Q:
        if operator == "empty":
            return Q(**{f"{path}__isnull": True})
        below = reduce(or_, (Q(path__contains=one) for one in value))
        ids = list(Category.objects.filter(below).values_list("id", flat=True))
        return Q(**{f"{path}__in": ids}) if ids else Q(pk__in=[])

    return condition


def _contains(operator: str, value: Any, reader: Member | None) -> Q:
    """A bundle contains the products of its parts."""
    if operator == "empty":
        return Q(is_bundle=False)
    return Q(id__in=BundlePart.objects.filter(product_id__in=value).values("bundle_id"))


def _money(key: str, label: Any, **options: Any) -> Field:
    return Field(key, label, "money", path=options.pop("path", key), unit="R$", places=2, **options)


def _product_field(path: str) -> Field:
    return Field("product", _("Product"), "record", path=path, names=_product_names, find=_find_products)


def _category_field(path: str) -> Field:
    return Field(
        "category",
        _("Category"),
        "record",
        by=_in_category(path),
        names=_category_names,
        find=_find_categories,
    )


ORDER = (
    Field("number", _("Number"), "text", path="number", raw=True),
    Field("status", _("Status"), "choice", path="status", choices=OrderStatus.choices),
    Field("channel", _("Channel"), "choice", path="channel", choices=SalesChannel.choices),
    Field("owner", _("Salesperson"), "member", path="owner_id"),
    Field("source", _("Source"), "text", path="source"),
    _money("total", _("Total")),
    _money("discount", _("Discount"), path="discount_total"),
    _money("freight", _("Freight"), path="freight_total"),
    _money("paid", _("Paid"), path="paid_total"),
    _money("returned", _("Returned"), path="returned_total"),
    _money("revenue", _("Revenue")),
    _money("margin", _("Margin")),
    Field("placed", _("Placed at"), "moment", path="placed_at", section=DATES),
    Field("approved", _("Approved at"), "moment", path="approved_at", section=DATES),
    Field("invoiced", _("Invoiced at"), "moment", path="invoiced_at", section=DATES),
    Field("shipped", _("Shipped at"), "moment", path="shipped_at", section=DATES),
    Field("delivered", _("Delivered at"), "moment", path="delivered_at", section=DATES),
    Field("cancelled", _("Cancelled at"), "moment", path="cancelled_at", section=DATES),
    Field("expected", _("Delivery expected"), "moment", path="expected_at", section=DATES),
    Field("invoice_number", _("Invoice number"), "text", path="invoice_number", raw=True),
    Field("notes", _("Notes"), "text", path="notes"),
    Relation("customer", _("Customer"), _("a customer"), "customer", parties, forward="party_id", section=CUSTOMER),
    Relation("items", _("Items"), _("items"), "order_line", _lines_of_order, link="order_id", section=BOUGHT),
)  # fmt: skip
LINE = (
    _product_field("product_id"),
    _category_field("product__category_id"),
    Field("kind", _("Kind"), "choice", path="product__kind", choices=ProductKind.choices),
    Field("description", _("Description"), "text", path="description"),
    Field("quantity", _("Quantity"), "number", path="quantity", places=0),
    _money("unit_price", _("Unit price")),
    _money("total", _("Total")),
    Field("placed", _("Bought on"), "moment", path="order__placed_at"),
)
PRODUCT = (
    Field("name", _("Product"), "text", path="name", folded="sort_name"),
    Field("sku", _("SKU"), "text", path="sku", raw=True),
    _category_field("category_id"),
    Field("kind", _("Kind"), "choice", path="kind", choices=ProductKind.choices),
    Field("billing", _("Billing"), "choice", path="billing", choices=Billing.choices),
    _money("price", _("Price")),
    _money("cost", _("Cost")),
    Field("is_active", _("Active"), "yesno", path="is_active"),
    Field("is_bundle", _("Is a bundle"), "yesno", path="is_bundle"),
    Field("contains", _("Bundle contains"), "record", by=_contains, names=_product_names, find=_find_products),
    Field("interval_days", _("Days until due"), "number", path="interval_days"),
    Field("description", _("Description"), "text", path="description"),
    Field("created", _("Created"), "moment", path="created_at"),
    Field("updated", _("Last change"), "moment", path="updated_at"),
    Relation("sales", _("Sales"), _("sales"), "order_line", _lines, link="product_id", dated="placed", section=BOUGHT,
             any_words=_("was sold"), none_words=_("was not sold")),
)  # fmt: skip


def register() -> None:
    """Make orders, their items and products known to conditions, alone and on customers."""
    register_subject(Subject("order", _("Orders"), Order, "order", _orders, ORDER))
    register_subject(Subject("order_line", _("Items"), OrderLine, "order", _lines, LINE, listed=False))
    register_subject(Subject("product", _("Products"), Product, "product", _products, PRODUCT))
    revenue = ("revenue",)
    for key in ("person", "company", "customer"):
        extend_subject(
            key,
            Relation("purchases", _("Purchases"), _("purchases"), "order", _purchases, link="party_id", dated="placed",
                     rights=revenue, any_words=_("bought"), none_words=_("did not buy"), section=BOUGHT),
            Relation("items", _("Products bought"), _("products bought"), "order_line", _lines_of_visible_customer,
                     link="order__party_id", dated="placed", rights=revenue, any_words=_("bought products"),
                     none_words=_("did not buy products"), section=BOUGHT),
            Relation("orders", _("Orders of any status"), _("orders of any status"), "order", _of_visible_customer,
                     link="party_id", dated="placed", rights=revenue, section=BOUGHT),
        )  # fmt: skip
