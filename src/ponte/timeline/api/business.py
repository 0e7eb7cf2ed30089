"""The API of working hours and holidays, and of one's calendar feed."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from ponte.apikit.auth import scope
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import In, TimeOfDay
from ponte.core.business_time import load_business_calendar, load_business_settings
from ponte.core.business_time.calendar import Hours
from ponte.core.business_time.settings import BusinessSettings, OwnHoliday
from ponte.core.errors import Denied, Invalid
from ponte.core.rights import may_area, require
from ponte.core.services import business_time
from ponte.core.tenancy.urls import public_reverse
from ponte.timeline.models import CalendarFeed
from ponte.timeline.services.feeds import make_feed, revoke_feed

router = Router(tags=["Business time"])
feed_router = Router(tags=["Calendar feed"])
READ, ADMIN = scope("meetings:read"), scope("admin")
WRITE = scope("meetings:write")
MOST_DAYS = 800


class SpanOut(Schema):
    """A span of work within a day."""

    starts: TimeOfDay
    ends: TimeOfDay


class DayHours(Schema):
    """The spans of one weekday, Monday being 0; none when closed."""

    weekday: int = Field(ge=0, le=6)
    spans: list[SpanOut]


class HoursOut(Schema):
    """When the business works. ``state`` is the UF whose holidays count."""

    state: str
    customary: bool
    half_days: bool
    days: list[DayHours]


class HoursIn(In):
    """When the business works, whole: weekdays left out are closed."""

    state: str = Field("", max_length=2)
    customary: bool = Field(True, description="Whether Carnival and Corpus Christi are free.")
    half_days: bool = Field(True, description="Ash Wednesday until noon, 24 and 31 December from noon.")
    days: list[DayHours] = Field(max_length=7)


class HolidayOut(Schema):
    """A free day, or half of one: ``opens_at`` when only the morning is free, ``closes_at`` when the afternoon."""

    day: date
    name: str
    kind: str
    opens_at: TimeOfDay | None
    closes_at: TimeOfDay | None


class HolidaysOut(Schema):
    """The holidays of a range."""

    holidays: list[HolidayOut]


class HolidayIn(In):
    """A municipal or company holiday; another one on the same day gives way to it."""

    day: date
    name: str = Field(min_length=1, max_length=120)
    kind: Literal["municipal", "company"] = "municipal"
    yearly: bool = False
    half: Literal["", "morning", "afternoon"] = Field(
        "", description="Which half is free; empty for all day."
    )


class HolidayRange(Schema):
    """From which day to which, the last exclusive; at most 800 days."""

    since: date
    until: date


class FeedOut(Schema):
    """Whether one's calendar can be subscribed. The address is given once, when it is made."""

    is_active: bool
    made_at: datetime | None
    read_at: datetime | None
    address: str = ""


def _may_change(request: ApiRequest) -> None:
    if not may_area(request.member, "workspace"):
        raise Denied("workspace", "edit")


def _hours_out(kept: BusinessSettings) -> dict[str, Any]:
    days = [
        {
            "weekday": day,
            "spans": [{"starts": first, "ends": last} for first, last in kept.hours.get(day, ())],
        }
        for day in range(7)
    ]
    return {"state": kept.state, "customary": kept.customary, "half_days": kept.half_days, "days": days}


@router.get("/hours", auth=READ, response=HoursOut)
def get_hours(request: ApiRequest) -> dict[str, Any]:
    """Return when the business works."""
    return _hours_out(load_business_settings())


@router.put("/hours", auth=ADMIN, response=HoursOut)
def set_hours(request: ApiRequest, data: HoursIn) -> dict[str, Any]:
    """Say when the business works."""
    _may_change(request)
    hours: dict[int, Hours] = {
        one.weekday: tuple((span.starts, span.ends) for span in one.spans) for one in data.days
    }
    kept = business_time.set_working_hours(
        actor=request.actor,
        state=data.state.upper(),
        hours=hours,
        customary=data.customary,
        half_days=data.half_days,
    )
    return _hours_out(kept)


@router.get("/holidays", auth=READ, response=HolidaysOut)
def list_holidays(request: ApiRequest, wanted: Query[HolidayRange]) -> dict[str, Any]:
    """Return national, state, municipal and company holidays of a range."""
    if wanted.until <= wanted.since:
        raise Invalid.on("until", "before_start", _("The end lies before the beginning."))
    if (wanted.until - wanted.since).days > MOST_DAYS or not 1950 <= wanted.since.year <= 2100:
        raise Invalid.on("until", "too_long", _("Ask for at most 800 days, between 1950 and 2100."))
    return {"holidays": load_business_calendar().holidays_between(wanted.since, wanted.until)}


@router.post("/holidays", auth=ADMIN, response={201: HolidayIn})
def add_holiday(request: ApiRequest, data: HolidayIn) -> Status[dict[str, Any]]:
    """Add a municipal or company holiday."""
    _may_change(request)
    business_time.add_holiday(actor=request.actor, holiday=OwnHoliday(**data.model_dump()))
    return Status(201, data.model_dump())


@router.delete("/holidays/{day}", auth=ADMIN, response={204: None})
def delete_holiday(request: ApiRequest, day: date) -> Status[None]:
    """Take a holiday of the workspace's own away."""
    _may_change(request)
    business_time.remove_holiday(actor=request.actor, day=day)
    return Status(204, None)


@feed_router.get("", auth=READ, response=FeedOut)
def get_feed(request: ApiRequest) -> dict[str, Any]:
    """Say whether one's calendar can be subscribed; the address itself isn't kept."""
    require(request.member, "meeting", "view")
    return _feed_out(request)


@feed_router.post("", auth=WRITE, response={201: FeedOut})
def make_feed_address(request: ApiRequest) -> Status[dict[str, Any]]:
    """Make a new secret address; an earlier one stops working at once."""
    require(request.member, "meeting", "view")
    token = make_feed(actor=request.actor, member=request.member)
    return Status(201, _feed_out(request, token))


@feed_router.delete("", auth=WRITE, response={204: None})
def stop_feed(request: ApiRequest) -> Status[None]:
    """Stop the address from working."""
    revoke_feed(actor=request.actor, member=request.member)
    return Status(204, None)


def _feed_out(request: ApiRequest, token: str = "") -> dict[str, Any]:
    kept = CalendarFeed.objects.filter(member=request.member).first()
    return {
        "is_active": kept is not None,
        "made_at": kept.updated_at if kept else None,
        "read_at": kept.read_at if kept else None,
        "address": _absolute(request, token) if token else "",
    }


def _absolute(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(public_reverse("calendar_feed", token))
