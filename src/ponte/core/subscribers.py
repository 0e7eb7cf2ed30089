"""The platform's own reactions to events."""

from __future__ import annotations

from uuid import UUID

from ponte.core.models import StoredEvent
from ponte.core.services.files import purge_of_parties
from ponte.core.services.webhooks import deliver_event, is_awaited
from ponte.core.subscriptions import EventContext, subscribes
from ponte.events.base import DomainEvent
from ponte.events.directory import PartiesPurged


@subscribes(name="core.webhooks", asked=is_awaited)
def send_to_webhooks(event: DomainEvent, context: EventContext) -> None:
    """Queue every event for the webhooks that want it."""
    deliver_event(StoredEvent.objects.get(id=context.event_id))


@subscribes(PartiesPurged, name="core.files_of_purged")
def forget_files(event: PartiesPurged, context: EventContext) -> None:
    """Delete the files of customers that are gone for good."""
    purge_of_parties(UUID(party_id) for party_id in event.party_ids)
