"""Background work of contracts."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from ponte.core.jobs import every, job
from ponte.sales.services.contract_alerts import (
    plan_contract_tasks,
    renew_automatically,
)
from ponte.sales.services.document_bin import purge_contracts
from ponte.sales.services.provider_events import FILE_JOB, READ_JOB, fetch_signed_file, read_event
from ponte.sales.services.provider_sending import (
    CANCEL_JOB,
    JOB,
    REMIND_JOB,
    cancel_over,
    hand_over,
    remind_over,
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


class FileNotThere(Exception):
    """The service has no signed file yet: the job is tried again."""


@job(JOB, transaction=False)
def hand_to_service(contract_id: str, edition: int) -> None:
    """Give a contract to the signature service."""
    hand_over(contract_id=UUID(contract_id), edition=edition)


@job(CANCEL_JOB, transaction=False)
def cancel_at_service(document_key: str, contract_id: str = "") -> None:
    """Take a document back at the signature service."""
    cancel_over(document_key=document_key, contract_id=UUID(contract_id) if contract_id else None)


@job(REMIND_JOB, transaction=False)
def remind_at_service(signer_id: str, edition: int) -> None:
    """Have the signature service write again to a signer."""
    remind_over(signer_id=UUID(signer_id), edition=edition)


@job(READ_JOB)
def read_service_message(event_id: str) -> None:
    """Do what the signature service told."""
    read_event(event_id=UUID(event_id))


@job(FILE_JOB, transaction=False)
def fetch_file(contract_id: str) -> None:
    """Keep the file with the service's signatures; it may come a while after the last of them."""
    if not fetch_signed_file(contract_id=UUID(contract_id)):
        raise FileNotThere(contract_id)
