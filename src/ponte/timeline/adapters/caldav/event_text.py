"""Events as iCalendar text (RFC 5545): reading them, and changing them without losing what Ponte doesn't know."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ponte.core.errors import Invalid
from ponte.timeline.adapters.remote import UnreadableEvent
from ponte.timeline.event_data import ChangedOccurrence, EventData
from ponte.timeline.ical import PRODUCT
from ponte.timeline.occurrences import instant_key, read_instant
from ponte.timeline.recurrence import clean_rule, rule_for_others

MAX_CHANGED = 200
DAY = timedelta(days=1)
_BROKEN = (ValueError, KeyError, IndexError, TypeError, AttributeError)


def read_event(text: str | bytes, zone: ZoneInfo) -> tuple[str, EventData]:
    """Return (uid, event) of a calendar object; all-day events and floating times are taken in ``zone``.

    Raises:
        UnreadableEvent: it is damaged ("damaged"), no event ("other"), or can't be kept here ("rule", "rdate", "zone", "many").
    """
    try:
        events = _components(_parsed(text))
        main = _main(events)
        uid = str(main.get("uid", ""))[:255]
        if not uid:
            raise UnreadableEvent("damaged")
        return uid, _event(main, [one for one in events if one is not main], zone)
    except UnreadableEvent:
        raise
    except _BROKEN as error:
        raise UnreadableEvent("damaged") from error


def uid_in(text: str | bytes) -> str:
    """Return the uid of a calendar object that may be unreadable otherwise, "" when it has none."""
    try:
        return str(_main(_components(_parsed(text))).get("uid", ""))[:255]
    except (*_BROKEN, UnreadableEvent):
        return ""


def write_event(event: EventData, uid: str, before: str | bytes = b"") -> str:
    """Return the calendar object of an event: ``before`` with what Ponte knows changed, or a new one."""
    from icalendar import Calendar, Event

    if before:
        calendar = _parsed(before)
        main = _main(_components(calendar))
    else:
        calendar, main = Calendar(), Event()
        calendar.add("prodid", PRODUCT)
        calendar.add("version", "2.0")
        main.add("uid", uid)
        calendar.add_component(main)
    _fill(main, event)
    _write_rule(main, event)
    _write_changed(calendar, main, event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical()).decode()


def _parsed(text: str | bytes) -> Any:
    from icalendar import Calendar

    return Calendar.from_ical(text)


def _components(calendar: Any) -> list[Any]:
    events = calendar.walk("VEVENT")
    if not events:
        raise UnreadableEvent("other")  # a task or a note: not ours to show
    return list(events)


def _main(events: list[Any]) -> Any:
    """The series itself or the single event; of somebody invited to one occurrence only that one."""
    whole = [one for one in events if "recurrence-id" not in one]
    if len(whole) == 1:
        return whole[0]
    if not whole and len(events) == 1:
        return events[0]
    raise UnreadableEvent("damaged")


def _event(main: Any, others: list[Any], zone: ZoneInfo) -> EventData:
    starts_at, ends_at, all_day = _times(main, zone)
    rule = _rule(main)
    if "rdate" in main:
        raise UnreadableEvent("rdate")
    walked = _zone_of(main, zone, all_day, bool(rule))
    gone = {instant_key(_moment(one, zone)) for one in _dates(main.get("exdate")) if rule}
    changed = []
    for one in others:
        key = instant_key(_moment(one.decoded("recurrence-id"), zone))
        if str(one.get("status", "")).upper() == "CANCELLED":
            gone.add(key)
            continue
        first, last, whole = _times(one, zone)
        changed.append(
            ChangedOccurrence(
                original_start=key,
                title=_line(one, "summary"),
                starts_at=first,
                ends_at=last,
                all_day=whole,
                description=_line(one, "description"),
                location=_line(one, "location"),
            )
        )
    if len(changed) > MAX_CHANGED:
        raise UnreadableEvent("many")
    return EventData(
        title=_line(main, "summary"),
        description=_line(main, "description"),
        location=_line(main, "location"),
        link=_line(main, "url"),
        starts_at=starts_at,
        ends_at=ends_at,
        all_day=all_day,
        zone=walked,
        rrule=rule,
        skipped=tuple(sorted(gone)),
        changed=tuple(changed) if rule else (),
    )


def _line(component: Any, name: str) -> str:
    value = component.get(name, "")
    return str(value[0] if isinstance(value, list) else value).replace("\x00", "")


def _times(component: Any, zone: ZoneInfo) -> tuple[datetime, datetime, bool]:
    start = component.decoded("dtstart")
    all_day = not isinstance(start, datetime)
    first = _moment(start, zone)
    if "dtend" in component:
        last = _moment(component.decoded("dtend"), zone)
    elif "duration" in component:
        last = first + component.decoded("duration")
    else:
        last = _moment(start + DAY, zone) if all_day else first
    if all_day and last <= first:
        last = _moment(start + DAY, zone)
    return first, max(first, last), all_day


def _moment(value: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, time.min, tzinfo=zone)
    return value if value.tzinfo else value.replace(tzinfo=zone)


def _zone_of(main: Any, zone: ZoneInfo, all_day: bool, repeats: bool) -> str:
    """The zone a series is walked in: the one it names, or ours when that is the same at its beginning."""
    start = main.decoded("dtstart")
    if all_day or not repeats or start.tzinfo is None:
        return str(zone)
    name = getattr(start.tzinfo, "key", "") or ("UTC" if start.tzinfo is UTC else "")
    if name:
        return str(name)
    if start.astimezone(zone).utcoffset() == start.utcoffset():
        return str(zone)
    raise UnreadableEvent("zone")


def _rule(main: Any) -> str:
    rule = main.get("rrule")
    if rule is None:
        return ""
    if isinstance(rule, list):
        raise UnreadableEvent("rule")
    try:
        return clean_rule(rule.to_ical().decode())
    except Invalid as error:
        raise UnreadableEvent("rule") from error


def _dates(value: Any) -> list[Any]:
    lists = value if isinstance(value, list) else [value] if value is not None else []
    return [one.dt for group in lists for one in group.dts]


def _fill(component: Any, event: EventData | ChangedOccurrence) -> None:
    """Write text and times on a component; its other properties stay."""
    now = datetime.now(UTC).replace(microsecond=0)
    zone = event.starts_at.tzinfo if event.all_day else None
    times = {
        "dtstart": _told(event.starts_at, event, zone),
        "dtend": _told(event.ends_at, event, zone),
        "dtstamp": now,
        "last-modified": now,
        "sequence": _sequence(component) + 1,
    }
    texts = {"summary": event.title, "description": event.description, "location": event.location}
    if isinstance(event, EventData):
        texts["url"] = event.link
    for name in ("duration", *times, *texts):
        component.pop(name, None)
    for name, value in (*times.items(), *((name, text) for name, text in texts.items() if text)):
        component.add(name, value)


def _sequence(component: Any) -> int:
    try:
        return int(component.get("sequence", -1))
    except ValueError:
        return -1


def _told(moment: datetime, event: EventData | ChangedOccurrence, zone: Any) -> date | datetime:
    return moment.astimezone(zone).date() if event.all_day else moment


def _write_rule(main: Any, event: EventData) -> None:
    from icalendar import vRecur

    for name in ("rrule", "exdate"):
        main.pop(name, None)
    if not event.rrule:
        return
    zone = ZoneInfo(event.zone)
    main.add("rrule", vRecur.from_ical(rule_for_others(event.rrule, zone, event.all_day)))
    for moment in filter(None, map(read_instant, event.skipped)):
        local = moment.astimezone(zone)
        main.add("exdate", local.date() if event.all_day else local)


def _write_changed(calendar: Any, main: Any, event: EventData) -> None:
    """Write the occurrences that differ: known components changed, new ones copied from the series, others taken out."""
    zone = ZoneInfo(event.zone)
    wanted = {one.original_start: one for one in event.changed}
    for component in [one for one in _components(calendar) if one is not main]:
        key = instant_key(_moment(component.decoded("recurrence-id"), zone))
        changed = wanted.pop(key, None)
        if changed is None:
            calendar.subcomponents.remove(component)
        else:
            _fill(component, changed)
    for key, changed in wanted.items():
        moment = read_instant(key)
        if moment is None:
            continue
        component = main.copy(recursive=True)
        for name in ("rrule", "exdate"):
            component.pop(name, None)
        local = moment.astimezone(zone)
        component.add("recurrence-id", local.date() if event.all_day else local)
        _fill(component, changed)
        calendar.add_component(component)
