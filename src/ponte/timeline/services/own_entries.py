"""Entries the product writes on timelines for other records (a task done, a meeting held): there while that is true."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import F
from django.utils import timezone

from ponte.core.models import Member
from ponte.timeline.models import Interaction
from ponte.timeline.services.facts import recount_contacts


def bring_back(source: str, told: Mapping[str, tuple[datetime, Member | None]]) -> None:
    """Bring entries that were taken away back, dated and signed anew. The facts of their customers must be locked.

    Args:
        told: key of the entry → when it happened, who did it.
    """
    old = list(
        Interaction.objects.filter(source=source, external_key__in=list(told), deleted_at__isnull=False)
    )
    for entry in old:
        entry.occurred_at, entry.author = told[str(entry.external_key)]
        entry.deleted_at, entry.version = None, F("version") + 1
    Interaction.objects.bulk_update(old, ["deleted_at", "occurred_at", "author", "version"], batch_size=1000)
    for entry in old:
        recount_contacts([entry.party_id, entry.company_id], added=1)


def take_away(source: str, keys: Collection[str]) -> None:
    """Take entries off the timelines. The facts of their customers must be locked."""
    entries = list(Interaction.objects.filter(source=source, external_key__in=keys, deleted_at__isnull=True))
    if not entries:
        return
    Interaction.objects.filter(id__in=[one.id for one in entries]).update(
        deleted_at=timezone.now(), version=F("version") + 1
    )
    for entry in entries:
        recount_contacts([entry.party_id, entry.company_id], added=-1)
