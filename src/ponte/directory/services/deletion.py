"""The bin: customers put away, brought back whole within 30 days, and purged after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.errors import Missing
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.core.setbased import update_rows
from ponte.directory.models import Party
from ponte.directory.services.identities import reclaim
from ponte.directory.services.parties import lock_parties
from ponte.events.directory import PartiesDeleted, PartiesPurged, PartiesRestored

KEPT_FOR = timedelta(days=30)
PURGE_CHUNK = 500


def delete_parties(*, actor: Actor, party_ids: Sequence[UUID]) -> int:
    """Put customers into the bin with all they have; returns how many.

    Raises:
        Missing: none of them exists outside the bin.
    """
    parties = lock_parties(party_ids)
    if not parties:
        raise Missing("customer")
    now = timezone.now()
    update_rows(
        Party,
        ("deleted_at", "deleted_by", "version"),
        [(p.id, now, actor.member_id, p.version + 1) for p in parties],
    )
    _note(actor, "customers.deleted", parties)
    publish(PartiesDeleted(party_ids=[str(p.id) for p in parties]), actor=actor)
    return len(parties)


def restore_parties(*, actor: Actor, party_ids: Sequence[UUID]) -> int:
    """Bring customers back from the bin whole; returns how many.

    What another customer came to be recognised by meanwhile becomes a dispute to review.

    Raises:
        Missing: none of them is in the bin.
    """
    parties = lock_parties(party_ids, deleted=True)
    if not parties:
        raise Missing("customer")
    update_rows(
        Party, ("deleted_at", "deleted_by", "version"), [(p.id, None, None, p.version + 1) for p in parties]
    )
    reclaim(actor=actor, party_ids=[p.id for p in parties])
    _note(actor, "customers.restored", parties)
    publish(PartiesRestored(party_ids=[str(p.id) for p in parties]), actor=actor)
    return len(parties)


def purge_parties(*, actor: Actor, party_ids: Sequence[UUID]) -> int:
    """Delete customers in the bin for good, with everything that hangs on them; returns how many."""
    parties = lock_parties(party_ids, deleted=True)
    if not parties:
        return 0
    ids = [party.id for party in parties]
    _note(actor, "customers.purged", parties)
    publish(PartiesPurged(party_ids=[str(party_id) for party_id in ids]), actor=actor)
    Party.objects.filter(id__in=ids).delete()
    return len(ids)


def purge_expired(*, actor: Actor, limit: int = PURGE_CHUNK) -> int:
    """Purge customers that have rested in the bin for 30 days, the oldest first; returns how many."""
    expired = Party.objects.filter(
        deleted_at__lt=timezone.now() - KEPT_FOR,
        merged_into=None,  # tombstones go with their survivor
    ).order_by("deleted_at", "id")
    return purge_parties(actor=actor, party_ids=list(expired.values_list("id", flat=True)[:limit]))


def _note(actor: Actor, act: str, parties: list[Party]) -> None:
    record_bulk(actor=actor, act=act, object_type="customer", ids=[p.id for p in parties])
