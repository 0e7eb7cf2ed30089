"""Outgoing webhooks: endpoints, signatures, and what happens to each delivery."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core import http
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.crypto import open_secret, seal_secret
from ponte.core.errors import Invalid
from ponte.core.jobs import enqueue
from ponte.core.models import StoredEvent, WebhookDelivery, WebhookEndpoint
from ponte.core.prepared import Prepared
from ponte.core.services import audit
from ponte.events.base import event_types

SECRET_PREFIX = "whsec_"  # noqa: S105 - a mark, not a secret
RETRY_FOR = timedelta(days=3)
ALL_EVENTS = "*"
TEST_EVENT = "ponte.test"
TOLERANCE_SECONDS = 300
SIGNATURE_HEADER = "Ponte-Signature"
_ACTIVE = Prepared[WebhookEndpoint](lambda: WebhookEndpoint.objects.filter(is_active=True))


def create_endpoint(
    *, name: str, url: str, events: Sequence[str], actor: Actor
) -> tuple[WebhookEndpoint, str]:
    """Make an endpoint; return it and the secret that signs its deliveries, which is never shown again.

    Raises ``Invalid`` on "name", "url" or "events".
    """
    check_endpoint(name=name, url=url, events=events)
    secret = new_secret()
    endpoint = WebhookEndpoint.objects.create(
        name=name.strip()[:80],
        url=url.strip(),
        events=list(events),
        secret=seal_secret(secret),
        created_by=actor.member,
    )
    changes = {"name": (None, endpoint.name), "url": (None, endpoint.url), "events": (None, list(events))}
    audit.record(actor=actor, act="webhook.created", target=endpoint, changes=changes)
    return endpoint, secret


def update_endpoint(
    *,
    endpoint: WebhookEndpoint,
    name: str,
    url: str,
    events: Sequence[str],
    actor: Actor,
    version: int | None = None,
) -> WebhookEndpoint:
    """Change an endpoint. Raises ``Invalid`` on "name", "url" or "events", ``Conflict`` on an old ``version``."""
    check_endpoint(name=name, url=url, events=events)
    locked = WebhookEndpoint.objects.select_for_update().get(id=endpoint.id)
    check_version(locked, version)
    before = {"name": locked.name, "url": locked.url, "events": locked.events}
    locked.name, locked.url, locked.events = name.strip()[:80], url.strip(), list(events)
    locked.version += 1
    locked.save()
    after = {"name": locked.name, "url": locked.url, "events": locked.events}
    audit.record(actor=actor, act="webhook.updated", target=locked, changes=audit.diff(before, after))
    return locked


def rotate_secret(*, endpoint: WebhookEndpoint, actor: Actor) -> str:
    """Give an endpoint a new secret, in force at once, and return it this once."""
    secret = new_secret()
    WebhookEndpoint.objects.filter(id=endpoint.id).update(
        secret=seal_secret(secret), updated_at=timezone.now()
    )
    audit.record(actor=actor, act="webhook.rotated", target=endpoint)
    return secret


def switch_endpoint(*, endpoint: WebhookEndpoint, active: bool, actor: Actor) -> None:
    """Switch an endpoint on or off. What waited while it was off isn't sent later; replay it by hand."""
    locked = WebhookEndpoint.objects.select_for_update().get(id=endpoint.id)
    if locked.is_active == active:
        return
    locked.is_active, locked.disabled_reason, locked.failing_since = active, "", None
    locked.save()
    if not active:
        give_up_waiting(locked)
    audit.record(actor=actor, act="webhook.enabled" if active else "webhook.disabled", target=locked)


def delete_endpoint(*, endpoint: WebhookEndpoint, actor: Actor) -> None:
    """Delete an endpoint with its log."""
    audit.record(actor=actor, act="webhook.deleted", target=endpoint, changes={"name": (endpoint.name, None)})
    endpoint.delete()


def is_awaited(event_name: str) -> bool:
    """Return whether an endpoint that is on wants events of this name."""
    return bool(_wanting(event_name))


def _wanting(event_name: str) -> list[WebhookEndpoint]:
    return [
        endpoint
        for endpoint in _ACTIVE.rows()
        if ALL_EVENTS in endpoint.events or event_name in endpoint.events
    ]


def deliver_event(stored: StoredEvent) -> int:
    """Queue an event for every endpoint that wants it, once each; return how many."""
    wanting = _wanting(stored.name)
    known = (
        set(WebhookDelivery.objects.filter(event=stored).values_list("endpoint_id", flat=True))
        if wanting
        else set()
    )
    fresh = [endpoint for endpoint in wanting if endpoint.id not in known]
    for endpoint in fresh:
        _queue(WebhookDelivery(endpoint=endpoint, event=stored, event_name=stored.name))
    return len(fresh)


