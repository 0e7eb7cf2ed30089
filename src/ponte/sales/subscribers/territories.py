"""Customers that come in or move are put into their territory."""

from __future__ import annotations

from uuid import UUID

from ponte.core.actors import Actor
from ponte.core.jobs import enqueue
from ponte.core.subscriptions import EventContext, subscribes
from ponte.events.directory import (
    AffiliationEnded,
    AffiliationStarted,
    CompanyCreated,
    PartiesEdited,
    PartiesUpserted,
    PartyUpdated,
    PersonCreated,
)
from ponte.sales.models import Territory
from ponte.sales.selectors.territories import find_territories
from ponte.sales.services.territories import PLACE_JOB, place_customers

CHUNK = 2_000


@subscribes(
    PersonCreated,
    CompanyCreated,
    PartyUpdated,
    AffiliationStarted,
    AffiliationEnded,
    name="sales.place_customer",
)
def place_one(
    event: PersonCreated | CompanyCreated | PartyUpdated | AffiliationStarted | AffiliationEnded,
    context: EventContext,
) -> None:
    """Put one customer into the territory the rules say."""
    moved = isinstance(event, AffiliationStarted | AffiliationEnded)
    who = event.person_id if moved else event.party_id  # type: ignore[union-attr]
    if _are_drawn():
        place_customers(actor=Actor.for_job("territories"), found=find_territories([UUID(who)]))


@subscribes(PartiesUpserted, PartiesEdited, name="sales.place_customers")
def place_many(event: PartiesUpserted | PartiesEdited, context: EventContext) -> None:
    """Put customers that came in or were changed together into the territories the rules say."""
    if isinstance(event, PartiesEdited):
        ids = list(event.party_ids)
    else:
        ids = [*event.created_ids, *event.updated_ids]
    if _are_drawn():
        for start in range(0, len(ids), CHUNK):
            enqueue(PLACE_JOB, party_ids=ids[start : start + CHUNK])


def _are_drawn() -> bool:
    return Territory.objects.filter(is_active=True).exists()
