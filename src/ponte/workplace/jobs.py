"""What the workplace does by night."""

from __future__ import annotations

from ponte.core.jobs import every
from ponte.workplace.services.bulk_changes import forget_old_changes
from ponte.workplace.services.recents import forget_old_recents


@every("20 6 * * *", name="workplace.forget_old", queue="bulk")
def forget_old() -> None:
    """Forget which records were seen long ago and bulk acts that can't be taken back any more."""
    forget_old_recents()
    forget_old_changes()
