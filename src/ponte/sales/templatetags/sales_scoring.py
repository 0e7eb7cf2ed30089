"""How the figures of the predictive score are written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import template
from django.utils.formats import date_format, number_format

register = template.Library()


@register.filter
def percent(value: Any, places: int = 0) -> str:
    """A share as people read it: 0.123 → "12,3%"."""
    return f"{number_format(round(100 * float(value), places), places)}%"


@register.filter
def day(value: str) -> str:
    """A day kept as text."""
    return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT") if value else "–"


@register.filter
def machine(value: Any) -> str:
    """A number as attributes want it, whatever the language."""
    return f"{float(value):.4f}"


@register.filter
def highest(bands: Sequence[dict[str, float]]) -> str:
    """The end of the scale that fits every band."""
    return machine(max((max(band["told"], band["came"]) for band in bands), default=1) or 1)
