"""What a member's calendar feed holds: meetings and dated tasks, as far as the member may see them today."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.models import Member
from ponte.timeline.due import workspace_zone
from ponte.timeline.ical import calendar_text, event_of, feed_range
from ponte.timeline.models import Answer, MeetingInvitee, Task
from ponte.timeline.policies import calendar_meetings, visible_tasks

MOST = 2000
TASK_LENGTH = timedelta(minutes=30)


def feed_text(member: Member) -> bytes:
    """Return the member's own calendar as a file; invitees are not named in it."""
    since, until = feed_range(timezone.now())
    invited = MeetingInvitee.objects.filter(member_id=member.id).exclude(answer=Answer.DECLINED)
    mine = Q(organiser_id=member.id) | Exists(invited.filter(meeting=OuterRef("pk")))
    rows = calendar_meetings(member).filter(mine, starts_at__lt=until)
    rows = rows.filter(
        Q(rrule="", ends_at__gt=since)
        | (~Q(rrule="") & (Q(series_until__isnull=True) | Q(series_until__gt=since)))
    )
    events = [
        event_of(row, busy_word="" if row.shows_details else _("Busy"))  # type: ignore[attr-defined]
        for row in rows.select_related("organiser").order_by("starts_at", "id")[:MOST]
    ]
    tasks = visible_tasks(member).filter(
        assignee_id=member.id, done_at__isnull=True, due_at__gt=since, due_at__lt=until
    )
    events += [_task_event(task) for task in tasks.order_by("due_at", "id")[:MOST]]
    return calendar_text(events, "PUBLISH", name=f"Ponte · {member.name}")


def _task_event(task: Task) -> Any:
    from icalendar import Event

    assert task.due_at is not None
    event = Event()
    event.add("uid", f"{task.id}@ponte-task")
    event.add("dtstamp", task.updated_at.astimezone(UTC))
    event.add("summary", task.title)
    local = task.due_at.astimezone(workspace_zone())
    if task.due_all_day:
        event.add("dtstart", local.date())
        event.add("transp", "TRANSPARENT")
    else:
        event.add("dtstart", local)
        event.add("dtend", local + TASK_LENGTH)
    return event
