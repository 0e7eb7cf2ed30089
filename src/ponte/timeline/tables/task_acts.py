"""What can be done to selected tasks."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.timeline.services import task_bulk
from ponte.workplace.lists import BulkAction, BulkInput, BulkOutcome


def _texts(ids: list[UUID]) -> list[str]:
    return [str(one) for one in ids]


def _uuids(texts: Any) -> list[UUID]:
    return [UUID(one) for one in texts]


def _complete(actor: Actor, ids: list[UUID], inputs: Any) -> BulkOutcome:
    done = task_bulk.complete_tasks(actor=actor, task_ids=ids)
    return BulkOutcome(done, _texts(done))


def _uncomplete(actor: Actor, undo: Any) -> None:
    task_bulk.reopen_tasks(actor=actor, task_ids=_uuids(undo))


def _assign(actor: Actor, ids: list[UUID], inputs: Any) -> BulkOutcome:
    try:
        assignee = UUID(inputs.get("assignee", "")) if inputs.get("assignee") != "nobody" else None
    except ValueError as error:
        raise Invalid.on("assignee", "missing", _("There is no such colleague.")) from error
    before = task_bulk.assign_tasks(actor=actor, task_ids=ids, assignee_id=assignee)
    return BulkOutcome(_uuids(before), {"assignee": str(assignee or ""), "rows": before})


def _unassign(actor: Actor, undo: Any) -> None:
    before = {UUID(task_id): _uuid_or_none(holder) for task_id, holder in undo["rows"].items()}
    task_bulk.give_back_tasks(actor=actor, before=before, given_to=_uuid_or_none(undo["assignee"]))


def _uuid_or_none(text: str) -> UUID | None:
    return UUID(text) if text else None


def _delete(actor: Actor, ids: list[UUID], inputs: Any) -> BulkOutcome:
    done = task_bulk.delete_tasks(actor=actor, task_ids=ids)
    return BulkOutcome(done, _texts(done))


def _undelete(actor: Actor, undo: Any) -> None:
    task_bulk.restore_tasks(actor=actor, task_ids=_uuids(undo))


def _colleagues(member: Member) -> list[tuple[str, Any]]:
    rows = Member.objects.filter(is_active=True).order_by("sort_name", "id")[:300]
    return [*((str(one.id), one.name) for one in rows), ("nobody", _("Nobody"))]


TASK_ACTS = (
    BulkAction(
        "complete",
        _("Mark as done"),
        "check",
        _complete,
        done_text=ngettext_lazy("%(count)s task done", "%(count)s tasks done", "count"),
        undo=_uncomplete,
    ),
    BulkAction(
        "assign",
        _("Assign"),
        "user-share",
        _assign,
        done_text=ngettext_lazy("%(count)s task assigned", "%(count)s tasks assigned", "count"),
        undo=_unassign,
        inputs=(BulkInput("assignee", _("Assignee"), choices=_colleagues),),
    ),
    BulkAction(
        "delete",
        _("Delete"),
        "trash",
        _delete,
        done_text=ngettext_lazy("%(count)s task deleted", "%(count)s tasks deleted", "count"),
        act="delete",
        undo=_undelete,
        danger=True,
    ),
)
