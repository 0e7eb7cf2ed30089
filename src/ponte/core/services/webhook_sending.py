"""Sending one delivery and drawing conclusions from how it went."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ponte.core import http
from ponte.core.actors import Actor
from ponte.core.jobs import enqueue
from ponte.core.models import Member, WebhookDelivery, WebhookEndpoint
from ponte.core.roles import ADMINISTRATOR
from ponte.core.services import audit
from ponte.core.services.notifications import notify
from ponte.core.services.webhooks import body_of, give_up_waiting, headers_for
from ponte.core.tenancy.scope import named_workspace, workspace_scope

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)
DISABLE_AFTER = timedelta(days=3)
LEASE = timedelta(minutes=5)  # an attempt that hasn't reported back by then counts as lost
SWEEP_LIMIT = 500
KEPT_FOR = timedelta(days=30)
GONE = 410
SHOWN_BYTES = 2000
LOG_LENGTH = 30


@dataclass(frozen=True)
class _Outcome:
    status: int | None
    text: str
    error: str
    milliseconds: int

    @property
    def good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def send_delivery(delivery_id: UUID) -> None:
    """Make one attempt. No transaction is open while the other side is waited for."""
    with workspace_scope(named_workspace()):
        taken = _take(delivery_id)
    if taken is None:
        return
    outcome = _attempt(*taken)
    with workspace_scope(named_workspace()):
        _note(delivery_id, outcome)


def sweep_webhooks() -> int:
    """Queue deliveries again whose attempt was lost with its worker; return how many."""
    due = WebhookDelivery.objects.filter(
        state=WebhookDelivery.State.WAITING, next_attempt_at__lt=timezone.now() - LEASE
    ).values_list("id", flat=True)[:SWEEP_LIMIT]
    for delivery_id in due:
        enqueue("core.send_webhook", delivery_id=str(delivery_id))
    return len(due)


def forget_deliveries() -> int:
    """Delete finished deliveries older than ``KEPT_FOR``; return how many."""
    old = WebhookDelivery.objects.filter(created_at__lt=timezone.now() - KEPT_FOR)
    return old.exclude(state=WebhookDelivery.State.WAITING).delete()[0]


def wait_before(attempt: int) -> timedelta:
    """Return the wait before attempt ``attempt`` + 1: 30 s, doubling, at most six hours."""
    wait: timedelta = FIRST_WAIT * 2 ** min(attempt - 1, 20)
    return min(wait, LONGEST_WAIT)


def _take(delivery_id: UUID) -> tuple[str, bytes, dict[str, str]] | None:
    delivery = (
        WebhookDelivery.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("endpoint", "event")
        .filter(id=delivery_id, state=WebhookDelivery.State.WAITING, endpoint__is_active=True)
        .first()
    )
    now = timezone.now()
    if delivery is None or (delivery.next_attempt_at and delivery.next_attempt_at > now):
        return None  # done, given up, or in another worker's hands
    delivery.next_attempt_at = now + LEASE
    delivery.save(update_fields=["next_attempt_at", "updated_at"])
    body = body_of(delivery)
    return delivery.endpoint.url, body, headers_for(delivery, body)


def _attempt(url: str, body: bytes, headers: dict[str, str]) -> _Outcome:
    started = time.monotonic()
    try:
        answer = http.request("POST", url, body=body, headers=headers, max_bytes=SHOWN_BYTES)
    except http.OutgoingError as error:
        return _Outcome(None, "", error.code, _since(started))
    text = answer.text.replace("\x00", "")
    good = 200 <= answer.status < 300
    return _Outcome(answer.status, text, "" if good else "status", _since(started))


def _note(delivery_id: UUID, outcome: _Outcome) -> None:
    delivery = WebhookDelivery.objects.select_for_update().filter(id=delivery_id).first()
    if delivery is None:
        return
    endpoint = WebhookEndpoint.objects.select_for_update().get(id=delivery.endpoint_id)
    now = timezone.now()
    delivery.attempts += 1
    delivery.status_code, delivery.response, delivery.error = outcome.status, outcome.text, outcome.error
    entry = {
        "at": now.isoformat(),
        "status": outcome.status,
        "ms": outcome.milliseconds,
        "error": outcome.error,
    }
    delivery.log = [*delivery.log, entry][-LOG_LENGTH:]
    if outcome.good:
        delivery.state, delivery.next_attempt_at = WebhookDelivery.State.DONE, None
        endpoint.failing_since, endpoint.last_success_at = None, now
    else:
        _plan_retry(delivery)
        endpoint.failing_since = endpoint.failing_since or now
    delivery.save()
    endpoint.save(update_fields=["failing_since", "last_success_at", "updated_at"])
    if outcome.status == GONE:
        _disable(endpoint, "gone")
    elif not outcome.good and endpoint.failing_since and now - endpoint.failing_since >= DISABLE_AFTER:
        _disable(endpoint, "failing")


def _plan_retry(delivery: WebhookDelivery) -> None:
    wait = wait_before(delivery.attempts)
    following = timezone.now() + wait
    if following > delivery.retry_until:
        delivery.state, delivery.next_attempt_at = WebhookDelivery.State.FAILED, None
        return
    delivery.next_attempt_at = following
    enqueue("core.send_webhook", delivery_id=str(delivery.id), at=following)


def _disable(endpoint: WebhookEndpoint, reason: str) -> None:
    if not endpoint.is_active:
        return
    endpoint.is_active, endpoint.disabled_reason = False, reason
    endpoint.save(update_fields=["is_active", "disabled_reason", "updated_at"])
    give_up_waiting(endpoint)
    actor = Actor.system("Ponte")
    audit.record(actor=actor, act="webhook.disabled", target=endpoint, changes={"reason": (None, reason)})
    for member in Member.objects.filter(is_active=True, role__key=ADMINISTRATOR):
        with translation.override(member.language):
            title = _("The webhook “%(name)s” was switched off") % {"name": endpoint.name}
            body = (
                _("Its address says that it is gone for good.")
                if reason == "gone"
                else _("It has failed for three days. Check the address, then switch it on again.")
            )
        url = f"/settings/webhooks/{endpoint.id}/"
        notify(member=member, kind="webhook.disabled", title=title, body=body, url=url)


def _since(started: float) -> int:
    return int((time.monotonic() - started) * 1000)
