"""Background work of territories."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from ponte.core.actors import Actor
from ponte.core.jobs import every, job
from ponte.sales.selectors.territories import find_territories
from ponte.sales.services.territories import PLACE_JOB, place_customers
from ponte.sales.services.territory_runs import JOB, carry_on, take_up_lost_runs


@job(JOB, queue="bulk", transaction=False)
def assign_territories(*, run_id: str) -> None:
    """Preview or assign territories from wherever the run stands."""
    carry_on(UUID(run_id))


@job(PLACE_JOB)
def place_some(*, party_ids: Sequence[str]) -> None:
    """Put customers that came in or moved into the territories the rules say."""
    ids = [UUID(one) for one in party_ids]
    place_customers(actor=Actor.for_job("territories"), found=find_territories(ids))


@every("*/5 * * * *", name="sales.take_up_territory_runs")
def take_up() -> None:
    """Take up runs that a killed worker left."""
    take_up_lost_runs()