def send_test(*, endpoint: WebhookEndpoint, actor: Actor) -> WebhookDelivery:
    """Queue a delivery of the event ``ponte.test``, to try an endpoint out."""
    if not endpoint.is_active:
        raise Invalid.on("", "inactive", _("The webhook is switched off. Switch it on first."))
    return _queue(WebhookDelivery(endpoint=endpoint, event=None, event_name=TEST_EVENT))


def replay_webhook(*, delivery: WebhookDelivery, actor: Actor) -> None:
    """Send a delivery again, from now on for three days. Raises ``Invalid`` while its endpoint is off."""
    locked = (
        WebhookDelivery.objects.select_for_update(of=("self",)).select_related("endpoint").get(id=delivery.id)
    )
    if not locked.endpoint.is_active:
        raise Invalid.on("", "inactive", _("The webhook is switched off. Switch it on first."))
    if locked.state == WebhookDelivery.State.WAITING:
        raise Invalid.on("", "waiting", _("This delivery is still being tried."))
    locked.state, locked.attempts = WebhookDelivery.State.WAITING, 0
    _queue(locked)
    summary = {"event": locked.event_name, "endpoint": locked.endpoint.name}
    audit.record_bulk(
        actor=actor, act="webhook.replayed", object_type="webhook", ids=[locked.id], summary=summary
    )


def body_of(delivery: WebhookDelivery) -> bytes:
    """Return the JSON that is sent: the same bytes at every attempt."""
    event = delivery.event
    created = event.created_at if event else delivery.created_at
    return orjson.dumps(
        {
            "id": str(event.id if event else delivery.id),
            "type": delivery.event_name,
            "created_at": created.isoformat(),
            "data": event.payload if event else {},
        }
    )


def headers_for(delivery: WebhookDelivery, body: bytes, *, at: int | None = None) -> dict[str, str]:
    """Return the headers of one attempt, signed with the endpoint's secret at ``at`` (Unix seconds, default: now)."""
    secret = open_secret(bytes(delivery.endpoint.secret))
    return {
        "Content-Type": "application/json",
        "Ponte-Event": delivery.event_name,
        "Ponte-Delivery": str(delivery.id),
        SIGNATURE_HEADER: sign(secret, body, at=int(time.time()) if at is None else at),
    }


def sign(secret: str, body: bytes, *, at: int) -> str:
    """Return ``t=<seconds>,v1=<hex>``: HMAC-SHA256 with the secret over ``<seconds>.<body>``."""
    mark = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mark}"


def verify(secret: str, body: bytes, header: str, *, now: float, tolerance: int = TOLERANCE_SECONDS) -> bool:
    """Return whether a signature is right and not older than ``tolerance`` seconds: what receivers should do."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    try:
        at = int(parts.get("t", ""))
    except ValueError:
        return False
    fresh = abs(now - at) <= tolerance
    return fresh and hmac.compare_digest(sign(secret, body, at=at), header)


def check_endpoint(*, name: str, url: str, events: Sequence[str]) -> None:
    """Raise ``Invalid`` unless an endpoint may look like this; addresses inside the own network are refused."""
    if not name.strip():
        raise Invalid.on("name", "required", _("Give the webhook a name."))
    known = {event.name for event in event_types()} | {ALL_EVENTS}
    if not events or any(event not in known for event in events):
        raise Invalid.on("events", "invalid", _("Choose at least one event."))
    try:
        http.check_url(url.strip())
    except http.OutgoingError as error:
        raise Invalid.on("url", error.code, _URL_PROBLEMS.get(error.code, _URL_PROBLEMS["url"])) from error


def new_secret() -> str:
    """Return a new signing secret."""
    return SECRET_PREFIX + secrets.token_urlsafe(32)


def give_up_waiting(endpoint: WebhookEndpoint) -> None:
    """Stop trying what waits for an endpoint."""
    endpoint.deliveries.filter(state=WebhookDelivery.State.WAITING).update(
        state=WebhookDelivery.State.FAILED, error="disabled", next_attempt_at=None
    )


def _queue(delivery: WebhookDelivery) -> WebhookDelivery:
    now: datetime = timezone.now()
    delivery.retry_until, delivery.next_attempt_at = now + RETRY_FOR, now
    delivery.save()
    enqueue("core.send_webhook", delivery_id=str(delivery.id))
    return delivery


_URL_PROBLEMS = {
    "url": _("Give a whole address that begins with https://, without user name and password."),
    "port": _("This port isn't allowed. Use 443, 80 or one from 1024 on."),
    "name": _("This name can't be found. Check for typing errors."),
    "address": _("This address lies inside a private network. Only addresses on the internet are allowed."),
}
