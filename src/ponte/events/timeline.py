"""What happens on timelines and with tasks."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from ponte.events.base import DomainEvent


@dataclass(frozen=True, kw_only=True)
class InteractionRecorded(DomainEvent):
    """Something that happened with a customer was written to the timeline."""

    name: ClassVar[str] = "timeline.interaction_recorded"

    interaction_id: UUID
    party_id: UUID
    kind: str
    channel: str
    direction: str
    occurred_at: datetime


@dataclass(frozen=True, kw_only=True)
class InteractionsRecorded(DomainEvent):
    """A chunk of interactions came in at once (import, synchronisation)."""

    name: ClassVar[str] = "timeline.interactions_recorded"

    interaction_ids: tuple[UUID, ...]
    party_ids: tuple[UUID, ...]
    source: str


@dataclass(frozen=True, kw_only=True)
class InteractionUpdated(DomainEvent):
    """An interaction's text, time or other details were corrected."""

    name: ClassVar[str] = "timeline.interaction_updated"

    interaction_id: UUID
    party_id: UUID
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class InteractionDeleted(DomainEvent):
    """An interaction was taken off the timeline; it can be brought back."""

    name: ClassVar[str] = "timeline.interaction_deleted"

    interaction_id: UUID
    party_id: UUID


@dataclass(frozen=True, kw_only=True)
class InteractionRestored(DomainEvent):
    """A deleted interaction was brought back."""

    name: ClassVar[str] = "timeline.interaction_restored"

    interaction_id: UUID
    party_id: UUID


@dataclass(frozen=True, kw_only=True)
class InteractionCommented(DomainEvent):
    """A colleague commented on an interaction."""

    name: ClassVar[str] = "timeline.interaction_commented"

    interaction_id: UUID
    comment_id: UUID
    party_id: UUID


@dataclass(frozen=True, kw_only=True)
class MemberMentioned(DomainEvent):
    """A colleague was called with @ in an interaction or a comment."""

    name: ClassVar[str] = "timeline.member_mentioned"

    interaction_id: UUID
    comment_id: UUID | None
    party_id: UUID
    member_id: UUID


@dataclass(frozen=True, kw_only=True)
class TaskCreated(DomainEvent):
    """Something to do was planned."""

    name: ClassVar[str] = "timeline.task_created"

    task_id: UUID
    party_id: UUID | None
    assignee_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class TaskUpdated(DomainEvent):
    """A task's details changed."""

    name: ClassVar[str] = "timeline.task_updated"

    task_id: UUID
    party_id: UUID | None
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TaskAssigned(DomainEvent):
    """A task was given to somebody (or taken from everybody)."""

    name: ClassVar[str] = "timeline.task_assigned"

    task_id: UUID
    party_id: UUID | None
    assignee_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class TaskCompleted(DomainEvent):
    """A task was done."""

    name: ClassVar[str] = "timeline.task_completed"

    task_id: UUID
    party_id: UUID | None
    assignee_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class TaskReopened(DomainEvent):
    """A task that was done is to be done again."""

    name: ClassVar[str] = "timeline.task_reopened"

    task_id: UUID
    party_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class TaskDeleted(DomainEvent):
    """A task was thrown away; it can be brought back."""

    name: ClassVar[str] = "timeline.task_deleted"

    task_id: UUID
    party_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class TaskRestored(DomainEvent):
    """A deleted task was brought back."""

    name: ClassVar[str] = "timeline.task_restored"

    task_id: UUID
    party_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class TaskReminded(DomainEvent):
    """The reminder of a task reached its assignee."""

    name: ClassVar[str] = "timeline.task_reminded"

    task_id: UUID
    party_id: UUID | None
    assignee_id: UUID | None
