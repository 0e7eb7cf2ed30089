"""Links on a task's page that whoever made the task brings: modules register one function for each source of tasks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from ponte.core.models import Member
from ponte.timeline.models import Task


@dataclass(frozen=True)
class TaskLink:
    """A button on a task's page. ``outwards``: it leaves the product and opens beside it."""

    label: str | Promise
    url: str
    icon: str = "external-link"
    outwards: bool = False


Find = Callable[[Member, Task], Sequence[TaskLink]]
_sources: dict[str, Find] = {}


def register_task_links(source: str, find: Find) -> None:
    """Let ``find`` say which links a task of this ``source`` has for a member."""
    _sources[source] = find


def links_of(member: Member, task: Task) -> Sequence[TaskLink]:
    """Return the links of a task, none where nobody brings any."""
    find = _sources.get(task.source)
    return find(member, task) if find is not None else ()
