"""Background work of cadences."""

from __future__ import annotations

from uuid import UUID

from ponte.core.jobs import enqueue, every, job
from ponte.sales.services.cadence_ends import CHUNK, end_archived
from ponte.sales.services.cadence_running import BATCH, run_due_steps
from ponte.sales.services.cadence_sending import send_step, sweep
from ponte.sales.services.cadences import END_JOB
from ponte.sales.services.enrolments import SEND_JOB


@every("* * * * *", name="sales.run_cadences", transaction=False)
def run_cadences() -> None:
    """Execute the steps that are due; with more than a batch of them, go on in another job."""
    if run_due_steps() >= BATCH:
        enqueue("sales.run_cadences")


@job(SEND_JOB, transaction=False)
def send_one(*, run_id: str) -> None:
    """Send the message of one step."""
    send_step(UUID(run_id))


@every("*/5 * * * *", name="sales.sweep_cadences")
def sweep_cadences() -> None:
    """Take up what killed workers left."""
    sweep()


@job(END_JOB)
def end_one_archived(*, cadence_id: str) -> None:
    """Take customers out of an archived cadence, a chunk a job."""
    if end_archived(cadence_id=UUID(cadence_id)) >= CHUNK:
        enqueue(END_JOB, cadence_id=cadence_id)
