"""Tasks have custom fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.timeline.models import Task
from ponte.timeline.policies import may_on
from ponte.timeline.selectors.tasks import get_task
from ponte.timeline.services.task_bulk import note_edits
from ponte.timeline.services.task_search import reindex_tasks
from ponte.timeline.services.tasks import update_task
from ponte.workplace.custom_fields.records import OF_A_CUSTOMER, record_object


def _change(actor: Actor, task_id: UUID, values: Mapping[str, Any], version: int | None) -> object:
    task = Task.objects.get(id=task_id)
    return update_task(actor=actor, task=task, version=version, custom=values)


TASK = record_object(
    key="task",
    label=_("Task"),
    plural=_("Tasks"),
    model=Task,
    icon="checkbox",
    order=50,
    get_visible=get_task,
    reaches=may_on,
    change=_change,
    note=note_edits,
    reindex=reindex_tasks,
    order_by=("due_at",),
    **OF_A_CUSTOMER,
)
