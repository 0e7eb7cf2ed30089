"""The API of meetings and the calendar."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.pagination import page
from ponte.apikit.replies import respond
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Page, Paging, Sparse
from ponte.apikit.writes import if_match
from ponte.core.errors import Invalid
from ponte.timeline.api.meeting_schemas import (
    AnswerIn,
    CalendarFilters,
    CalendarOut,
    HeldIn,
    InviteeIn,
    MeetingFilters,
    MeetingIn,
    MeetingOut,
    MeetingPatch,
    WhichOccurrence,
)
from ponte.timeline.models import Meeting
from ponte.timeline.policies import check_may_create, visible_meetings, visible_parties_of
from ponte.timeline.selectors.calendar import CalendarRange, look_at_calendar
from ponte.timeline.selectors.meetings import get_deleted_meeting, get_meeting
from ponte.timeline.services import meeting_occurrences, meeting_state
from ponte.timeline.services import meetings as planning
from ponte.timeline.services.invitees import Invitee, answer_invitation
from ponte.timeline.subjects import check_about

router = Router(tags=["Meetings"])
READ, WRITE = scope("meetings:read"), scope("meetings:write")


def _whole(rows: QuerySet[Meeting]) -> QuerySet[Meeting]:
    return rows.select_related("organiser").prefetch_related("invitees")


@router.get("", auth=READ, response=Page[MeetingOut])
def list_meetings(request: ApiRequest, filters: Query[MeetingFilters], paging: Query[Paging]) -> HttpResponse:
    """List meetings and series by when they begin."""
    rows = visible_meetings(request.member)
    for name in ("organiser_id", "party_id", "about_id", "status"):
        value = getattr(filters, name)
        if value is not None:
            rows = rows.filter(**{name: value})
    if filters.starts_after is not None:
        rows = rows.filter(starts_at__gte=filters.starts_after)
    if filters.starts_before is not None:
        rows = rows.filter(starts_at__lt=filters.starts_before)
    return page(request, _whole(rows), order=("starts_at", "id"), schema=MeetingOut, paging=paging)


@router.get("/calendar", auth=READ, response=CalendarOut)
def read_calendar(request: ApiRequest, filters: Query[CalendarFilters]) -> dict[str, Any]:
    """Return every occurrence in a range, of the calendars the member may look at."""
    if filters.until <= filters.since:
        raise Invalid.on("until", "before_start", _("The end lies before the beginning."))
    try:
        who = tuple(UUID(one) for one in filters.member_ids.split(",") if one.strip())
    except ValueError as error:
        raise Invalid.on("member_ids", "invalid", _("Give ids separated by commas.")) from error
    look = look_at_calendar(request.member, CalendarRange(filters.since, filters.until, who, tasks=False))
    occurrences = [
        {
            "meeting_id": one.meeting.id,
            "original_start": one.original_start,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "all_day": one.meeting.all_day,
            "title": one.meeting.title if open_to else _("Busy"),
            "status": one.meeting.status,
            "party_id": one.meeting.party_id if open_to else None,
        }
        for one in look.occurrences
        for open_to in [one.meeting.shows_details]  # type: ignore[attr-defined]
    ]
    return {"occurrences": occurrences, "cut": look.is_cut}


@router.post("", auth=WRITE, response={200: MeetingOut, 201: MeetingOut})
def create_meeting(request: ApiRequest, data: MeetingIn) -> HttpResponse:
    """Plan a meeting; 200 instead of 201 when its external id was planned before."""
    check_may_create(
        request.member, "meeting", check_about(request.member, data.model_dump()) or data.party_id
    )
    known = planning.find_by_key(data.source, data.external_id)
    if known is not None:
        return respond(request, get_meeting(request.member, known.id), MeetingOut)
    values: dict[str, Any] = data.model_dump(exclude={"invitees"})
    values["external_key"] = values.pop("external_id")
    invitees = _invitees(request, data.invitees)
    meeting = planning.create_meeting(actor=request.actor, invitees=invitees, **values)
    return respond(request, meeting, MeetingOut, status=201, location=f"/api/v1/meetings/{meeting.id}")


def _invitees(request: ApiRequest, told: list[InviteeIn]) -> list[Invitee]:
    asked = {one.party_id for one in told if one.party_id}
    if visible_parties_of(request.member, asked) != asked:
        raise Invalid.on("invitees", "missing", _("There is no such customer."))
    return [Invitee(one.member_id, one.party_id, one.email, one.name) for one in told]


@router.get("/{meeting_id}", auth=READ, response=MeetingOut)
def get_meeting_by_id(request: ApiRequest, meeting_id: UUID, sparse: Query[Sparse]) -> HttpResponse:
    """Return one meeting or series."""
    return respond(request, get_meeting(request.member, meeting_id), MeetingOut, fields=sparse.fields)


@router.patch("/{meeting_id}", auth=WRITE, response=MeetingOut)
def update_meeting(request: ApiRequest, meeting_id: UUID, data: MeetingPatch) -> HttpResponse:
    """Change a meeting, or what `span` says of a series; send the version you read in If-Match."""
    meeting = get_meeting(request.member, meeting_id)
    given = data.given()
    at, span = given.pop("original_start", None), given.pop("span", "all")
    invitees = _invitees(request, data.invitees) if given.pop("invitees", None) is not None else None
    if party_id := check_about(request.member, given):
        given["party_id"] = party_id
    if given.get("party_id") not in (None, meeting.party_id):
        check_may_create(request.member, "meeting", given["party_id"])
    if at is None:
        row = planning.update_meeting(
            actor=request.actor, meeting=meeting, version=if_match(request), invitees=invitees, **given
        )
    else:
        row = meeting_occurrences.update_occurrence(
            actor=request.actor,
            meeting=meeting,
            original_start=at,
            span=span,
            version=if_match(request),
            invitees=invitees,
            **given,
        )
    return respond(request, row, MeetingOut)


@router.delete("/{meeting_id}", auth=WRITE, response={204: None})
def delete_meeting(request: ApiRequest, meeting_id: UUID, which: Query[WhichOccurrence]) -> Status[None]:
    """Throw a meeting away, or of a series what `original_start` and `span` say."""
    meeting = get_meeting(request.member, meeting_id)
    if which.original_start is None:
        planning.delete_meeting(actor=request.actor, meeting=meeting, version=if_match(request))
    else:
        meeting_occurrences.delete_occurrence(
            actor=request.actor,
            meeting=meeting,
            original_start=which.original_start,
            span=which.span,
            version=if_match(request),
        )
    return Status(204, None)


@router.post("/{meeting_id}/restore", auth=WRITE, response=MeetingOut)
def restore_meeting(request: ApiRequest, meeting_id: UUID) -> HttpResponse:
    """Bring a deleted meeting back."""
    meeting = get_deleted_meeting(request.member, meeting_id)
    return respond(request, planning.restore_meeting(actor=request.actor, meeting=meeting), MeetingOut)


@router.post("/{meeting_id}/hold", auth=WRITE, response=MeetingOut)
def hold_meeting(request: ApiRequest, meeting_id: UUID, data: HeldIn) -> HttpResponse:
    """Write that a meeting took place, with its outcome."""
    meeting = get_meeting(request.member, meeting_id)
    held = meeting_state.hold_meeting(
        actor=request.actor, meeting=meeting, version=if_match(request), **data.model_dump()
    )
    return respond(request, held, MeetingOut)


@router.post("/{meeting_id}/cancel", auth=WRITE, response=MeetingOut)
def cancel_meeting(request: ApiRequest, meeting_id: UUID, data: WhichOccurrence) -> HttpResponse:
    """Say that a meeting, or one occurrence of a series, won't take place."""
    meeting = get_meeting(request.member, meeting_id)
    row = meeting_state.cancel_meeting(
        actor=request.actor, meeting=meeting, original_start=data.original_start, version=if_match(request)
    )
    return respond(request, row, MeetingOut)


@router.post("/{meeting_id}/answer", auth=WRITE, response=MeetingOut)
def answer_meeting(request: ApiRequest, meeting_id: UUID, data: AnswerIn) -> HttpResponse:
    """Answer an invitation as the token's member."""
    meeting = get_meeting(request.member, meeting_id)
    answer_invitation(actor=request.actor, meeting=meeting, answer=data.answer)
    return respond(request, meeting, MeetingOut)
