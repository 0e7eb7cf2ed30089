"""The calendar page and what it shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from ponte.core.business_time import load_business_calendar
from ponte.core.errors import Invalid
from ponte.core.models import Member, Team
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.timeline.due import workspace_zone
from ponte.timeline.models import MeetingStatus, Task
from ponte.timeline.occurrences import Occurrence, instant_key
from ponte.timeline.policies import may_on, may_on_meeting
from ponte.timeline.selectors.calendar import (
    MAX_PEOPLE,
    MAX_RANGE,
    CalendarLook,
    CalendarRange,
    calendar_members,
    look_at_calendar,
)
from ponte.timeline.task_kinds import task_kind_of

TONES = ("accent", "purple", "green", "orange", "pink", "blue", "yellow", "red")
VIEWS = (
    ("day", gettext_lazy("Day")),
    ("week", gettext_lazy("Week")),
    ("month", gettext_lazy("Month")),
    ("agenda", gettext_lazy("Agenda")),
)
TASK_LENGTH = timedelta(minutes=30)
MOST_MEMBERS = 200


@require_GET
@requires("meeting", "view")
def page(request: WorkspaceRequest) -> HttpResponse:
    """Show the calendar; what stands in it comes from ``entries``."""
    people = list(calendar_members(request.member)[:MOST_MEMBERS])
    chosen = _chosen(request) or [request.member.id]
    teams: dict[UUID, tuple[Team, list[str]]] = {}
    for one in people:
        if one.team is not None:
            teams.setdefault(one.team.id, (one.team, []))[1].append(str(one.id))
    context = {
        "people": [
            (one, tone_of(position), one.id in chosen)
            for position, one in enumerate(_me_first(request.member, people))
        ],
        "teams": [(team.name, ",".join(ids)) for team, ids in teams.values() if len(ids) > 1],
        "zone": str(workspace_zone()),
        "may_create": may(request.member, "meeting", "create"),
        "may_see_tasks": may(request.member, "task", "view"),
        "views": VIEWS,
        "hours": business_hours(),
        "has_many": len(people) > 8,
    }
    return render(request, "timeline/calendar.html", context)


def _me_first(member: Member, people: list[Member]) -> list[Member]:
    return [one for one in people if one.id == member.id] + [one for one in people if one.id != member.id]


def tone_of(position: int) -> str:
    """Return the colour word of somebody's calendar by their place in the list."""
    return TONES[position % len(TONES)]


def _chosen(request: WorkspaceRequest) -> list[UUID]:
    found = []
    for text in request.GET.get("who", "").split(",")[:MAX_PEOPLE]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


@require_GET
@requires("meeting", "view")
def entries(request: WorkspaceRequest) -> HttpResponse:
    """Answer what stands in the calendar between ``start`` and ``end``, of the people in ``who``."""
    since, until = read_moment(request.GET.get("start", "")), read_moment(request.GET.get("end", ""))
    if since is None or until is None or until <= since:
        raise Invalid.on("start", "invalid", _("Say from when to when."))
    kinds = request.GET.get("kinds", "meetings,tasks").split(",")
    wanted = CalendarRange(
        since,
        until,
        tuple(_chosen(request)),
        meetings="meetings" in kinds,
        tasks="tasks" in kinds and may(request.member, "task", "view"),
    )
    look = look_at_calendar(request.member, wanted)
    shown = [meeting_entry(request.member, one, look) for one in look.occurrences]
    shown += [task_entry(request.member, task) for task in look.tasks]
    if "holidays" in kinds:
        shown += holiday_entries(since, min(until, since + MAX_RANGE))
    return JsonResponse({"entries": shown, "cut": look.is_cut})


def read_moment(text: str) -> datetime | None:
    """Return the instant an ISO text names; a time without an offset is the workspace's."""
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    if not 1971 <= moment.year <= 2100:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=workspace_zone())


