"""Background work of the directory."""

from __future__ import annotations

from ponte.core.actors import Actor
from ponte.core.jobs import enqueue, every
from ponte.directory.services.deletion import PURGE_CHUNK, purge_expired


@every("40 5 * * *", name="directory.purge_bin", queue="bulk")
def purge_bin() -> None:
    """Delete for good what has rested in the bin for 30 days, a chunk a job."""
    purged = purge_expired(actor=Actor.for_job("directory.purge_bin"))
    if purged == PURGE_CHUNK:
        enqueue("directory.purge_bin")
