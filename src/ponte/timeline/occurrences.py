"""Occurrences: the single moments a meeting stands for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ponte.timeline.models import Meeting
from ponte.timeline.recurrence import last_start, starts_between, starts_from

MAX_LENGTH = timedelta(days=31)  # of one meeting


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time a meeting takes place. ``original_start`` names it within a series; None for single meetings."""

    meeting: Meeting
    starts_at: datetime
    ends_at: datetime
    original_start: datetime | None = None


def instant_key(moment: datetime) -> str:
    """Return an instant as ``Meeting.skipped`` and addresses name it."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def read_instant(text: str) -> datetime | None:
    """Return the instant a key names, None when it names none."""
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def expand(
    meetings: Iterable[Meeting], since: datetime, until: datetime, replaced: Collection[tuple[object, str]]
) -> list[Occurrence]:
    """Return what takes place in [since, until), in order. ``replaced`` are (series id, instant key) with rows of their own."""
    found: list[Occurrence] = []
    for meeting in meetings:
        if not meeting.is_series:
            found.append(Occurrence(meeting, meeting.starts_at, meeting.ends_at, meeting.original_start))
            continue
        length, skipped = meeting.ends_at - meeting.starts_at, set(meeting.skipped)
        for start in starts_between(
            meeting.rrule, meeting.starts_at, zone_of(meeting), since - length, until
        ):
            key = instant_key(start)
            end = end_of(meeting, start)
            if key not in skipped and (meeting.id, key) not in replaced and (end > since or start >= since):
                found.append(Occurrence(meeting, start, end, start))
    return sorted(found, key=lambda one: (one.starts_at, one.ends_at))


def end_of(meeting: Meeting, start: datetime) -> datetime:
    """Return when the occurrence that starts then ends: the same wall-clock span later."""
    zone = zone_of(meeting)
    first, last = meeting.starts_at.astimezone(zone), meeting.ends_at.astimezone(zone)
    wall = last.replace(tzinfo=None) - first.replace(tzinfo=None)
    return (start.astimezone(zone).replace(tzinfo=None) + wall).replace(tzinfo=zone)


def zone_of(meeting: Meeting) -> ZoneInfo:
    """Return the zone a meeting's rule is walked in."""
    return ZoneInfo(meeting.zone)


def series_end(meeting: Meeting) -> datetime | None:
    """Return the end of the last occurrence of a series; None for an endless one and for single meetings."""
    if not meeting.is_series:
        return None
    last = last_start(meeting.rrule, meeting.starts_at, zone_of(meeting))
    return None if last is None else end_of(meeting, last)


def next_reminder(meeting: Meeting, after: datetime, replaced: Collection[str] = ()) -> datetime | None:
    """Return when the next reminder of a meeting is due: of the first occurrence whose reminder lies after ``after``."""
    if meeting.remind_minutes is None or meeting.status != "planned" or meeting.deleted_at is not None:
        return None
    ahead = timedelta(minutes=meeting.remind_minutes)
    if not meeting.is_series:
        moment = meeting.starts_at - ahead
        return moment if moment > after else None
    gone = {*meeting.skipped, *replaced}
    for start in starts_from(meeting.rrule, meeting.starts_at, zone_of(meeting), after + ahead):
        if start - ahead > after and instant_key(start) not in gone:
            return start - ahead
    return None
