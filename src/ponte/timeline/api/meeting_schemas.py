"""What the API takes and gives of meetings."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ponte.apikit.schemas import ExternalId, In, Int32, Moment, Out, Reference, Source
from ponte.timeline.models import Meeting

Span = Literal["this", "following", "all"]


class InviteeIn(In):
    """Somebody to invite: a colleague, a customer, or an e-mail address alone."""

    member_id: UUID | None = None
    party_id: UUID | None = None
    email: str = Field("", max_length=254)
    name: str = Field("", max_length=150)


class InviteeOut(Schema):
    """Somebody invited, and their answer: needs-action, accepted, tentative or declined. An address only of people alone."""

    member_id: UUID | None
    party_id: UUID | None
    name: str
    email: str
    answer: str

    @staticmethod
    def resolve_email(row: Any) -> str:
        return "" if row.party_id else row.email


class MeetingFilters(Schema):
    """Which meetings; a series counts by its first occurrence."""

    organiser_id: UUID | None = None
    party_id: UUID | None = None
    about_id: UUID | None = Field(None, description="Meetings about this record (an opportunity).")
    status: Literal["planned", "held", "cancelled"] | None = None
    starts_after: Moment | None = None
    starts_before: Moment | None = None


class CalendarFilters(Schema):
    """Which part of whose calendar, at most 400 days; one's own without ``member_ids`` (comma-separated)."""

    since: Moment
    until: Moment
    member_ids: str = Field("", max_length=1200)


class MeetingOut(Out):
    """A meeting, or with ``rrule`` a series of them. ``ends_at`` is exclusive."""

    rights_object = "meeting"

    id: UUID
    title: str
    description: str
    location: str
    link: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    organiser: Reference | None
    party_id: UUID | None
    about_type: str
    about_id: UUID | None
    is_private: bool
    status: str
    outcome: str
    remind_minutes: int | None
    rrule: str
    series_id: UUID | None
    original_start: datetime | None
    uid: str
    invitees: list[InviteeOut]
    source: str
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    version: int

    @staticmethod
    def resolve_external_id(row: Meeting) -> str | None:
        return row.external_key

    @staticmethod
    def resolve_invitees(row: Meeting) -> list[Any]:
        return list(row.invitees.all())


class OccurrenceOut(Schema):
    """One time a meeting takes place. Of private ones of others only the time."""

    meeting_id: UUID
    original_start: datetime | None
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    title: str
    status: str
    party_id: UUID | None


class CalendarOut(Schema):
    """What stands in the calendar; ``cut`` when there is more than an answer holds."""

    occurrences: list[OccurrenceOut]
    cut: bool


class MeetingFields(In):
    """What can be told about a meeting and changed later."""

    description: str = Field("", max_length=20_000)
    location: str = Field("", max_length=255)
    link: str = Field("", max_length=500)
    starts_at: Moment | None = None
    ends_at: Moment | None = Field(
        None, description="An hour later when left out; of an all-day meeting the last day."
    )
    all_day: bool = False
    organiser_id: UUID | None = Field(None, description="The token's member when left out on creation.")
    party_id: UUID | None = None
    about_type: str = Field("", max_length=40, description="`opportunity`, with `about_id`.")
    about_id: UUID | None = Field(
        None, description="The record it is about; its customer is the meeting's. null: about none."
    )
    is_private: bool = False
    remind_minutes: Int32 | None = Field(None, description="Minutes before the start; null for never.")
    rrule: str = Field("", max_length=300, description="RFC 5545, such as FREQ=WEEKLY;BYDAY=MO.")


class MeetingIn(MeetingFields):
    """A meeting to plan. The same ``source`` and ``external_id`` again answers the one there is."""

    title: str = Field(min_length=1, max_length=255)
    starts_at: Moment
    invitees: list[InviteeIn] = Field([], max_length=100)
    source: Source = "api"
    external_id: ExternalId | None = None


class MeetingPatch(MeetingFields):
    """What to change; only fields sent are changed. Of a series ``original_start`` and ``span`` say how much of it."""

    title: str = Field("", max_length=255)
    invitees: list[InviteeIn] = Field([], max_length=100)
    original_start: Moment | None = None
    span: Span = "all"


class WhichOccurrence(In):
    """Which occurrence of a series, and how much of it."""

    original_start: Moment | None = None
    span: Span = "all"


class HeldIn(In):
    """How a meeting went."""

    original_start: Moment | None = None
    outcome: str = Field("", max_length=40)
    notes: str = Field("", max_length=20_000)


class AnswerIn(In):
    """The token's member's answer to an invitation."""

    answer: Literal["accepted", "tentative", "declined"]
