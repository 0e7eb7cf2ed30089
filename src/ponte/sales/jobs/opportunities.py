"""Background work of opportunities: the kept totals, what is next, the bin."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.utils import timezone

from ponte.core.jobs import every
from ponte.sales.services.next_activity import pass_begun_meetings
from ponte.sales.services.opportunity_bin import purge_opportunities
from ponte.sales.services.stage_totals import mend_totals, sum_up_totals

log = logging.getLogger(__name__)
KEEP = timedelta(days=30)


@every("*/5 * * * *", name="sales.sum_up_totals")
def sum_up() -> None:
    """Put the parts of stages' totals together where they have become many."""
    sum_up_totals()


@every("40 4 * * *", name="sales.mend_totals")
def mend() -> None:
    """Compare the kept totals with what there is."""
    if off := mend_totals():
        log.warning("totals of %d stages and salespeople were off and have been mended", off)


@every("*/10 * * * *", name="sales.pass_begun_meetings")
def pass_meetings() -> None:
    """Look for what is next about opportunities whose meeting has begun."""
    pass_begun_meetings()


@every("57 6 * * *", name="sales.empty_opportunity_bin", queue="bulk")
def empty_bin() -> None:
    """Remove opportunities that have rested in the bin for 30 days."""
    while purge_opportunities(before=timezone.now() - KEEP):
        pass
