"""The products of an opportunity: its value is what they add up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.line_words import line_in_words
from ponte.commerce.models import Billing, Product
from ponte.commerce.revenue import cents, line_total
from ponte.commerce.selectors.bundles import Share
from ponte.commerce.selectors.line_memory import remembered
from ponte.commerce.selectors.prices import Prices
from ponte.commerce.services.cleaning import MAX_MONEY, Cleaner
from ponte.commerce.services.line_rows import described, matched, priced, products_of, write_rows
from ponte.commerce.services.line_splitting import part_values, split_lines
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.services.events import publish
from ponte.core.tenancy.scope import current_workspace
from ponte.events.sales import OpportunityChanged
from ponte.sales.data import OpportunityLineData
from ponte.sales.models import Opportunity, OpportunityLine
from ponte.sales.policies import check_opportunity
from ponte.sales.services.locking import lock_opportunity
from ponte.sales.services.opportunity_history import audit_opportunity, tell_boards

MAX_LINES = 200
MONTHS = {Billing.MONTHLY: 1, Billing.QUARTERLY: 3, Billing.YEARLY: 12}
_FIELDS = (
    "position", "product_id", "description", "quantity", "unit_price", "discount", "billing", "total",
    "contents", "price_source",
)  # fmt: skip


@transaction.atomic
def set_lines(
    *, actor: Actor, opportunity_id: UUID, lines: Sequence[OpportunityLineData], version: int | None = None
) -> Opportunity:
    """Make these the products of an opportunity, in this order; its value follows them. None left: the value stays.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: what can't be accepted (``lines.0.quantity`` …).
    """
    opportunity = lock_opportunity(opportunity_id)
    check_opportunity(actor, "edit", opportunity)
    check_version(opportunity, version)
    existing = {row.id: row for row in opportunity.lines.all()}
    before = lines_in_words(existing.values())
    cleaner = Cleaner()
    rows = _clean_lines(cleaner, lines, existing, opportunity.party_id)
    amount, monthly = sums_of(rows)
    if amount > MAX_MONEY or monthly > MAX_MONEY:
        cleaner.refuse("lines", "range", _("The value is too large."))
    cleaner.done()
    for row in rows:
        row.opportunity = opportunity
    write_rows(rows, existing, _FIELDS)
    changes: dict[str, tuple[Any, Any]] = {"lines": (before, lines_in_words(rows))}
    if rows:
        changes |= {"amount": (opportunity.amount, amount), "monthly": (opportunity.monthly, monthly)}
        opportunity.amount, opportunity.monthly = amount, monthly
    opportunity.version += 1
    opportunity.save(update_fields=["amount", "monthly", "version", "updated_at"])
    changed = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    audit_opportunity(actor, "opportunity.updated", opportunity, changed)
    event = OpportunityChanged(
        opportunity_id=str(opportunity.id), party_id=str(opportunity.party_id), fields=sorted(changed)
    )
    publish(event, actor=actor)
    tell_boards(opportunity)
    return opportunity


def sums_of(rows: Sequence[OpportunityLine]) -> tuple[Decimal, Decimal]:
    """Return what lines are worth once and each month, to the cent; quarterly and yearly ones by their share of a month."""
    once = sum((row.total for row in rows if row.billing == Billing.ONE_OFF), Decimal(0))
    monthly = sum(
        (row.total / MONTHS[Billing(row.billing)] for row in rows if row.billing != Billing.ONE_OFF),
        Decimal(0),
    )
    return once, cents(monthly)


def lines_in_words(rows: Any) -> list[str]:
    """Return the lines as short texts, for the audit log."""
    currency = current_workspace().currency
    return [line_in_words(row, currency) for row in sorted(rows, key=lambda row: row.position)]


def _clean_lines(
    cleaner: Cleaner,
    lines: Sequence[OpportunityLineData],
    existing: Mapping[UUID, OpportunityLine],
    party_id: UUID,
) -> list[OpportunityLine]:
    products = products_of(lines)
    prices = Prices(products.values(), party_id, timezone.localdate())
    split = split_lines(cleaner, lines, products, prices, as_part=_as_part, discount_of=_discount_of)
    if len(split.lines) > MAX_LINES:
        cleaner.refuse("lines", "too_many", _("An opportunity has at most 200 lines."))
        return []
    rows = []
    missing = _("The opportunity has no such line.")
    for inner, line, row in matched(
        cleaner, split.lines, existing, new=OpportunityLine, missing=missing, places=split.places
    ):
        for name, value in _clean(inner, line, row, split.products, prices).items():
            setattr(row, name, value)
        rows.append(row)
    return rows


def _clean(
    cleaner: Cleaner,
    line: OpportunityLineData,
    row: OpportunityLine,
    products: Mapping[UUID, Product],
    prices: Prices,
) -> dict[str, Any]:
    product = products.get(line.product_id) if line.product_id else None
    empty = _("Choose a product or describe what is offered.")
    description = described(cleaner, line, product, empty=empty)
    quantity = cleaner.quantity("quantity", line.quantity)
    listed = prices.of(product, quantity).value if product and line.unit_price is None else None
    billing = line.billing or (product.billing if product else Billing.ONE_OFF)
    values = {
        "product_id": line.product_id,
        "description": description,
        "quantity": quantity,
        "unit_price": priced(cleaner, line, listed),
        "discount": cleaner.money("discount", line.discount) or Decimal(0),
        "billing": cleaner.choice("billing", billing, Billing),
    }
    values["total"] = _total(cleaner, values)
    return values | remembered(row, product, values, prices)


def _as_part(line: OpportunityLineData, bundle: Product, share: Share, number: int) -> OpportunityLineData:
    return replace(line, **part_values(share), billing=line.billing or bundle.billing)


def _discount_of(line: OpportunityLineData, quantity: Decimal, unit_price: Decimal) -> Decimal:
    return line.discount


def _total(cleaner: Cleaner, values: dict[str, Any]) -> Decimal:
    total = line_total(values["quantity"], values["unit_price"], values["discount"])
    if total > MAX_MONEY:
        cleaner.refuse("quantity", "range", _("The value is too large."))
        return Decimal(0)
    if total < 0:
        cleaner.refuse("discount", "too_large", _("The discount is larger than the line."))
    return total
