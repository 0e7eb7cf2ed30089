"""Background work of the API kit."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from ponte.apikit.idempotency import KEEP_HOURS
from ponte.apikit.models import IdempotencyKey
from ponte.core.jobs import every


@every("17 6 * * *", name="apikit.forget_idempotency_keys")
def forget_idempotency_keys() -> None:
    """Delete answers past their day: they hold personal data and serve nobody any more."""
    IdempotencyKey.objects.filter(created_at__lt=timezone.now() - timedelta(hours=KEEP_HOURS)).delete()
