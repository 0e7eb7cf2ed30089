"""What the API takes and gives of interactions and tasks."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ponte.apikit.schemas import ExternalId, In, Int32, Moment, Out, Reference, Source
from ponte.apikit.writes import bulk_items
from ponte.conditions.parameters import CONDITION_HELP
from ponte.timeline.content import MAX_BODY_CHARS, MAX_COMMENT_CHARS, MAX_HTML_CHARS
from ponte.timeline.models import Interaction, Task
from ponte.workplace.custom_fields.querying import CustomSort
from ponte.workplace.custom_fields.schema import CustomIn, CustomOut, custom_out

Direction = Literal["", "in", "out"]


class ParticipantIn(In):
    """Somebody else who took part: a customer, a colleague, or a name alone."""

    party_id: UUID | None = None
    member_id: UUID | None = None
    label: str = Field("", max_length=120)


class ParticipantOut(Schema):
    """Somebody else who took part."""

    party_id: UUID | None
    member_id: UUID | None
    label: str


class InteractionFilters(Schema):
    """Which interactions. ``q`` looks for words and needs ``party_id`` or ``company_id``; ``kind`` and ``channel``
    need one of these, ``author_id`` or ``since``.
    """

    party_id: UUID | None = None
    company_id: UUID | None = Field(None, description="A company's and its people's.")
    kind: str | None = Field(
        None, max_length=40, description="Needs `party_id`, `company_id`, `author_id` or `since`."
    )
    channel: str | None = Field(
        None, max_length=24, description="Needs `party_id`, `company_id`, `author_id` or `since`."
    )
    author_id: UUID | None = None
    since: Moment | None = None
    until: Moment | None = None
    q: str | None = Field(None, max_length=200)


class InteractionOut(Out):
    """One thing that happened with a customer."""

    rights_object = "interaction"
    rights_fields = {"body_html": "body"}

    id: UUID
    party_id: UUID
    company_id: UUID | None
    kind: str
    channel: str
    direction: str
    department: str
    occurred_at: datetime
    duration_seconds: int | None
    subject: str
    body: str
    body_html: str
    outcome: str
    data: dict[str, Any]
    author: Reference | None
    participants: list[ParticipantOut]
    pinned: bool
    source: str
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    version: int

    @staticmethod
    def resolve_pinned(row: Interaction) -> bool:
        return row.pinned_at is not None

    @staticmethod
    def resolve_external_id(row: Interaction) -> str | None:
        return row.external_key

    @staticmethod
    def resolve_participants(row: Interaction) -> list[Any]:
        return list(row.participants.all())


class InteractionFields(In):
    """What can be told about an interaction and corrected later."""

    channel: str = Field("", max_length=24)
    direction: Direction = ""
    department: str = Field("", max_length=24)
    occurred_at: Moment | None = Field(None, description="Now when left out; never in the future.")
    duration_seconds: Int32 | None = None
    subject: str = Field("", max_length=255)
    body: str = Field("", max_length=MAX_BODY_CHARS)
    body_html: str = Field("", max_length=MAX_HTML_CHARS, description="Kept sanitised.")
    outcome: str = Field("", max_length=40)
    data: dict[str, Any] = {}


class InteractionIn(InteractionFields):
    """An interaction to record. The same ``source`` and ``external_id`` again answers the one there is."""

    party_id: UUID
    kind: str = Field("note", min_length=1, max_length=40)
    participants: list[ParticipantIn] = Field([], max_length=100)
    mentions: list[UUID] = Field([], max_length=30)
    source: Source = "api"
    external_id: ExternalId | None = None


class InteractionPatch(InteractionFields):
    """What to correct; only fields sent are changed."""

    participants: list[ParticipantIn] = Field([], max_length=100)
    pinned: bool = False


class InteractionItem(InteractionFields):
    """One interaction of a bulk call."""

    party_id: UUID
    kind: str = Field("note", min_length=1, max_length=40)
    external_id: ExternalId


class InteractionBulk(In):
    """Up to 1,000 interactions of one source; those known already stay as they are."""

    source: Source
    items: bulk_items(InteractionItem)  # type: ignore[valid-type]


class CommentIn(In):
    """A comment on an interaction."""

    body: str = Field(min_length=1, max_length=MAX_COMMENT_CHARS)
    mentions: list[UUID] = Field([], max_length=30)


class CommentOut(Out):
    """A colleague's comment on an interaction."""

    rights_object = "interaction"

    id: UUID
    interaction_id: UUID
    author: Reference | None
    body: str
    created_at: datetime
    updated_at: datetime
    version: int


