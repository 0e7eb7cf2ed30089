"""Background jobs on PostgreSQL: enqueued in the caller's transaction, run inside the workspace's scope."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import close_old_connections, connection
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from ponte.core.log import job_id, workspace_slug
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import named_workspace, workspace_context, workspace_scope

QUEUES = ("events", "default", "bulk")
# What somebody or the clock asked for doesn't wait behind the events of a burst, and neither behind bulk work.
PRIORITIES = {"default": 10, "events": 0, "bulk": -10}
AHEAD = 5  # less than the next queue is before
DEFAULT_RETRY = RetryStrategy(max_attempts=6, exponential_wait=4)

JobFunction = Callable[..., None]
_queues: dict[str, str] = {}


def job(
    name: str,
    *,
    queue: str = "default",
    transaction: bool = True,
    retry: RetryStrategy | bool = DEFAULT_RETRY,
) -> Callable[[JobFunction], JobFunction]:
    """Register a job under a stable ``name``.

    It runs in the workspace it was enqueued from, inside one transaction, or, with ``transaction=False``, without one:
    then it opens ``workspace_scope(named_workspace())`` for each chunk. Jobs run at least once: make them
    idempotent. Arguments are JSON values given by keyword.
    """

    def register(function: JobFunction) -> JobFunction:
        _queues[name] = queue

        @app.task(name=name, queue=queue, priority=PRIORITIES[queue], retry=retry)
        def run(*, workspace: str, **arguments: Any) -> None:
            run_in_workspace(
                function, name=name, workspace=workspace, transaction=transaction, arguments=arguments
            )

        return function

    return register


def run_in_workspace(
    function: JobFunction, *, name: str, workspace: str, transaction: bool, arguments: dict[str, Any]
) -> None:
    """Run a job's function the way a worker does. A workspace that was deleted in the meantime ends it quietly."""
    _refresh_connections()
    tenant = Workspace.objects.filter(id=UUID(workspace)).first()
    if tenant is None:
        return
    tokens = job_id.set(name), workspace_slug.set(tenant.slug)
    try:
        scope = workspace_scope if transaction else workspace_context
        with scope(tenant):
            function(**arguments)
    finally:
        job_id.reset(tokens[0])
        workspace_slug.reset(tokens[1])
        _refresh_connections()


def _refresh_connections() -> None:
    # a worker's thread outlives its connection; a test's transaction must keep it
    if not connection.in_atomic_block:
        close_old_connections()


def enqueue(
    name: str,
    *,
    delay: timedelta | None = None,
    at: datetime | None = None,
    once: str | None = None,
    ahead: bool = False,
    **arguments: Any,
) -> int | None:
    """Enqueue a job in the current transaction, for the current workspace.

    ``delay``/``at`` postpone it; with ``once`` a waiting job of the same key is not doubled (then None is
    returned). ``ahead`` puts it before others of its queue. Services name jobs instead of importing them, so layers stay as
    they are.
    """
    from procrastinate.exceptions import AlreadyEnqueued

    workspace = named_workspace()
    queue = _queues.get(name, "default")
    options: dict[str, Any] = {"queue": queue, "priority": PRIORITIES[queue] + (AHEAD if ahead else 0)}
    if delay is not None:
        options["schedule_in"] = {"seconds": int(delay.total_seconds())}
    if at is not None:
        options["schedule_at"] = at
    if once is not None:
        options["queueing_lock"] = f"{workspace.id}:{once}"
    try:
        deferrer = app.configure_task(name, allow_unknown=True, **options)
        if once is None:
            return deferrer.defer(workspace=str(workspace.id), **arguments)
        from django.db import transaction

        with transaction.atomic():  # the lock's violation must not spoil the caller's transaction
            return deferrer.defer(workspace=str(workspace.id), **arguments)
    except AlreadyEnqueued:
        return None


def every(
    cron: str, *, name: str, queue: str = "default", transaction: bool = True
) -> Callable[[JobFunction], JobFunction]:
    """Register a job that runs in every active workspace on a schedule (``cron`` in UTC).

    The schedule enqueues one job a workspace, so one failing workspace doesn't keep the others waiting.
    """

    def register(function: JobFunction) -> JobFunction:
        job(name, queue=queue, transaction=transaction)(function)

        @app.periodic(cron=cron)
        @app.task(name=f"{name}.schedule", queue=queue, priority=PRIORITIES[queue], pass_context=False)
        def schedule(timestamp: int) -> None:
            for workspace in Workspace.objects.filter(is_active=True).iterator():
                with workspace_context(workspace):
                    enqueue(name, once=name)

        return function

    return register
