"""Fields of open tasks that can be written in their list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.brazil.dates import parse_date
from ponte.core.brazil.problems import Unreadable
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.timeline.due import due_instant, workspace_zone
from ponte.timeline.models import Task, TaskPriority
from ponte.timeline.services.task_bulk import put_back_task_field, set_task_field
from ponte.timeline.services.tasks import update_task
from ponte.timeline.task_kinds import TASK_KINDS
from ponte.workplace.lists import BulkOutcome, Editable
from ponte.workplace.lists.filters import Choice


def _members(member: Member) -> Sequence[Choice]:
    rows = Member.objects.filter(is_active=True).order_by("sort_name", "id").values_list("id", "name")[:300]
    return [(str(pk), name) for pk, name in rows]


def _kinds(member: Member) -> Sequence[Choice]:
    return [(kind.key, kind.label) for kind in TASK_KINDS.values()]


def _priorities(member: Member) -> Sequence[Choice]:
    return [(str(value), label) for value, label in TaskPriority.choices]


def _save(read: Callable[[str, Task], dict[str, Any]]) -> Callable[[Actor, UUID, str, int | None], None]:
    def save(actor: Actor, task_id: UUID, text: str, version: int | None) -> None:
        task = Task.objects.get(id=task_id)
        try:
            update_task(actor=actor, task=task, version=version, **read(text, task))
        except Invalid as refusal:
            first = refusal.problems[0]
            raise Invalid.on("value", first.code, str(first.message)) from refusal

    return save


def _due(text: str, task: Task) -> dict[str, Any]:
    """A day keeps the task's time of day; without one it is due by the end of the day."""
    try:
        day = parse_date(text) if text else None
    except Unreadable as unreadable:
        raise Invalid.on("value", unreadable.code, unreadable.message) from unreadable
    timed = task.due_at is not None and not task.due_all_day
    at = task.due_at.astimezone(workspace_zone()).time() if timed and task.due_at else None
    due_at, all_day = due_instant(day, at)
    return {"due_at": due_at, "due_all_day": all_day}


def _day_of(row: Any) -> str:
    return row.due_at.astimezone(workspace_zone()).date().isoformat() if row.due_at else ""


def _set_many(field: str, read: Callable[[str], Any]) -> Callable[[Actor, list[UUID], str], BulkOutcome]:
    def save_many(actor: Actor, ids: list[UUID], text: str) -> BulkOutcome:
        value = read(text)
        before = set_task_field(actor=actor, task_ids=ids, field=field, value=value)
        rows = {str(key): old for key, old in before.items()}
        return BulkOutcome(list(before), {"field": field, "given": value, "rows": rows})

    return save_many


def _undo(actor: Actor, undo: Any) -> None:
    before = {UUID(key): old for key, old in undo["rows"].items()}
    put_back_task_field(actor=actor, field=undo["field"], value=undo["given"], before=before)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else -1


TASK_FIELDS = (
    Editable(
        key="kind",
        label=_("Kind"),
        kind="choice",
        choices=_kinds,
        save=_save(lambda text, task: {"kind": text}),
        save_many=_set_many("kind", str),
        undo_many=_undo,
        value=lambda row: str(row.kind),
        column="kind",
        required=True,
    ),
    Editable(
        key="priority",
        label=_("Priority"),
        kind="choice",
        choices=_priorities,
        save=_save(lambda text, task: {"priority": _number(text)}),
        save_many=_set_many("priority", _number),
        undo_many=_undo,
        value=lambda row: str(row.priority),
        column="priority",
        required=True,
    ),
    Editable(
        key="assignee",
        label=_("Assignee"),
        kind="choice",
        choices=_members,
        save=_save(lambda text, task: {"assignee_id": UUID(text) if text else None}),
        value=lambda row: str(row.assignee_id or ""),
        column="assignee",
    ),
    Editable(
        key="due",
        label=_("Due"),
        kind="date",
        save=_save(_due),
        value=_day_of,
        column="due",
    ),
)
