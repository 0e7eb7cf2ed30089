"""The lines of a quote being written, and the totals they come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.commerce.line_words import line_in_words
from ponte.commerce.models import Product
from ponte.commerce.models.choices import Billing
from ponte.commerce.selectors.bundles import Share
from ponte.commerce.selectors.line_memory import remembered
from ponte.commerce.selectors.prices import Prices
from ponte.commerce.services.cleaning import MAX_MONEY, Cleaner
from ponte.commerce.services.line_rows import described, matched, priced, products_of, write_rows
from ponte.commerce.services.line_splitting import part_values, split_lines
from ponte.sales.models.quote import Quote, QuoteLine
from ponte.sales.models.quote_choices import DiscountKind
from ponte.sales.quote_data import QuoteLineData
from ponte.sales.quote_totals import (
    HUNDRED,
    Totals,
    discount_value,
    margin_of,
    net_total,
    tax_of,
    top_discount,
    totals_of,
)

MAX_LINES = 200
_FIELDS = (
    "position", "product_id", "description", "details", "bundle", "billing", "quantity", "unit_price", "discount_kind",
    "discount", "tax_rate", "is_optional", "is_chosen", "list_price", "unit_cost", "total", "tax",
    "contents", "price_source",
)  # fmt: skip


def clean_lines(
    cleaner: Cleaner,
    lines: Sequence[QuoteLineData],
    existing: Mapping[UUID, QuoteLine],
    *,
    pricing: Callable[[Iterable[Product]], Prices],
    keeps_prices: bool = True,
    products: dict[UUID, Product] | None = None,
) -> list[QuoteLine]:
    """Return the rows for ``lines``, those with a known ``id`` kept; problems go to ``cleaner``.

    List prices are those of ``pricing``; a line of the same product and quantity keeps the one it has, unless the quote is for
    somebody else or in another currency now (``keeps_prices`` False). ``products`` are those the lines name, where the caller has fetched
    them for many quotes.
    """
    products = products_of(lines) if products is None else products
    prices = pricing(products.values())
    split = split_lines(cleaner, lines, products, prices, as_part=_as_part, discount_of=_discount_of)
    if len(split.lines) > MAX_LINES:
        cleaner.refuse("lines", "too_many", _("A quote has at most 200 lines."))
        return []
    rows: list[QuoteLine] = []
    missing = _("The quote has no such line.")
    for inner, line, row in matched(
        cleaner, split.lines, existing, new=QuoteLine, missing=missing, places=split.places
    ):
        product = split.products.get(line.product_id) if line.product_id else None
        for name, value in _clean(inner, line, product, row, prices, keeps_prices).items():
            setattr(row, name, value)
        rows.append(row)
    if sum(row.total + row.tax for row in rows) * 12 > MAX_MONEY:
        cleaner.refuse("lines", "range", _("The value is too large."))
    return rows


def write_lines(quote: Quote, rows: Sequence[QuoteLine], existing: Mapping[UUID, QuoteLine]) -> None:
    """Make ``rows`` the quote's lines, in few statements."""
    for row in rows:
        row.quote = quote
    write_rows(rows, existing, _FIELDS)


def set_totals(quote: Quote, rows: Sequence[QuoteLine]) -> None:
    """Write what ``rows`` come to onto the quote, without saving it; without lines what the file it came from says, if it did."""
    totals = totals_of(rows) if rows else brought_totals(quote)
    quote.one_off, quote.monthly = totals.one_off, totals.monthly
    quote.quarterly, quote.yearly = totals.quarterly, totals.yearly
    quote.first_year = totals.first_year
    quote.margin = margin_of(rows)
    quote.top_discount = top_discount(rows)


def brought_totals(quote: Quote) -> Totals:
    """Return what the file a quote came from says it amounts to."""
    return Totals(one_off=quote.brought_total or Decimal(0), monthly=quote.brought_monthly or Decimal(0))


