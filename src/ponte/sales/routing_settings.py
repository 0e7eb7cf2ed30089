"""What the distribution does where no rule says otherwise, kept as one preference of the workspace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ponte.core.business_time.calendar import BusinessCalendar, NeverOpen
from ponte.core.services.preferences import get_preference

KEY = "sales.routing"
FRESH = timedelta(days=30)  # older interests come from the past (an import) and are nobody's to answer now
MOST_MINUTES = 14_400
MOST_PASSES = 3  # times an unanswered lead is passed on before it is reported for good


@dataclass(frozen=True, slots=True)
class RoutingSettings:
    """``fallback_id`` gets what no rule gives away (None: nobody, administrators are told).

    ``minutes`` of working time are given for the first answer where a rule says nothing; None: no clock runs. With ``keeps_customers``
    a lead of a customer who has a salesperson goes to that one before any rule is asked.
    """

    fallback_id: UUID | None = None
    minutes: int | None = 60
    keeps_customers: bool = True

    def as_json(self) -> dict[str, Any]:
        """Return them as the preference is kept."""
        fallback = str(self.fallback_id) if self.fallback_id else None
        return {"fallback_id": fallback, "minutes": self.minutes, "keeps_customers": self.keeps_customers}


def load_routing_settings() -> RoutingSettings:
    """Return the workspace's settings; one query."""
    kept = get_preference(KEY)
    if kept is None:
        return RoutingSettings()
    fallback = kept.get("fallback_id")
    return RoutingSettings(
        UUID(fallback) if fallback else None, kept.get("minutes"), kept.get("keeps_customers", True)
    )


def answer_due(calendar: BusinessCalendar, moment: datetime, minutes: int | None) -> datetime | None:
    """Return by when a lead given at ``moment`` is to be answered; None where no clock runs."""
    if not minutes:
        return None
    try:
        return calendar.add_business_time(moment, timedelta(minutes=minutes))
    except NeverOpen:
        return None
