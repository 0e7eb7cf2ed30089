"""Moving the day an opportunity is expected to close on to another month."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.sales.models import Opportunity
from ponte.sales.selectors.closing import LATE, days_of_column
from ponte.sales.selectors.lens import DAY, later_month, today
from ponte.sales.services.opportunities import update_opportunity


def plan_close(
    *, actor: Actor, opportunity_id: UUID, column: str, before: date | None, version: int | None = None
) -> Opportunity:
    """Let an opportunity be expected in another month; the day of the month stays where that month has it.

    Args:
        column: a month as "2026-11", ``LATER`` (the first month that has no column of its own) or "" for no day.
        before: the day expected so far.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: a month that is over.
    """
    day = day_in(column, before) if column else None
    changes = {"expected_close": day}
    return update_opportunity(actor=actor, opportunity_id=opportunity_id, changes=changes, version=version)


def day_in(column: str, before: date | None) -> date:
    """Return the day in a month that stands for ``before`` there: the same one, the last where there is none or it has passed."""
    days = days_of_column(column)
    start = days[0] if days is not None else None
    if column == LATE or start is None or start < today().replace(day=1):
        raise Invalid.on("expected_close", "past", _("This month is over: choose this month or a later one."))
    last = later_month(start, 1) - DAY
    if before is None:
        return last
    day = last.replace(day=min(before.day, last.day))
    return day if day >= today() else last
