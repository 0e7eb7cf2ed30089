"""Publishing events and delivering them (ADR 0003)."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.jobs import enqueue
from ponte.core.models import EventDelivery, Member, StoredEvent
from ponte.core.subscriptions import EventContext, Subscription, subscriptions_for
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.events.base import DomainEvent, event_type

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
SWEEP_AFTER = timedelta(minutes=2)


def publish(event: DomainEvent, *, actor: Actor) -> StoredEvent:
    """Write the event and enqueue its dispatch in the caller's transaction: both happen or neither."""
    stored = StoredEvent.objects.create(
        name=event.name,
        payload=event.payload(),
        actor_kind=actor.kind,
        actor_id=actor.member_id,
        actor_label=actor.label[:240],
    )
    enqueue("core.dispatch_event", ahead=event.ahead, event_id=str(stored.id))
    return stored


def dispatch(event_id: UUID) -> datetime | None:
    """Deliver an event to each of its subscribers that hasn't had it, each in a transaction of its own.

    Call it outside a transaction, for the workspace named. Returns when to come back for handlers that failed, None when
    nothing waits. A handler whose wait isn't over is left alone.
    """
    with workspace_scope(named_workspace()):
        stored = StoredEvent.objects.filter(id=event_id).first()
        if stored is None:
            return None
        event_class = event_type(stored.name)
        if event_class is None:  # an event of a version that is gone; nobody can handle it
            log.warning("unknown event %s", stored.name)
            return None
        waiting = _waiting_for(stored)
        if not waiting:
            _note_dispatched(event_id)
            return None
        event = event_class.from_payload(stored.payload)
        context = EventContext(stored.id, stored.created_at, _author_of(stored))
    waits = [_deliver(stored, subscription, event, context) for subscription in waiting]
    with workspace_scope(named_workspace()):
        _note_dispatched(event_id)
    return min((wait for wait in waits if wait is not None), default=None)


def _waiting_for(stored: StoredEvent) -> list[Subscription]:
    """Return who hasn't had the event yet, those who hear of it for the first time noted."""
    subscriptions = subscriptions_for(stored.name)
    EventDelivery.objects.bulk_create(
        [EventDelivery(event=stored, handler=one.name) for one in subscriptions if one.wants(stored.name)],
        ignore_conflicts=True,
    )
    names = EventDelivery.objects.filter(event=stored, state=EventDelivery.State.WAITING)
    waiting = set(names.values_list("handler", flat=True))
    return [one for one in subscriptions if one.name in waiting]


def _note_dispatched(event_id: UUID) -> None:
    StoredEvent.objects.filter(id=event_id, dispatched_at=None).update(dispatched_at=timezone.now())


def replay(delivery: EventDelivery) -> None:
    """Give a dead delivery another life."""
    EventDelivery.objects.filter(pk=delivery.pk, state=EventDelivery.State.DEAD).update(
        state=EventDelivery.State.WAITING, attempts=0, error="", next_attempt_at=None
    )
    enqueue("core.dispatch_event", event_id=str(delivery.event_id))


def sweep(limit: int = 500) -> int:
    """Enqueue again what a killed worker left undelivered. Returns how many events."""
    cutoff = timezone.now() - SWEEP_AFTER
    waiting = StoredEvent.objects.filter(dispatched_at=None, created_at__lt=cutoff).values_list(
        "id", flat=True
    )
    late = EventDelivery.objects.filter(
        state=EventDelivery.State.WAITING, next_attempt_at__lt=cutoff
    ).values_list("event_id", flat=True)
    ids = {str(event_id) for event_id in (*waiting.order_by("created_at")[:limit], *late[:limit])}
    lost = ids - _queued(ids)
    for event_id in lost:
        enqueue("core.dispatch_event", event_id=event_id)
    return len(lost)


def _queued(ids: Collection[str]) -> set[str]:
    """Return which of these events have a job already: where many wait, most of them do."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args ->> 'event_id' FROM procrastinate_jobs WHERE task_name = 'core.dispatch_event'"
            " AND status IN ('todo', 'doing') AND args ->> 'event_id' = ANY(%s)",
            [list(ids)],
        )
        return {event_id for (event_id,) in cursor}


def _deliver(
    stored: StoredEvent, subscription: Subscription, event: DomainEvent, context: EventContext
) -> datetime | None:
    """Run one handler unless it has succeeded; return when it wants another attempt."""
    mine = EventDelivery.objects.select_for_update().filter(event=stored, handler=subscription.name)
    try:
        with workspace_scope(named_workspace()):
            delivery = mine.get()
            if delivery.state != EventDelivery.State.WAITING:
                return None
            if delivery.next_attempt_at and delivery.next_attempt_at > timezone.now():
                return delivery.next_attempt_at
            subscription.handler(event, context)
            delivery.state = EventDelivery.State.DONE
            delivery.attempts += 1
            delivery.error, delivery.next_attempt_at = "", None
            delivery.save()
        return None
    except Exception as error:
        with workspace_scope(named_workspace()):
            return _note_failure(mine.get(), error)


def _note_failure(delivery: EventDelivery, error: Exception) -> datetime | None:
    delivery.attempts += 1
    delivery.error = f"{type(error).__name__}: {error}"[:2000]
    dead = delivery.attempts >= MAX_ATTEMPTS
    delivery.state = EventDelivery.State.DEAD if dead else EventDelivery.State.WAITING
    delivery.next_attempt_at = None if dead else timezone.now() + backoff(delivery.attempts)
    delivery.save()
    log.error("handler %s failed on %s (attempt %d)", delivery.handler, delivery.event_id, delivery.attempts)
    return delivery.next_attempt_at


def backoff(attempts: int) -> timedelta:
    """Return the wait before the next attempt: 10 s, doubling, at most an hour."""
    return timedelta(seconds=min(10 * 2 ** (attempts - 1), 3600))


def _author_of(stored: StoredEvent) -> Actor:
    member = (
        Member.objects.select_related("role", "team").filter(id=stored.actor_id).first()
        if stored.actor_id
        else None
    )
    return Actor(member=member, kind="job" if member else "system", label=stored.actor_label)
