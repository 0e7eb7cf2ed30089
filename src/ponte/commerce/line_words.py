"""How quantities and lines are written for people."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import get_language

from ponte.workplace.lists.cells import money_text


def quantity_text(value: Decimal | str) -> str:
    """Return a quantity without zeros nobody entered, with the decimal sign of the page's language.

    Args:
        value: how many or how much; text is one kept in JSON, with a point.
    """
    text = f"{Decimal(value).normalize():f}"
    return text if (get_language() or "").startswith("en") else text.replace(".", ",")


def line_in_words(row: Any, currency: str, *, in_percent: bool = False) -> str:
    """Return a line as a short text, for the audit log: "2 × Coffee · R$ 35,00 − 10% · Monthly".

    Args:
        row: a line of an order, an opportunity or a quote.
        currency: what its amounts are in.
        in_percent: its discount is in per cent, not an amount.
    """
    text = f"{quantity_text(row.quantity)} × {row.description} · {money_text(row.unit_price, currency)}"
    if row.discount:
        taken = f"{quantity_text(row.discount)}%" if in_percent else money_text(row.discount, currency)
        text += f" − {taken}"
    if freight := getattr(row, "freight", None):
        text += f" + {money_text(freight, currency)}"
    return f"{text} · {row.get_billing_display()}" if hasattr(row, "billing") else text
