"""Rows of commerce."""

from ponte.commerce.models.bundle import BundlePart
from ponte.commerce.models.choices import (
    Billing,
    IntervalKind,
    OrderStatus,
    PaymentKind,
    ProductKind,
    SalesChannel,
)
from ponte.commerce.models.order import Order, OrderCounter, OrderLine, Payment, Return, ReturnLine
from ponte.commerce.models.pricing import PriceList, PriceListItem
from ponte.commerce.models.product import Category, Complement, Product, ProductExternalId
from ponte.commerce.models.search import OrderWords

__all__ = [
    "Billing",
    "BundlePart",
    "Category",
    "Complement",
    "IntervalKind",
    "Order",
    "OrderCounter",
    "OrderLine",
    "OrderStatus",
    "OrderWords",
    "Payment",
    "PaymentKind",
    "PriceList",
    "PriceListItem",
    "Product",
    "ProductExternalId",
    "ProductKind",
    "Return",
    "ReturnLine",
    "SalesChannel",
]
