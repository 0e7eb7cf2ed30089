"""Background work of quotes."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from ponte.core.jobs import every
from ponte.sales.services.document_bin import purge_quotes
from ponte.sales.services.quote_reminders import remind_expiring

KEEP = timedelta(days=30)


@every("23 11 * * *", name="sales.remind_quotes", transaction=False)
def remind_quotes() -> None:
    """Remind of quotes about to expire: at 8:23 in São Paulo."""
    remind_expiring()


@every("47 6 * * *", name="sales.empty_quote_bin", queue="bulk")
def empty_quote_bin() -> None:
    """Remove quotes that were never sent and have rested in the bin for 30 days."""
    purge_quotes(before=timezone.now() - KEEP)
