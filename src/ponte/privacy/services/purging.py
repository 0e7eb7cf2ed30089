"""Forgetting what is no longer needed."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from ponte.privacy.models import ContactRefusal

KEPT_FOR = timedelta(days=365)
PURGE_CHUNK = 5000


def purge_refusals(*, limit: int = PURGE_CHUNK) -> int:
    """Delete refused contacts older than a year, the oldest first; returns how many."""
    old = ContactRefusal.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).order_by("created_at", "id")
    ids = list(old.values_list("id", flat=True)[:limit])
    ContactRefusal.objects.filter(id__in=ids).delete()
    return len(ids)
