"""Sending what changed here to a calendar elsewhere. What is asked of the other side happens outside transactions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.timeline.adapters.remote import RemoteCalendar, RemoteChanged, RemoteError, RemoteEvent
from ponte.timeline.event_data import EventData, changed_groups
from ponte.timeline.models import CalendarConnection, CalendarLink, Meeting, Task
from ponte.timeline.selectors.sync import (
    event_of_task,
    events_of,
    is_shared_meeting,
    is_shared_task,
    links_to_remove,
    meetings_to_compare,
    tasks_to_compare,
)
from ponte.timeline.services.calendar_apply import own_name

_LEFT_ALONE = ("rule", "rdate", "zone", "many", "damaged")  # there it is more than could be written back
BATCH = 300  # events sent in one run; more make another one


@dataclass(slots=True)
class Sent:
    """How a sending went. ``must_look_again``: something changed there meanwhile, or there is more to send."""

    count: int = 0
    must_look_again: bool = False


@dataclass(frozen=True, slots=True)
class _Letter:
    """One event to be written there."""

    link_id: UUID
    key: str
    tag: str
    name: str
    uid: str
    event: EventData
    again: bool


def send_changes(connection: CalendarConnection, remote: RemoteCalendar, since: datetime | None) -> Sent:
    """Write there what is new or changed here, and take out what doesn't belong there any more."""
    sent = Sent()
    with workspace_scope(named_workspace()):
        gone = links_to_remove(connection)
        changed = _changed_here(connection, since)
    for link_id in gone[:BATCH]:
        _take_out(connection, remote, link_id, sent)
    for kind, record_id in changed[:BATCH]:
        _send(connection, remote, kind, record_id, sent)
    sent.must_look_again |= len(gone) > BATCH or len(changed) > BATCH
    return sent


def _changed_here(connection: CalendarConnection, since: datetime | None) -> list[tuple[str, UUID]]:
    """Return what differs from when both sides last agreed."""
    meetings = meetings_to_compare(connection, since)
    tasks = tasks_to_compare(connection, since)
    links = CalendarLink.objects.filter(connection=connection)
    by_meeting = {one.meeting_id: one for one in links.filter(meeting__in=[row.id for row in meetings])}
    by_task = {one.task_id: one for one in links.filter(task__in=[row.id for row in tasks])}
    events = events_of(meetings)
    found = [("meeting", row.id) for row in meetings if _differs(by_meeting.get(row.id), events[row.id])]
    return found + [("task", row.id) for row in tasks if _differs(by_task.get(row.id), event_of_task(row))]


def _differs(link: CalendarLink | None, event: EventData) -> bool:
    if link is None:
        return True
    if link.problem in _LEFT_ALONE:
        return False
    now = event.digests()
    return "when" in changed_groups(link.here, now) if link.is_muted else bool(changed_groups(link.here, now))


def _send(
    connection: CalendarConnection, remote: RemoteCalendar, kind: str, record_id: UUID, sent: Sent
) -> None:
    with workspace_scope(named_workspace()):
        letter = _letter(connection, kind, record_id)
    if letter is None:
        return
    try:
        if letter.key:
            there = remote.update(key=letter.key, tag=letter.tag, event=letter.event)
        else:
            there = remote.create(name=letter.name, uid=letter.uid, event=letter.event, again=letter.again)
    except RemoteChanged:
        sent.must_look_again = True
        return
    except RemoteError as error:
        if error.code != "refused":
            raise
        _note_refusal(letter)
        return
    with workspace_scope(named_workspace()):
        _note(connection, letter, there)
    sent.count += 1


def _letter(connection: CalendarConnection, kind: str, record_id: UUID) -> _Letter | None:
    """Write down what is about to be sent: after a crash the next run knows that it may be there already."""
    row: Meeting | Task | None
    if kind == "meeting":
        row = Meeting.objects.filter(id=record_id).first()
        if row is None or not is_shared_meeting(connection, row):
            return None
        event, uid = events_of([row])[row.id], row.uid
        link, made = CalendarLink.objects.get_or_create(connection=connection, meeting=row)
    else:
        row = Task.objects.filter(id=record_id).defer("search").first()
        if row is None or not is_shared_task(connection, row):
            return None
        event, uid = event_of_task(row), f"{row.id}@ponte-task"
        link, made = CalendarLink.objects.get_or_create(connection=connection, task=row)
    if link.is_muted:
        link.is_muted, link.generation = False, link.generation + 1
        link.save(update_fields=["is_muted", "generation", "updated_at"])
    if not link.remote_key:  # what is about to stand there
        link.there = event.digests()
        link.save(update_fields=["there", "updated_at"])
    name = own_name(record_id, link.generation)
    return _Letter(link.id, link.remote_key, link.tag, name, uid, event, not made)


def _note(connection: CalendarConnection, letter: _Letter, there: RemoteEvent) -> None:
    """Note that both sides agree on what was sent; what came back instead is seen as a change there."""
    link = CalendarLink.objects.select_for_update(of=("self",)).filter(id=letter.link_id).first()
    if link is None:
        return
    CalendarLink.objects.filter(connection=connection, remote_key=there.key).exclude(id=link.id).delete()
    link.remote_key, link.tag, link.problem = there.key, there.tag, ""
    link.here = letter.event.digests()
    link.there = (there.event or letter.event).digests()
    link.save()


def _note_refusal(letter: _Letter) -> None:
    """One event the other side won't have: the rest goes on, and it is tried again when it changes."""
    with workspace_scope(named_workspace()):
        CalendarLink.objects.filter(id=letter.link_id).update(problem="refused", here=letter.event.digests())


def _take_out(connection: CalendarConnection, remote: RemoteCalendar, link_id: UUID, sent: Sent) -> None:
    with workspace_scope(named_workspace()):
        link = CalendarLink.objects.filter(id=link_id).first()
    if link is None:
        return
    if link.remote_key:
        try:
            remote.remove(key=link.remote_key, tag=link.tag)
        except RemoteChanged:
            sent.must_look_again = True
            return
    with workspace_scope(named_workspace()):
        CalendarLink.objects.filter(id=link_id).delete()
    sent.count += 1
