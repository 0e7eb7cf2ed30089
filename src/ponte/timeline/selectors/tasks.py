"""Reading tasks."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from ponte.core.errors import Missing
from ponte.core.models import Member
from ponte.timeline.due import end_of_day, next_days, today
from ponte.timeline.models import Task
from ponte.timeline.models.task import CUSTOM_WEIGHT, DESCRIPTION_WEIGHT, OPEN, TITLE_WEIGHT
from ponte.timeline.policies import naming_customers, task_fields, visible_tasks
from ponte.timeline.words import HIDDEN_CUSTOMER
from ponte.workplace.custom_fields.searching import may_search_all, within_weights
from ponte.workplace.search.candidates import matching

MAX_A_GROUP = 100
NEXT_DAYS = 7
PANEL_OPEN = 20
PANEL_DONE = 5
CANDIDATES = 4


@dataclass(slots=True)
class MyDay:
    """A member's open tasks by when they are due. ``more`` names groups that hold more than is shown."""

    overdue: list[Task] = field(default_factory=list)
    today: list[Task] = field(default_factory=list)
    next: list[Task] = field(default_factory=list)
    undated: list[Task] = field(default_factory=list)
    done_today: list[Task] = field(default_factory=list)
    more: set[str] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be done."""
        return not (self.overdue or self.today or self.next or self.undated)


@dataclass(slots=True)
class PartyTasks:
    """A customer's tasks for their panel: the open ones by due date, the latest done."""

    open: list[Task] = field(default_factory=list)
    done: list[Task] = field(default_factory=list)
    has_more: bool = False


def get_task(member: Member, task_id: UUID) -> Task:
    """Return a task the member may see.

    Raises:
        Missing: there is none, or not for this member.
    """
    return _one(with_people(visible_tasks(member)), task_id)


def get_deleted_task(member: Member, task_id: UUID) -> Task:
    """Return a deleted task that concerns the member or a customer they may see.

    Raises:
        Missing: there is none, or not for this member.
    """
    return _one(with_people(visible_tasks(member, deleted=True)), task_id)


def _one(rows: QuerySet[Task], task_id: UUID) -> Task:
    task = rows.filter(id=task_id).first()
    if task is None:
        raise Missing
    return task


def with_people(rows: QuerySet[Task]) -> QuerySet[Task]:
    """Return the tasks with assignee, creator and customer loaded."""
    return rows.select_related("assignee", "creator", "party", "series").defer("search", "party__description")


def my_day(member: Member) -> MyDay:
    """Return the member's own tasks: overdue, due today, in the next seven days, without a date, done today."""
    day = MyDay()
    now, tonight = timezone.now(), end_of_day(today())
    mine = with_people(_own_open(member))
    later = mine.filter(due_at__gt=max(now, tonight), due_at__lte=next_days(NEXT_DAYS))
    day.overdue = _group(day, "overdue", mine.filter(due_at__lt=now).order_by("due_at", "id"))
    day.today = _group(
        day, "today", mine.filter(due_at__gte=now, due_at__lte=tonight).order_by("due_at", "id")
    )
    day.next = _group(day, "next", later.order_by("due_at", "id"))
    day.undated = _group(day, "undated", mine.filter(due_at__isnull=True).order_by("id"))
    done = Task.objects.filter(assignee_id=member.id, deleted_at__isnull=True, party__deleted_at__isnull=True)
    done = done.filter(done_at__gte=tonight - timedelta(days=1)).order_by("-done_at", "-id")
    day.done_today = list(with_people(done)[:20])
    return day


def _own_open(member: Member) -> QuerySet[Task]:
    """The member's open tasks, without those of customers in the bin."""
    return Task.objects.filter(OPEN, assignee_id=member.id, party__deleted_at__isnull=True)


def _group(day: MyDay, name: str, rows: QuerySet[Task]) -> list[Task]:
    found = list(rows[: MAX_A_GROUP + 1])
    if len(found) > MAX_A_GROUP:
        day.more.add(name)
    return found[:MAX_A_GROUP]


def count_due(member: Member, limit: int = 100) -> int:
    """Return how many of the member's tasks are due by tonight, at most ``limit``."""
    rows = _own_open(member).filter(due_at__lte=end_of_day(today()))
    return rows.values("id")[:limit].count()


def party_tasks(member: Member, party_id: UUID) -> PartyTasks:
    """Return a customer's tasks for their panel."""
    rows = with_people(visible_tasks(member).filter(party_id=party_id))
    found = list(rows.filter(OPEN).order_by("due_at", "id")[: PANEL_OPEN + 1])
    done = rows.filter(done_at__isnull=False).order_by("-done_at", "-id")[:PANEL_DONE]
    return PartyTasks(open=found[:PANEL_OPEN], done=list(done), has_more=len(found) > PANEL_OPEN)


def customer_name(task: Task) -> str:
    """Return the name of the customer a task of ``naming_customers`` is about; a neutral word for a hidden one."""
    if task.party is None:
        return ""
    return task.party.label if task.shows_customer else str(HIDDEN_CUSTOMER)  # type: ignore[attr-defined]


def readable_query(tsquery: str, member: Member) -> str:
    """Return a text query limited to what isn't hidden from the member: titles always."""
    access = task_fields(member)
    weights = TITLE_WEIGHT + (DESCRIPTION_WEIGHT if access.can_read("description") else "")
    weights += CUSTOM_WEIGHT if may_search_all(access, "task") else ""
    return tsquery if weights == "ABC" else within_weights(tsquery, weights)


def search_tasks(member: Member, tsquery: str, limit: int) -> list[Task]:
    """Return visible tasks whose words match a text query, open ones first.

    The caller has forbidden scans around it, so that the index on words serves.
    """
    rows = naming_customers(matching(visible_tasks(member), readable_query(tsquery, member)), member)
    found = list(with_people(rows)[: limit * CANDIDATES])
    return sorted(found, key=lambda task: (task.done_at is not None, -task.priority))[:limit]
