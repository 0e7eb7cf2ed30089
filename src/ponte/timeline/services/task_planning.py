"""Planning many tasks at once, each once for ever: what jobs find to be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import ngettext

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.core.services.notifications import notify
from ponte.events.timeline import TasksChanged
from ponte.timeline.models import Task
from ponte.timeline.services.facts import lock_facts, recount_tasks
from ponte.timeline.services.task_data import TaskData
from ponte.timeline.services.task_search import write_documents

BATCH = 500


@transaction.atomic
def plan_tasks(*, actor: Actor, source: str, tasks: Sequence[TaskData]) -> list[UUID]:
    """Plan tasks that carry an ``external_key``; those planned before (done and deleted ones too) stay as they are.

    The rows are taken as they are told: callers are jobs, not people. One audit entry and one event for all, one notice for each
    assignee. Return which were planned.
    """
    wanted = {one.external_key: one for one in tasks if one.external_key}
    lock_facts(one.party_id for one in wanted.values())
    known = set(
        Task.objects.filter(source=source, external_key__in=wanted).values_list("external_key", flat=True)
    )
    rows = [_row(source, one) for key, one in wanted.items() if key not in known]
    Task.objects.bulk_create(rows, ignore_conflicts=True)  # another worker may have been quicker
    made = {row.id for row in rows}
    kept = set(Task.objects.filter(id__in=made).values_list("id", flat=True))
    rows = [row for row in rows if row.id in kept]
    if not rows:
        return []
    write_documents(rows)
    recount_tasks(row.party_id for row in rows)
    ids = [row.id for row in rows]
    record_bulk(
        actor=actor,
        act="task.planned",
        object_type="task",
        ids=ids,
        summary={"count": len(ids), "source": source},
    )
    publish(TasksChanged(task_ids=[str(one) for one in ids], act="created"), actor=actor)
    _tell(rows)
    return ids


def _row(source: str, one: TaskData) -> Task:
    return Task(
        title=one.title[:255],
        description=one.description,
        kind=one.kind,
        priority=one.priority,
        due_at=one.due_at,
        due_all_day=one.due_all_day,
        remind_at=one.remind_at,
        assignee_id=one.assignee_id,
        party_id=one.party_id,
        source=source,
        external_key=one.external_key,
    )


def _tell(rows: Sequence[Task]) -> None:
    """One notice for each assignee, however many tasks."""
    counts = Counter(row.assignee_id for row in rows if row.assignee_id)
    first = {row.assignee_id: row for row in reversed(rows)}
    for member in Member.objects.filter(id__in=counts, is_active=True):
        number = counts[member.id]
        with translation.override(member.language):
            title = ngettext("To do ahead of time: %(task)s", "%(number)d dates are coming up", number)
        row = first[member.id]
        notify(
            member=member,
            kind="task.assigned",
            title=title % {"task": row.title, "number": number},
            url=f"/tasks/{row.id}/" if number == 1 else "/tasks/day/",
        )
