"""Taking a chunk of imported interactions off the timelines again."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.events.timeline import InteractionsRemoved
from ponte.timeline.kinds import kind_of
from ponte.timeline.models import Interaction
from ponte.timeline.policies import may_on, visible_interactions
from ponte.timeline.services.facts import lock_facts, recount_many
from ponte.timeline.services.satisfaction import refresh_satisfaction
from ponte.workplace.importing.reversal import (
    CHANGED,
    FOREIGN,
    GONE,
    DoneChunk,
    Reversal,
    changed_since,
    left_all,
)
from ponte.workplace.importing.targets import ImportContext


def undo_interactions(chunk: DoneChunk, context: ImportContext, *, look: bool) -> Reversal:
    """Delete the interactions a chunk made, as people delete them; those somebody worked on since stay."""
    reversal = Reversal()
    rows = {row.id: row for row in Interaction.objects.filter(id__in=chunk.created, deleted_at=None)}
    if not look:
        lock_facts([one for row in rows.values() for one in (row.party_id, row.company_id)])
    reversal.left |= left_all((one for one in chunk.created if one not in rows), GONE)
    mine = _within(context.actor, list(rows.values()))
    reversal.left |= left_all(rows.keys() - mine, FOREIGN)
    changed = changed_since("interaction", mine, chunk)
    reversal.left |= left_all(changed, CHANGED)
    reversal.removed = [one for one in chunk.created if one in mine - changed]
    if reversal.removed and not look:
        _delete(context.actor, [rows[one] for one in reversal.removed])
    return reversal


def _within(actor: Actor, rows: list[Interaction]) -> set[UUID]:
    member = actor.member
    if member is None:
        return {row.id for row in rows}
    seen = set(
        visible_interactions(member).filter(id__in=[row.id for row in rows]).values_list("id", flat=True)
    )
    return {row.id for row in rows if row.id in seen and may_on(member, "delete", row)}


def _delete(actor: Actor, rows: list[Interaction]) -> None:
    now = timezone.now()
    for row in rows:
        row.deleted_at = now
        row.version += 1
        row.updated_at = now
        row.external_key = None  # what was undone may be imported again
    columns = ["deleted_at", "version", "updated_at", "external_key"]
    Interaction.objects.bulk_update(rows, columns, batch_size=1000)
    counted: Counter[UUID] = Counter()
    for row in rows:
        if kind_of(row.kind).counts_as_contact:
            counted.update({one for one in (row.party_id, row.company_id) if one is not None})
    recount_many(counted)
    refresh_satisfaction({row.party_id for row in rows if row.kind == "review"})
    ids = [row.id for row in rows]
    record_bulk(
        actor=actor,
        act="interactions.deleted",
        object_type="interaction",
        ids=ids,
        summary={"count": len(ids)},
    )
    event = InteractionsRemoved(
        interaction_ids=[str(one) for one in ids], party_ids=sorted({str(row.party_id) for row in rows})
    )
    publish(event, actor=actor)
