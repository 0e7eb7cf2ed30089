"""What is to be done, by whom and until when."""

from uuid import UUID

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Customisable, VersionedRecord

TITLE_WEIGHT, DESCRIPTION_WEIGHT, CUSTOM_WEIGHT = (
    "A",
    "B",
    "C",
)  # of the words in ``search``: where each comes from
OPEN = Q(done_at__isnull=True, deleted_at__isnull=True)


class TaskPriority(models.IntegerChoices):
    """How much a task presses; higher comes first."""

    LOW = 1, _("Low")
    NORMAL = 2, _("Normal")
    HIGH = 3, _("High")


class TaskSeries(VersionedRecord):
    """A rule by which a task comes again, and what each new one is made of.

    ``starts_at`` is the due instant the rule (RFC 5545, walked in ``zone``) counts from, ``made_through`` the due instant of the latest
    task made: when it is past, or that task is done, the next is made. ``remind_seconds`` is how long before it is due each is reminded of.
    """

    title = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=24, default="todo")
    priority = models.PositiveSmallIntegerField(choices=TaskPriority, default=TaskPriority.NORMAL)
    due_all_day = models.BooleanField(default=True)
    remind_seconds = models.PositiveIntegerField(null=True, blank=True)
    assignee = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    creator = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    party = models.ForeignKey(
        "directory.Party", on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    about_type = models.CharField(max_length=40, blank=True, default="")
    about_id = models.UUIDField(null=True, blank=True)
    custom = models.JSONField(default=dict, blank=True)
    rrule = models.CharField(max_length=300)
    zone = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    made_through = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Repeating task")
        verbose_name_plural = _("Repeating tasks")
        indexes = [
            models.Index(fields=["made_through"], condition=Q(ended_at__isnull=True), name="task_series_due")
        ]

    def __str__(self) -> str:
        return self.title


class Task(Customisable, VersionedRecord):
    """One thing to do, alone or about a customer.

    ``due_at`` is the instant after which the task is overdue. A task due on a day without a time has
    ``due_all_day`` set and ``due_at`` at the last second of that day in the workspace's time zone. One of a ``series`` keeps in
    ``series_due`` when it would be due by the rule. ``about_type`` and ``about_id`` name a record of a higher module (an
    opportunity) it is a step of; its customer is the task's.
    """

    title = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=24, default="todo")
    priority = models.PositiveSmallIntegerField(choices=TaskPriority, default=TaskPriority.NORMAL)
    due_at = models.DateTimeField(null=True, blank=True)
    due_all_day = models.BooleanField(default=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    assignee = models.ForeignKey(
        "core.Member",
        on_delete=models.SET_NULL,
        related_name="tasks",
        null=True,
        blank=True,
    )
    creator = models.ForeignKey(
        "core.Member",
        on_delete=models.SET_NULL,
        related_name="tasks_created",
        null=True,
        blank=True,
    )
    party = models.ForeignKey(
        "directory.Party", on_delete=models.CASCADE, related_name="tasks", null=True, blank=True
    )
    about_type = models.CharField(max_length=40, blank=True, default="")
    about_id = models.UUIDField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    series = models.ForeignKey(
        TaskSeries, on_delete=models.SET_NULL, related_name="tasks", null=True, blank=True
    )
    series_due = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=40, default="manual")
    external_key = models.CharField(max_length=200, null=True, blank=True)
    search = SearchVectorField(null=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Task")
        verbose_name_plural = _("Tasks")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_key"],
                condition=Q(external_key__isnull=False),
                name="task_source_key",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="task_has_title"),
            models.UniqueConstraint(
                fields=["series", "series_due"],
                condition=Q(series__isnull=False),
                name="task_once_an_occurrence",
            ),
        ]
        indexes = [
            models.Index(fields=["assignee", "due_at", "id"], condition=OPEN, name="task_assignee_open"),
            models.Index(
                F("assignee"),
                F("done_at").desc(),
                F("id").desc(),
                condition=Q(done_at__isnull=False),
                name="task_assignee_done",
            ),
            models.Index(fields=["party", "due_at", "id"], condition=OPEN, name="task_party_open"),
            models.Index(fields=["due_at", "id"], condition=OPEN, name="task_open_due"),
            models.Index(
                fields=["about_id", "due_at", "id"], condition=Q(about_id__isnull=False), name="task_about"
            ),
            models.Index(
                fields=["remind_at"],
                condition=OPEN & Q(remind_at__isnull=False, reminded_at__isnull=True),
                name="task_to_remind",
            ),
            GinIndex(fields=["search"], name="task_search"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def owner_id(self) -> UUID | None:
        """Whose task it is for "own" rights: the assignee's, or its creator's while nobody has it."""
        return self.assignee_id or self.creator_id

    @property
    def team_id(self) -> UUID | None:
        """Whose team's task it is for "team" rights."""
        return self.assignee.team_id if self.assignee else None

    @property
    def is_open(self) -> bool:
        """Whether the task is still to be done."""
        return self.done_at is None and self.deleted_at is None
