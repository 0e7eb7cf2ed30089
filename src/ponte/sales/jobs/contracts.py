"""Background work of contracts."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from ponte.core.jobs import every
from ponte.sales.services.contract_alerts import (
    plan_contract_tasks,
    purge_contracts,
    renew_automatically,
)

KEEP = timedelta(days=30)


@every("31 10 * * *", name="sales.contract_dates", transaction=False)
def follow_contract_dates() -> None:
    """Renew what renews by itself, then plan the tasks of ends and readjustments: at 7:31 in São Paulo."""
    renew_automatically()
    plan_contract_tasks()


@every("51 6 * * *", name="sales.empty_contract_bin", queue="bulk")
def empty_contract_bin() -> None:
    """Remove contracts that were never sent and have rested in the bin for 30 days."""
    purge_contracts(before=timezone.now() - KEEP)
