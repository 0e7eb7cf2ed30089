"""Background work of the privacy module."""

from __future__ import annotations

from ponte.core.jobs import enqueue, every
from ponte.privacy.services.purging import PURGE_CHUNK, purge_refusals


@every("50 5 * * *", name="privacy.purge_refusals", queue="bulk")
def purge_old_refusals() -> None:
    """Delete refusals older than a year, a chunk a job."""
    if purge_refusals() == PURGE_CHUNK:
        enqueue("privacy.purge_refusals")
