"""Background work of complete exports."""

from __future__ import annotations

from uuid import UUID

from ponte.core.jobs import every, job
from ponte.workplace.services.exports import build_export, forget_old_exports


@job("workplace.export", queue="bulk", transaction=False)
def make_export(*, export_id: str) -> None:
    """Build the archive of one complete export."""
    build_export(UUID(export_id))


@every("40 5 * * *", name="workplace.drop_old_exports", queue="bulk")
def drop_old_exports() -> None:
    """Remove the archives whose time is over."""
    forget_old_exports()
