"""How a month is written."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format


def month_label(month: date) -> str:
    """Return a month shortly: "nov/2026"."""
    return f"{date_format(month, 'M').lower()}/{month:%Y}"
