"""Orders, their lines and their payments as targets of the importer: three files, joined by the order's external id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.commerce.custom import order_labels
from ponte.commerce.data import BulkRow
from ponte.commerce.imports.answers import products_of, unknown_product, write
from ponte.commerce.imports.order_fields import LINE_FIELDS, ORDER_FIELDS, PAYMENT_FIELDS
from ponte.commerce.models import OrderStatus
from ponte.commerce.services.bulk_lines import upsert_lines, upsert_payments
from ponte.commerce.services.bulk_orders import upsert_orders
from ponte.commerce.services.import_undo import undo_orders
from ponte.commerce.services.import_undo_parts import undo_lines, undo_payments
from ponte.commerce.services.order_fields import MOMENTS, STATUS_DATE
from ponte.directory.import_customers import customers_of, unknown_customer
from ponte.directory.selectors.identities import resolve_many
from ponte.workplace.custom_fields.importing import custom_values, plain_values
from ponte.workplace.importing import ImportContext, ImportRow, ImportTarget, RowOutcome

_ORDER_NAMES = {"party_id": "customer_external_id"}
_LINE_NAMES = {"product_id": "product", "seller_id": "seller", "order_external_id": "order"}


def apply_orders(rows: Sequence[ImportRow], context: ImportContext) -> list[RowOutcome]:
    """Create or update the orders of a chunk; their customers must be there."""
    prepared: list[BulkRow | RowOutcome] = []
    for row, party_id in zip(rows, customers_of(rows, context), strict=True):
        if party_id is None:
            prepared.append(unknown_customer(row))
            continue
        values = {
            key: value
            for key, value in plain_values(row.values).items()
            if not key.startswith("customer_") and key != "external_id"
        }
        if custom := custom_values(row.values):
            values["custom"] = custom
        prepared.append(
            BulkRow(external_id=row.values["external_id"], values={**_dated(values), "party_id": party_id})
        )
    return write(upsert_orders, rows, prepared, context, _ORDER_NAMES)


def apply_lines(rows: Sequence[ImportRow], context: ImportContext) -> list[RowOutcome]:
    """Create or update the lines of a chunk; their orders, and products they name, must be there."""
    products = products_of(rows, context)
    sellers = _sellers(rows, context)
    prepared: list[BulkRow | RowOutcome] = []
    for row in rows:
        values = dict(row.values)
        order, number = values.pop("order"), values.pop("external_id")
        product, seller = values.pop("product", None), values.pop("seller", None)
        if product is not None and product not in products:
            prepared.append(unknown_product(product))
            continue
        if seller is not None and seller not in sellers:
            prepared.append(RowOutcome.rejected("seller", "unknown", _unknown_seller(seller)))
            continue
        if product is not None:
            values["product_id"] = products[product]
        if seller is not None:
            values["seller_id"] = sellers[seller]
        prepared.append(BulkRow(external_id=number, values=values, parent=order))
    return write(upsert_lines, rows, prepared, context, _LINE_NAMES)


def apply_payments(rows: Sequence[ImportRow], context: ImportContext) -> list[RowOutcome]:
    """Create or update the payments of a chunk; their orders must be there."""
    prepared = []
    for row in rows:
        values = dict(row.values)
        order, number = values.pop("order"), values.pop("external_id")
        if values.get("instalments") == 0:  # how some shops write "not in instalments"
            values["instalments"] = 1
        prepared.append(BulkRow(external_id=number, values=values, parent=order))
    return write(upsert_payments, rows, prepared, context, _LINE_NAMES)


def _dated(values: dict[str, Any]) -> dict[str, Any]:
    """Date a status that the file leaves undated with the latest date it does give.

    The services would date it with the moment of the import, which would differ at every import.
    """
    status = values.get("status")
    name = STATUS_DATE.get(OrderStatus(status)) if status else None
    if name and name not in values:
        known = [values[one] for one in ("placed_at", *MOMENTS) if one in values and one != "expected_at"]
        if known:
            return {**values, name: max(known)}
    return values


def _sellers(rows: Sequence[ImportRow], context: ImportContext) -> Mapping[str, Any]:
    wanted = {row.values["seller"] for row in rows if row.values.get("seller")}
    found = resolve_many({("external", f"{context.source}:{one}") for one in wanted})
    return {key.removeprefix(f"{context.source}:"): party_id for (_kind, key), party_id in found.items()}


def _unknown_seller(value: str) -> str:
    return _("There is no company “%(value)s”. Import companies first.") % {"value": value}


ORDERS = ImportTarget(
    key="orders",
    file_names=("pedidos", "vendas", "sales"),
    label=gettext_lazy("Orders"),
    icon="shopping-cart",
    description=gettext_lazy("What customers bought, with status and dates"),
    fields=ORDER_FIELDS,
    apply=apply_orders,
    undo=undo_orders,
    names=order_labels,
    rights=("order", "create"),
    order=40,
    after=("people", "companies"),
    list_url_name="commerce:orders",
)
LINES = ImportTarget(
    key="order_lines",
    file_names=("itens", "itens dos pedidos", "itens de pedido", "order items", "items", "line items"),
    label=gettext_lazy("Order lines"),
    icon="list-details",
    description=gettext_lazy("The products inside each order"),
    fields=LINE_FIELDS,
    apply=apply_lines,
    undo=undo_lines,
    undo_rights=("edit",),
    rights=("order", "create"),
    order=50,
    after=("orders", "products"),
    list_url_name="commerce:orders",
)
PAYMENTS = ImportTarget(
    key="payments",
    file_names=("pagamentos", "order payments", "recebimentos"),
    label=gettext_lazy("Payments"),
    icon="credit-card",
    description=gettext_lazy("How and how much was paid for each order"),
    fields=PAYMENT_FIELDS,
    apply=apply_payments,
    undo=undo_payments,
    undo_rights=("edit",),
    rights=("order", "create"),
    order=60,
    after=("orders",),
    list_url_name="commerce:orders",
)
