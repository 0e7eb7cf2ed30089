"""What the timeline plugs into the layers below."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ponte.conditions.catalogue import register_provider
from ponte.core.models import Member
from ponte.core.rights import ObjectRights, may, register_object
from ponte.directory.movers import register_mover
from ponte.directory.policies import visible_parties
from ponte.directory.uses import register_use
from ponte.timeline import conditions, help
from ponte.timeline.custom import TASK
from ponte.timeline.demo.part import PART as DEMO
from ponte.timeline.imports import INTERACTIONS
from ponte.timeline.meeting_imports import MEETINGS
from ponte.timeline.models import Task
from ponte.timeline.policies import naming_customers, visible_interactions, visible_meetings, visible_tasks
from ponte.timeline.selectors.tasks import customer_name, search_tasks, with_people
from ponte.timeline.selectors.uses import talked_with
from ponte.timeline.services.merging import MOVER
from ponte.timeline.tables import tasks as task_lists
from ponte.timeline.task_imports import TASKS as TASK_IMPORT
from ponte.timeline.task_kinds import task_kind_of
from ponte.timeline.views.timeline import render_block
from ponte.workplace.admin.history import HistorySource, register_history
from ponte.workplace.commands import Command, register_command
from ponte.workplace.custom_fields.conditions import provider_of
from ponte.workplace.custom_fields.importing import custom_extension
from ponte.workplace.custom_fields.objects import register_custom_object
from ponte.workplace.demo import register_demo
from ponte.workplace.home import HomeBlock, StartStep, register_home_block, register_start_step
from ponte.workplace.importing import register_import_extension, register_target
from ponte.workplace.navigation import NavItem, register_nav
from ponte.workplace.panels import Panel, register_panel
from ponte.workplace.record import MainBlock, register_main_block
from ponte.workplace.search import SearchHit, SearchSource, SearchTerms, register_search
from ponte.workplace.visibility import who_may

LISTS = (task_lists.TASKS, task_lists.DONE_TASKS)

register_object(
    ObjectRights("interaction", label=_("Interactions"), fields={"body": _("Text"), "data": _("Extra data")})
)
register_object(ObjectRights("task", label=_("Tasks"), fields={"description": _("Details")}))
register_object(ObjectRights("meeting", label=_("Meetings")))
register_object(ObjectRights("file", label=_("Files")))

register_use("timeline", talked_with)
register_main_block(
    MainBlock("timeline", render=render_block, order=10, visible=who_may("interaction", "view"))
)
register_panel(
    Panel("tasks", _("Tasks"), "checkbox", "timeline:tasks_panel", order=20, visible=who_may("task", "view"))
)
register_panel(
    Panel(
        "meetings",
        _("Meetings"),
        "calendar-event",
        "timeline:meetings_panel",
        order=25,
        visible=who_may("meeting", "view"),
    )
)
register_panel(
    Panel(
        "dates",
        _("Next dates"),
        "cake",
        "timeline:dates_panel",
        order=27,
        visible=who_may("customer", "view"),
    )
)
register_panel(
    Panel("files", _("Files"), "paperclip", "timeline:files_panel", order=80, visible=who_may("file", "view"))
)

register_nav(
    NavItem(
        "day",
        "home",
        _("My day"),
        "calendar-due",
        "timeline:day",
        order=20,
        visible=who_may("task", "view"),
        go_key="d",
        on_phone=True,
    )
)
register_nav(
    NavItem(
        "tasks",
        "home",
        _("Tasks"),
        "checkbox",
        "timeline:tasks",
        order=30,
        visible=who_may("task", "view"),
        go_key="t",
    )
)

register_nav(
    NavItem(
        "calendar",
        "home",
        _("Calendar"),
        "calendar",
        "timeline:calendar",
        order=25,
        visible=who_may("meeting", "view"),
        go_key="k",
    )
)

register_home_block(
    HomeBlock(
        "tasks",
        _("My day"),
        "calendar-due",
        "timeline:home_block",
        order=10,
        wide=True,
        visible=who_may("task", "view"),
    )
)

register_command(
    Command(
        "task.new",
        _("New task"),
        "checkbox",
        url_name="timeline:task_new",
        group="create",
        in_dialog=True,
        keywords=_("to do reminder call"),
        order=30,
        visible=who_may("task", "create"),
    )
)
register_command(
    Command(
        "meeting.new",
        _("New meeting"),
        "calendar-event",
        url_name="timeline:meeting_new",
        group="create",
        in_dialog=True,
        keywords=_("appointment schedule visit"),
        order=35,
        visible=who_may("meeting", "create"),
    )
)
register_command(
    Command(
        "timeline.compose",
        _("Write on the timeline"),
        "note",
        action="compose",
        shortcut="n",
        contexts=frozenset({"record"}),
        order=5,
        visible=who_may("interaction", "create"),
    )
)
register_command(
    Command(
        "tasks.done",
        _("Done tasks"),
        "checks",
        url_name="timeline:tasks_done",
        group="go",
        order=60,
        visible=who_may("task", "view"),
    )
)


def has_tasks() -> bool:
    """Return whether anybody has planned a task yet."""
    return Task.objects.exists()


register_start_step(
    StartStep(
        "task",
        _("Plan the first task"),
        _("A call, a visit, a proposal: what is to be done, by whom and when."),
        "checkbox",
        "timeline:task_new",
        has_tasks,
        order=50,
        visible=who_may("task", "create"),
    )
)


def hit_of(task: Task) -> SearchHit:
    """Return a task of ``naming_customers`` as the global search shows it."""
    return SearchHit(
        object="task",
        id=task.id,
        title=task.title,
        url=reverse("timeline:task", args=[task.id]),
        subtitle=customer_name(task),
        icon=task_kind_of(task.kind).icon,
        badge=_("Done") if task.done_at else "",
    )


def search(member: Member, terms: SearchTerms, limit: int) -> list[SearchHit]:
    """Return visible tasks that match, open ones first."""
    return [hit_of(task) for task in search_tasks(member, terms.tsquery, limit)]


def fetch(member: Member, ids: Sequence[UUID]) -> list[SearchHit]:
    """Return these tasks as far as visible, for recent and favourite records."""
    rows = naming_customers(visible_tasks(member).filter(id__in=ids), member)
    return [hit_of(task) for task in with_people(rows)]


register_search(
    SearchSource(
        "task",
        _("Tasks"),
        "checkbox",
        search,
        order=40,
        fetch=fetch,
        list_url_name="timeline:tasks",
        visible=who_may("task", "view"),
    )
)


def _seen_interactions(member: Member, ids: Collection[UUID]) -> set[UUID]:
    return set(visible_interactions(member).filter(id__in=ids).values_list("id", flat=True))


def _seen_tasks(member: Member, ids: Collection[UUID]) -> set[UUID]:
    return set(visible_tasks(member).filter(id__in=ids).values_list("id", flat=True))


def _seen_meetings(member: Member, ids: Collection[UUID]) -> set[UUID]:
    return set(visible_meetings(member).filter(id__in=ids).values_list("id", flat=True))


def _with_seen_files(member: Member, ids: Collection[UUID]) -> set[UUID]:
    """Files are asked by their customer."""
    if not may(member, "file", "view"):
        return set()
    return set(visible_parties(member).filter(id__in=ids).values_list("id", flat=True))


BODY_RIGHTS = {"body_html": "body", "comment": "body"}
register_history(HistorySource("interaction", _seen_interactions, field_rights=BODY_RIGHTS))
register_history(HistorySource("task", _seen_tasks))
register_history(HistorySource("meeting", _seen_meetings))
register_history(
    HistorySource("file", _with_seen_files, object_types=("file", "attachment"), rights_object="file")
)

register_custom_object(TASK)
register_provider("task", provider_of("task"))
register_demo(DEMO)
register_mover(MOVER)
register_target(INTERACTIONS)
register_target(TASK_IMPORT)
register_target(MEETINGS)
register_import_extension(TASK_IMPORT.key, custom_extension("task"))
conditions.register()
help.register()
