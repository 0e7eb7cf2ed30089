"""How figures are written: money, per cent, days, and the cells of charts with the way to their records."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ponte.sales.looks import Look
from ponte.sales.selectors.facts import Metric
from ponte.sales.selectors.lens import DAY, next_month
from ponte.sales.selectors.rates import Rate
from ponte.ui.charts import Cell
from ponte.workplace.lists.cells import reader

NO_DATA = "–"
HOURS_A_DAY, HALF = 24, 30
MINUTES_COUNT = 10  # hours from which on minutes no longer matter


def money(value: Decimal | None, digits: int = 0) -> str:
    """Return an amount of the workspace's currency; cents only below a thousand where there are any, or as ``digits`` asks for them."""
    if value is None:
        return NO_DATA
    page = reader()
    if digits or (abs(value) < 1000 and round(value, 2) % 1):
        return page.money(round(value, 2), page.currency)
    return page.money(round(value), page.currency).removesuffix(",00").removesuffix(".00")


def short_money(value: Decimal | None) -> str:
    """Return an amount as it fits a small field: from a million on "R$ 1,23 mi"."""
    if value is None or abs(value) < 1_000_000:
        return money(value)
    page = reader()
    return _("%(amount)s M") % {"amount": page.money(round(value / 1_000_000, 2), page.currency)}


def number(value: Decimal | int | None, digits: int = 0) -> str:
    """Return a number as its reader writes it."""
    return NO_DATA if value is None else reader().number(round(Decimal(value), digits), digits)


def percent(rate: Rate | Decimal | None, digits: int = 1) -> str:
    """Return a share in per cent; a whole one without places."""
    value = rate.value if isinstance(rate, Rate) else rate
    if value is None:
        return NO_DATA
    return f"{number(value, digits if round(value, digits) % 1 else 0)}%"


def days(value: Decimal | None) -> str:
    """Return a number of days."""
    if value is None:
        return NO_DATA
    told = number(value, 0 if value == int(value) else 1)
    return ngettext("%(number)s day", "%(number)s days", 1 if value == 1 else 2) % {"number": told}


def waiting(hours: Decimal | None, *, by_clock: bool) -> str:
    """Return how long something took: "25 min", "3 h 20 min", "9 days 18 h"; working hours don't add up to days.

    Args:
        hours: how many, of the clock with ``by_clock``, else of work.
    """
    if hours is None:
        return NO_DATA
    minutes = round(hours * 60)
    whole, rest = divmod(minutes, 60)
    if by_clock and whole >= HOURS_A_DAY:
        told, left = divmod(whole + (rest >= HALF), HOURS_A_DAY)
        text = ngettext("%(number)s day", "%(number)s days", told) % {"number": number(told)}
        return f"{text} {left} h" if left else text
    if not whole:
        return f"{rest} min"
    return (
        f"{number(whole)} h {rest} min"
        if rest and whole < MINUTES_COUNT
        else f"{number(whole + (rest >= HALF))} h"
    )


def as_number(value: Decimal | int | Rate | None) -> float | None:
    """Return a figure as a chart takes it."""
    found = value.value if isinstance(value, Rate) else value
    return None if found is None else float(found)


def records_url(look: Look, metric: Metric, **narrowing: Any) -> str:
    """Return where the very records behind a figure are, narrowed to a part, a month (its first day) or an owner."""
    month = narrowing.pop("month", None)
    if month is not None:
        first, last = max(month, look.lens.start), min(next_month(month), look.lens.end) - DAY
        narrowing |= {"period": "custom", "from": first.isoformat(), "to": last.isoformat()}
    return f"{reverse('sales:figure_records', args=[metric.key])}?{look.query(**narrowing)}"


def cells(write: Callable[[Any], str], value: Any, href: str = "") -> Cell:
    """Return a cell of a chart's table; without anything behind it there is no way to go."""
    raw = as_number(value)
    return Cell(raw, write(value), href if raw else "")
