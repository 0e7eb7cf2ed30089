"""Who reacts to which event. Modules register handlers from their ``subscribers.py``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from ponte.core.actors import Actor
from ponte.events.base import DomainEvent


@dataclass(frozen=True)
class EventContext:
    """What a handler knows beyond the event: its id (for idempotency), time and author."""

    event_id: UUID
    created_at: datetime
    actor: Actor


Handler = Callable[[Any, EventContext], None]
EventT = TypeVar("EventT", bound=DomainEvent)


@dataclass(frozen=True)
class Subscription:
    """One handler; ``asked`` tells by an event's name whether it would do anything just now."""

    name: str
    handler: Handler
    asked: Callable[[str], bool] | None = None

    def wants(self, event_name: str) -> bool:
        """Return whether it is to hear of an event. Call it in the workspace's scope."""
        return self.asked is None or self.asked(event_name)


_by_event: dict[str, list[Subscription]] = defaultdict(list)
_names: dict[str, Subscription] = {}
EVERY_EVENT = "*"


def subscribes(
    *events: type[DomainEvent], name: str, asked: Callable[[str], bool] | None = None
) -> Callable[[Callable[[EventT, EventContext], None]], Callable[[EventT, EventContext], None]]:
    """Register a handler under a stable ``name``; without event types it hears every event.

    A handler runs at least once per event inside the workspace's scope and one transaction of its own; its row
    in ``EventDelivery`` commits with its effects, so a finished handler never runs again. ``asked`` spares it the events
    that nobody waits for, by their names.
    """

    def register(handler: Callable[[EventT, EventContext], None]) -> Callable[[EventT, EventContext], None]:
        if name in _names:
            raise RuntimeError(f"two subscribers are named {name}")
        subscription = _names[name] = Subscription(name, handler, asked)
        for key in [event.name for event in events] or [EVERY_EVENT]:
            _by_event[key].append(subscription)
        return handler

    return register


def subscriptions_for(event_name: str) -> list[Subscription]:
    """Return the subscriptions that want an event, in order of registration."""
    return [*_by_event.get(event_name, ()), *_by_event.get(EVERY_EVENT, ())]
