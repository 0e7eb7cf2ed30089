"""Taking in what changed in a calendar elsewhere: one transaction an event, each change once."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid, Missing
from ponte.timeline.adapters.remote import RemoteEvent
from ponte.timeline.event_data import GROUPS, EventData, changed_groups
from ponte.timeline.models import CalendarConnection, CalendarLink, Meeting, MeetingStatus, Task
from ponte.timeline.recurrence import last_start
from ponte.timeline.selectors.sync import (
    event_of_task,
    events_of,
    floor_of,
    is_shared_meeting,
    is_shared_task,
)
from ponte.timeline.services.calendar_apply import apply_to_meeting, apply_to_task, create_from, version_of
from ponte.timeline.services.calendar_conflicts import note_conflict
from ponte.timeline.services.meetings import delete_meeting, lock_meeting, restore_meeting
from ponte.timeline.services.tasks import lock_task

TASK_MARK = "@ponte-task"
IGNORED = "other"  # what is no event: tasks and notes of that calendar


def take_in(*, actor: Actor, connection: CalendarConnection, item: RemoteEvent) -> None:
    """Take in one event as it stands there. The same state twice is once."""
    link = _locked_link(connection, item.key) or _adopt(connection, item)
    if item.event is None:
        _note_unreadable(connection, link, item)
    elif link is None:
        _take_new(actor, connection, item, item.event)
    elif link.problem and link.meeting_id is None and link.task_id is None:
        link.delete()  # it could not be kept before
        _take_new(actor, connection, item, item.event)
    elif link.tag != item.tag or not item.tag:
        _take_change(actor, connection, link, item, item.event)


def _locked_link(connection: CalendarConnection, key: str) -> CalendarLink | None:
    rows = CalendarLink.objects.select_for_update(of=("self",)).filter(connection=connection)
    return rows.filter(remote_key=key).first()


def _adopt(connection: CalendarConnection, item: RemoteEvent) -> CalendarLink | None:
    """Find what is ours by its uid: written before a crash, under another spelling of its key, or by an earlier connection."""
    if not item.uid or item.event is None:
        return None
    found: dict[str, Any] = {}
    if item.uid.endswith(TASK_MARK):
        task = _task_of(item.uid)
        found = {"task": task} if is_shared_task(connection, task) else {}
    else:
        rows = Meeting.objects.filter(uid=item.uid, series=None, organiser=connection.member_id)
        meeting = rows.order_by(F("deleted_at").asc(nulls_first=True), "-id").first()
        found = {"meeting": meeting} if is_shared_meeting(connection, meeting) else {}
    if not found:
        return None
    link, _made = CalendarLink.objects.get_or_create(connection=connection, **found)
    link.remote_key, link.tag = item.key, ""
    link.save()
    return link


def _task_of(uid: str) -> Task | None:
    try:
        return Task.objects.filter(id=UUID(uid.removesuffix(TASK_MARK))).defer("search").first()
    except ValueError:
        return None


def _note_unreadable(connection: CalendarConnection, link: CalendarLink | None, item: RemoteEvent) -> None:
    """Remember an event that can't be kept here; what was kept of it stays, and is left alone there."""
    if item.reason == IGNORED:
        return
    if link is None:
        link = CalendarLink(connection=connection, remote_key=item.key)
    link.tag, link.problem = item.tag[:300], item.reason
    link.save()


def _take_new(actor: Actor, connection: CalendarConnection, item: RemoteEvent, event: EventData) -> None:
    is_ours = Meeting.objects.filter(uid=item.uid).exclude(source__startswith="calendar:").exists()
    if not connection.takes_in or is_ours or _is_long_over(connection, event):
        return  # ours: an invitation of a colleague's meeting, which stands here already
    link = CalendarLink(connection=connection, remote_key=item.key, tag=item.tag, there=event.digests())
    try:
        with transaction.atomic():
            row = create_from(
                actor=actor,
                connection=connection,
                uid=item.uid,
                key=sha256(item.key.encode()).hexdigest(),
                event=event,
            )
            link.meeting, link.here = row, events_of([row])[row.id].digests()
    except (Invalid, Denied) as refusal:
        link.problem = "denied" if isinstance(refusal, Denied) else "invalid"
    link.save()


def _is_long_over(connection: CalendarConnection, event: EventData) -> bool:
    floor = floor_of(connection)
    if not event.rrule:
        return event.ends_at < floor
    last = last_start(event.rrule, event.starts_at, event.starts_at.tzinfo)  # type: ignore[arg-type]
    return last is not None and last < floor


