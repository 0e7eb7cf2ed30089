"""Outgoing webhooks: signed, retried, logged, switched off after days of failure."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from ponte.core.errors import Invalid
from ponte.core.models import AuditEntry, Notification, StoredEvent, WebhookDelivery, WebhookEndpoint
from ponte.core.services import webhook_sending, webhooks
from ponte.core.services.events import publish
from ponte.core.services.webhooks import create_endpoint, deliver_event, replay_webhook, sign, verify
from ponte.events.core import MemberJoined


@pytest.fixture
def other_side(settings) -> Iterator[Any]:
    """A receiver that answers with ``status`` and keeps what it got."""
    settings.PONTE_HTTP_ALLOWED_ADDRESSES = frozenset({"127.0.0.1"})
    side = SimpleNamespace(status=200, got=[], url="")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            side.got.append((dict(self.headers), body))
            self.send_response(side.status)
            self.end_headers()
            self.wfile.write(b"thanks" if side.status == 200 else b"no\x00pe")

        def log_message(self, *args: object) -> None:
            pass

    httpd = HTTPServer(("127.0.0.1", 0), Handler)
    side.url = f"http://127.0.0.1:{httpd.server_port}/hook"
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield side
    httpd.shutdown()
    httpd.server_close()


@pytest.fixture
def endpoint(actor, other_side):
    made, secret = create_endpoint(name="ERP", url=other_side.url, events=["core.member_joined"], actor=actor)
    made.plain_secret = secret
    return made


def _event(actor, admin) -> StoredEvent:
    return publish(MemberJoined(member_id=str(admin.id)), actor=actor)


def _attempt_now(delivery: WebhookDelivery) -> WebhookDelivery:
    WebhookDelivery.objects.filter(id=delivery.id).update(next_attempt_at=timezone.now())
    webhook_sending.send_delivery(delivery.id)
    delivery.refresh_from_db()
    return delivery


def test_addresses_inside_the_network_are_refused(actor):
    with pytest.raises(Invalid) as refusal:
        create_endpoint(name="x", url="http://127.0.0.1:9/", events=["*"], actor=actor)
    assert refusal.value.problems[0].field == "url"
    assert not WebhookEndpoint.objects.exists()


def test_address_that_moved_inside_later_is_not_called(actor, endpoint, other_side, settings, admin):
    deliver_event(_event(actor, admin))
    settings.PONTE_HTTP_ALLOWED_ADDRESSES = frozenset()
    delivery = _attempt_now(WebhookDelivery.objects.get())
    assert (delivery.error, delivery.status_code, other_side.got) == ("address", None, [])


def test_unknown_events_are_refused(actor, other_side):
    with pytest.raises(Invalid):
        create_endpoint(name="x", url=other_side.url, events=["nothing.happened"], actor=actor)


def test_secret_is_sealed_and_not_in_the_audit_log(endpoint):
    assert endpoint.plain_secret.encode() not in bytes(endpoint.secret)
    texts = json.dumps(list(AuditEntry.objects.values_list("changes", flat=True)))
    assert endpoint.plain_secret not in texts


def test_event_travels_from_publish_to_the_other_side(actor, admin, endpoint, other_side, run_jobs):
    stored = _event(actor, admin)
    run_jobs()
    # the administrator's own joining is told of too
    calls = [(headers, body) for headers, body in other_side.got if json.loads(body)["id"] == str(stored.id)]
    assert len(calls) == 1
    headers, body = calls[0]
    told = json.loads(body)
    assert told["type"] == "core.member_joined"
    assert told["data"] == {"member_id": str(admin.id)}
    assert headers["Ponte-Event"] == "core.member_joined"
    assert verify(endpoint.plain_secret, body, headers["Ponte-Signature"], now=timezone.now().timestamp())
    delivery = WebhookDelivery.objects.get(event=stored)
    assert (delivery.state, delivery.status_code, delivery.response) == ("done", 200, "thanks")


def test_events_not_asked_for_are_not_sent(actor, admin, other_side):
    create_endpoint(name="x", url=other_side.url, events=["core.member_deactivated"], actor=actor)
    assert deliver_event(_event(actor, admin)) == 0


def test_the_same_event_is_queued_once(actor, admin, endpoint):
    stored = _event(actor, admin)
    assert [deliver_event(stored), deliver_event(stored)] == [1, 0]


def test_signature_of_another_secret_body_or_time_is_wrong():
    header = sign("whsec_a", b"{}", at=1000)
    assert verify("whsec_a", b"{}", header, now=1100)
    assert not verify("whsec_b", b"{}", header, now=1100)
    assert not verify("whsec_a", b"{ }", header, now=1100)
    assert not verify("whsec_a", b"{}", header, now=1400), "a replayed call must look old"
    assert not verify("whsec_a", b"{}", header.replace("t=1000", "t=1390"), now=1400)
    assert not verify("whsec_a", b"{}", "nonsense", now=1000)


def test_failure_is_tried_again_later_and_then_given_up(actor, admin, endpoint, other_side):
    other_side.status = 500
    deliver_event(_event(actor, admin))
    delivery = _attempt_now(WebhookDelivery.objects.get())
    assert (delivery.state, delivery.attempts, delivery.response) == ("waiting", 1, "nope")
    assert timedelta(seconds=20) < delivery.next_attempt_at - timezone.now() < timedelta(seconds=40)
    WebhookDelivery.objects.update(retry_until=timezone.now())
    assert _attempt_now(delivery).state == "failed"
    assert len(delivery.log) == 2


def test_waits_double_up_to_six_hours_and_last_three_days():
    waits = [webhook_sending.wait_before(attempt) for attempt in range(1, 40)]
    assert waits[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert max(waits) == timedelta(hours=6)
    assert timedelta(days=3) == webhooks.RETRY_FOR


def test_attempt_in_another_workers_hands_is_left_alone(actor, admin, endpoint, other_side):
    deliver_event(_event(actor, admin))
    delivery = WebhookDelivery.objects.get()
    WebhookDelivery.objects.update(next_attempt_at=timezone.now() + timedelta(minutes=4))
    webhook_sending.send_delivery(delivery.id)
    assert other_side.got == []


def test_lost_attempt_is_taken_up_by_the_sweeper(actor, admin, endpoint):
    deliver_event(_event(actor, admin))
    WebhookDelivery.objects.update(next_attempt_at=timezone.now() - timedelta(minutes=6))
    assert webhook_sending.sweep_webhooks() == 1


def test_three_days_of_failure_switch_it_off_and_tell_administrators(actor, admin, endpoint, other_side):
    other_side.status = 503
    deliver_event(_event(actor, admin))
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=3, minutes=1))
    delivery = _attempt_now(WebhookDelivery.objects.get())
    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.disabled_reason, delivery.state) == (False, "failing", "failed")
    assert Notification.objects.get(member=admin).kind == "webhook.disabled"
    assert deliver_event(_event(actor, admin)) == 0


def test_success_forgets_earlier_failures(actor, admin, endpoint):
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=2))
    deliver_event(_event(actor, admin))
    _attempt_now(WebhookDelivery.objects.get())
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None
    assert endpoint.last_success_at is not None


def test_gone_for_good_switches_it_off_at_once(actor, admin, endpoint, other_side):
    other_side.status = 410
    deliver_event(_event(actor, admin))
    _attempt_now(WebhookDelivery.objects.get())
    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.disabled_reason) == (False, "gone")


def test_delivery_is_sent_again_with_a_fresh_signature(actor, admin, endpoint, other_side, run_jobs):
    deliver_event(_event(actor, admin))
    delivery = _attempt_now(WebhookDelivery.objects.get())
    with pytest.raises(Invalid):
        replay_webhook(delivery=WebhookDelivery(id=_waiting(actor, endpoint)), actor=actor)
    replay_webhook(delivery=delivery, actor=actor)
    _attempt_now(delivery)
    bodies = [body for headers, body in other_side.got if headers["Ponte-Delivery"] == str(delivery.id)]
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]


def _waiting(actor, endpoint):
    return webhooks.send_test(endpoint=endpoint, actor=actor).id
