"""What happens on timelines and with tasks. Ids are text, times ISO 8601; ``party_id`` is the customer.

An empty id means nobody or nothing.
"""

from dataclasses import dataclass
from typing import ClassVar

from ponte.events.base import DomainEvent


@dataclass(frozen=True, kw_only=True)
class InteractionRecorded(DomainEvent):
    """Something that happened with a customer was written to the timeline."""

    name: ClassVar[str] = "timeline.interaction_recorded"

    interaction_id: str
    party_id: str
    kind: str
    channel: str
    direction: str
    occurred_at: str


@dataclass(frozen=True, kw_only=True)
class InteractionsRecorded(DomainEvent):
    """A chunk of interactions came in at once (import, synchronisation)."""

    name: ClassVar[str] = "timeline.interactions_recorded"

    interaction_ids: list[str]
    party_ids: list[str]
    source: str


@dataclass(frozen=True, kw_only=True)
class InteractionUpdated(DomainEvent):
    """An interaction's text, time or other details were corrected."""

    name: ClassVar[str] = "timeline.interaction_updated"

    interaction_id: str
    party_id: str
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class InteractionsRemoved(DomainEvent):
    """A chunk of interactions was taken off the timelines at once (an import was undone)."""

    name: ClassVar[str] = "timeline.interactions_removed"

    interaction_ids: list[str]
    party_ids: list[str]


@dataclass(frozen=True, kw_only=True)
class InteractionDeleted(DomainEvent):
    """An interaction was taken off the timeline; it can be brought back."""

    name: ClassVar[str] = "timeline.interaction_deleted"

    interaction_id: str
    party_id: str


@dataclass(frozen=True, kw_only=True)
class InteractionRestored(DomainEvent):
    """A deleted interaction was brought back."""

    name: ClassVar[str] = "timeline.interaction_restored"

    interaction_id: str
    party_id: str


@dataclass(frozen=True, kw_only=True)
class InteractionCommented(DomainEvent):
    """A colleague commented on an interaction."""

    name: ClassVar[str] = "timeline.interaction_commented"

    interaction_id: str
    comment_id: str
    party_id: str


@dataclass(frozen=True, kw_only=True)
class MemberMentioned(DomainEvent):
    """A colleague was called with @ in an interaction or a comment."""

    name: ClassVar[str] = "timeline.member_mentioned"

    interaction_id: str
    comment_id: str
    party_id: str
    member_id: str


@dataclass(frozen=True, kw_only=True)
class TaskCreated(DomainEvent):
    """Something to do was planned."""

    name: ClassVar[str] = "timeline.task_created"

    task_id: str
    party_id: str
    assignee_id: str


@dataclass(frozen=True, kw_only=True)
class TaskUpdated(DomainEvent):
    """A task's details changed."""

    name: ClassVar[str] = "timeline.task_updated"

    task_id: str
    party_id: str
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class TaskAssigned(DomainEvent):
    """A task was given to somebody (or taken from everybody)."""

    name: ClassVar[str] = "timeline.task_assigned"

    task_id: str
    party_id: str
    assignee_id: str


@dataclass(frozen=True, kw_only=True)
class TaskCompleted(DomainEvent):
    """A task was done."""

    name: ClassVar[str] = "timeline.task_completed"

    task_id: str
    party_id: str
    assignee_id: str


@dataclass(frozen=True, kw_only=True)
class TaskReopened(DomainEvent):
    """A task that was done is to be done again."""

    name: ClassVar[str] = "timeline.task_reopened"

    task_id: str
    party_id: str


@dataclass(frozen=True, kw_only=True)
class TaskDeleted(DomainEvent):
    """A task was thrown away; it can be brought back."""

    name: ClassVar[str] = "timeline.task_deleted"

    task_id: str
    party_id: str


@dataclass(frozen=True, kw_only=True)
class TaskRestored(DomainEvent):
    """A deleted task was brought back."""

    name: ClassVar[str] = "timeline.task_restored"

    task_id: str
    party_id: str


@dataclass(frozen=True, kw_only=True)
class TaskReminded(DomainEvent):
    """The reminder of a task reached its assignee."""

    name: ClassVar[str] = "timeline.task_reminded"

    task_id: str
    party_id: str
    assignee_id: str


@dataclass(frozen=True, kw_only=True)
class TasksChanged(DomainEvent):
    """Many tasks were changed in one act: completed, reopened, assigned, edited, deleted or restored."""

    name: ClassVar[str] = "timeline.tasks_changed"

    task_ids: list[str]
    act: str


@dataclass(frozen=True, kw_only=True)
class MeetingPlanned(DomainEvent):
    """A meeting, or a series of them, was planned; ``about_type`` and ``about_id`` name the record it is about (an opportunity)."""

    name: ClassVar[str] = "timeline.meeting_planned"

    meeting_id: str
    party_id: str
    organiser_id: str
    starts_at: str
    about_type: str = ""
    about_id: str = ""


@dataclass(frozen=True, kw_only=True)
class MeetingUpdated(DomainEvent):
    """A meeting's time, people or other details changed; ``fields`` names them. ``former_party_id``: whom it was with before, where that changed."""

    name: ClassVar[str] = "timeline.meeting_updated"

    meeting_id: str
    party_id: str
    fields: list[str]
    former_party_id: str = ""


@dataclass(frozen=True, kw_only=True)
class MeetingsChanged(DomainEvent):
    """Many meetings came in from a file or a program, or an import was taken back; ``act``: planned, edited or deleted."""

    name: ClassVar[str] = "timeline.meetings_changed"

    meeting_ids: list[str]
    party_ids: list[str]
    act: str


@dataclass(frozen=True, kw_only=True)
class MeetingHeld(DomainEvent):
    """A meeting took place; with a customer it stands on their timeline."""

    name: ClassVar[str] = "timeline.meeting_held"

    meeting_id: str
    party_id: str
    organiser_id: str
    outcome: str
    about_type: str = ""
    about_id: str = ""


@dataclass(frozen=True, kw_only=True)
class MeetingCancelled(DomainEvent):
    """A meeting will not take place; it stays in the calendar, struck through."""

    name: ClassVar[str] = "timeline.meeting_cancelled"

    meeting_id: str
    party_id: str


@dataclass(frozen=True, kw_only=True)
class MeetingDeleted(DomainEvent):
    """A meeting, a series or the rest of one was thrown away; it can be brought back."""

    name: ClassVar[str] = "timeline.meeting_deleted"

    meeting_id: str
    party_id: str


@dataclass(frozen=True, kw_only=True)
class MeetingRestored(DomainEvent):
    """A deleted meeting was brought back."""

    name: ClassVar[str] = "timeline.meeting_restored"

    meeting_id: str
    party_id: str


@dataclass(frozen=True, kw_only=True)
class InvitationAnswered(DomainEvent):
    """Somebody invited to a meeting answered; ``member_id`` is empty for people outside."""

    name: ClassVar[str] = "timeline.invitation_answered"

    meeting_id: str
    party_id: str
    member_id: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class MeetingReminded(DomainEvent):
    """The reminder of a meeting reached the colleagues who take part."""

    name: ClassVar[str] = "timeline.meeting_reminded"

    meeting_id: str
    party_id: str
    starts_at: str


@dataclass(frozen=True, kw_only=True)
class ImportantDateChanged(DomainEvent):
    """A customer's important date was added, changed or (with an empty ``day``) removed."""

    name: ClassVar[str] = "timeline.important_date_changed"

    date_id: str
    party_id: str
    kind: str
    day: str
