"""Quotes and their lines as targets of the importer: two files, joined by the quote's id or number; one file twice does as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.commerce.data import BulkRow
from ponte.commerce.imports.answers import products_of, unknown_product, write
from ponte.directory.import_customers import customers_of, unknown_customer
from ponte.directory.import_names import Named, customers_by_name, named_customer, unknown_name
from ponte.sales.custom_documents import quote_labels
from ponte.sales.imports.deal_customers import Deals, deals_of, links_of
from ponte.sales.imports.people import owners_by_name
from ponte.sales.imports.quote_fields import LINE_FIELDS, QUOTE_FIELDS
from ponte.sales.models.quote_choices import DiscountKind
from ponte.sales.services.bulk_quote_lines import upsert_quote_lines
from ponte.sales.services.bulk_quotes import upsert_quotes
from ponte.sales.services.quote_import_undo import undo_quotes
from ponte.sales.services.quote_line_import_undo import undo_quote_lines
from ponte.workplace.custom_fields.importing import custom_values
from ponte.workplace.importing import ImportContext, ImportRow, ImportTarget, RowOutcome

_NAMES = {
    "party_id": "customer_external_id", "owner_id": "owner", "opportunity_id": "opportunity", "brought_total": "total",
    "brought_monthly": "monthly",
}  # fmt: skip
_PLAIN = (
    "number", "title", "status", "created_at", "sent_at", "answered_at", "valid_until", "currency", "rate", "payment_terms", "notes",
    "decline_reason",
)  # fmt: skip
_LINE_NAMES = {"product_id": "product", "quote_external_id": "quote"}
_LINE_PLAIN = (
    "description", "details", "quantity", "unit_price", "tax_rate", "billing", "is_optional", "is_chosen",
)  # fmt: skip


def apply_quotes(rows: Sequence[ImportRow], context: ImportContext) -> list[RowOutcome]:
    """Create or update the quotes of a chunk; their customers, or opportunities, must be there."""
    owners, deals = owners_by_name(context), deals_of(rows, context)
    named = customers_by_name(rows, context)
    found = customers_of(rows, context)
    prepared = [_prepare(row, party, named, owners, deals) for row, party in zip(rows, found, strict=True)]
    return write(upsert_quotes, rows, prepared, context, _NAMES)


def apply_lines(rows: Sequence[ImportRow], context: ImportContext) -> list[RowOutcome]:
    """Create or update the lines of a chunk; their quotes, and products they name, must be there."""
    products = products_of(rows, context)
    prepared: list[BulkRow | RowOutcome] = []
    for row in rows:
        told = row.values
        values: dict[str, Any] = {name: told[name] for name in _LINE_PLAIN if name in told}
        if (product := told.get("product")) is not None:
            if product not in products:
                prepared.append(unknown_product(product))
                continue
            values["product_id"] = products[product]
        if "discount" in told:
            values |= {"discount_kind": DiscountKind.VALUE, "discount": told["discount"]}
        elif "discount_percent" in told:
            values |= {"discount_kind": DiscountKind.PERCENT, "discount": told["discount_percent"]}
        prepared.append(BulkRow(external_id=told["external_id"], values=values, parent=told["quote"]))
    return write(upsert_quote_lines, rows, prepared, context, _LINE_NAMES)


def _prepare(
    row: ImportRow, party_id: UUID | None, named: Named, owners: Mapping[str, UUID], deals: Deals
) -> BulkRow | RowOutcome:
    """Return a row as the service takes it, or why it can't come in."""
    told = row.values
    links, refusal = links_of(row, owners, deals)
    party = party_id or named_customer(row, named)
    if party is None and "opportunity_id" in links and not any(key.startswith("customer_") for key in told):
        party = deals[told["opportunity"]][1]
    if party is None:
        return refusal or unknown_name(row, named) or unknown_customer(row)
    if refusal is not None:
        return refusal
    external_id = str(told.get("external_id") or told.get("number") or "")
    if not external_id:
        return RowOutcome.rejected(
            "number", "required", _("Give the quote's number or its id in the other system.")
        )
    values: dict[str, Any] = {"party_id": party, **links} | {
        name: told[name] for name in _PLAIN if name in told
    }
    if custom := custom_values(told):
        values["custom"] = custom
    values |= {f"brought_{name}": told[name] for name in ("total", "monthly") if name in told}
    return BulkRow(external_id=external_id, values=values)


QUOTES = ImportTarget(
    key="quotes",
    file_names=("propostas", "orçamentos", "quotes", "proposals", "estimates"),
    label=gettext_lazy("Quotes"),
    icon="file-invoice",
    description=gettext_lazy("Old and open quotes with status, dates and total; nothing is sent by it"),
    fields=QUOTE_FIELDS,
    apply=apply_quotes,
    undo=undo_quotes,
    names=quote_labels,
    rights=("quote", "create"),
    order=68,
    after=("people", "companies", "opportunities"),
    list_url_name="sales:quotes",
)
LINES = ImportTarget(
    key="quote_lines",
    file_names=(
        "itens das propostas",
        "itens de propostas",
        "itens dos orçamentos",
        "quote items",
        "quote lines",
        "quoted items",
    ),
    label=gettext_lazy("Lines of quotes"),
    icon="list-details",
    description=gettext_lazy("The products and services inside each quote"),
    fields=LINE_FIELDS,
    apply=apply_lines,
    undo=undo_quote_lines,
    undo_rights=("edit",),
    rights=("quote", "create"),
    order=69,
    after=("quotes", "products"),
    list_url_name="sales:quotes",
)
TARGETS = (QUOTES, LINES)
