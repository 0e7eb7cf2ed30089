"""Background work of goals, forecasts and figures."""

from __future__ import annotations

from ponte.core.jobs import every
from ponte.sales.services.figures import add_up_figures


@every("*/15 * * * *", name="sales.add_up_figures", queue="bulk")
def add_up_often() -> None:
    """Add up the figures of large tables anew where something changed."""
    add_up_figures(often=True)


@every("23 6 * * *", name="sales.add_up_all_figures", queue="bulk")
def add_up_nightly() -> None:
    """Add up all figures of large tables anew: at twenty-three minutes past three in São Paulo."""
    add_up_figures()
