"""Google's events as ours, and ours as Google's."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from ponte.core.errors import Invalid
from ponte.timeline.adapters.remote import UnreadableEvent
from ponte.timeline.event_data import ChangedOccurrence, EventData
from ponte.timeline.occurrences import instant_key, read_instant
from ponte.timeline.recurrence import clean_rule, rule_for_others

OUR_UID = "ponteUid"


def uid_of(item: dict[str, Any]) -> str:
    """Return our uid where we wrote the event, else Google's iCalendar uid."""
    ours = item.get("extendedProperties", {}).get("private", {}).get(OUR_UID)
    return str(ours or item.get("iCalUID", ""))[:255]


def read_item(item: dict[str, Any], others: list[dict[str, Any]], zone: ZoneInfo) -> EventData:
    """Return an event with the instances of it that are changed or cancelled.

    Raises:
        UnreadableEvent: "damaged", "rule" or "rdate".
    """
    try:
        return _read(item, others, zone)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        if isinstance(error, UnreadableEvent):
            raise
        raise UnreadableEvent("damaged") from error


def _read(item: dict[str, Any], others: list[dict[str, Any]], zone: ZoneInfo) -> EventData:
    starts_at, all_day = _moment(item["start"], zone)
    ends_at, _same = _moment(item["end"], zone)
    walked = zone if all_day else ZoneInfo(item["start"].get("timeZone") or str(zone))
    rule, gone = _recurrence(item.get("recurrence", []), walked)
    changed = []
    for one in others if rule else ():
        key = instant_key(_moment(one["originalStartTime"], zone)[0])
        if one.get("status") == "cancelled":
            gone.add(key)
        else:
            changed.append(_occurrence(one, key, zone))
    return EventData(
        title=str(item.get("summary", "")),
        description=str(item.get("description", "")),
        location=str(item.get("location", "")),
        link=str(item.get("source", {}).get("url", "")),
        starts_at=starts_at,
        ends_at=max(starts_at, ends_at),
        all_day=all_day,
        zone=str(walked),
        rrule=rule,
        skipped=tuple(sorted(gone)),
        changed=tuple(changed),
    )


def _occurrence(one: dict[str, Any], key: str, zone: ZoneInfo) -> ChangedOccurrence:
    first, all_day = _moment(one["start"], zone)
    return ChangedOccurrence(
        original_start=key,
        title=str(one.get("summary", "")),
        starts_at=first,
        ends_at=max(first, _moment(one["end"], zone)[0]),
        all_day=all_day,
        description=str(one.get("description", "")),
        location=str(one.get("location", "")),
    )


def _moment(told: dict[str, Any], zone: ZoneInfo) -> tuple[datetime, bool]:
    if "date" in told:
        return datetime.combine(datetime.fromisoformat(told["date"]).date(), time.min, tzinfo=zone), True
    moment = datetime.fromisoformat(told["dateTime"])
    return moment if moment.tzinfo else moment.replace(
        tzinfo=ZoneInfo(told.get("timeZone") or str(zone))
    ), False


def _recurrence(lines: list[str], zone: ZoneInfo) -> tuple[str, set[str]]:
    rules = [one for one in lines if one.startswith("RRULE")]
    if len(rules) > 1 or any(one.startswith("EXRULE") for one in lines):
        raise UnreadableEvent("rule")
    if any(one.startswith("RDATE") for one in lines):
        raise UnreadableEvent("rdate")
    try:
        rule = clean_rule(rules[0]) if rules else ""
    except Invalid as error:
        raise UnreadableEvent("rule") from error
    gone: set[str] = set()
    for line in lines:
        if line.startswith("EXDATE"):
            name, _colon, values = line.partition(":")
            gone |= {_skipped(value, name, zone) for value in values.split(",")}
    return rule, gone


def _skipped(value: str, name: str, zone: ZoneInfo) -> str:
    if value.endswith("Z"):
        return value
    own = name.partition("TZID=")[2].partition(";")[0]
    local = datetime.strptime(value, "%Y%m%dT%H%M%S" if "T" in value else "%Y%m%d")
    return instant_key(local.replace(tzinfo=ZoneInfo(own) if own else zone))


def write_item(event: EventData) -> dict[str, Any]:
    """Return what Google is told of an event; what it keeps besides stays."""
    zone = ZoneInfo(event.zone)
    lines = []
    if event.rrule:
        lines.append(f"RRULE:{rule_for_others(event.rrule, zone, event.all_day)}")
        lines += [_exdate(key, zone, event.all_day) for key in event.skipped]
    told = _told(event)
    if event.link:
        told["source"] = {"url": event.link, "title": event.link[:100]}
    return {**told, "recurrence": lines}


def _told(event: EventData | ChangedOccurrence) -> dict[str, Any]:
    zone = event.zone if isinstance(event, EventData) else ""
    return {
        "summary": event.title,
        "description": event.description,
        "location": event.location,
        "start": _time(event.starts_at, event.all_day, zone),
        "end": _time(event.ends_at, event.all_day, zone),
    }


def write_occurrence(one: ChangedOccurrence) -> dict[str, Any]:
    """Return what Google is told of one changed instance."""
    return _told(one)


def _time(moment: datetime, all_day: bool, zone: str) -> dict[str, Any]:
    if all_day:
        return {"date": moment.date().isoformat(), "dateTime": None, "timeZone": None}
    told: dict[str, Any] = {"dateTime": moment.isoformat(), "date": None}
    return {**told, "timeZone": zone} if zone else told


def _exdate(key: str, zone: ZoneInfo, all_day: bool) -> str:
    moment = read_instant(key)
    assert moment is not None
    if all_day:
        return f"EXDATE;VALUE=DATE:{moment.astimezone(zone):%Y%m%d}"
    return f"EXDATE:{key}"


def usual(event: EventData, key: str) -> ChangedOccurrence:
    """Return an occurrence as the series has it, to take a change back."""
    zone = ZoneInfo(event.zone)
    moment = read_instant(key)
    assert moment is not None
    first = event.starts_at.astimezone(zone).replace(tzinfo=None)
    wall = event.ends_at.astimezone(zone).replace(tzinfo=None) - first
    start = moment.astimezone(zone)
    end = (start.replace(tzinfo=None) + wall).replace(tzinfo=zone)
    return ChangedOccurrence(
        original_start=key,
        title=event.title,
        starts_at=start,
        ends_at=end,
        all_day=event.all_day,
        description=event.description,
        location=event.location,
    )
