"""Tasks have custom fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import Denied
from ponte.core.models import Member
from ponte.timeline.models import Task
from ponte.timeline.policies import may_on
from ponte.timeline.selectors.tasks import get_task
from ponte.timeline.services.task_bulk import note_edits
from ponte.timeline.services.task_search import reindex_tasks
from ponte.timeline.services.tasks import update_task
from ponte.workplace.custom_fields.objects import CustomObject, Pairs


def _find(member: Member, task_id: UUID, act: str) -> Task:
    task = get_task(member, task_id)
    if act != "view" and not may_on(member, act, task):
        raise Denied("task", act)
    return task


def _change(actor: Actor, task_id: UUID, values: Mapping[str, Any], version: int | None) -> object:
    task = Task.objects.get(id=task_id)
    return update_task(actor=actor, task=task, version=version, custom=values)


def _note(actor: Actor, right: str, changes: Pairs) -> None:
    note_edits(actor=actor, changes={key: {right: pair} for key, pair in changes.items()})


TASK = CustomObject(
    key="task",
    label=_("Task"),
    plural=_("Tasks"),
    rights_object="task",
    model=Task,
    icon="checkbox",
    order=50,
    alive="deleted_at",
    find=_find,
    change=_change,
    note_many=_note,
    subject="party_id",
    reindex=reindex_tasks,
    order_by=("due_at",),
)
