"""Screens of tasks: my day, one task, its form, the panel of the record page."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ponte.core.errors import Denied, Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.directory.policies import visible_parties
from ponte.timeline.due import today, workspace_zone
from ponte.timeline.forms.about import NONE, About, about_details, add_about
from ponte.timeline.forms.interaction import show_problems
from ponte.timeline.forms.meeting import SPANS
from ponte.timeline.forms.task import TaskForm, initial_of, rule_of
from ponte.timeline.models import Task
from ponte.timeline.policies import check_may_create, get_visible_party, may_on, task_fields
from ponte.timeline.rule_words import describe
from ponte.timeline.selectors.tasks import get_task, my_day, party_tasks
from ponte.timeline.services.task_series import (
    create_repeating_task,
    delete_repeating_task,
    stop_repeating,
    update_repeating_task,
)
from ponte.timeline.task_links import links_of
from ponte.timeline.views.asking import asked_about
from ponte.timeline.views.task_rows import shown, shown_all
from ponte.timeline.words import HIDDEN_CUSTOMER
from ponte.ui.htmx import close_dialog, go_to, toast
from ponte.ui.layouts import frame_of
from ponte.workplace.custom_fields.inputs import add_inputs
from ponte.workplace.custom_fields.showing import sections_of


@require_GET
@requires("task", "view")
def day(request: WorkspaceRequest) -> HttpResponse:
    """Show the member's day: overdue, today, next."""
    return render(request, "timeline/day.html", _day(request))


@require_GET
@requires("task", "view")
def home_block(request: WorkspaceRequest) -> HttpResponse:
    """Answer the member's tasks for the home page."""
    return render(request, "timeline/_home_tasks.html", _day(request))


def _day(request: WorkspaceRequest) -> dict[str, Any]:
    found = my_day(request.member)
    groups = [
        ("overdue", _("Overdue tasks"), found.overdue),
        ("today", _("Today"), found.today),
        ("next", _("Next seven days"), found.next),
        ("undated", _("Without a date"), found.undated),
    ]
    return {
        "groups": [
            (key, label, shown_all(request.member, tasks), key in found.more)
            for key, label, tasks in groups
            if tasks
        ],
        "done": shown_all(request.member, found.done_today),
        "is_empty": found.is_empty,
        "may_create": may(request.member, "task", "create"),
    }


@require_GET
@requires("task", "view")
def detail(request: WorkspaceRequest, task_id: UUID) -> HttpResponse:
    """Show one task, whole or in the side panel."""
    task = get_task(request.member, task_id)
    shows_details = task_fields(request.member).can_read("description")
    local = task.due_at.astimezone(workspace_zone()) if task.due_at else None
    context = {
        "entry": shown(request.member, task),
        "task": task,
        "repeats": describe(rule_of(task), local.date()) if local else "",
        "shows_details": shows_details,
        "custom_sections": sections_of(request.member, "task", task.custom),
        "custom_object": "task",
        "row_id": task.id,
        "links": links_of(request.member, task),
    }
    return render(request, "timeline/task.html", context)


@require_http_methods(["GET", "POST"])
@requires("task", "create")
def create(request: WorkspaceRequest) -> HttpResponse:
    """Plan a task; ``?party=`` names the customer it is about, ``?about=opportunity:<id>`` what it is a step of."""
    about, about_party = asked_about(request)
    party = about_party or _asked_party(request)
    initial = {"assignee": request.member.id, "due_on": today(), "party": party}
    form = _bind(request, initial, about=about)
    if request.method == "POST" and form.is_valid():
        try:
            details = about_details(form, request.member, form.details())
            check_may_create(request.member, "task", details["party_id"])
            task = create_repeating_task(actor=request.actor, rrule=form.rule() or "", **details)
        except Invalid as refusal:
            show_problems(form, refusal)
        else:
            return _done(request, task, _("Task planned"))
    return _form(request, form, _("New task"))


