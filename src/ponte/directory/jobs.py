"""Background work of the directory."""

from __future__ import annotations

from ponte.core.actors import Actor
from ponte.core.jobs import enqueue, every
from ponte.directory.services.deletion import PURGE_CHUNK, purge_expired
from ponte.directory.services.merge_closing import CLOSE_CHUNK, close_merges


@every("40 5 * * *", name="directory.purge_bin", queue="bulk")
def purge_bin() -> None:
    """Delete for good what has rested in the bin for 30 days, a chunk a job."""
    purged = purge_expired(actor=Actor.for_job("directory.purge_bin"))
    if purged == PURGE_CHUNK:
        enqueue("directory.purge_bin")


@every("55 5 * * *", name="directory.close_merges", queue="bulk")
def close_old_merges() -> None:
    """Forget how merges older than 30 days were made, and what their tombstones still say, a chunk a job."""
    if close_merges() == CLOSE_CHUNK:
        enqueue("directory.close_merges")
