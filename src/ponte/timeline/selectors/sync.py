"""Reading for calendars elsewhere: what a member's meetings and tasks look like as events, and which may have changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from ponte.core.errors import Missing
from ponte.core.models import Member
from ponte.timeline.due import workspace_zone
from ponte.timeline.event_data import ChangedOccurrence, EventData
from ponte.timeline.models import (
    CalendarConflict,
    CalendarConnection,
    CalendarLink,
    Meeting,
    MeetingStatus,
    Task,
)
from ponte.timeline.occurrences import instant_key

TASK_LENGTH = timedelta(minutes=30)
LOOK_BACK = timedelta(days=90)  # what was over by then when the calendar was connected stays where it is


def get_connection(member: Member, connection_id: UUID) -> CalendarConnection:
    """Return one of the member's own connected calendars.

    Raises:
        Missing: there is none, or it is somebody else's.
    """
    found = CalendarConnection.objects.filter(member=member, id=connection_id).first()
    if found is None:
        raise Missing
    return found


def open_conflicts(member: Member) -> list[CalendarConflict]:
    """Return what the member should look at: conflicts of their calendars, newest first, at most 100."""
    rows = CalendarConflict.objects.filter(connection__member=member, closed_at=None)
    return list(rows.select_related("meeting", "task", "connection").order_by("-id")[:100])


def floor_of(connection: CalendarConnection) -> datetime:
    """Return the instant before which what is over isn't exchanged."""
    return connection.created_at - LOOK_BACK


def events_of(meetings: Iterable[Meeting]) -> dict[UUID, EventData]:
    """Return meetings and series, with their changed occurrences, as events; one query."""
    rows = list(meetings)
    exceptions: dict[UUID | None, list[Meeting]] = defaultdict(list)
    series = [row.id for row in rows if row.is_series]
    if series:
        changed = Meeting.objects.filter(series__in=series, deleted_at=None)
        for one in changed.exclude(original_start=None).order_by("original_start"):
            exceptions[one.series_id].append(one)
    return {row.id: _event(row, exceptions[row.id]) for row in rows}


def _event(row: Meeting, exceptions: list[Meeting]) -> EventData:
    zone = ZoneInfo(row.zone)
    skipped = set(row.skipped)
    changed = []
    for one in exceptions:
        assert one.original_start is not None
        if one.status == MeetingStatus.CANCELLED:
            skipped.add(instant_key(one.original_start))
        else:
            changed.append(_occurrence(one, zone))
    return EventData(
        title=row.title,
        description=row.description,
        location=row.location,
        link=row.link,
        starts_at=row.starts_at.astimezone(zone),
        ends_at=row.ends_at.astimezone(zone),
        all_day=row.all_day,
        zone=row.zone,
        rrule=row.rrule,
        skipped=tuple(sorted(skipped)) if row.is_series else (),
        changed=tuple(changed),
    )


def _occurrence(one: Meeting, zone: ZoneInfo) -> ChangedOccurrence:
    assert one.original_start is not None
    return ChangedOccurrence(
        original_start=instant_key(one.original_start),
        title=one.title,
        starts_at=one.starts_at.astimezone(zone),
        ends_at=one.ends_at.astimezone(zone),
        all_day=one.all_day,
        description=one.description,
        location=one.location,
    )


def event_of_task(task: Task) -> EventData:
    """Return a task with a time as an event: what and when, nothing more."""
    assert task.due_at is not None
    zone = workspace_zone()
    start = task.due_at.astimezone(zone)
    return EventData(title=task.title, starts_at=start, ends_at=start + TASK_LENGTH, zone=str(zone))


def is_shared_meeting(connection: CalendarConnection, row: Meeting | None) -> bool:
    """Return whether a meeting belongs into the calendar there."""
    if row is None or row.deleted_at is not None or row.status == MeetingStatus.CANCELLED:
        return False
    if row.series_id is not None or row.organiser_id != connection.member_id:
        return False
    return row.source == connection.source or (
        connection.shares_meetings and not row.source.startswith("calendar:")
    )


def is_shared_task(connection: CalendarConnection, row: Task | None) -> bool:
    """Return whether a task belongs into the calendar there: open, with a time, the member's own."""
    return (
        row is not None
        and row.is_open
        and row.due_at is not None
        and not row.due_all_day
        and row.assignee_id == connection.member_id
        and connection.shares_tasks
    )


def meetings_to_compare(connection: CalendarConnection, since: datetime | None) -> list[Meeting]:
    """Return the member's meetings that may differ from what was sent; ``since`` None for all of them."""
    rows = Meeting.objects.filter(
        organiser=connection.member_id, deleted_at=None, series=None, status__in=("planned", "held")
    )
    alive = Q(rrule="", ends_at__gte=floor_of(connection)) | (
        ~Q(rrule="") & (Q(series_until=None) | Q(series_until__gte=floor_of(connection)))
    )
    rows = rows.filter(alive)
    if since is not None:
        changed = Meeting.objects.filter(series__organiser=connection.member_id, updated_at__gte=since)
        rows = rows.filter(Q(updated_at__gte=since) | Q(id__in=changed.values("series")))
    return [row for row in rows.order_by("id") if is_shared_meeting(connection, row)]


def tasks_to_compare(connection: CalendarConnection, since: datetime | None) -> list[Task]:
    """Return the member's open tasks with a time that may differ from what was sent; ``since`` None for all of them."""
    rows = Task.objects.filter(assignee=connection.member_id, done_at=None, deleted_at=None)
    rows = rows.filter(due_all_day=False, due_at__gte=floor_of(connection)).defer("search")
    if since is not None:
        rows = rows.filter(updated_at__gte=since)
    return [row for row in rows.order_by("id") if is_shared_task(connection, row)]


def links_to_remove(connection: CalendarConnection) -> list[UUID]:
    """Return the links to events that don't belong into the calendar there any more."""
    rows = CalendarLink.objects.filter(connection=connection, problem="").select_related("meeting", "task")
    return [
        link.id
        for link in rows.order_by("id").iterator(chunk_size=1000)
        if not (is_shared_meeting(connection, link.meeting) or is_shared_task(connection, link.task))
    ]
