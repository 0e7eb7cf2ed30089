"""``{% load commerce %}``: amounts and quantities as their reader writes them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template

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


@register.filter
def quantity(value: Decimal) -> str:
    """``{{ line.quantity|quantity }}``: without the zeros of thousandths that nobody entered."""
    text = f"{value.normalize():f}"
    return text.replace(".", ",")


@register.filter
def plain_quantity(value: str) -> str:
    """``{{ part.quantity|plain_quantity }}``: a quantity kept as text in JSON."""
    return value.replace(".", ",")


register.filter("source_words", source_words)


@register.filter
def amount(value: str, currency: str = "") -> str:
    """``{{ data.amount|amount:data.currency }}``: an amount kept as text in JSON; anything else is shown as it is."""
    try:
        return money(Decimal(value), currency)
    except (ArithmeticError, TypeError, ValueError):
        return str(value)
