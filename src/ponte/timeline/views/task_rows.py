"""Rows of tasks and what is done to them in one click."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.directory.policies import visible_parties
from ponte.timeline.due import today, workspace_zone
from ponte.timeline.models import Task, TaskPriority
from ponte.timeline.policies import may_on
from ponte.timeline.selectors.tasks import get_deleted_task, get_task
from ponte.timeline.services.task_state import complete_task, reopen_task
from ponte.timeline.services.tasks import delete_task, restore_task
from ponte.timeline.subjects import names_of
from ponte.timeline.task_kinds import TaskKind, task_kind_of
from ponte.timeline.words import HIDDEN_CUSTOMER
from ponte.ui.htmx import go_to, toast, trigger
from ponte.workplace.custom_fields.objects import Named


@dataclass(slots=True)
class ShownTask:
    """One task, ready for the template. ``may_open_party``: the customer is not hidden from the reader; ``about``: what it is a step of."""

    row: Task
    kind: TaskKind
    may_edit: bool
    may_delete: bool
    may_open_party: bool
    now: datetime
    about: Named | None = None
    hidden_customer = HIDDEN_CUSTOMER
    repeats_word = gettext_lazy("Repeats")

    @property
    def repeats(self) -> bool:
        """Whether another one comes after it."""
        series = self.row.series
        return self.row.done_at is None and series is not None and series.ended_at is None

    @property
    def is_late(self) -> bool:
        """Whether it should have been done by now."""
        return self.row.done_at is None and self.row.due_at is not None and self.row.due_at < self.now

    @property
    def is_high(self) -> bool:
        """Whether it presses."""
        return self.row.priority == TaskPriority.HIGH

    @property
    def due(self) -> str:
        """When it is due: the time for today, the day otherwise (in a word where it is near), both when both are known."""
        if self.row.due_at is None:
            return ""
        local = self.row.due_at.astimezone(workspace_zone())
        time = "" if self.row.due_all_day else date_format(local, "H:i")
        away = (local.date() - today()).days
        if away == 0:
            return time or _("today")
        near = {-1: _("yesterday"), 1: _("tomorrow")}.get(away)
        return f"{near or date_format(local, 'SHORT_DATE_FORMAT')} {time}".strip()


def shown(member: Member, task: Task) -> ShownTask:
    """Return one task ready to show."""
    return shown_all(member, [task])[0]


def shown_all(member: Member, tasks: Sequence[Task]) -> list[ShownTask]:
    """Return tasks ready to show; one query at most for all of them."""
    parties = {task.party_id for task in tasks if task.party_id}
    visible = (
        set(visible_parties(member).filter(id__in=parties).values_list("id", flat=True)) if parties else set()
    )
    now = timezone.now()
    steps = {(task.about_type, task.about_id) for task in tasks if task.about_id}
    names = names_of(member, steps) if steps else {}
    return [
        ShownTask(
            row=task,
            kind=task_kind_of(task.kind),
            may_edit=may_on(member, "edit", task),
            may_delete=may_on(member, "delete", task),
            may_open_party=task.party_id in visible,
            now=now,
            about=names.get((task.about_type, task.about_id)) if task.about_id else None,
        )
        for task in tasks
    ]


def _answer(request: WorkspaceRequest, task_id: UUID) -> HttpResponse:
    """Answer the task's row as it is now, and tell the page what changed."""
    entry = shown(request.member, get_task(request.member, task_id))
    response = render(request, "timeline/_task.html", {"entry": entry})
    for event in ("timeline-changed", "customer-changed"):
        trigger(response, event)
    return response


@require_POST
@requires("task", "edit")
def done(request: WorkspaceRequest, task_id: UUID) -> HttpResponse:
    """Mark a task as done, with undo."""
    task = get_task(request.member, task_id)
    complete_task(actor=request.actor, task=task)
    undo = reverse("timeline:task_reopen", args=[task.id])
    return toast(_answer(request, task.id), _("Done: %(task)s") % {"task": task.title}, undo_url=undo)


@require_POST
@requires("task", "edit")
def reopen(request: WorkspaceRequest, task_id: UUID) -> HttpResponse:
    """Put a done task back."""
    task = get_task(request.member, task_id)
    reopen_task(actor=request.actor, task=task)
    return _answer(request, task.id)


@require_POST
@requires("task", "delete")
def delete(request: WorkspaceRequest, task_id: UUID) -> HttpResponse:
    """Throw a task away, with undo."""
    task = get_task(request.member, task_id)
    delete_task(actor=request.actor, task=task)
    undo = reverse("timeline:task_restore", args=[task.id])
    if request.GET.get("then") == "list":
        return toast(go_to(reverse("timeline:day")), _("Task deleted"))
    response = trigger(trigger(HttpResponse(""), "tasks-changed"), "customer-changed")
    return toast(response, _("Task deleted"), undo_url=undo)


@require_POST
@requires("task", "delete")
def restore(request: WorkspaceRequest, task_id: UUID) -> HttpResponse:
    """Bring a deleted task back."""
    restore_task(actor=request.actor, task=get_deleted_task(request.member, task_id))
    return trigger(HttpResponse(status=204), "tasks-changed")
