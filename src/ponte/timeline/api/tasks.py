"""The API of tasks."""

from typing import Any, Literal
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Query, Router
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.pagination import page
from ponte.apikit.replies import refuse_unwritable, respond
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Page, Paging, Sparse
from ponte.apikit.writes import if_match
from ponte.conditions.parameters import conditioned
from ponte.timeline.api.schemas import TaskFilters, TaskIn, TaskOut, TaskPatch
from ponte.timeline.models import Task
from ponte.timeline.policies import check_may_create, visible_tasks
from ponte.timeline.selectors.tasks import get_deleted_task, get_task
from ponte.timeline.services import task_series, task_state
from ponte.timeline.services import tasks as planning
from ponte.timeline.subjects import check_about
from ponte.workplace.custom_fields.querying import (
    CUSTOM_PARAMETERS,
    custom_filtered,
    custom_page,
    is_custom_sort,
)

router = Router(tags=["Tasks"])
READ, WRITE = scope("tasks:read"), scope("tasks:write")


@router.get("", auth=READ, response=Page[TaskOut], openapi_extra=CUSTOM_PARAMETERS)
def list_tasks(request: ApiRequest, filters: Query[TaskFilters], paging: Query[Paging]) -> HttpResponse:
    """List tasks by due date or by a custom field; those without one come last."""
    rows = custom_filtered(request, _filtered(visible_tasks(request.member), filters), "task")
    rows = (
        conditioned(request, rows, "task", filters.condition)
        .select_related("assignee", "series")
        .defer("search")
    )
    if is_custom_sort(filters.sort):
        return custom_page(request, rows, "task", filters.sort, schema=TaskOut, paging=paging)
    return page(request, rows, order=("due_at", "id"), schema=TaskOut, paging=paging)


def _filtered(rows: QuerySet[Task], filters: TaskFilters) -> QuerySet[Task]:
    if filters.state != "all":
        rows = rows.filter(done_at__isnull=filters.state == "open")
    for name in ("assignee_id", "party_id", "about_id", "kind", "priority"):
        value = getattr(filters, name)
        if value is not None:
            rows = rows.filter(**{name: value})
    if filters.due_after is not None:
        rows = rows.filter(due_at__gte=filters.due_after)
    if filters.due_before is not None:
        rows = rows.filter(due_at__lt=filters.due_before)
    return rows


@router.post("", auth=WRITE, response={200: TaskOut, 201: TaskOut})
def create_task(request: ApiRequest, data: TaskIn) -> HttpResponse:
    """Create a task; 200 instead of 201 when its external id was created before."""
    check_may_create(request.member, "task", check_about(request.member, data.model_dump()) or data.party_id)
    refuse_unwritable(request, "task", data.model_fields_set)
    known = planning.find_by_key(data.source, data.external_id)
    if known is not None:
        return respond(request, get_task(request.member, known.id), TaskOut)
    values: dict[str, Any] = data.model_dump()
    values["external_key"] = values.pop("external_id")
    task = task_series.create_repeating_task(actor=request.actor, **values)
    return respond(request, task, TaskOut, status=201, location=f"/api/v1/tasks/{task.id}")


@router.get("/{task_id}", auth=READ, response=TaskOut)
def get_task_by_id(request: ApiRequest, task_id: UUID, sparse: Query[Sparse]) -> HttpResponse:
    """Return one task."""
    return respond(request, get_task(request.member, task_id), TaskOut, fields=sparse.fields)


@router.patch("/{task_id}", auth=WRITE, response=TaskOut)
def update_task(request: ApiRequest, task_id: UUID, data: TaskPatch) -> HttpResponse:
    """Change a task; send the version you read in If-Match."""
    task = get_task(request.member, task_id)
    given = data.given()
    refuse_unwritable(request, "task", set(given) - {"span", "rrule"})
    if party_id := check_about(request.member, given):
        given["party_id"] = party_id
    if given.get("party_id") not in (None, task.party_id):
        check_may_create(request.member, "task", given["party_id"])
    task = task_series.update_repeating_task(
        actor=request.actor, task=task, version=if_match(request), **given
    )
    return respond(request, task, TaskOut)


@router.delete("/{task_id}", auth=WRITE, response={204: None})
def delete_task(
    request: ApiRequest, task_id: UUID, span: Query[Literal["this", "following"]] = "this"
) -> Status[None]:
    """Throw a task away; it can be restored. Of one that repeats, with `span=following`, also what would come after."""
    task = get_task(request.member, task_id)
    task_series.delete_repeating_task(actor=request.actor, task=task, span=span, version=if_match(request))
    return Status(204, None)


@router.post("/{task_id}/restore", auth=WRITE, response=TaskOut)
def restore_task(request: ApiRequest, task_id: UUID) -> HttpResponse:
    """Bring a deleted task back."""
    task = get_deleted_task(request.member, task_id)
    return respond(request, planning.restore_task(actor=request.actor, task=task), TaskOut)


@router.post("/{task_id}/complete", auth=WRITE, response=TaskOut)
def complete_task(request: ApiRequest, task_id: UUID) -> HttpResponse:
    """Mark a task as done; done already, it stays as it is."""
    task = get_task(request.member, task_id)
    done = task_state.complete_task(actor=request.actor, task=task, version=if_match(request))
    return respond(request, done, TaskOut)


@router.post("/{task_id}/stop", auth=WRITE, response=TaskOut)
def stop_repeating(request: ApiRequest, task_id: UUID) -> HttpResponse:
    """Let nothing come after a task that repeats; what is planned already stays."""
    task = get_task(request.member, task_id)
    row = task_series.stop_repeating(actor=request.actor, task=task, version=if_match(request))
    return respond(request, row, TaskOut)


@router.post("/{task_id}/reopen", auth=WRITE, response=TaskOut)
def reopen_task(request: ApiRequest, task_id: UUID) -> HttpResponse:
    """Put a done task back among those to do."""
    task = get_task(request.member, task_id)
    opened = task_state.reopen_task(actor=request.actor, task=task, version=if_match(request))
    return respond(request, opened, TaskOut)
