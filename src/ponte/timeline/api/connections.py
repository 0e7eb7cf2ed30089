"""The API of one's connected calendars. Each token reaches its own member's alone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from ponte.apikit.auth import scope
from ponte.apikit.pagination import page
from ponte.apikit.replies import respond
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import In, Out, Page, Paging
from ponte.apikit.writes import if_match
from ponte.core.errors import Invalid, Missing
from ponte.core.rights import require
from ponte.timeline.models import CalendarConflict, CalendarConnection
from ponte.timeline.selectors.sync import get_connection
from ponte.timeline.services import calendar_connections as service
from ponte.timeline.services.calendar_conflicts import close_conflict

router = Router(tags=["Connected calendars"])
conflicts_router = Router(tags=["Connected calendars"])
READ, WRITE = scope("meetings:read"), scope("meetings:write")


class ConnectionOut(Out):
    """A connected calendar; passwords and tokens are never given out. ``problem`` is the code of the last failure."""

    id: UUID
    provider: str
    address: str
    username: str
    calendar: str
    calendar_name: str
    is_read_only: bool
    shares_meetings: bool
    shares_tasks: bool
    takes_in: bool
    state: str
    problem: str
    synced_at: datetime | None
    next_sync_at: datetime | None
    created_at: datetime
    version: int

    @staticmethod
    def resolve_calendar(row: CalendarConnection) -> str:
        return row.calendar_key


class AccessIn(In):
    """The access to a CalDAV server."""

    address: str = Field(max_length=500)
    username: str = Field(max_length=255)
    password: str = Field(max_length=500)


class ConnectionPatch(In):
    """What to change; ``calendar`` is one of those listed under `/calendars`."""

    calendar: str = Field("", max_length=1000)
    shares_meetings: bool = True
    shares_tasks: bool = True
    takes_in: bool = True
    is_paused: bool = False


class CalendarChoiceOut(Schema):
    """A calendar the access may choose."""

    key: str
    name: str
    is_read_only: bool


class CalendarChoicesOut(Schema):
    """The calendars of an access."""

    calendars: list[CalendarChoiceOut]


class CalendarConflictOut(Out):
    """What was changed on both sides. ``kind``: both, kept, restored or denied; ``other`` is the version not kept."""

    id: UUID
    connection_id: UUID
    meeting_id: UUID | None
    task_id: UUID | None
    kind: str
    groups: list[str]
    other: dict[str, Any]
    created_at: datetime


class CloseIn(In):
    """Whether the version that wasn't kept is taken after all."""

    take_other: bool = False


def _own(request: ApiRequest, connection_id: UUID, act: str = "create") -> CalendarConnection:
    require(request.member, "meeting", act)
    return get_connection(request.member, connection_id)


@router.get("", auth=READ, response=Page[ConnectionOut])
def list_connections(request: ApiRequest, paging: Query[Paging]) -> HttpResponse:
    """List one's connected calendars."""
    require(request.member, "meeting", "view")
    rows = CalendarConnection.objects.filter(member=request.member)
    return page(request, rows, order=("created_at", "id"), schema=ConnectionOut, paging=paging)


@router.post("", auth=WRITE, response={201: ConnectionOut})
def connect_calendar(request: ApiRequest, data: AccessIn) -> HttpResponse:
    """Keep the access to a CalDAV server and try it; choose a calendar next. Again replaces the access there is."""
    require(request.member, "meeting", "create")
    row = service.connect_caldav(actor=request.actor, member=request.member, **data.model_dump())
    service.list_choices(row)
    return respond(request, row, ConnectionOut, status=201, location=f"/api/v1/calendar-connections/{row.id}")


@router.get("/{connection_id}", auth=READ, response=ConnectionOut)
def get_calendar_connection(request: ApiRequest, connection_id: UUID) -> HttpResponse:
    """Return one connected calendar."""
    return respond(request, _own(request, connection_id, "view"), ConnectionOut)


@router.get("/{connection_id}/calendars", auth=READ, response=CalendarChoicesOut)
def list_calendars_there(request: ApiRequest, connection_id: UUID) -> dict[str, Any]:
    """Ask the server which calendars there are."""
    return {"calendars": service.list_choices(_own(request, connection_id))}


@router.patch("/{connection_id}", auth=WRITE, response=ConnectionOut)
def change_connection(request: ApiRequest, connection_id: UUID, data: ConnectionPatch) -> HttpResponse:
    """Choose the calendar, what is exchanged, or pause; only fields sent are changed."""
    row, given = _own(request, connection_id), data.given()
    key, paused = given.pop("calendar", None), given.pop("is_paused", None)
    version = if_match(request)
    if given and key is None:
        row = service.change_sharing(actor=request.actor, connection=row, version=version, **given)
    if key is not None:
        choice = next((one for one in service.list_choices(row) if one.key == key), None)
        if choice is None:
            raise Invalid.on("calendar", "missing", _("There is no such calendar at this access."))
        row = service.choose_calendar(actor=request.actor, connection=row, choice=choice, **given)
    if paused is not None:
        row = service.set_paused(actor=request.actor, connection=row, paused=paused)
    return respond(request, row, ConnectionOut)


@router.delete("/{connection_id}", auth=WRITE, response={204: None})
def disconnect(request: ApiRequest, connection_id: UUID) -> Status[None]:
    """Take a calendar off: what came from there goes, what was sent there stays there."""
    service.disconnect_calendar(actor=request.actor, connection=_own(request, connection_id))
    return Status(204, None)


@router.post("/{connection_id}/sync", auth=WRITE, response={202: ConnectionOut})
def sync_now(request: ApiRequest, connection_id: UUID) -> HttpResponse:
    """Bring a calendar into step as soon as a worker is free."""
    row = _own(request, connection_id)
    service.ask_sync_now(actor=request.actor, connection=row)
    row.refresh_from_db()
    return respond(request, row, ConnectionOut, status=202)


@router.post("/{connection_id}/refill", auth=WRITE, response={202: ConnectionOut})
def refill(request: ApiRequest, connection_id: UUID) -> HttpResponse:
    """Send everything there again, after the calendar there was emptied."""
    row = service.refill_calendar(actor=request.actor, connection=_own(request, connection_id))
    return respond(request, row, ConnectionOut, status=202)


@conflicts_router.get("", auth=READ, response=Page[CalendarConflictOut])
def list_conflicts(request: ApiRequest, paging: Query[Paging]) -> HttpResponse:
    """List what was changed on both sides and not looked at yet."""
    require(request.member, "meeting", "view")
    rows = CalendarConflict.objects.filter(connection__member=request.member, closed_at=None)
    return page(request, rows, order=("id",), schema=CalendarConflictOut, paging=paging)


@conflicts_router.post("/{conflict_id}/close", auth=WRITE, response={204: None})
def close(request: ApiRequest, conflict_id: UUID, data: CloseIn) -> Status[None]:
    """Put a conflict away; with `take_other` the version that wasn't kept is taken first."""
    require(request.member, "meeting", "create")
    row = CalendarConflict.objects.filter(id=conflict_id, connection__member=request.member).first()
    if row is None:
        raise Missing
    close_conflict(actor=request.actor, conflict=row, take_other=data.take_other)
    return Status(204, None)
