"""Meetings as iCalendar (RFC 5545, RFC 5546), and what comes back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from ponte.timeline.models import Answer, Meeting, MeetingInvitee, MeetingStatus
from ponte.timeline.occurrences import read_instant
from ponte.timeline.recurrence import rule_for_others

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]
PRODUCT = "-//Ponte//Calendar//EN"
MAX_BYTES = 256 * 1024
_ANSWERS = {"ACCEPTED": Answer.ACCEPTED, "TENTATIVE": Answer.TENTATIVE, "DECLINED": Answer.DECLINED}


class UnreadableCalendar(ValueError):
    """The text is no calendar, or not one of the kind asked for."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer to an invitation that came in. ``original_start`` names an occurrence of a series."""

    uid: str
    email: str
    answer: str
    sequence: int
    original_start: datetime | None = None


def calendar_text(events: Iterable[Any], method: Method, name: str = "") -> bytes:
    """Return a calendar file of these events."""
    from icalendar import Calendar  # some megabytes: only where calendars go in or out

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def event_of(
    meeting: Meeting,
    *,
    invitees: Iterable[MeetingInvitee] = (),
    busy_word: str = "",
    cancelled: bool = False,
) -> Any:
    """Return a meeting as VEVENT; with ``busy_word`` only its time under that word."""
    from icalendar import Event, vCalAddress, vRecur

    event = Event()
    event.add("uid", meeting.uid)
    event.add("dtstamp", meeting.updated_at.astimezone(UTC))
    event.add("sequence", meeting.sequence)
    event.add("summary", busy_word or meeting.title)
    zone = ZoneInfo(meeting.zone)
    for name, moment in (("dtstart", meeting.starts_at), ("dtend", meeting.ends_at)):
        event.add(name, _local(moment, zone, meeting.all_day))
    is_off = cancelled or meeting.status == MeetingStatus.CANCELLED
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    if meeting.is_series:
        event.add("rrule", vRecur.from_ical(rule_for_others(meeting.rrule, zone, meeting.all_day)))
        for moment in filter(None, map(read_instant, meeting.skipped)):
            event.add("exdate", _local(moment, zone, meeting.all_day))
    if meeting.original_start is not None:
        event.add("recurrence-id", _local(meeting.original_start, zone, meeting.all_day))
    if busy_word:
        return event
    for name, value in (
        ("location", meeting.location),
        ("url", meeting.link),
        ("description", meeting.description),
    ):
        if value:
            event.add(name, value)
    if meeting.organiser is not None:
        address = vCalAddress(f"mailto:{meeting.organiser.email}")
        address.params["CN"] = meeting.organiser.name
        event["organizer"] = address
    for one in invitees:
        event.add("attendee", _attendee(one), encode=False)
    return event


def _attendee(one: MeetingInvitee) -> Any:
    from icalendar import vCalAddress

    address = vCalAddress(f"mailto:{one.email}")
    address.params["CN"] = one.name or one.email
    address.params["PARTSTAT"] = one.answer.upper()
    address.params["RSVP"] = "TRUE"
    return address


def _local(moment: datetime, zone: ZoneInfo, all_day: bool) -> datetime | date:
    local = moment.astimezone(zone)
    return local.date() if all_day else local


def read_reply(text: bytes) -> list[Reply]:
    """Return the answers in an invitation's reply (METHOD:REPLY), for the mailbox that will receive them.

    Raises:
        UnreadableCalendar: it is none, or too large.
    """
    from icalendar import Calendar

    if len(text) > MAX_BYTES:
        raise UnreadableCalendar("too large")
    try:
        calendar = Calendar.from_ical(text)
        if str(calendar.get("method", "")).upper() != "REPLY":
            raise UnreadableCalendar("no reply")
        return [reply for event in calendar.walk("VEVENT") for reply in _replies(event)]
    except UnreadableCalendar:
        raise
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise UnreadableCalendar("unreadable") from error


def _replies(event: Any) -> list[Reply]:
    attendees = event.get("attendee", [])
    found = []
    for one in attendees if isinstance(attendees, list) else [attendees]:
        answer = _ANSWERS.get(str(one.params.get("PARTSTAT", "")).upper())
        email = str(one).lower().removeprefix("mailto:")
        if answer is not None and event.get("uid"):
            moment = event.decoded("recurrence-id", None)
            at = moment if isinstance(moment, datetime) and moment.tzinfo else None
            found.append(Reply(str(event["uid"]), email, answer.value, int(event.get("sequence", 0)), at))
    return found


def feed_range(now: datetime) -> tuple[datetime, datetime]:
    """Return what part of a calendar a feed holds: three months back, a year ahead."""
    return now - timedelta(days=92), now + timedelta(days=366)
