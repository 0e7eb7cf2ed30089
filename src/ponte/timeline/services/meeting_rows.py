"""Rows about meetings from files and programs: what they tell, and what is wrong with it by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.errors import FieldProblem
from ponte.timeline.models import Meeting, MeetingStatus
from ponte.timeline.services.meeting_data import MeetingData

COLUMNS = (
    "title",
    "description",
    "location",
    "link",
    "starts_at",
    "ends_at",
    "all_day",
    "organiser_id",
    "party_id",
)
ABOUT = ("about_type", "about_id")
KEPT = (*COLUMNS, *ABOUT, "status")
_NEVER_FILLED = frozenset({"title", "starts_at", "ends_at", "all_day", "status"})
Policy = Literal["update", "fill", "skip"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingRow:
    """A meeting of another system.

    Args:
        external_id: its id there.
        values: what is told about it, named as ``KEPT`` (see ``MeetingData``); the rest stays as it is. ``status`` is a
            ``MeetingStatus``.
    """

    external_id: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MeetingOutcome:
    """What became of a row: "created", "updated", "unchanged", "skipped" or "rejected" with problems."""

    outcome: str
    meeting_id: UUID | None = None
    problems: tuple[FieldProblem, ...] = ()


def told_of(row: MeetingRow, meeting: Meeting | None, policy: Policy, holder: UUID | None) -> dict[str, Any]:
    """Return what counts of a row's values; a new meeting that names nobody is the ``holder``'s."""
    if meeting is None:
        return {"organiser_id": holder, **row.values}
    if policy != "fill":
        return dict(row.values)
    told = {
        name: value
        for name, value in row.values.items()
        if name not in _NEVER_FILLED and getattr(meeting, name) in (None, "")
    }
    if "about_id" not in told:
        told.pop("about_type", None)
    return told


def data_of(meeting: Meeting | None, told: Mapping[str, Any], source: str, external_id: str) -> MeetingData:
    """Return what a meeting will be: what is kept of it with what is told. One that moves keeps its length."""
    base: dict[str, Any] = {}
    if meeting is not None:
        base = {name: getattr(meeting, name) for name in (*COLUMNS, *ABOUT)}
        base |= {
            "zone": meeting.zone,
            "remind_minutes": meeting.remind_minutes,
            "is_private": meeting.is_private,
        }
        if meeting.all_day:  # kept is an exclusive end, told the last day
            base["ends_at"] -= timedelta(days=1)
        if meeting.all_day and told.get("all_day") is False and "ends_at" not in told:
            base["ends_at"] = None
        elif "starts_at" in told and "ends_at" not in told:
            base["ends_at"] = told["starts_at"] + (base["ends_at"] - meeting.starts_at)
        if base["about_id"] and told.get("party_id", base["party_id"]) != base["party_id"]:
            base |= {"about_type": "", "about_id": None}
    given = {name: value for name, value in told.items() if name != "status"}
    return MeetingData(**{**base, **given, "source": source, "external_key": external_id})


def status_problems(status: str, data: MeetingData) -> list[FieldProblem]:
    """Return what is wrong with what became of the meeting."""
    if status not in MeetingStatus.values:
        return [FieldProblem("status", "invalid", _("Choose one from the list."))]
    if status == MeetingStatus.HELD and data.starts_at is not None and data.starts_at > timezone.now():
        return [FieldProblem("status", "future", _("This meeting hasn't begun yet."))]
    return []
