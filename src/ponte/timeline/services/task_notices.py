"""Telling people about their tasks."""

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.services.notifications import notify
from ponte.timeline.due import workspace_zone
from ponte.timeline.models import Task


def tell_assignee(actor: Actor, task: Task) -> None:
    """Tell the assignee that somebody else gave them a task."""
    member = task.assignee
    if member is None or member.id == actor.member_id or not task.is_open:
        return
    with translation.override(member.language):
        title = _("%(who)s gave you a task: %(task)s") % {"who": actor.label, "task": task.title}
        body = due_words(task)
    notify(
        member=member, kind="task.assigned", title=title[:200], body=body, url=task_path(task), actor=actor
    )


def remind_assignee(task: Task) -> None:
    """Remind the assignee of a task whose reminder is due."""
    member = task.assignee
    if member is None or not member.is_active:
        return
    with translation.override(member.language):
        title = _("Reminder: %(task)s") % {"task": task.title}
        body = due_words(task)
    notify(member=member, kind="task.reminder", title=title[:200], body=body, url=task_path(task))


def due_words(task: Task) -> str:
    """Return when a task is due, in words of the active language; empty without a date."""
    if task.due_at is None:
        return ""
    local = task.due_at.astimezone(workspace_zone())
    day = date_format(local, "SHORT_DATE_FORMAT")
    if task.due_all_day:
        return _("Due on %(day)s") % {"day": day}
    return _("Due on %(day)s at %(time)s") % {"day": day, "time": date_format(local, "H:i")}


def task_path(task: Task) -> str:
    """Return the path of a task inside the workspace."""
    return f"/tasks/{task.id}/"
