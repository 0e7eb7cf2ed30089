"""The frame every edit of a customer runs in: lock, check the version, write, audit, publish."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Missing
from ponte.core.services.audit import record
from ponte.core.services.events import publish
from ponte.directory.models import Party
from ponte.events.directory import PartyUpdated

# What tells nothing about the person behind the record and stays readable in the log after erasure.
IMPERSONAL = frozenset(
    {
        "owner",
        "team",
        "stage",
        "source",
        "preferred_channel",
        "language",
        "tone",
        "tags",
        "is_demo",
        "kind",
        "stage_since",
    }
)


def lock_party(
    party_id: UUID, *, version: int | None = None, kind: str | None = None, deleted: bool = False
) -> Party:
    """Return the customer locked for this transaction.

    Args:
        party_id: whose record.
        version: the version the caller has seen; None: any.
        kind: "person" or "company" when only that will do.
        deleted: whether the record is looked for in the bin instead of outside it.

    Raises:
        Missing: no such customer (there).
        Conflict: somebody changed it since ``version``.
    """
    found = Party.objects.select_for_update(of=("self",)).filter(
        id=party_id, deleted_at__isnull=not deleted, merged_into=None
    )
    party = found.filter(kind=kind).first() if kind else found.first()
    if party is None:
        raise Missing("customer")
    check_version(party, version)
    return party


def lock_parties(party_ids: Iterable[UUID], *, deleted: bool = False) -> list[Party]:
    """Return customers locked in the order of their ids, so that two bulk acts can't block each other."""
    found = Party.objects.select_for_update(of=("self",)).filter(
        id__in=list(party_ids), deleted_at__isnull=not deleted, merged_into=None
    )
    return list(found.order_by("id"))


def finish_edit(
    *,
    actor: Actor,
    party: Party,
    changes: Mapping[str, tuple[Any, Any]],
    act: str = "",
    columns: Iterable[str] = (),
) -> None:
    """Raise the version, save ``columns``, write audit entry and event of an edit that changed something."""
    party.version += 1
    party.updated_at = timezone.now()
    party.save(update_fields=[*columns, "version", "updated_at"])
    note_edit(actor=actor, party=party, changes=changes, act=act)
    publish(
        PartyUpdated(party_id=str(party.id), kind=party.kind, fields=sorted(changes), version=party.version),
        actor=actor,
    )


def note_edit(*, actor: Actor, party: Party, changes: Mapping[str, tuple[Any, Any]], act: str = "") -> None:
    """Write the audit entry of a customer; values that tell about the person are sealed with their key."""
    record(
        actor=actor,
        act=act or f"{party.kind}.updated",
        target=party,
        object_type="customer",
        changes=changes,
        subject_id=party.id,
        personal=set(changes) - IMPERSONAL,
    )
