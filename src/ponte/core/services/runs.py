"""Progress of long work, shown live to the person who waits for it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from ponte.core.live import push
from ponte.core.models import BackgroundRun, Member


def start_run(
    *, kind: str, title: str, member: Member | None, total: int | None = None, url: str = ""
) -> BackgroundRun:
    """Create the run before its job is enqueued. ``total`` is in the unit ``advance_run`` counts, None: unknown."""
    run = BackgroundRun.objects.create(kind=kind, title=title[:200], started_by=member, total=total, url=url)
    _tell(run)
    return run


def advance_run(run: BackgroundRun, *, done: int, total: int | None = None) -> None:
    """Note progress; call it once per chunk, in the chunk's transaction."""
    run.done, run.state = done, BackgroundRun.State.RUNNING
    run.total = total if total is not None else run.total
    run.save(update_fields=["done", "total", "state", "updated_at"])
    _tell(run)


def finish_run(run: BackgroundRun, *, result: dict[str, Any] | None = None) -> None:
    """Close a run that succeeded, with a small JSON ``result``."""
    run.state, run.finished_at = BackgroundRun.State.DONE, timezone.now()
    run.result = result or run.result
    run.save(update_fields=["state", "finished_at", "result", "updated_at"])
    _tell(run)


def fail_run(run: BackgroundRun, *, error: str) -> None:
    """Close a run that failed; ``error`` is a sentence for a person."""
    run.state, run.finished_at, run.error = BackgroundRun.State.FAILED, timezone.now(), error
    run.save(update_fields=["state", "finished_at", "error", "updated_at"])
    _tell(run)


def _tell(run: BackgroundRun) -> None:
    if run.started_by_id:
        push(
            run.started_by_id,
            "run",
            {"id": str(run.id), "state": run.state, "done": run.done, "total": run.total, "url": run.url},
        )
