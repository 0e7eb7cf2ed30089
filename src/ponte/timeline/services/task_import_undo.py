"""Taking a chunk of imported tasks back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet

from ponte.core.models import Member
from ponte.core.services.audit import record_each
from ponte.core.services.events import publish
from ponte.events.timeline import TasksChanged
from ponte.timeline.models import Task
from ponte.timeline.policies import may_on, visible_tasks
from ponte.timeline.services.facts import lock_facts, recount_tasks
from ponte.timeline.services.task_bulk import delete_tasks
from ponte.timeline.services.task_entries import take_entries_away, write_entries
from ponte.timeline.services.task_search import write_documents
from ponte.timeline.services.task_upserts import save_tasks
from ponte.workplace.importing.record_undo import Moved, RecordUndo
from ponte.workplace.importing.reversal import UNDO_ACT, DoneChunk
from ponte.workplace.importing.targets import ImportContext


class TaskUndo(RecordUndo[Task]):
    """Tasks go into the bin with what they left on timelines; what somebody worked with since stays."""

    model = Task
    object_type = "task"

    def visible(self, member: Member) -> QuerySet[Task]:
        return visible_tasks(member)

    def found(self, ids: Collection[UUID]) -> QuerySet[Task]:
        return super().found(ids).select_related("assignee").defer("search")

    def locked(self, ids: Collection[UUID]) -> Sequence[Task]:
        lock_facts(Task.objects.filter(id__in=ids, deleted_at=None).values_list("party_id", flat=True))
        return super().locked(ids)

    def within(self, context: ImportContext, rows: Mapping[UUID, Task], act: str) -> set[UUID]:
        member = context.actor.member
        if member is None:
            return set(rows)
        seen = set(visible_tasks(member).filter(id__in=list(rows)).values_list("id", flat=True))
        return {one for one, row in rows.items() if one in seen and may_on(member, act, row)}

    def column_of(self, name: str) -> str:
        return name if name.startswith("about") else name.removesuffix("_id")

    def remove(self, chunk: DoneChunk, context: ImportContext, rows: Sequence[Task]) -> None:
        ids = [task.id for task in rows]
        take_entries_away([task for task in rows if task.done_at is not None])
        delete_tasks(actor=context.actor, task_ids=ids)
        Task.objects.filter(id__in=ids).update(external_key=None)

    def write(self, context: ImportContext, rows: Sequence[Task], moved: Moved) -> None:
        for task in rows:
            back = moved[task.id]
            if "done_at" in back:
                task.done_by_id = task.assignee_id if task.done_at is not None else None
            if "remind_at" in back:
                task.reminded_at = None
        former = {back["party_id"][0] for back in moved.values() if "party_id" in back}
        lock_facts([*former, *(task.party_id for task in rows)])
        save_tasks(rows)
        write_documents(rows)
        ends = [task for task in rows if "done_at" in moved[task.id]]
        take_entries_away(ends)
        write_entries(context.actor, [task for task in ends if task.done_at is not None])
        recount_tasks([*former, *(task.party_id for task in rows)])
        record_each(
            actor=context.actor,
            act=f"task.{UNDO_ACT}",
            object_type="task",
            changes=moved,
            subjects={task.id: task.party_id for task in rows},
        )
        publish(TasksChanged(task_ids=[str(one) for one in moved], act="edited"), actor=context.actor)


undo_tasks = TaskUndo()
