"""``{% load commerce %}``: amounts and quantities as their reader writes them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template

from ponte.commerce.line_words import quantity_text
from ponte.commerce.selectors.line_memory import source_words
from ponte.core.tenancy.scope import current_workspace
from ponte.workplace.lists.cells import money_text

register = template.Library()


@register.filter
def money(value: Any, currency: str = "") -> str:
    """``{{ order.total|money:order.currency }}``: ``R$ 1.234,56``; "" is the workspace's currency, None shows a dash."""
    if value is None or value == "":
        return "—"
    return money_text(value, currency or current_workspace().currency)


register.filter("quantity", quantity_text)
register.filter("source_words", source_words)


@register.filter
def amount(value: str, currency: str = "") -> str:
    """``{{ data.amount|amount:data.currency }}``: an amount kept as text in JSON; anything else is shown as it is."""
    try:
        return money(Decimal(value), currency)
    except (ArithmeticError, TypeError, ValueError):
        return str(value)
