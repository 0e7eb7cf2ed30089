"""What is told about a meeting, checked and cleaned before it becomes a row."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypedDict
from urllib.parse import urlsplit
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.errors import FieldProblem, Invalid
from ponte.core.models import Member
from ponte.directory.models import Party
from ponte.timeline import content
from ponte.timeline.due import start_of_day, workspace_zone
from ponte.timeline.occurrences import MAX_LENGTH
from ponte.timeline.recurrence import clean_rule
from ponte.timeline.subjects import about_problems

MAX_DESCRIPTION_CHARS = 20_000
MAX_REMINDER = 40_320  # minutes: four weeks
_YEARS = range(1970, 2101)


class MeetingDetails(TypedDict, total=False):
    """The optional details of a meeting; see ``MeetingData``."""

    title: str
    description: str
    location: str
    link: str
    starts_at: datetime
    ends_at: datetime | None
    all_day: bool
    organiser_id: UUID | None
    party_id: UUID | None
    about_type: str
    about_id: UUID | None
    is_private: bool
    remind_minutes: int | None
    rrule: str
    zone: str
    uid: str
    source: str
    external_key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingData:
    """One meeting to plan.

    Args:
        starts_at, ends_at: aware instants, the end exclusive (an hour later when left out); of an all-day meeting only the days
            count, the day of ``ends_at`` being the last one.
        about_type, about_id: the record it is about (an opportunity); then ``party_id`` is that record's customer.
        remind_minutes: how long before the start colleagues are reminded; None for never.
        rrule: RFC 5545 rule by which it comes again, "" for once.
        zone: the zone its rule is walked in, the workspace's when left out.
        is_private: others see that one is busy, not with what.
        source, external_key: together unique; planning the same pair again changes nothing.
    """

    title: str = ""
    description: str = ""
    location: str = ""
    link: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    all_day: bool = False
    organiser_id: UUID | None = None
    party_id: UUID | None = None
    about_type: str = ""
    about_id: UUID | None = None
    is_private: bool = False
    remind_minutes: int | None = None
    rrule: str = ""
    zone: str = ""
    uid: str = ""
    source: str = "manual"
    external_key: str | None = None


def clean_meeting(data: MeetingData) -> dict[str, Any]:
    """Return the values of the row's columns.

    Raises:
        Invalid: with every problem found, each naming its field.
    """
    problems = [*meeting_problems(data), *_reference_problems(data)]
    if problems:
        raise Invalid(problems)
    return meeting_columns(data)


def meeting_problems(data: MeetingData) -> list[FieldProblem]:
    """Return what is wrong with a meeting's own words and times; what it points at isn't looked up."""
    title = content.clean_line(data.title)
    problems = [
        *([] if title else [FieldProblem("title", "required", _("Say what the meeting is about."))]),
        *content.too_long("title", title, 255),
        *content.too_long("location", data.location, 255),
        *content.too_long("description", data.description, MAX_DESCRIPTION_CHARS),
        *content.too_long("external_key", data.external_key or "", 255),
        *_link_problems(data.link.strip()),
        *_time_problems(data),
    ]
    if data.remind_minutes is not None and not 0 <= data.remind_minutes <= MAX_REMINDER:
        problems.append(
            FieldProblem("remind_minutes", "out_of_range", _("Remind at most four weeks before."))
        )
    return problems


def meeting_columns(data: MeetingData) -> dict[str, Any]:
    """Return the values of the row's columns of a meeting that has no problems."""
    starts_at, ends_at = span(data)
    return {
        "title": content.clean_line(data.title),
        "description": content.clean_text(data.description),
        "location": content.clean_line(data.location),
        "link": data.link.strip(),
        "starts_at": starts_at,
        "ends_at": ends_at,
        "all_day": data.all_day,
        "zone": data.zone or str(workspace_zone()),
        "organiser_id": data.organiser_id,
        "party_id": data.party_id,
        "about_type": data.about_type if data.about_id else "",
        "about_id": data.about_id,
        "is_private": data.is_private,
        "remind_minutes": data.remind_minutes,
        "rrule": clean_rule(data.rrule),
        "uid": data.uid,
        "source": data.source,
        "external_key": data.external_key or None,
    }


def span(data: MeetingData) -> tuple[datetime, datetime]:
    """Return start and exclusive end as they are kept."""
    assert data.starts_at is not None
    if not data.all_day:
        return data.starts_at, data.ends_at or data.starts_at + timedelta(hours=1)
    zone = workspace_zone()
    first = data.starts_at.astimezone(zone).date()
    last = (data.ends_at or data.starts_at).astimezone(zone).date()
    return start_of_day(first), start_of_day(last + timedelta(days=1))


def _time_problems(data: MeetingData) -> list[FieldProblem]:
    if data.starts_at is None:
        return [FieldProblem("starts_at", "required", _("Say when the meeting begins."))]
    for field, moment in (("starts_at", data.starts_at), ("ends_at", data.ends_at)):
        if moment is not None and timezone.is_naive(moment):
            return [FieldProblem(field, "naive", _("Give the time zone with the date and time."))]
        if moment is not None and moment.year not in _YEARS:
            return [FieldProblem(field, "out_of_range", _("This date is too far away."))]
    starts_at, ends_at = span(data)
    if ends_at < starts_at:
        return [FieldProblem("ends_at", "before_start", _("The meeting ends before it begins."))]
    if ends_at - starts_at > MAX_LENGTH:
        return [FieldProblem("ends_at", "too_long", _("A meeting lasts 31 days at most."))]
    return []


def _link_problems(link: str) -> list[FieldProblem]:
    if not link:
        return []
    try:
        parts = urlsplit(link)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not set(link) & set(' \n\t<>"')
    except ValueError:
        good = False
    if good and len(link) <= 500:
        return []
    return [FieldProblem("link", "invalid", _("Paste the whole address, beginning with https://."))]


def _reference_problems(data: MeetingData) -> list[FieldProblem]:
    problems = []
    if data.organiser_id and not Member.objects.filter(id=data.organiser_id, is_active=True).exists():
        problems.append(FieldProblem("organiser_id", "missing", _("There is no such colleague.")))
    problems += about_problems(data.about_type, data.about_id, data.party_id)
    alive = Party.objects.filter(deleted_at__isnull=True)
    if data.party_id and not alive.filter(id=data.party_id).exists():
        problems.append(FieldProblem("party_id", "missing", _("There is no such customer.")))
    return problems