def price_from_today(quote: Quote, rows: Sequence[QuoteLine], prices: Prices) -> None:
    """Give lines from a file the list price and cost of today where they have none: the quote is offered anew. Part of the caller's act."""
    bare = [row for row in rows if row.product is not None and row.list_price is None]
    for row in bare:
        assert row.product is not None
        row.list_price, row.unit_cost = (
            prices.of(row.product, row.quantity).value,
            prices.cost_of(row.product),
        )
    QuoteLine.objects.bulk_update(bare, ["list_price", "unit_cost"])
    set_totals(quote, rows)


def summary(rows: Sequence[QuoteLine], currency: str) -> list[str]:
    """Return the lines as short texts, for the audit log."""
    return [
        line_in_words(row, currency, in_percent=row.discount_kind == DiscountKind.PERCENT) for row in rows
    ]


def _clean(
    cleaner: Cleaner,
    line: QuoteLineData,
    product: Product | None,
    row: QuoteLine,
    prices: Prices,
    keeps_prices: bool,
) -> dict[str, Any]:
    empty = _("Choose a product or describe what is offered.")
    description = described(cleaner, line, product, empty=empty)
    quantity = cleaner.quantity("quantity", line.quantity)
    same = keeps_prices and row.product_id == line.product_id and not row._state.adding
    list_price = row.list_price
    if not same or row.quantity != quantity:
        list_price = prices.of(product, quantity).value if product else None
    values: dict[str, Any] = {
        "product_id": line.product_id,
        "description": description,
        "details": cleaner.text("details", line.details, 2000),
        "bundle": cleaner.text("bundle", line.bundle, 120),
        "billing": _billing(cleaner, line, product),
        "quantity": quantity,
        "unit_price": priced(cleaner, line, list_price),
        "discount_kind": cleaner.choice("discount_kind", line.discount_kind, DiscountKind)
        or DiscountKind.PERCENT,
        "discount": cleaner.money("discount", line.discount) or Decimal(0),
        "tax_rate": _rate(cleaner, line.tax_rate),
        "is_optional": line.is_optional,
        "is_chosen": line.is_chosen or not line.is_optional,
        "list_price": list_price,
        "unit_cost": row.unit_cost if same else (prices.cost_of(product) if product else None),
    }
    values |= remembered(row, product, values, prices)
    return values | _worth(cleaner, values)


def _as_part(line: QuoteLineData, bundle: Product, share: Share, number: int) -> QuoteLineData:
    """Parts bear the bundle's name, so that optional ones are chosen together; charging, tax and details are the line's."""
    return replace(
        line,
        **part_values(share),
        discount_kind=DiscountKind.VALUE,
        bundle=line.bundle or bundle.name[:120],
        billing=line.billing or bundle.billing,
        details=line.details if number == 0 else "",
    )


def _discount_of(line: QuoteLineData, quantity: Decimal, unit_price: Decimal) -> Decimal:
    return discount_value(quantity, unit_price, line.discount_kind, line.discount)


def _billing(cleaner: Cleaner, line: QuoteLineData, product: Product | None) -> str:
    if not line.billing:
        return product.billing if product else Billing.ONE_OFF
    return cleaner.choice("billing", line.billing, Billing) or Billing.ONE_OFF


def _rate(cleaner: Cleaner, value: Decimal) -> Decimal:
    rate = cleaner.money("tax_rate", value) or Decimal(0)
    if rate > HUNDRED:
        cleaner.refuse("tax_rate", "range", _("A tax rate is at most 100 per cent."))
        return Decimal(0)
    return rate


def _worth(cleaner: Cleaner, values: dict[str, Any]) -> dict[str, Decimal]:
    kind, discount = values["discount_kind"], values["discount"]
    if kind == DiscountKind.PERCENT and discount > HUNDRED:
        cleaner.refuse("discount", "too_large", _("A discount is at most 100 per cent."))
        return {"total": Decimal(0), "tax": Decimal(0)}
    total = net_total(values["quantity"], values["unit_price"], kind, discount)
    if total < 0:
        cleaner.refuse("discount", "too_large", _("The discount is larger than the line."))
    elif total > MAX_MONEY:
        cleaner.refuse("quantity", "range", _("The value is too large."))
    else:
        return {"total": total, "tax": tax_of(total, values["tax_rate"])}
    return {"total": Decimal(0), "tax": Decimal(0)}
