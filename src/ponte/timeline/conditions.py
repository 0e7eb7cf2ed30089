"""What conditions can ask of interactions, tasks and meetings, and of customers through them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ponte.conditions.catalogue import Choice, Field, Relation, Subject, extend_subject, register_subject
from ponte.core.models import Member
from ponte.core.rights import Scope, scope_of
from ponte.directory.conditions import parties
from ponte.timeline.kinds import all_kinds
from ponte.timeline.models import Direction, Interaction, Meeting, MeetingStatus, Task, TaskPriority
from ponte.timeline.policies import visible_interactions, visible_meetings, visible_tasks
from ponte.timeline.task_kinds import TASK_KINDS
from ponte.timeline.words import CHANNELS, OUTCOMES

WORK = _("Conversations and tasks")


def _kinds(reader: Member | None) -> list[Choice]:
    return [(kind.key, kind.label) for kind in all_kinds().values()]


def _interactions(reader: Member | None) -> QuerySet[Interaction]:
    return Interaction.objects.filter(deleted_at=None) if reader is None else visible_interactions(reader)


def _tasks(reader: Member | None) -> QuerySet[Task]:
    return Task.objects.filter(deleted_at=None) if reader is None else visible_tasks(reader)


def _of_visible_customer(reader: Member | None) -> QuerySet[Interaction]:
    """Interactions follow their customer, and this one is visible: nothing more to ask, no join to make."""
    return Interaction.objects.filter(deleted_at=None)


def _tasks_of_visible_customer(reader: Member | None) -> QuerySet[Task]:
    return Task.objects.filter(deleted_at=None)


def _meetings(reader: Member | None) -> QuerySet[Meeting]:
    """Private ones of others can't be asked for: not even that there is one with this customer."""
    return Meeting.objects.filter(deleted_at=None) if reader is None else visible_meetings(reader)


def _of_company(reader: Member | None) -> QuerySet[Interaction]:
    """A company's timeline includes its people's; some of them may be out of reach."""
    if reader is None or scope_of(reader, "customer", "view") is Scope.ALL:
        return Interaction.objects.filter(deleted_at=None)
    return visible_interactions(reader)


def _interaction_relation(**options: Any) -> Relation:
    return Relation(
        "interactions", _("Interactions"), _("interactions"), "interaction", dated="occurred", section=WORK,
        any_words=_("had contact"), none_words=_("had no contact"), **options,
    )  # fmt: skip


INTERACTION = (
    Field("kind", _("Kind"), "choice", path="kind", choices=_kinds),
    Field("occurred", _("When"), "moment", path="occurred_at"),
    Field("channel", _("Channel"), "choice", path="channel", choices=tuple(CHANNELS.items())),
    Field("direction", _("Direction"), "choice", path="direction",
          choices=[choice for choice in Direction.choices if choice[0]]),
    Field("outcome", _("Outcome"), "choice", path="outcome", choices=tuple(OUTCOMES.items())),
    Field("subject", _("Subject"), "text", path="subject"),
    Field("body", _("Text"), "text", path="body"),
    Field("duration", _("Duration (seconds)"), "number", path="duration_seconds"),
    Field("author", _("Author"), "member", path="author_id"),
    Relation("customer", _("Customer"), _("a customer"), "customer", parties, forward="party_id"),
)  # fmt: skip
TASK = (
    Field("title", _("Task"), "text", path="title"),
    Field("description", _("Description"), "text", path="description"),
    Field("kind", _("Kind"), "choice", path="kind", choices=[(kind.key, kind.label) for kind in TASK_KINDS.values()]),
    Field("priority", _("Priority"), "choice", path="priority",
          choices=[(str(value), label) for value, label in TaskPriority.choices]),
    Field("due", _("Due"), "moment", path="due_at"),
    Field("done", _("Done"), "moment", path="done_at"),
    Field("assignee", _("Assignee"), "member", path="assignee_id"),
    Field("creator", _("Created by"), "member", path="creator_id"),
    Field("created", pgettext_lazy("when", "Created"), "moment", path="created_at"),
    Relation("customer", _("Customer"), _("a customer"), "customer", parties, forward="party_id",
             any_words=_("is about a customer"), none_words=_("is about no customer")),
)  # fmt: skip

MEETING = (
    Field("title", _("Title"), "text", path="title"),
    Field("starts", _("Begins"), "moment", path="starts_at"),
    Field("status", _("Status"), "choice", path="status", choices=MeetingStatus.choices),
    Field("outcome", _("Outcome"), "choice", path="outcome", choices=tuple(OUTCOMES.items())),
    Field("location", _("Place"), "text", path="location"),
    Field("organiser", _("Organiser"), "member", path="organiser_id"),
    Relation("customer", _("Customer"), _("a customer"), "customer", parties, forward="party_id",
             any_words=_("is about a customer"), none_words=_("is about no customer")),
)  # fmt: skip


def register() -> None:
    """Make interactions, tasks and meetings known to conditions, alone and on customers."""
    register_subject(
        Subject("interaction", _("Interactions"), Interaction, "interaction", _interactions, INTERACTION)
    )
    register_subject(Subject("task", _("Tasks"), Task, "task", _tasks, TASK))
    register_subject(Subject("meeting", _("Meetings"), Meeting, "meeting", _meetings, MEETING))
    meetings = Relation(
        "meetings",
        _("Meetings"),
        _("meetings"),
        "meeting",
        _meetings,
        link="party_id",
        dated="starts",
        section=WORK,
    )
    tasks = Relation(
        "tasks",
        _("Tasks"),
        _("tasks"),
        "task",
        _tasks_of_visible_customer,
        link="party_id",
        dated="due",
        section=WORK,
    )
    for key in ("person", "customer"):
        extend_subject(
            key, _interaction_relation(rows=_of_visible_customer, link="party_id"), tasks, meetings
        )
    extend_subject("company", _interaction_relation(rows=_of_company, link="company_id"), tasks, meetings)
