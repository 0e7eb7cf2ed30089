"""How far a quote stays below its list prices, and what a role may give without asking. The one definition.

* The **largest discount** of a quote is that of ``quote_totals.top_discount``: the largest of its lines, chosen or not.
* The **discount of the whole** compares what the chosen lines are worth with what they would be at list price, recurring lines with
  one period: ``1 − Σ total ÷ Σ quantity × list price``, in per cent.
* The **margin in per cent** is ``Σ (total − quantity × cost) ÷ Σ total`` over the chosen lines whose cost is known; no known cost or
  nothing charged gives none, and no limit on the margin is passed.
* A limit is passed by what is **above** (discounts) or **below** (margin) it; exactly at the limit nobody is asked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from ponte.commerce.revenue import CENT, cents
from ponte.sales.models.quote import Quote, QuoteLine
from ponte.sales.quote_totals import HUNDRED, ZERO, Line, is_chosen, top_discount

LINE, TOTAL, MARGIN = "line", "total", "margin"


class Limit(Protocol):
    """What a role may give."""

    @property
    def line(self) -> Decimal | None: ...
    @property
    def total(self) -> Decimal | None: ...
    @property
    def margin(self) -> Decimal | None: ...


@dataclass(frozen=True, slots=True)
class Figures:
    """What limits are compared with, in per cent with two places."""

    line: Decimal
    total: Decimal
    margin: Decimal | None

    @property
    def largest(self) -> Decimal:
        """The larger of both discounts."""
        return max(self.line, self.total)


def figures_of(lines: Sequence[Line]) -> Figures:
    """Return the discounts and the margin of a quote's lines."""
    return Figures(top_discount(lines), total_discount(lines), margin_percent(lines))


def total_discount(lines: Sequence[Line]) -> Decimal:
    """Return the discount of the whole over the chosen lines, in per cent; never negative."""
    before = worth = ZERO
    for line in filter(is_chosen, lines):
        reference = line.unit_price if line.list_price is None else line.list_price
        before += cents(line.quantity * reference)
        worth += line.total
    if before <= 0 or worth >= before:
        return ZERO
    return ((before - worth) * HUNDRED / before).quantize(CENT)


def margin_percent(lines: Sequence[Line]) -> Decimal | None:
    """Return the margin of the chosen lines with a known cost, in per cent of what they are worth."""
    worth = cost = ZERO
    for line in filter(is_chosen, lines):
        if line.unit_cost is not None:
            worth += line.total
            cost += cents(line.quantity * line.unit_cost)
    if worth <= 0:
        return None
    # a giveaway may cost many times what it brings; the column holds four places before the point
    return max(((worth - cost) * HUNDRED / worth).quantize(CENT), Decimal(-9999))


def passed_limits(figures: Figures, limit: Limit | None) -> dict[str, Decimal]:
    """Return the limits that are passed, by name; empty where nobody need be asked."""
    if limit is None:
        return {}
    found: dict[str, Decimal] = {}
    if limit.line is not None and figures.line > limit.line:
        found[LINE] = limit.line
    if limit.total is not None and figures.total > limit.total:
        found[TOTAL] = limit.total
    if limit.margin is not None and figures.margin is not None and figures.margin < limit.margin:
        found[MARGIN] = limit.margin
    return found


def fingerprint(quote: Quote, lines: Sequence[QuoteLine]) -> str:
    """Return the SHA-256 of what an approval holds for: customer, currency, terms of payment, every figure of every line."""
    told = {
        "party": str(quote.party_id),
        "currency": quote.currency,
        "rate": f"{quote.rate.quantize(Decimal('1.00000000')):f}",
        "terms": [quote.payment_terms, quote.deposit_kind, f"{quote.deposit.quantize(CENT):f}"],
        "lines": [_told(line) for line in lines],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _told(line: QuoteLine) -> list[object]:
    amounts = (
        line.quantity, line.unit_price, line.discount, line.tax_rate, line.total, line.tax, line.list_price, line.unit_cost
    )  # fmt: skip
    # as the columns keep them, so that a line says the same before and after it was stored
    figures = [None if one is None else f"{Decimal(one).quantize(Decimal('0.001')):f}" for one in amounts]
    return [str(line.product_id), line.description, line.bundle, line.billing, line.discount_kind,
            line.is_optional, line.is_chosen, *figures]  # fmt: skip
