"""Writing what changed in a calendar elsewhere on meetings and tasks here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.timeline import content
from ponte.timeline.event_data import GROUPS, ChangedOccurrence, EventData
from ponte.timeline.models import CalendarConnection, Meeting, MeetingStatus, Task
from ponte.timeline.occurrences import instant_key, read_instant
from ponte.timeline.services.meeting_data import MAX_DESCRIPTION_CHARS, MeetingDetails
from ponte.timeline.services.meeting_occurrences import exception_of
from ponte.timeline.services.meetings import create_meeting, restore_meeting, update_meeting, write
from ponte.timeline.services.tasks import update_task


def create_from(
    *, actor: Actor, connection: CalendarConnection, uid: str, key: str, event: EventData
) -> Meeting:
    """Make a meeting of an event from outside, private to the member; ``key`` names it, the same one is made once.

    Raises:
        Invalid: it can't be kept here (too long, impossible).
    """
    details = _details(event, GROUPS)
    details["organiser_id"], details["is_private"], details["uid"] = connection.member_id, True, uid
    details["source"], details["external_key"] = connection.source, key
    row = create_meeting(actor=actor, **details)
    if row.deleted_at is not None:  # it was deleted there, and came back
        restore_meeting(actor=actor, meeting=row)
        return apply_to_meeting(actor=actor, meeting=row, event=event, groups=GROUPS)
    return _settle_series(actor, row, event)


def apply_to_meeting(*, actor: Actor, meeting: Meeting, event: EventData, groups: Collection[str]) -> Meeting:
    """Take these groups of an event over into a meeting or series.

    Raises:
        Denied: the member has no right to. Invalid: it can't be kept here.
    """
    row = update_meeting(actor=actor, meeting=meeting, **_details(event, groups))
    return _settle_series(actor, row, event) if "when" in groups else row


def apply_to_task(*, actor: Actor, task: Task, event: EventData, groups: Collection[str]) -> Task:
    """Take title and time of an event over into a task."""
    details: dict[str, Any] = {}
    if "title" in groups:
        details["title"] = _title(event.title)
    if "when" in groups:
        details |= {"due_at": event.starts_at, "due_all_day": event.all_day}
    return update_task(actor=actor, task=task, **details) if details else task


def _title(text: str) -> str:
    return content.clean_line(text)[:255] or _("Without a title")


def _details(event: EventData | ChangedOccurrence, groups: Collection[str]) -> MeetingDetails:
    details = MeetingDetails()
    if "title" in groups:
        details["title"] = _title(event.title)
    if "description" in groups:
        details["description"] = content.clean_text(event.description)[:MAX_DESCRIPTION_CHARS]
    if "location" in groups:
        details["location"] = content.clean_line(event.location)[:255]
    if "link" in groups and isinstance(event, EventData):
        good = event.link.startswith(("https://", "http://")) and len(event.link) <= 500
        details["link"] = event.link if good and not set(event.link) & set(' \n\t<>"') else ""
    if "when" in groups:
        last = event.ends_at - timedelta(days=1) if event.all_day else event.ends_at
        details["starts_at"], details["ends_at"], details["all_day"] = event.starts_at, last, event.all_day
        if isinstance(event, EventData):
            details["rrule"], details["zone"] = event.rrule, event.zone
    return details


def _settle_series(actor: Actor, row: Meeting, event: EventData) -> Meeting:
    """Make gaps and changed occurrences of a series those of the event; none of what is no series any more."""
    wanted = {one.original_start: one for one in event.changed} if event.rrule else {}
    for one in row.exceptions.filter(deleted_at=None).exclude(original_start=None):
        assert one.original_start is not None
        key = instant_key(one.original_start)
        is_off = one.status == MeetingStatus.CANCELLED and key in event.skipped
        if key not in wanted and not is_off and one.status != MeetingStatus.HELD:
            one.deleted_at = timezone.now()
            write(one)
    skipped = sorted(event.skipped) if event.rrule else []
    if row.skipped != skipped:
        row.skipped = skipped
        write(row, moved=True)
    for key, changed in wanted.items():
        _settle_occurrence(actor, row, key, changed)
    row.refresh_from_db()
    return row


def _settle_occurrence(actor: Actor, row: Meeting, key: str, changed: ChangedOccurrence) -> None:
    moment = read_instant(key)
    if moment is None:
        raise Invalid.on("original_start", "invalid", _("This meeting doesn't take place then any more."))
    one = exception_of(row, moment)
    update_meeting(
        actor=actor, meeting=one, **_details(changed, ("title", "description", "location", "when"))
    )


def version_of(event: EventData, groups: Collection[str]) -> dict[str, Any]:
    """Return an event as a conflict keeps it."""
    return {"event": event.as_json(), "groups": sorted(groups)}


def own_name(record_id: UUID, generation: int) -> str:
    """Return the name, 32 hex digits, under which something of ours is written there; another one after it was deleted there."""
    number = (record_id.int + generation) % (1 << 128)
    return f"{number:032x}"
