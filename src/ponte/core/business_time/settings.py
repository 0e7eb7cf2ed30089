"""The workspace's own working hours and holidays, kept as one preference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from ponte.core.business_time.calendar import BusinessCalendar, Hours
from ponte.core.business_time.holidays import NOON, Holiday
from ponte.core.services.preferences import get_preference
from ponte.core.tenancy.scope import current_workspace

KEY = "business_time"
USUAL: Hours = ((time(9), time(18)),)
USUAL_HOURS: Mapping[int, Hours] = dict.fromkeys(range(5), USUAL)
HALVES = ("", "morning", "afternoon")


@dataclass(frozen=True, slots=True)
class OwnHoliday:
    """A municipal or company holiday. ``half``: "" for the whole day, "morning" or "afternoon" when only that is free."""

    day: date
    name: str
    kind: str = "municipal"
    yearly: bool = False
    half: str = ""

    @property
    def key(self) -> str:
        """What names it in addresses: a day holds one."""
        return self.day.isoformat()

    def as_holiday(self) -> Holiday:
        """Return it as the calendar counts it."""
        opens_at = NOON if self.half == "morning" else None
        closes_at = NOON if self.half == "afternoon" else None
        return Holiday(self.day, self.name, self.kind, opens_at, closes_at)


@dataclass(frozen=True, slots=True)
class BusinessSettings:
    """What the workspace says about its working time; nothing said means Monday to Friday, nine to six."""

    state: str = ""
    hours: Mapping[int, Hours] = field(default_factory=lambda: dict(USUAL_HOURS))
    customary: bool = True
    half_days: bool = True
    holidays: tuple[OwnHoliday, ...] = ()

    def with_holiday(self, one: OwnHoliday) -> BusinessSettings:
        """Return the settings with a holiday added, in place of one on the same day."""
        others = [other for other in self.holidays if other.day != one.day]
        return replace(self, holidays=tuple(sorted([*others, one], key=lambda other: other.day)))

    def as_json(self) -> dict[str, Any]:
        """Return them as the preference is kept."""
        return {
            "state": self.state,
            "hours": {
                str(day): [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in spans]
                for day, spans in self.hours.items()
            },
            "customary": self.customary,
            "half_days": self.half_days,
            "holidays": [{**asdict(one), "day": one.day.isoformat()} for one in self.holidays],
        }


def load_business_settings() -> BusinessSettings:
    """Return what the open workspace says about its working time; one query."""
    return read_settings(get_preference(KEY) or {})


def read_settings(kept: Mapping[str, Any]) -> BusinessSettings:
    """Return the settings kept as JSON."""
    if not kept:
        return BusinessSettings()
    return BusinessSettings(
        state=kept.get("state", ""),
        hours={
            int(day): tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in spans)
            for day, spans in kept.get("hours", {}).items()
        },
        customary=kept.get("customary", True),
        half_days=kept.get("half_days", True),
        holidays=tuple(
            OwnHoliday(**{**one, "day": date.fromisoformat(one["day"])}) for one in kept.get("holidays", ())
        ),
    )


def load_business_calendar() -> BusinessCalendar:
    """Return the open workspace's business calendar; one query."""
    kept = load_business_settings()
    own: dict[date | tuple[int, int], Holiday] = {
        (one.day.month, one.day.day) if one.yearly else one.day: one.as_holiday() for one in kept.holidays
    }
    return BusinessCalendar(
        zone=ZoneInfo(current_workspace().timezone),
        hours=kept.hours,
        own=own,
        state=kept.state,
        customary=kept.customary,
        half_days=kept.half_days,
    )
