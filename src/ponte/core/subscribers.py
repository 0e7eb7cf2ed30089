"""The platform's own reactions to events."""

from __future__ import annotations

from ponte.core.models import StoredEvent
from ponte.core.services.webhooks import deliver_event
from ponte.core.subscriptions import EventContext, subscribes
from ponte.events.base import DomainEvent


@subscribes(name="core.webhooks")
def send_to_webhooks(event: DomainEvent, context: EventContext) -> None:
    """Queue every event for the webhooks that want it."""
    deliver_event(StoredEvent.objects.get(id=context.event_id))
