"""Reading the queue: only what belongs to the open workspace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import (
    ProcrastinateEvent,
    ProcrastinateJob,
    ProcrastinatePeriodicDefer,
)

from ponte.core.models import BackgroundRun, EventDelivery
from ponte.core.tenancy.scope import current_workspace

LIMIT = 100
TOO_OLD_SECONDS = 90


@dataclass(frozen=True)
class Scheduled:
    """One entry of the schedule: its job, its cron line (UTC), when it last ran and runs next."""

    name: str
    cron: str
    last: datetime | None
    next: datetime


def jobs_in(*states: str) -> QuerySet[ProcrastinateJob]:
    """Return the workspace's jobs in some states, newest first, each with ``since`` (its last change)."""
    last = ProcrastinateEvent.objects.filter(job=OuterRef("pk")).order_by("-id").values("at")[:1]
    found: QuerySet[ProcrastinateJob] = ProcrastinateJob.objects.filter(
        args__workspace=str(current_workspace().id), status__in=states
    )
    return found.annotate(since=Subquery(last)).order_by("-id")


def count_jobs() -> dict[str, int]:
    """Return how many of the workspace's jobs wait, run and have failed."""
    counts = (
        ProcrastinateJob.objects.filter(
            args__workspace=str(current_workspace().id), status__in=["todo", "doing", "failed"]
        )
        .values_list("status")
        .annotate(Count("id"))
    )
    return {"todo": 0, "doing": 0, "failed": 0} | dict(counts)


def workers_alive() -> int:
    """Return how many worker processes gave a sign of life in the last minute and a half."""
    from procrastinate.contrib.django.models import ProcrastinateWorker

    since = timezone.now() - timedelta(seconds=TOO_OLD_SECONDS)
    return ProcrastinateWorker.objects.filter(last_heartbeat__gte=since).count()


def schedule() -> list[Scheduled]:
    """Return what runs by the clock, soonest first."""
    ran = dict(ProcrastinatePeriodicDefer.objects.values_list("task_name").annotate(Max("defer_timestamp")))
    entries = []
    for periodic in app.periodic_registry.periodic_tasks.values():
        name, stamp = periodic.task.name, ran.get(periodic.task.name)
        following = periodic.croniter.get_next(ret_type=datetime, start_time=timezone.now())
        last = datetime.fromtimestamp(stamp, UTC) if stamp else None
        entries.append(Scheduled(name.removesuffix(".schedule"), periodic.cron, last, following))
    return sorted(entries, key=lambda entry: entry.next)


def dead_deliveries() -> QuerySet[EventDelivery]:
    """Return the deliveries that were given up, newest first."""
    return (
        EventDelivery.objects.filter(state=EventDelivery.State.DEAD)
        .select_related("event")
        .order_by("-id")[:LIMIT]
    )


def recent_runs() -> QuerySet[BackgroundRun]:
    """Return the last pieces of long work people started."""
    return BackgroundRun.objects.select_related("started_by").order_by("-id")[:20]
