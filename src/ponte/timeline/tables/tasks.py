"""The lists of tasks: those to do, and those done."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ponte.core.models import Member
from ponte.timeline.models import Task, TaskPriority
from ponte.timeline.policies import naming_customers, visible_tasks
from ponte.timeline.selectors.tasks import customer_name, readable_query
from ponte.timeline.tables.task_acts import TASK_ACTS
from ponte.timeline.tables.task_editing import TASK_FIELDS
from ponte.timeline.task_kinds import TASK_KINDS
from ponte.workplace.custom_fields.listing import more_of
from ponte.workplace.lists import (
    COMING,
    EVERY_FEMININE,
    Badge,
    ChoiceFilter,
    Column,
    DateFilter,
    Due,
    Empty,
    EmptyAction,
    ListPage,
    Main,
    Moment,
    OwnerFilter,
    Person,
    Sort,
    Text,
    register_list,
)
from ponte.workplace.visibility import who_may

KIND_LABELS = {kind.key: kind.label for kind in TASK_KINDS.values()}
PRIORITIES = tuple((str(value), label) for value, label in TaskPriority.choices)
PRIORITY_TONES = {TaskPriority.LOW: "neutral", TaskPriority.NORMAL: "blue", TaskPriority.HIGH: "red"}
NEW_TASK = EmptyAction(
    _("New task"), "timeline:task_new", "plus", dialog=True, visible=who_may("task", "create")
)


def _open_tasks(member: Member) -> QuerySet[Task]:
    return naming_customers(visible_tasks(member), member).filter(done_at__isnull=True).defer("search")


def _done_tasks(member: Member) -> QuerySet[Task]:
    return naming_customers(visible_tasks(member), member).filter(done_at__isnull=False).defer("search")


def _url(task: Any) -> str:
    return reverse("timeline:task", args=[task.pk])


COLUMNS = (
    Column("title", _("Task"), Main("title", second=customer_name), sort="title"),
    Column("party", _("Customer"), Text(customer_name), needs=("party",)),
    Column("kind", _("Kind"), Badge("kind", labels=KIND_LABELS)),
    Column(
        "priority",
        _("Priority"),
        Badge("priority", labels=dict(TaskPriority.choices), tones=PRIORITY_TONES),
        sort="priority",
    ),
    Column("assignee", _("Assignee"), Person("assignee__name"), needs=("assignee",)),
)
FILTERS = (
    OwnerFilter("assignee", _("Assignee"), path="assignee", team_path="assignee__team"),
    DateFilter("due", _("Due"), "due_at", periods=COMING, never=_("Without a date")),
    ChoiceFilter("kind", _("Kind"), "kind", choices=tuple(KIND_LABELS.items())),
    ChoiceFilter("priority", _("Priority"), "priority", choices=PRIORITIES),
)

TASKS = register_list(
    ListPage(
        key="tasks",
        more=(more_of("task"),),
        object="task",
        condition="task",
        title=_("Tasks"),
        url_name="timeline:tasks",
        icon="checkbox",
        plural=_("tasks"),
        every=EVERY_FEMININE,
        columns=(*COLUMNS, Column("due", _("Due"), Due("due_at", done="done_at"), sort="due", phone=True)),
        sorts=(
            Sort("due", _("Due"), ("due_at",), nullable=True),
            Sort("created", pgettext_lazy("when", "Created"), (), descending=True),
            Sort("priority", _("Priority"), ("priority",), descending=True),
            Sort("title", _("Task"), ("title",)),
        ),
        default_sort="due",
        filters=FILTERS,
        queryset=_open_tasks,
        row_url=_url,
        panel_url=_url,
        search_column="search",
        search_within=readable_query,
        search_fields=frozenset({"description"}),
        owner="assignee",
        team="assignee__team",
        bulk_actions=TASK_ACTS,
        editables=TASK_FIELDS,
        create=NEW_TASK,
        empty=Empty(
            _("No open tasks"),
            _("Tasks are promises with a date: calls to make, proposals to send, visits to pay."),
            "checkbox",
            (NEW_TASK,),
        ),
    )
)

DONE_TASKS = register_list(
    ListPage(
        key="tasks_done",
        more=(more_of("task"),),
        object="task",
        condition="task",
        title=_("Done tasks"),
        url_name="timeline:tasks_done",
        icon="checks",
        plural=_("tasks"),
        every=EVERY_FEMININE,
        columns=(*COLUMNS, Column("done", _("Done"), Moment("done_at"), sort="done", phone=True)),
        sorts=(
            Sort("done", _("Done"), ("done_at",), descending=True),
            Sort("priority", _("Priority"), ("priority",), descending=True),
            Sort("title", _("Task"), ("title",)),
        ),
        default_sort="-done",
        filters=(*FILTERS, DateFilter("done", _("Done"), "done_at")),
        queryset=_done_tasks,
        row_url=_url,
        panel_url=_url,
        search_column="search",
        search_within=readable_query,
        search_fields=frozenset({"description"}),
        owner="assignee",
        team="assignee__team",
        empty=Empty(_("Nothing done yet"), _("Tasks that were done are kept here."), "checks"),
    )
)