def _take_change(
    actor: Actor, connection: CalendarConnection, link: CalendarLink, item: RemoteEvent, event: EventData
) -> None:
    """Merge group by group: who alone changed something is followed; changed on both sides, what is here stays."""
    digests = event.digests()
    there = changed_groups(link.there, digests)
    link.tag, link.problem = item.tag, ""
    row = _locked_row(link)
    if row is None:
        link.there = digests
    elif isinstance(row, Meeting) and not is_shared_meeting(connection, row):
        _bring_back(actor, connection, link, row, event, there)
    elif isinstance(row, Task) and not is_shared_task(connection, row):
        link.there = digests
    else:
        _merge(actor, connection, link, row, event, there)
    link.there = digests
    link.save()


def _locked_row(link: CalendarLink) -> Meeting | Task | None:
    if link.meeting is not None:
        return lock_meeting(link.meeting)
    return lock_task(link.task) if link.task is not None else None


def event_now(row: Meeting | Task) -> EventData:
    """Return a meeting or a task with a time as the event it is now."""
    return event_of_task(row) if isinstance(row, Task) else events_of([row])[row.id]


def _merge(
    actor: Actor,
    connection: CalendarConnection,
    link: CalendarLink,
    row: Meeting | Task,
    event: EventData,
    there: set[str],
) -> None:
    now, coming = event_now(row).digests(), event.digests()
    here = changed_groups(link.here, now)
    clash = {name for name in here & there if now[name] != coming[name]}
    if clash:
        note_conflict(connection, row, "both", version_of(event, clash))
    link.here = {name: now[name] if now[name] == coming[name] else link.here.get(name, "") for name in GROUPS}
    taken = {name for name in there - here if now[name] != coming[name]}
    if not taken:
        return
    try:
        with transaction.atomic():
            after = _apply(actor, row, event, taken)
    except (Invalid, Denied, Missing):
        note_conflict(connection, row, "denied", version_of(event, taken))
        link.here = {**link.here, **dict.fromkeys(taken, "")}  # sent again as it is here
        return
    if not after:
        return
    # what was changed here as well keeps its old digest: the next sending sees it
    link.here = {name: after[name] if name in taken else link.here[name] for name in GROUPS}


def _apply(actor: Actor, row: Meeting | Task, event: EventData, taken: set[str]) -> dict[str, str]:
    if isinstance(row, Meeting):
        return event_now(apply_to_meeting(actor=actor, meeting=row, event=event, groups=taken)).digests()
    task = apply_to_task(actor=actor, task=row, event=event, groups=taken)
    return {} if task.due_all_day else event_of_task(task).digests()


def _bring_back(
    actor: Actor,
    connection: CalendarConnection,
    link: CalendarLink,
    row: Meeting,
    event: EventData,
    there: set[str],
) -> None:
    """What was deleted here and changed there since comes back; what was called off or isn't shared any more doesn't."""
    if not there or row.deleted_at is None or row.status == MeetingStatus.CANCELLED:
        return
    try:
        with transaction.atomic():
            restored = restore_meeting(actor=actor, meeting=row)
            link.here = event_now(restored).digests()
            after = apply_to_meeting(actor=actor, meeting=restored, event=event, groups=there)
            link.here = event_now(after).digests()
    except (Invalid, Denied, Missing):
        return
    note_conflict(connection, after, "restored", {})


def take_deletion(*, actor: Actor, connection: CalendarConnection, key: str) -> None:
    """Take in that an event isn't there any more: deleted here too, unless it was changed here in the meantime."""
    link = _locked_link(connection, key)
    if link is None:
        return
    row = _locked_row(link)
    if isinstance(row, Meeting) and is_shared_meeting(connection, row):
        _delete_here(actor, connection, link, row)
    elif isinstance(row, Task) and is_shared_task(connection, row):
        link.remote_key, link.tag, link.is_muted = "", "", True  # the task itself stays to be done
        link.save()
    else:
        link.delete()


def _delete_here(actor: Actor, connection: CalendarConnection, link: CalendarLink, row: Meeting) -> None:
    kind = "kept" if changed_groups(link.here, event_now(row).digests()) else ""
    if not kind and row.status == MeetingStatus.HELD:
        kind = "kept"  # it took place: history isn't deleted from outside
    if not kind:
        try:
            with transaction.atomic():
                delete_meeting(actor=actor, meeting=row)
        except (Denied, Missing):
            kind = "denied"
    if not kind:
        link.delete()
        return
    note_conflict(connection, row, kind, {})
    link.remote_key, link.tag, link.generation = "", "", link.generation + 1
    link.here, link.there = {}, {}
    link.save()
