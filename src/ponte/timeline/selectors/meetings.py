"""Reading meetings."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from ponte.core.errors import Missing
from ponte.core.models import Member
from ponte.timeline.models import Meeting, MeetingInvitee
from ponte.timeline.policies import visible_meetings
from ponte.workplace.search.candidates import matching

PANEL = 10
CANDIDATES = 4


def get_meeting(member: Member, meeting_id: UUID) -> Meeting:
    """Return a meeting the member may open.

    Raises:
        Missing: there is none, or not for this member.
    """
    return _one(with_people(visible_meetings(member)), meeting_id)


def get_deleted_meeting(member: Member, meeting_id: UUID) -> Meeting:
    """Return a deleted meeting of the member's own or one they might have opened.

    Raises:
        Missing: there is none, or not for this member.
    """
    rows = visible_meetings(member, deleted=True)
    return _one(with_people(rows), meeting_id)


def _one(rows: QuerySet[Meeting], meeting_id: UUID) -> Meeting:
    meeting = rows.filter(id=meeting_id).first()
    if meeting is None:
        raise Missing
    return meeting


def with_people(rows: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Return the meetings with organiser, customer and series loaded."""
    return rows.select_related("organiser", "party", "series").defer(
        "search", "party__description", "series__search"
    )


def invitees_of(meeting: Meeting) -> list[MeetingInvitee]:
    """Return who is invited, in the order they were asked."""
    return list(meeting.invitees.select_related("member", "party").order_by("id"))


def party_meetings(member: Member, party_id: UUID) -> list[Meeting]:
    """Return a customer's next meetings and series, soonest first."""
    return meetings_with(member, [party_id])


def meetings_with(member: Member, party_ids: Collection[UUID], among: Q | None = None) -> list[Meeting]:
    """Return the next meetings and series with these customers, soonest first; ``among`` says which of them."""
    rows = visible_meetings(member).filter(among or Q(), party_id__in=list(party_ids), status="planned")
    ahead = rows.filter(ends_at__gte=timezone.now(), rrule="") | rows.exclude(rrule="")
    return list(with_people(ahead).order_by("starts_at", "id")[:PANEL])


def about_no_other(about_type: str, about_id: UUID) -> Q:
    """Return "about this record, or about none of its kind" as a condition on meetings."""
    return Q(about_id=about_id) | ~Q(about_type=about_type)


def search_meetings(member: Member, tsquery: str, limit: int) -> list[Meeting]:
    """Return meetings the member may open whose words match a text query: those to come first, then the latest.

    The caller has forbidden scans around it, so that the index on words serves.
    """
    found = list(with_people(matching(visible_meetings(member), tsquery))[: limit * CANDIDATES])
    now = timezone.now()
    ahead = [one for one in found if one.ends_at >= now or one.is_series]
    past = [one for one in found if one not in ahead]
    ordered = [*sorted(ahead, key=_start), *sorted(past, key=_start, reverse=True)]
    return ordered[:limit]


def _start(meeting: Meeting) -> datetime:
    return meeting.starts_at
