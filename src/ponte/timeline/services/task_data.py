"""What is told about a task, checked and cleaned before it becomes a row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.errors import FieldProblem, Invalid
from ponte.core.models import Member
from ponte.directory.models import Party
from ponte.timeline import content
from ponte.timeline.due import end_of_day, workspace_zone
from ponte.timeline.models import TaskPriority
from ponte.timeline.subjects import about_problems
from ponte.timeline.task_kinds import TASK_KINDS
from ponte.workplace.custom_fields.values import CustomRow

MAX_DESCRIPTION_CHARS = 20_000
_YEARS = range(1970, 2200)


class TaskDetails(TypedDict, total=False):
    """The optional details of a task; see ``TaskData``."""

    title: str
    description: str
    kind: str
    priority: int
    due_at: datetime | None
    due_all_day: bool
    remind_at: datetime | None
    assignee_id: UUID | None
    party_id: UUID | None
    about_type: str
    about_id: UUID | None
    source: str
    external_key: str | None
    custom: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskData:
    """One task to create.

    Args:
        due_at: aware instant; for ``due_all_day`` any instant of the day, kept as its last second.
        remind_at: aware instant at which the assignee is reminded, once.
        about_type, about_id: the record it is a step of; then ``party_id`` is that record's customer.
        source, external_key: together unique; creating the same pair again changes nothing.
    """

    title: str = ""
    description: str = ""
    kind: str = "todo"
    priority: int = TaskPriority.NORMAL
    due_at: datetime | None = None
    due_all_day: bool = True
    remind_at: datetime | None = None
    assignee_id: UUID | None = None
    party_id: UUID | None = None
    about_type: str = ""
    about_id: UUID | None = None
    source: str = "manual"
    external_key: str | None = None
    custom: Mapping[str, Any] = field(default_factory=dict)


def clean_task(data: TaskData, custom: CustomRow) -> dict[str, Any]:
    """Return the values of the row's columns, the checked custom ones among them.

    Raises:
        Invalid: with every problem found, each naming its field.
    """
    problems = [*task_problems(data), *_reference_problems(data), *custom.problems]
    if problems:
        raise Invalid(problems)
    return task_columns(data, custom)


def task_problems(data: TaskData) -> list[FieldProblem]:
    """Return what is wrong with a task's own words, choices and moments; what it points at isn't looked up."""
    title = content.clean_line(data.title)
    return [
        *content.too_long("title", title, 255),
        *content.too_long("description", data.description, MAX_DESCRIPTION_CHARS),
        *content.too_long("external_key", data.external_key or "", 200),
        *_moment_problems("due_at", data.due_at),
        *_moment_problems("remind_at", data.remind_at),
        *_choice_problems(data, title),
    ]


def task_columns(data: TaskData, custom: CustomRow) -> dict[str, Any]:
    """Return the values of the row's columns of a task that has no problems."""
    return {
        "title": content.clean_line(data.title),
        "description": content.clean_text(data.description),
        "kind": data.kind,
        "priority": data.priority,
        "due_at": _due(data),
        "due_all_day": data.due_all_day or data.due_at is None,
        "remind_at": data.remind_at,
        "assignee_id": data.assignee_id,
        "party_id": data.party_id,
        "about_type": data.about_type if data.about_id else "",
        "about_id": data.about_id,
        "source": data.source,
        "external_key": data.external_key or None,
        "custom": custom.values,
    }


def _due(data: TaskData) -> datetime | None:
    if data.due_at is None or not data.due_all_day:
        return data.due_at
    return end_of_day(data.due_at.astimezone(workspace_zone()).date())


def _choice_problems(data: TaskData, title: str) -> list[FieldProblem]:
    problems = []
    if not title:
        problems.append(FieldProblem("title", "required", _("Say what is to be done.")))
    if data.kind not in TASK_KINDS:
        problems.append(FieldProblem("kind", "invalid", _("There is no such kind of task.")))
    if data.priority not in TaskPriority.values:
        problems.append(FieldProblem("priority", "invalid", _("The priority is 1 (low), 2 or 3 (high).")))
    return problems


def _moment_problems(field: str, moment: datetime | None) -> list[FieldProblem]:
    if moment is None:
        return []
    if timezone.is_naive(moment):
        return [FieldProblem(field, "naive", _("Give the time zone with the date and time."))]
    if moment.year not in _YEARS:
        return [FieldProblem(field, "out_of_range", _("This date is too far away."))]
    return []


def _reference_problems(data: TaskData) -> list[FieldProblem]:
    problems = []
    if data.assignee_id and not Member.objects.filter(id=data.assignee_id, is_active=True).exists():
        problems.append(FieldProblem("assignee_id", "missing", _("There is no such colleague.")))
    problems += about_problems(data.about_type, data.about_id, data.party_id)
    alive = Party.objects.filter(deleted_at__isnull=True)
    if data.party_id and not alive.filter(id=data.party_id).exists():
        problems.append(FieldProblem("party_id", "missing", _("There is no such customer.")))
    return problems
