"""What stands in the calendar: meetings with their occurrences, and tasks with a date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from ponte.core.models import Member
from ponte.core.rights import members_within
from ponte.timeline.models import Answer, Meeting, MeetingInvitee, Task
from ponte.timeline.occurrences import MAX_LENGTH, Occurrence, expand, instant_key
from ponte.timeline.policies import calendar_meetings, naming_customers, visible_tasks
from ponte.timeline.selectors.meetings import with_people as with_organiser
from ponte.timeline.selectors.tasks import with_people

MOST = 1500  # of each kind in one look
MAX_RANGE = timedelta(days=400)
MAX_PEOPLE = 30


@dataclass(frozen=True, slots=True)
class CalendarRange:
    """Which part of whose calendar is wanted; no ``member_ids`` is one's own. Ends are exclusive."""

    since: datetime
    until: datetime
    member_ids: tuple[UUID, ...] = ()
    meetings: bool = True
    tasks: bool = True


@dataclass(slots=True)
class CalendarLook:
    """What was found; ``people`` tells for each meeting whose of those asked for it is. ``is_cut``: there is more."""

    occurrences: list[Occurrence] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    people: dict[UUID, list[UUID]] = field(default_factory=dict)
    is_cut: bool = False


def calendar_members(member: Member) -> QuerySet[Member]:
    """Return the colleagues whose calendars the member may look at."""
    rows = members_within(member, "meeting", "view") | Member.objects.filter(id=member.id)
    return rows.select_related("team").order_by("sort_name", "id")


def look_at_calendar(member: Member, wanted: CalendarRange) -> CalendarLook:
    """Return what stands in the calendars of the colleagues asked for, as far as the member may know it.

    A fixed number of queries, whatever the number of people, meetings and occurrences.
    """
    who = _allowed(member, wanted.member_ids)
    until = min(wanted.until, wanted.since + MAX_RANGE)
    look = CalendarLook()
    if wanted.meetings:
        _add_meetings(look, member, who, wanted.since, until)
    if wanted.tasks:
        rows = naming_customers(visible_tasks(member), member).filter(
            assignee_id__in=who, due_at__gte=wanted.since, due_at__lt=until
        )
        look.tasks = list(with_people(rows).order_by("due_at", "id")[: MOST + 1])
    look.is_cut = look.is_cut or len(look.tasks) > MOST
    look.tasks = look.tasks[:MOST]
    return look


def _allowed(member: Member, asked: Sequence[UUID]) -> list[UUID]:
    if not asked or set(asked) == {member.id}:
        return [member.id]
    return list(calendar_members(member).filter(id__in=asked).values_list("id", flat=True)[:MAX_PEOPLE])


def _add_meetings(
    look: CalendarLook, member: Member, who: Collection[UUID], since: datetime, until: datetime
) -> None:
    invited = MeetingInvitee.objects.filter(member_id__in=who).exclude(answer=Answer.DECLINED)
    theirs = Q(organiser_id__in=who) | Exists(invited.filter(meeting=OuterRef("pk")))
    rows = with_organiser(calendar_meetings(member).filter(theirs))
    singles = rows.filter(rrule="", starts_at__gt=since - MAX_LENGTH, starts_at__lt=until)
    singles = singles.filter(Q(ends_at__gt=since) | Q(starts_at__gte=since))
    series = rows.exclude(rrule="").filter(
        Q(series_until__isnull=True) | Q(series_until__gt=since), starts_at__lt=until
    )
    found = list(singles.order_by("starts_at", "id")[: MOST + 1])
    repeated = list(series.order_by("starts_at", "id")[:MOST])
    look.is_cut = len(found) > MOST
    exceptions = Meeting.objects.filter(series__in=[one.id for one in repeated], deleted_at__isnull=True)
    replaced = {
        (series_id, instant_key(moment))
        for series_id, moment in exceptions.values_list("series_id", "original_start")
        if moment is not None
    }
    look.occurrences = expand([*found[:MOST], *repeated], since, until, replaced)
    look.people = _people(invited, {one.meeting.id: one.meeting for one in look.occurrences}, who)


def _people(
    invited: QuerySet[MeetingInvitee], meetings: dict[UUID, Meeting], who: Collection[UUID]
) -> dict[UUID, list[UUID]]:
    people: dict[UUID, list[UUID]] = defaultdict(list)
    for meeting in meetings.values():
        if meeting.organiser_id in who:
            people[meeting.id].append(meeting.organiser_id)  # type: ignore[arg-type]
    for meeting_id, member_id in invited.filter(meeting__in=list(meetings)).values_list(
        "meeting_id", "member_id"
    ):
        if member_id is not None and member_id not in people[meeting_id]:
            people[meeting_id].append(member_id)
    return people
