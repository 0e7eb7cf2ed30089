"""Background work of commerce."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from ponte.commerce.services.purging import purge_orders
from ponte.commerce.services.reminders import plan_purchase_tasks
from ponte.core.jobs import every

KEEP = timedelta(days=30)


@every("41 6 * * *", name="commerce.empty_bin", queue="bulk")
def empty_bin() -> None:
    """Remove orders that have rested in the bin for 30 days."""
    purge_orders(before=timezone.now() - KEEP)


@every("17 9 * * *", name="commerce.plan_reminders", queue="bulk", transaction=False)
def plan_reminders() -> None:
    """Plan tasks for purchases that come due again: at seventeen minutes past six in São Paulo."""
    plan_purchase_tasks()
