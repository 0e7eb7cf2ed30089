"""A sealed document's content read back: lines with amounts, totals for a choice of options."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ponte.commerce.line_words import quantity_text
from ponte.sales.quote_totals import Totals, deposit_amount, discount_value, totals_of


@dataclass(frozen=True)
class ReadLine:
    """A line of a sealed document."""

    id: str
    description: str
    details: str
    bundle: str
    billing: str
    quantity: Decimal
    unit_price: Decimal
    discount_kind: str
    discount: Decimal
    tax_rate: Decimal
    total: Decimal
    tax: Decimal
    is_optional: bool
    is_chosen: bool
    list_price: Decimal | None = None
    unit_cost: Decimal | None = None
    contents: Sequence[Mapping[str, str]] = ()  # of a bundle

    @property
    def parts(self) -> list[str]:
        """What the bundle holds: "2 × Coffee"."""
        return [f"{quantity_text(part['quantity'])} × {part['name']}" for part in self.contents]

    @property
    def discount_amount(self) -> Decimal:
        """The discount as an amount."""
        return discount_value(self.quantity, self.unit_price, self.discount_kind, self.discount)


_AMOUNTS = ("quantity", "unit_price", "discount", "tax_rate", "total", "tax")


def read_lines(content: Mapping[str, Any]) -> list[ReadLine]:
    """Return the lines of a document's content."""
    return [
        ReadLine(**{**line, **{name: Decimal(line[name]) for name in _AMOUNTS}}) for line in content["lines"]
    ]


def with_choice(lines: Collection[ReadLine], chosen: Collection[str]) -> list[ReadLine]:
    """Return the lines as a customer wants them: of the optional ones those in ``chosen``, bundles whole."""
    wanted = {line.bundle for line in lines if line.bundle and line.is_optional and line.id in chosen}
    return [
        replace(line, is_chosen=line.id in chosen or line.bundle in wanted) if line.is_optional else line
        for line in lines
    ]


def deposit_of(content: Mapping[str, Any], totals: Totals) -> Decimal:
    """Return what is to be paid on acceptance."""
    deposit = content["deposit"]
    return deposit_amount(deposit["kind"], Decimal(deposit["value"]), totals.one_off)


def totals_for(content: Mapping[str, Any], chosen: Collection[str] | None = None) -> Totals:
    """Return the totals of a document, for a choice of its options or as it proposes them (None)."""
    lines = read_lines(content)
    return totals_of(lines if chosen is None else with_choice(lines, chosen))