def meeting_entry(member: Member, one: Occurrence, look: CalendarLook) -> dict[str, Any]:
    """Return an occurrence as the calendar takes it; of a private one of others only its time."""
    meeting, key = one.meeting, instant_key(one.original_start) if one.original_start else ""
    open_to: bool = meeting.shows_details  # type: ignore[attr-defined]
    party = meeting.party if open_to and meeting.shows_customer else None  # type: ignore[attr-defined]
    query = f"?at={key}" if meeting.is_series else ""
    return {
        "id": f"meeting-{meeting.id}-{key}",
        "kind": "meeting",
        "title": meeting.title if open_to else _("Busy"),
        **_times(one.starts_at, one.ends_at, meeting.all_day),
        "allDay": meeting.all_day,
        "url": reverse("timeline:meeting", args=[meeting.id]) + query if open_to else "",
        "move": reverse("timeline:meeting_move", args=[meeting.id]) + query if open_to else "",
        "editable": open_to
        and meeting.status == MeetingStatus.PLANNED
        and may_on_meeting(member, "edit", meeting),
        "version": meeting.version,
        "repeats": meeting.is_series,
        "who": [str(one) for one in look.people.get(meeting.id, [])],
        "note": " · ".join(filter(None, [party.label if party else "", meeting.location if open_to else ""])),
        "state": meeting.status,
        "private": meeting.is_private,
    }


def task_entry(member: Member, task: Task) -> dict[str, Any]:
    """Return a task with a date as the calendar takes it."""
    assert task.due_at is not None
    party = task.party if task.shows_customer else None  # type: ignore[attr-defined]
    return {
        "id": f"task-{task.id}",
        "kind": "call" if task.kind == "call" else "task",
        "title": task.title,
        **_times(task.due_at, task.due_at + TASK_LENGTH, task.due_all_day),
        "allDay": task.due_all_day,
        "url": reverse("timeline:task", args=[task.id]),
        "move": reverse("timeline:task_move", args=[task.id]),
        "editable": task.done_at is None and may_on(member, "edit", task),
        "version": task.version,
        "repeats": False,
        "who": [str(task.assignee_id)],
        "note": " · ".join(filter(None, [str(task_kind_of(task.kind).label), party.label if party else ""])),
        "state": "done" if task.done_at else "open",
        "private": False,
    }


def holiday_entries(since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Return the holidays in a range as the calendar takes them; half days say until or from when."""
    zone = workspace_zone()
    first, last = since.astimezone(zone).date(), (until - timedelta(seconds=1)).astimezone(zone).date()
    found = load_business_calendar().holidays_between(first, last + timedelta(days=1))
    return [
        {
            "id": f"holiday-{one.day}-{number}",
            "kind": "holiday",
            "title": one.name,
            "start": one.day.isoformat(),
            "end": (one.day + timedelta(days=1)).isoformat(),
            "allDay": True,
            "url": "",
            "move": "",
            "editable": False,
            "version": 0,
            "repeats": False,
            "who": [],
            "note": _("open from noon") if one.opens_at else _("open until noon") if one.closes_at else "",
            "state": "open",
            "private": False,
        }
        for number, one in enumerate(found)
    ]


def business_hours() -> list[dict[str, Any]]:
    """Return the working hours as the calendar shades them: weekdays from 0, Sunday, on."""
    return [
        {"daysOfWeek": [(day + 1) % 7], "startTime": f"{start:%H:%M}", "endTime": f"{end:%H:%M}"}
        for day, spans in load_business_calendar().hours.items()
        for start, end in spans
    ]


def _times(starts_at: datetime, ends_at: datetime, all_day: bool) -> dict[str, str]:
    zone = workspace_zone()
    if not all_day:
        return {"start": starts_at.astimezone(UTC).isoformat(), "end": ends_at.astimezone(UTC).isoformat()}
    first, last = starts_at.astimezone(zone).date(), ends_at.astimezone(zone).date()
    return {"start": first.isoformat(), "end": max(last, first + timedelta(days=1)).isoformat()}
