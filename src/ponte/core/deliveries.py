"""Jobs that carry things out of the house: mail, push messages, webhooks, the daily digest."""

from __future__ import annotations

from uuid import UUID

from ponte.core.jobs import every, job
from ponte.core.services import digests, mail, notifications, push_sending, webhook_sending


@job("core.send_mail", transaction=False)
def send_mail(*, sealed: str) -> None:
    """Send one mail; tried again while the mail server can't be reached."""
    mail.send_sealed(sealed)


@job("core.send_webhook", transaction=False)
def send_webhook(*, delivery_id: str) -> None:
    """Make one attempt at a delivery; it plans the next one itself."""
    webhook_sending.send_delivery(UUID(delivery_id))


@job(push_sending.JOB, transaction=False)
def push(*, notice_id: str, device_id: str) -> None:
    """Send one notice to one browser; tried again while its push service can't be reached."""
    push_sending.send_push(UUID(notice_id), UUID(device_id))


@every("*/5 * * * *", name="core.sweep_webhooks")
def sweep_webhooks() -> None:
    """Take up deliveries a killed worker left."""
    webhook_sending.sweep_webhooks()


@every("0 10 * * *", name="core.digest")
def digest() -> None:
    """Mail people what they haven't read, at seven in the morning in Brasília."""
    digests.send_digests()


@every("50 3 * * *", name="core.forget_deliveries")
def forget_deliveries() -> None:
    """Delete what nobody looks up any more: deliveries after a month, read notices after half a year."""
    webhook_sending.forget_deliveries()
    notifications.forget_read()