class ShareIn(In):
    """Colleagues to show an interaction to, and a word beside it."""

    member_ids: list[UUID] = Field(min_length=1, max_length=30)
    note: str = Field("", max_length=500)


class SharedOut(Schema):
    """Who was told."""

    told: list[UUID]


class TaskFilters(Schema):
    """Which tasks."""

    state: Literal["open", "done", "all"] = "open"
    assignee_id: UUID | None = None
    party_id: UUID | None = None
    about_id: UUID | None = Field(None, description="Steps of this record (an opportunity).")
    kind: str | None = Field(None, max_length=24)
    priority: Int32 | None = None
    due_after: Moment | None = None
    due_before: Moment | None = None
    condition: str | None = Field(None, max_length=12_000, description=CONDITION_HELP)
    sort: Literal["due"] | CustomSort = "due"


class TaskOut(Out):
    """Something to do. ``due_all_day``: due on a day without a time, ``due_at`` is its last second."""

    rights_object = "task"

    id: UUID
    title: str
    description: str
    kind: str
    priority: int
    due_at: datetime | None
    due_all_day: bool
    remind_at: datetime | None
    assignee: Reference | None
    party_id: UUID | None
    about_type: str
    about_id: UUID | None
    done_at: datetime | None
    rrule: str
    series_id: UUID | None
    source: str
    external_id: str | None
    custom: CustomOut
    created_at: datetime
    updated_at: datetime
    version: int

    @staticmethod
    def resolve_rrule(row: Task) -> str:
        return row.series.rrule if row.series is not None and row.series.ended_at is None else ""

    @staticmethod
    def resolve_custom(row: Task, context: Any) -> dict[str, Any]:
        return custom_out(context["request"].member, "task", row.custom)

    @staticmethod
    def resolve_external_id(row: Task) -> str | None:
        return row.external_key


class TaskFields(In):
    """What can be told about a task and changed later."""

    description: str = Field("", max_length=20_000)
    kind: str = Field("todo", max_length=24)
    priority: Int32 = Field(2, description="1 low, 2 normal, 3 high.")
    due_at: Moment | None = None
    due_all_day: bool = Field(True, description="Only the day of `due_at` counts.")
    remind_at: Moment | None = None
    assignee_id: UUID | None = Field(None, description="The token's member when left out on creation.")
    party_id: UUID | None = None
    about_type: str = Field("", max_length=40, description="`opportunity`, with `about_id`.")
    about_id: UUID | None = Field(None, description="The record it is a step of; its customer is the task's.")
    rrule: str = Field(
        "", max_length=300, description="RFC 5545, such as FREQ=WEEKLY;BYDAY=MO; counted from `due_at`."
    )
    custom: CustomIn = {}


class TaskIn(TaskFields):
    """A task to create. The same ``source`` and ``external_id`` again answers the one there is."""

    title: str = Field(min_length=1, max_length=255)
    source: Source = "api"
    external_id: ExternalId | None = None


class TaskPatch(TaskFields):
    """What to change; only fields sent are changed. Of a task that repeats ``span`` says how much of it."""

    span: Literal["this", "following"] = "this"
    title: str = Field("", max_length=255)


class TaskItem(In):
    """One task of a bulk upsert, known by its id in the other system; what isn't sent stays as it is."""

    external_id: str = Field(min_length=1, max_length=150)
    title: str = Field("", max_length=255, description="Needed for a new one.")
    description: str = Field("", max_length=20_000)
    kind: str = Field("todo", max_length=24)
    priority: Int32 = Field(2, description="1 low, 2 normal, 3 high.")
    due_at: Moment | None = None
    due_all_day: bool = Field(True, description="Only the day of `due_at` counts.")
    remind_at: Moment | None = None
    assignee_id: UUID | None = Field(
        None, description="The token's member when left out of a new one; null: nobody."
    )
    party_id: UUID | None = None
    customer_external_id: str = Field(
        "", max_length=150, description="The customer's id at the same source, instead of `party_id`."
    )
    about_type: str = Field("", max_length=40, description="`opportunity`, with `about_id`.")
    about_id: UUID | None = Field(None, description="The record it is a step of; null: of none.")
    opportunity_external_id: str = Field(
        "", max_length=150, description="The opportunity's id at the same source, instead of `about_id`."
    )
    done_at: Moment | None = Field(None, description="When it was done; null puts it back among those to do.")
    custom: CustomIn = {}


class TasksBulk(In):
    """Tasks of one other system to create or update, at most 1,000."""

    source: Source
    items: bulk_items(TaskItem)  # type: ignore[valid-type]
