"""After 30 days a merge is final: its journal goes, and the tombstones keep nothing but the way to the survivor."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from ponte.directory.models import (
    Affiliation,
    Company,
    Merge,
    MergeStep,
    Party,
    PartyAddress,
    PartyEmail,
    PartyPhone,
    PartySearch,
    PartyTag,
    Person,
    SocialHandle,
)
from ponte.directory.models.merge import UNDO_FOR

CLOSE_CHUNK = 500


def close_merges(*, limit: int = CLOSE_CHUNK) -> int:
    """Close merges that can't be undone any more, the oldest first; returns how many."""
    cutoff = timezone.now() - UNDO_FOR
    waiting = Merge.objects.select_for_update(skip_locked=True).filter(
        created_at__lt=cutoff, closed_at=None, undone_at=None
    )
    merges = list(waiting.order_by("created_at")[:limit])
    MergeStep.objects.filter(merge__in=merges).delete()
    _empty(loser_id for merge in merges for loser_id in merge.loser_ids)
    Merge.objects.filter(id__in=[merge.id for merge in merges]).update(closed_at=timezone.now())
    return len(merges)


def _empty(loser_ids: Iterable[UUID]) -> None:
    ids = list(loser_ids)
    for model in (PartyEmail, PartyPhone, PartyAddress, SocialHandle, PartyTag, PartySearch):
        model._default_manager.filter(party_id__in=ids).delete()
    Affiliation.objects.filter(person_id__in=ids).delete()
    for half in (Person, Company):
        half._default_manager.filter(party_id__in=ids).delete()
    Party.objects.filter(id__in=ids, merged_into__isnull=False).update(
        name="", sort_name="", email="", phone="", city="", state="", alert="", description="",
        source_detail="", version=F("version") + 1,
    )  # fmt: skip
