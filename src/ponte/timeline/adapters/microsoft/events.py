"""Graph's events as ours, and ours as Graph's."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from ponte.core.errors import Invalid
from ponte.timeline.adapters.microsoft.patterns import read_rule, write_rule
from ponte.timeline.adapters.remote import RemoteError, UnreadableEvent
from ponte.timeline.event_data import ChangedOccurrence, EventData
from ponte.timeline.occurrences import instant_key
from ponte.timeline.recurrence import clean_rule

_BROKEN = (KeyError, ValueError, TypeError, AttributeError, IndexError)


def uid_of(item: dict[str, Any]) -> str:
    """Return our uid where we wrote the event, else its iCalendar uid."""
    return str(item.get("transactionId") or item.get("iCalUId") or "")[:255]


def read_item(item: dict[str, Any], zone: ZoneInfo) -> EventData:
    """Return an event, of a series with its ``exceptionOccurrences`` and ``cancelledOccurrences``.

    Raises:
        UnreadableEvent: "damaged" or "rule".
    """
    try:
        return _read(item, zone)
    except UnreadableEvent:
        raise
    except Invalid as error:
        raise UnreadableEvent("rule") from error
    except _BROKEN as error:
        raise UnreadableEvent("damaged") from error


def _read(item: dict[str, Any], zone: ZoneInfo) -> EventData:
    first, last, all_day = _times(item, zone)
    told = item.get("recurrence")
    rule = clean_rule(read_rule(told)) if told else ""
    walked = zone if all_day or not rule else _zone(str(item.get("originalStartTimeZone", "")), zone)
    start = first.astimezone(walked)
    skipped, changed = [], []
    for mark in item.get("cancelledOccurrences") or () if rule else ():
        day = datetime.fromisoformat(str(mark).rsplit(".", 1)[-1]).date()
        skipped.append(instant_key(datetime.combine(day, start.time(), tzinfo=walked)))
    for one in item.get("exceptionOccurrences") or () if rule else ():
        changed.append(_occurrence(one, zone, walked, start))
    return EventData(
        title=str(item.get("subject") or ""),
        description=_text(item),
        location=_place(item),
        starts_at=start,
        ends_at=last,
        all_day=all_day,
        zone=str(walked),
        rrule=rule,
        skipped=tuple(sorted(skipped)),
        changed=tuple(changed),
    )


def _occurrence(one: dict[str, Any], zone: ZoneInfo, walked: ZoneInfo, start: datetime) -> ChangedOccurrence:
    day = datetime.fromisoformat(str(one["occurrenceId"]).rsplit(".", 1)[-1]).date()
    first, last, all_day = _times(one, zone)
    return ChangedOccurrence(
        original_start=instant_key(datetime.combine(day, start.time(), tzinfo=walked)),
        title=str(one.get("subject") or ""),
        starts_at=first,
        ends_at=last,
        all_day=all_day,
        description=_text(one),
        location=_place(one),
    )


def _text(item: dict[str, Any]) -> str:
    body = item.get("body") or {}
    return (
        str(body.get("content") or "").replace("\r\n", "\n").strip()
        if body.get("contentType") == "text"
        else ""
    )


def _place(item: dict[str, Any]) -> str:
    return str((item.get("location") or {}).get("displayName") or "")


def _times(item: dict[str, Any], zone: ZoneInfo) -> tuple[datetime, datetime, bool]:
    all_day = bool(item.get("isAllDay"))
    first, last = _moment(item["start"], zone), _moment(item["end"], zone)
    if all_day:  # days without a zone
        first = datetime.combine(
            datetime.fromisoformat(item["start"]["dateTime"][:10]), time.min, tzinfo=zone
        )
        last = datetime.combine(datetime.fromisoformat(item["end"]["dateTime"][:10]), time.min, tzinfo=zone)
    return first, max(first, last), all_day


def _moment(told: dict[str, Any], zone: ZoneInfo) -> datetime:
    text = str(told["dateTime"])[:19]  # seven digits of a second
    return datetime.fromisoformat(text).replace(tzinfo=_zone(str(told.get("timeZone", "")), zone))


def _zone(name: str, fallback: ZoneInfo) -> ZoneInfo:
    """Return the zone of a name as Windows or IANA know it."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    if not name or name.startswith("tzone://"):
        return fallback
    try:
        return ZoneInfo(WINDOWS_TO_OLSON.get(name, name))
    except (ValueError, OSError, KeyError) as error:
        raise UnreadableEvent("zone") from error


def write_item(event: EventData) -> dict[str, Any]:
    """Return what Graph is told of an event.

    Raises:
        RemoteError: "refused", for a rule Graph has no pattern for.
    """
    told = write_occurrence(event)
    told["recurrence"] = write_rule(event) if event.rrule else None
    if event.rrule and told["recurrence"] is None:
        raise RemoteError("refused", detail="rule")
    return told


def write_occurrence(event: EventData | ChangedOccurrence) -> dict[str, Any]:
    """Return what Graph is told of one occurrence."""
    zone = ZoneInfo(event.zone) if isinstance(event, EventData) else event.starts_at.tzinfo
    return {
        "subject": event.title,
        "body": {"contentType": "text", "content": event.description},
        "location": {"displayName": event.location},
        "start": _told(event.starts_at, zone),
        "end": _told(event.ends_at, zone),
        "isAllDay": event.all_day,
    }


def _told(moment: datetime, zone: Any) -> dict[str, str]:
    return {"dateTime": moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S"), "timeZone": str(zone)}