@require_http_methods(["GET", "POST"])
@requires("task", "edit")
def edit(request: WorkspaceRequest, task_id: UUID) -> HttpResponse:
    """Change a task."""
    task = get_task(request.member, task_id)
    if not may_on(request.member, "edit", task):
        raise Denied("task", "edit")
    form = _bind(request, initial_of(task), task, about=(task.about_type, task.about_id))
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, task, form)
        except Invalid as refusal:
            show_problems(form, refusal)
        else:
            return _done(request, task, _("Task saved"))
    return _form(request, form, _("Edit task"))


def _save(request: WorkspaceRequest, task: Task, form: TaskForm) -> None:
    details = about_details(form, request.member, form.details())
    if not {"reminder", "due_on", "due_time"} & set(form.changed_data):
        details.pop("remind_at", None)
    if details.get("party_id") != task.party_id:
        check_may_create(request.member, "task", details.get("party_id"))
    span = form.cleaned_data.get("span", "this")
    rule = form.rule()
    if span == "this" and not {"repeat", "repeat_until"} & set(form.changed_data):
        rule = None  # another day of this one alone
    update_repeating_task(
        actor=request.actor,
        task=task,
        span=span,
        rrule=rule,
        version=form.cleaned_data["version"],
        **details,
    )


def _bind(
    request: WorkspaceRequest, initial: dict[str, Any], task: Task | None = None, *, about: About = NONE
) -> TaskForm:
    def label_of(party_id: Any) -> str:
        found = visible_parties(request.member).filter(id=party_id).first() if party_id else None
        if found is not None:
            return found.label
        is_hidden = task is not None and task.party_id is not None and str(party_id) == str(task.party_id)
        return str(HIDDEN_CUSTOMER) if is_hidden else ""

    data = request.POST if request.method == "POST" else None
    repeats = task is not None and bool(rule_of(task))
    form = TaskForm(data, initial=initial, access=task_fields(request.member), repeats=repeats)
    form.prepare_party(reverse("directory:pick"), label_of)
    add_about(form, request.member, about)
    add_inputs(form, "task", request.member, stored=task.custom if task else None)
    return form


def _asked_party(request: WorkspaceRequest) -> UUID | None:
    try:
        return get_visible_party(request.member, UUID(request.GET["party"])).id
    except (KeyError, ValueError):
        return None


def _form(request: WorkspaceRequest, form: TaskForm, title: str) -> HttpResponse:
    context = {"form": form, "title": title, "cancel_url": reverse("timeline:day")}
    return render(request, "ui/form_page.html", context, status=422 if form.is_bound else 200)


def _done(request: WorkspaceRequest, task: Task, text: str) -> HttpResponse:
    if frame_of(request) == "page":
        return redirect("timeline:task", task.id)
    if frame_of(request) == "panel":
        return go_to(reverse("timeline:task", args=[task.id]))
    return close_dialog(text, events=("tasks-changed", "customer-changed"))


@require_GET
@requires("task", "view")
def panel(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show a customer's tasks."""
    party = get_visible_party(request.member, party_id)
    found = party_tasks(request.member, party.id)
    context = {
        "party": party,
        "open": shown_all(request.member, found.open),
        "done": shown_all(request.member, found.done),
        "has_more": found.has_more,
        "may_create": may(request.member, "task", "create"),
    }
    return render(request, "timeline/_tasks_panel.html", context)


@require_POST
@requires("task", "edit")
def stop(request: WorkspaceRequest, task_id: UUID) -> HttpResponse:
    """Let nothing come after a task that repeats."""
    task = get_task(request.member, task_id)
    stop_repeating(actor=request.actor, task=task)
    return _done(request, task, _("It doesn't repeat any more"))


@require_http_methods(["GET", "POST"])
@requires("task", "delete")
def delete_one(request: WorkspaceRequest, task_id: UUID) -> HttpResponse:
    """Ask how much of a task that repeats is deleted, and do it."""
    task = get_task(request.member, task_id)
    span = request.POST.get("span", "")
    if request.method == "POST" and span in ("this", "following"):
        delete_repeating_task(actor=request.actor, task=task, span=span)  # type: ignore[arg-type]
        return toast(go_to(reverse("timeline:day")), _("Task deleted"))
    return render(request, "timeline/task_delete.html", {"task": task, "spans": SPANS[:2]})
