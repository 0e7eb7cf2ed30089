"""Rows of the timeline module."""

from ponte.timeline.models.comment import InteractionComment, InteractionMention
from ponte.timeline.models.connection import (
    CalendarConflict,
    CalendarConnection,
    CalendarLink,
    CalendarProvider,
    ConnectionState,
)
from ponte.timeline.models.feed import CalendarFeed
from ponte.timeline.models.interaction import Direction, Interaction, InteractionParticipant
from ponte.timeline.models.meeting import Answer, Meeting, MeetingInvitee, MeetingStatus
from ponte.timeline.models.party_date import DateKind, PartyDate
from ponte.timeline.models.task import Task, TaskPriority, TaskSeries

__all__ = [
    "Answer",
    "CalendarConflict",
    "CalendarConnection",
    "CalendarFeed",
    "CalendarLink",
    "CalendarProvider",
    "ConnectionState",
    "DateKind",
    "Direction",
    "Interaction",
    "InteractionComment",
    "InteractionMention",
    "InteractionParticipant",
    "Meeting",
    "MeetingInvitee",
    "MeetingStatus",
    "PartyDate",
    "Task",
    "TaskPriority",
    "TaskSeries",
]
