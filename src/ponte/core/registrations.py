"""What the platform itself runs in the background."""

from __future__ import annotations

from uuid import UUID

from asgiref.sync import sync_to_async
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from ponte.core.jobs import PRIORITIES, enqueue, every, job
from ponte.core.services import events, files, job_control
from ponte.core.turns import forget_old_turns

STALLED_AFTER_SECONDS = 60
KEEP_DONE_HOURS, KEEP_FAILED_HOURS = 24 * 3, 24 * 30


@job("core.dispatch_event", queue="events", transaction=False)
def dispatch_event(*, event_id: str) -> None:
    """Deliver one event; when a handler failed, come back after its wait."""
    again = events.dispatch(UUID(event_id))
    if again is not None:
        enqueue("core.dispatch_event", event_id=event_id, at=again, once=f"event:{event_id}")


@every("*/2 * * * *", name="core.sweep_events", queue="events")
def sweep_events() -> None:
    """Take up events a killed worker left."""
    events.sweep()


@every("40 5 * * *", name="core.purge_files", queue="bulk")
def purge_files() -> None:
    """Empty the bin of files and delete contents no row knows of."""
    files.purge_removed()
    files.sweep_orphans()


@every("45 5 * * *", name="core.forget_turns", queue="bulk")
def forget_turns() -> None:
    """Forget what was counted of addresses that haven't come for a while; of all workspaces together, whichever comes first."""
    forget_old_turns()


@app.periodic(cron="* * * * *")
@app.task(name="core.retry_stalled", queue="events", priority=PRIORITIES["default"], pass_context=True)
async def retry_stalled(context: object, timestamp: int) -> None:
    """Queue jobs again whose worker died while doing them (no heartbeat for a minute)."""
    manager = app.job_manager
    for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
        assert stalled.id is not None
        if not await sync_to_async(job_control.queue_again)(stalled.id):
            await manager.finish_job(stalled, status=Status.ABORTED, delete_job=False)


@app.periodic(cron="20 4 * * *")
@app.task(name="core.forget_old_jobs", queue="default", pass_context=True)
async def forget_old_jobs(context: object, timestamp: int) -> None:
    """Delete finished jobs after three days and failed ones after thirty, so that the queue stays small."""
    manager = app.job_manager
    await manager.delete_old_jobs(nb_hours=KEEP_DONE_HOURS)
    await manager.delete_old_jobs(
        nb_hours=KEEP_FAILED_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
