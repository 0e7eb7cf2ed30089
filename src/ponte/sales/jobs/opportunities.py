"""Background work of opportunities: the kept totals."""

from __future__ import annotations

import logging

from ponte.core.jobs import every
from ponte.sales.services.stage_totals import mend_totals, sum_up_totals

log = logging.getLogger(__name__)


@every("*/5 * * * *", name="sales.sum_up_totals")
def sum_up() -> None:
    """Put the parts of stages' totals together where they have become many."""
    sum_up_totals()


@every("40 4 * * *", name="sales.mend_totals")
def mend() -> None:
    """Compare the kept totals with what there is."""
    if off := mend_totals():
        log.warning("totals of %d stages and salespeople were off and have been mended", off)
