"""Rules of repetition (RFC 5545) as Graph's ``patternedRecurrence``, and back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ponte.timeline.adapters.remote import UnreadableEvent
from ponte.timeline.event_data import EventData
from ponte.timeline.recurrence import joined, parts_of, rule_for_others

DAYS = {"MO": "monday", "TU": "tuesday", "WE": "wednesday", "TH": "thursday", "FR": "friday", "SA": "saturday",
        "SU": "sunday"}  # fmt: skip
CODES = {name: code for code, name in DAYS.items()}
INDEXES = {"1": "first", "2": "second", "3": "third", "4": "fourth", "-1": "last"}
NUMBERS = {name: number for number, name in INDEXES.items()}
CODE_OF_DAY = list(DAYS)
_FREQUENCIES = {
    "daily": "DAILY", "weekly": "WEEKLY", "absoluteMonthly": "MONTHLY", "relativeMonthly": "MONTHLY",
    "absoluteYearly": "YEARLY", "relativeYearly": "YEARLY",
}  # fmt: skip


def read_rule(told: dict[str, Any]) -> str:
    """Return the rule of a recurrence.

    Raises:
        UnreadableEvent: "rule", for a pattern that isn't known.
    """
    pattern, span = told["pattern"], told["range"]
    kind = pattern["type"]
    if kind not in _FREQUENCIES:
        raise UnreadableEvent("rule")
    interval = int(pattern.get("interval", 1))
    parts = {"FREQ": _FREQUENCIES[kind], "INTERVAL": str(interval) if interval > 1 else ""}
    days = ",".join(CODES[one.lower()] for one in pattern.get("daysOfWeek", []))
    if kind == "weekly":
        parts["BYDAY"] = days
        first = CODES[str(pattern.get("firstDayOfWeek", "sunday")).lower()]
        parts["WKST"] = first if interval > 1 and first != "MO" else ""
    if kind.startswith("absolute"):
        parts["BYMONTHDAY"] = str(pattern["dayOfMonth"])
    if kind.startswith("relative"):
        parts["BYDAY"], parts["BYSETPOS"] = days, NUMBERS[pattern.get("index", "first")]
    if kind.endswith("Yearly"):
        parts["BYMONTH"] = str(pattern["month"])
    if span["type"] == "numbered":
        parts["COUNT"] = str(span["numberOfOccurrences"])
    elif span["type"] == "endDate":
        parts["UNTIL"] = date.fromisoformat(span["endDate"]).strftime("%Y%m%d")
    return joined(parts)


def write_rule(event: EventData) -> dict[str, Any] | None:
    """Return a series' rule as Graph is told it; None when Graph has no such pattern."""
    zone = ZoneInfo(event.zone)
    start = event.starts_at.astimezone(zone)
    parts = parts_of(rule_for_others(event.rrule, zone, True))
    pattern = _pattern(parts, start)
    if pattern is None or set(parts) & {"BYYEARDAY", "BYWEEKNO"}:
        return None
    pattern["interval"] = int(parts.get("INTERVAL", "1"))
    span: dict[str, Any] = {
        "type": "noEnd",
        "startDate": start.date().isoformat(),
        "recurrenceTimeZone": event.zone,
    }
    if "COUNT" in parts:
        span |= {"type": "numbered", "numberOfOccurrences": int(parts["COUNT"])}
    elif "UNTIL" in parts:
        end = datetime.strptime(parts["UNTIL"][:8], "%Y%m%d").date()
        span |= {"type": "endDate", "endDate": end.isoformat()}
    return {"pattern": pattern, "range": span}


def _pattern(parts: dict[str, str], start: datetime) -> dict[str, Any] | None:
    frequency, by_day = parts["FREQ"], parts.get("BYDAY", "")
    own_day = CODE_OF_DAY[start.weekday()]
    if frequency == "DAILY":
        return None if by_day or "BYMONTH" in parts or "BYMONTHDAY" in parts else {"type": "daily"}
    if frequency == "WEEKLY":
        if any(one not in DAYS for one in (by_day or own_day).split(",")) or "BYMONTH" in parts:
            return None
        days = [DAYS[one] for one in (by_day or own_day).split(",")]
        return {"type": "weekly", "daysOfWeek": days, "firstDayOfWeek": DAYS[parts.get("WKST", "MO")]}
    return _by_month(parts, start, by_day)


def _by_month(parts: dict[str, str], start: datetime, by_day: str) -> dict[str, Any] | None:
    yearly = parts["FREQ"] == "YEARLY"
    kind, month = ("Yearly" if yearly else "Monthly"), {}
    if yearly:
        told = parts.get("BYMONTH", str(start.month))
        if not told.isdecimal():
            return None
        month = {"month": int(told)}
    elif "BYMONTH" in parts:
        return None
    if not by_day:
        day = parts.get("BYMONTHDAY", str(start.day))
        if not day.isdecimal() or "BYSETPOS" in parts:
            return None
        return {"type": f"absolute{kind}", "dayOfMonth": int(day), **month}
    place, days = parts.get("BYSETPOS", ""), by_day.split(",")
    if not place and len(days) == 1:  # 2TU, -1FR
        place, days = days[0][:-2].lstrip("+"), [days[0][-2:]]
    if place not in INDEXES or "BYMONTHDAY" in parts or any(one not in DAYS for one in days):
        return None
    names = [DAYS[one] for one in days]
    return {"type": f"relative{kind}", "daysOfWeek": names, "index": INDEXES[place], **month}
