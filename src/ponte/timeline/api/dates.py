"""The API of customers' important dates."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from ponte.apikit.auth import scope
from ponte.apikit.pagination import page
from ponte.apikit.replies import respond
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import In, Out, Page, Paging
from ponte.apikit.writes import if_match
from ponte.core.errors import Denied
from ponte.core.rights import may, require
from ponte.timeline.models import PartyDate
from ponte.timeline.policies import get_visible_party
from ponte.timeline.selectors.dates import get_date, visible_dates
from ponte.timeline.services import dates

router = Router(tags=["Important dates"])
READ, WRITE = scope("customers:read"), scope("customers:write")
Kind = Literal["renewal", "maintenance", "expiry", "anniversary", "other"]


class DateFilters(Schema):
    """Which dates."""

    party_id: UUID | None = None
    kind: Kind | None = None
    day_after: date | None = Field(None, description="This day or later.")
    day_before: date | None = Field(None, description="Earlier than this day.")


class DateOut(Out):
    """A date of a customer; with ``yearly`` it comes again each year. Birthdays stand on people themselves."""

    id: UUID
    party_id: UUID
    kind: str
    label: str
    day: date
    yearly: bool
    created_at: datetime
    updated_at: datetime
    version: int


class DateFields(In):
    """What can be told about a date and changed later."""

    kind: Kind = "other"
    label: str = Field("", max_length=120)
    yearly: bool = False


class DateIn(DateFields):
    """A date to add."""

    party_id: UUID
    day: date


class DatePatch(DateFields):
    """What to change; only fields sent are changed."""

    day: date = date(2000, 1, 1)


@router.get("", auth=READ, response=Page[DateOut])
def list_dates(request: ApiRequest, filters: Query[DateFilters], paging: Query[Paging]) -> HttpResponse:
    """List dates of customers, by day."""
    require(request.member, "customer", "view")
    rows = visible_dates(request.member)
    for name in ("party_id", "kind"):
        value = getattr(filters, name)
        if value is not None:
            rows = rows.filter(**{name: value})
    if filters.day_after is not None:
        rows = rows.filter(day__gte=filters.day_after)
    if filters.day_before is not None:
        rows = rows.filter(day__lt=filters.day_before)
    return page(request, rows, order=("day", "id"), schema=DateOut, paging=paging)


@router.post("", auth=WRITE, response={201: DateOut})
def create_date(request: ApiRequest, data: DateIn) -> HttpResponse:
    """Add a date to a customer: an edit of the customer."""
    party = get_visible_party(request.member, data.party_id)
    require(request.member, "customer", "edit", party)
    row = dates.add_date(actor=request.actor, **data.model_dump())
    return respond(request, row, DateOut, status=201, location=f"/api/v1/dates/{row.id}")


@router.get("/{date_id}", auth=READ, response=DateOut)
def get_date_by_id(request: ApiRequest, date_id: UUID) -> HttpResponse:
    """Return one date."""
    return respond(request, get_date(request.member, date_id), DateOut)


@router.patch("/{date_id}", auth=WRITE, response=DateOut)
def update_date(request: ApiRequest, date_id: UUID, data: DatePatch) -> HttpResponse:
    """Change a date; send the version you read in If-Match. A task planned for the old day stays."""
    row = _editable(request, date_id)
    changed = dates.update_date(actor=request.actor, row=row, version=if_match(request), **data.given())
    return respond(request, changed, DateOut)


@router.delete("/{date_id}", auth=WRITE, response={204: None})
def delete_date(request: ApiRequest, date_id: UUID) -> Status[None]:
    """Take a date away; tasks planned for it stay."""
    dates.remove_date(actor=request.actor, row=_editable(request, date_id))
    return Status(204, None)


def _editable(request: ApiRequest, date_id: UUID) -> PartyDate:
    row = get_date(request.member, date_id)
    if not may(request.member, "customer", "edit", row.party):
        raise Denied("customer", "edit")
    return row
