"""Events of products and orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ponte.events.base import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ProductCreated(DomainEvent):
    """A product or service was added to the catalogue."""

    name: ClassVar[str] = "commerce.product_created"
    product_id: str


@dataclass(frozen=True, kw_only=True)
class ProductUpdated(DomainEvent):
    """Fields of a product changed."""

    name: ClassVar[str] = "commerce.product_updated"
    product_id: str
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class ProductDeleted(DomainEvent):
    """A product that no order has was removed."""

    name: ClassVar[str] = "commerce.product_deleted"
    product_id: str


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(DomainEvent):
    """A customer ordered (a draft doesn't count until it is placed). Money as text, in the order's currency."""

    name: ClassVar[str] = "commerce.order_placed"
    order_id: str
    party_id: str
    total: str
    currency: str


@dataclass(frozen=True, kw_only=True)
class OrderChanged(DomainEvent):
    """Lines or fields of an order changed."""

    name: ClassVar[str] = "commerce.order_changed"
    order_id: str
    party_id: str
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class OrderStatusChanged(DomainEvent):
    """An order moved to another status."""

    name: ClassVar[str] = "commerce.order_status_changed"
    order_id: str
    party_id: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(DomainEvent):
    """An order was cancelled or turned out to be unavailable: it counts as revenue no longer."""

    name: ClassVar[str] = "commerce.order_cancelled"
    order_id: str
    party_id: str
    status: str


@dataclass(frozen=True, kw_only=True)
class OrderPaid(DomainEvent):
    """Payments reached the order's total for the first time."""

    name: ClassVar[str] = "commerce.order_paid"
    order_id: str
    party_id: str
    total: str
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentRecorded(DomainEvent):
    """A payment of an order was recorded."""

    name: ClassVar[str] = "commerce.payment_recorded"
    order_id: str
    party_id: str
    payment_id: str
    value: str


@dataclass(frozen=True, kw_only=True)
class OrderReturned(DomainEvent):
    """Goods of an order came back, or money was given back."""

    name: ClassVar[str] = "commerce.order_returned"
    order_id: str
    party_id: str
    return_id: str
    value: str


@dataclass(frozen=True, kw_only=True)
class OrderDeleted(DomainEvent):
    """An order went to the bin."""

    name: ClassVar[str] = "commerce.order_deleted"
    order_id: str
    party_id: str


@dataclass(frozen=True, kw_only=True)
class OrderRestored(DomainEvent):
    """An order came back from the bin."""

    name: ClassVar[str] = "commerce.order_restored"
    order_id: str
    party_id: str


@dataclass(frozen=True, kw_only=True)
class ProductsImported(DomainEvent):
    """A chunk of products was created or updated at once."""

    name: ClassVar[str] = "commerce.products_imported"
    source: str
    product_ids: list[str]


@dataclass(frozen=True, kw_only=True)
class OrdersImported(DomainEvent):
    """A chunk of orders (or of their lines and payments) was created or updated at once."""

    name: ClassVar[str] = "commerce.orders_imported"
    source: str
    order_ids: list[str]
    party_ids: list[str]


@dataclass(frozen=True, kw_only=True)
class OrdersMoved(DomainEvent):
    """A selection of orders moved to another status together, or into and out of the bin ("deleted", "restored")."""

    name: ClassVar[str] = "commerce.orders_moved"
    order_ids: list[str]
    party_ids: list[str]
    to: str


@dataclass(frozen=True, kw_only=True)
class OrdersEdited(DomainEvent):
    """The same fields of several orders were given the same values together (values are read through the API)."""

    name: ClassVar[str] = "commerce.orders_edited"
    order_ids: list[str]
    party_ids: list[str]
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class ProductsEdited(DomainEvent):
    """The same fields of several products were given the same values together."""

    name: ClassVar[str] = "commerce.products_edited"
    product_ids: list[str]
    fields: list[str]
