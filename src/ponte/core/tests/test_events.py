"""Events: written with their cause, delivered at least once, effective once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from ponte.core import subscriptions
from ponte.core.jobs import enqueue
from ponte.core.models import EventDelivery, Notification, StoredEvent
from ponte.core.services import events
from ponte.events.base import DomainEvent, event_type


@dataclass(frozen=True, kw_only=True)
class LampLit(DomainEvent):
    name: ClassVar[str] = "test.lamp_lit"
    lamp: str
    brightness: int = 1


@pytest.fixture
def heard(monkeypatch):
    """Register a subscriber for the test alone; ``heard.fail`` makes it fail after its effect."""

    class Heard(list):
        fail = False

    log = Heard()
    monkeypatch.setattr(subscriptions, "_by_event", type(subscriptions._by_event)(list))
    monkeypatch.setattr(subscriptions, "_names", {})

    @subscriptions.subscribes(LampLit, name="test.listener")
    def listen(event, context):
        Notification.objects.create(member=context.actor.member, kind="lamp", title=event.lamp)
        if log.fail:
            raise ValueError("bulb burnt out")
        log.append((event, context.event_id))

    return log


def _queued() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND task_name = 'core.dispatch_event'"
        )
        return cursor.fetchone()[0]


def _lose_jobs():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'core.dispatch_event'")


def test_a_subscriber_hears_the_event_once_however_often_it_is_dispatched(actor, heard):
    stored = events.publish(LampLit(lamp="hall"), actor=actor)
    for _ in range(3):
        assert events.dispatch(stored.id) is None
    assert heard == [(LampLit(lamp="hall"), stored.id)]
    assert Notification.objects.count() == 1
    stored.refresh_from_db()
    assert stored.dispatched_at is not None


def test_event_and_job_vanish_with_the_transaction(actor, heard):
    before = _queued()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        events.publish(LampLit(lamp="hall"), actor=actor)
        assert _queued() == before + 1
        raise ZeroDivisionError
    assert not StoredEvent.objects.filter(name="test.lamp_lit").exists()
    assert _queued() == before


def test_a_failed_handler_leaves_no_effect_and_is_tried_again(actor, heard):
    heard.fail = True
    stored = events.publish(LampLit(lamp="hall"), actor=actor)
    again = events.dispatch(stored.id)
    assert again is not None
    assert not Notification.objects.exists()
    delivery = EventDelivery.objects.get(event=stored)
    assert (delivery.state, delivery.attempts) == ("waiting", 1)
    assert "bulb burnt out" in delivery.error
    heard.fail = False
    assert events.dispatch(stored.id) == again  # its wait isn't over
    assert not heard
    with time_machine.travel(again + timedelta(seconds=1), tick=False):
        assert events.dispatch(stored.id) is None
    assert len(heard) == 1


def test_one_failing_handler_does_not_undo_another(actor, heard):
    @subscriptions.subscribes(LampLit, name="test.other")
    def note(event, context):
        Notification.objects.create(member=context.actor.member, kind="other", title=event.lamp)

    heard.fail = True
    stored = events.publish(LampLit(lamp="hall"), actor=actor)
    events.dispatch(stored.id)
    assert list(Notification.objects.values_list("kind", flat=True)) == ["other"]


def test_waits_double_up_to_an_hour(actor, heard):
    heard.fail = True
    stored = events.publish(LampLit(lamp="hall"), actor=actor)
    waits = []
    with time_machine.travel(stored.created_at, tick=False) as clock:
        while (again := events.dispatch(stored.id)) is not None:
            waits.append((again - timezone.now()).total_seconds())
            clock.move_to(again + timedelta(seconds=1))
    assert waits == [10, 20, 40, 80, 160, 320, 640]


def test_after_the_last_attempt_it_is_dead_until_replayed(actor, heard):
    heard.fail = True
    stored = events.publish(LampLit(lamp="hall"), actor=actor)
    with time_machine.travel(stored.created_at, tick=False) as clock:
        for _ in range(events.MAX_ATTEMPTS):
            events.dispatch(stored.id)
            clock.shift(timedelta(hours=1))
    delivery = EventDelivery.objects.get(event=stored)
    assert (delivery.state, delivery.attempts) == ("dead", events.MAX_ATTEMPTS)
    heard.fail = False
    before = _queued()
    events.replay(delivery)
    assert _queued() == before + 1
    assert events.dispatch(stored.id) is None
    assert len(heard) == 1


def test_the_sweeper_takes_up_what_a_killed_worker_left(actor, heard):
    stored = events.publish(LampLit(lamp="hall"), actor=actor)
    StoredEvent.objects.exclude(id=stored.id).delete()
    _lose_jobs()
    assert events.sweep() == 0  # too young
    StoredEvent.objects.filter(id=stored.id).update(created_at=stored.created_at - 2 * events.SWEEP_AFTER)
    assert events.sweep() == 1


def test_the_sweeper_leaves_alone_what_has_a_job(actor, heard):
    stored = events.publish(LampLit(lamp="hall"), actor=actor)
    StoredEvent.objects.filter(id=stored.id).update(created_at=stored.created_at - 2 * events.SWEEP_AFTER)
    before = _queued()
    assert events.sweep() == 0
    assert _queued() == before


def test_who_asks_for_nothing_hears_nothing(actor, monkeypatch):
    monkeypatch.setattr(subscriptions, "_by_event", type(subscriptions._by_event)(list))
    monkeypatch.setattr(subscriptions, "_names", {})
    asked, heard = [], []

    def wants(name):
        asked.append(name)
        return len(asked) > 1

    @subscriptions.subscribes(name="test.seldom", asked=wants)
    def listen(event, context):
        heard.append(event)

    for _ in range(2):
        events.dispatch(events.publish(LampLit(lamp="hall"), actor=actor).id)
    assert asked == ["test.lamp_lit"] * 2
    assert heard == [LampLit(lamp="hall")]
    assert EventDelivery.objects.filter(handler="test.seldom").count() == 1
    assert not StoredEvent.objects.filter(name="test.lamp_lit", dispatched_at=None).exists()


def test_what_somebody_asked_for_goes_before_a_burst_of_events(actor, heard):
    events.publish(LampLit(lamp="hall"), actor=actor)
    asked_for = enqueue("core.sweep_webhooks")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM procrastinate_jobs WHERE status = 'todo' ORDER BY priority DESC, id LIMIT 1"
        )
        assert cursor.fetchone() == (asked_for,)


def test_the_queue_delivers(actor, heard, run_jobs):
    events.publish(LampLit(lamp="hall"), actor=actor)
    run_jobs()
    assert [event.lamp for event, _ in heard] == ["hall"]


def test_payloads_survive_the_database_and_older_versions():
    event = LampLit(lamp=str(uuid4()), brightness=3)
    assert LampLit.from_payload({**event.payload(), "gone_field": 1}) == event
    assert event_type("test.lamp_lit") is LampLit
    assert UUID(event.payload()["lamp"])
