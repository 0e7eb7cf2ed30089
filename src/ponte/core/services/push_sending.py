"""Sending a notice to the browsers of its member, one job each: a slow push service keeps no other waiting."""

from __future__ import annotations

from datetime import datetime
from email.utils import parseaddr
from uuid import UUID

import orjson
from django.conf import settings
from django.utils import timezone

from ponte.core import http, webpush
from ponte.core.jobs import enqueue
from ponte.core.models import Member, Notification, PushDevice
from ponte.core.services.notice_choices import quiet_until, wants
from ponte.core.services.push_devices import open_subscription, signing_key
from ponte.core.tenancy.scope import current_workspace, named_workspace, workspace_scope

JOB = "core.push"
KEEP_SECONDS = 24 * 3600  # how long a push service keeps a message for a phone that is off
BODY_CHARS = 240
GONE = frozenset({404, 410})
REFUSED = frozenset({400, 401, 403})  # made with another key, or no subscription at all: it will never work
BUSY = 429


class PushFailed(Exception):
    """The push service couldn't take the message just now; the job is tried again."""


def queue_push(notice: Notification, member: Member) -> None:
    """Queue a notice for the member's browsers; in quiet hours it waits for their end."""
    if not wants(member, notice.kind, "push"):
        return
    devices = list(PushDevice.objects.filter(member=member).values_list("id", flat=True))
    if not devices:
        return
    at: datetime | None = quiet_until(member, timezone.now())
    for device_id in devices:
        enqueue(JOB, notice_id=str(notice.id), device_id=str(device_id), at=at)


def send_push(notice_id: UUID, device_id: UUID) -> None:
    """Send one notice to one browser. Read meanwhile, or no longer wanted: nothing is sent.

    Raises:
        PushFailed: so that the job is tried again.
    """
    with workspace_scope(named_workspace()):
        prepared = _prepare(notice_id, device_id)
    if prepared is None:
        return
    endpoint, body, headers = prepared
    is_gone = False
    try:
        answer = http.request("POST", endpoint, body=body, headers=headers, max_bytes=500)
        is_gone = answer.status in GONE | REFUSED
        if not is_gone and (answer.status == BUSY or answer.status >= 500):
            raise PushFailed(f"push service answered {answer.status}")
    except http.OutgoingError as error:
        if not error.permanent:
            raise PushFailed(error.code) from error
        is_gone = True
    with workspace_scope(named_workspace()):
        devices = PushDevice.objects.filter(id=device_id)
        if is_gone:
            devices.delete()
        else:
            devices.update(last_sent_at=timezone.now())


def _prepare(notice_id: UUID, device_id: UUID) -> tuple[str, bytes, dict[str, str]] | None:
    notice = Notification.objects.select_related("member").filter(id=notice_id).first()
    device = PushDevice.objects.filter(id=device_id).first()
    if notice is None or device is None or device.member_id != notice.member_id:
        return None
    is_read = notice.read_at is not None and not notice.quiet
    if is_read or not notice.member.is_active or not wants(notice.member, notice.kind, "push"):
        return None
    subscription = open_subscription(device)
    receiver, auth = webpush.decode(subscription.p256dh), webpush.decode(subscription.auth)
    headers = {
        "Authorization": webpush.signature(subscription.endpoint, signing_key(), contact=_contact()),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEEP_SECONDS),
        "Urgency": "normal",
    }
    return subscription.endpoint, webpush.encrypt(_text(notice), receiver, auth), headers


def _text(notice: Notification) -> bytes:
    slug = current_workspace().slug
    return orjson.dumps(
        {
            "title": notice.title,
            "body": notice.body[:BODY_CHARS],
            "url": f"/{slug}/notifications/{notice.id}/open/",
            "tag": str(notice.id),  # sent twice, it is shown once
        }
    )


def _contact() -> str:
    base: str = settings.PONTE_URL
    return base if base.startswith("https://") else f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"
