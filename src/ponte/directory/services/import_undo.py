"""Taking a chunk of imported customers back: new ones go to the bin, changed values come back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from ponte.core.actors import Actor
from ponte.core.services.events import publish
from ponte.directory.models import Affiliation, Party, PartyFacts
from ponte.directory.policies import visible_parties
from ponte.directory.services.bulk_notes import note_updates, publish_moves
from ponte.directory.services.bulk_updates import Changes, Known, load_known, save_known
from ponte.directory.services.deletion import delete_parties
from ponte.directory.services.import_values import release_born, take_back_known
from ponte.directory.services.parties import lock_parties
from ponte.directory.services.search_text import refresh_search
from ponte.directory.uses import customers_in_use
from ponte.events.directory import PartiesUpserted
from ponte.workplace.importing.reversal import (
    CHANGED,
    FOREIGN,
    GONE,
    IN_USE,
    UNDO_ACT,
    UNREADABLE,
    DoneChunk,
    Left,
    Reversal,
    changed_since,
    left_all,
)
from ponte.workplace.importing.targets import ImportContext

_MADE = "customers.created"
# what customers carry without anybody having worked on them; work of other imports is told by facts
_NO_WORK = ("consents.recorded", "customer.viewed")


def undo_customers(chunk: DoneChunk, context: ImportContext, *, look: bool) -> Reversal:
    """Put the customers a chunk made into the bin and give changed ones their values back.

    A new customer that somebody changed since, or that has interactions, open tasks or orders, stays; so do fields that no
    longer hold what the import wrote. Contacts, tags, roles and identities the import added are taken away again.
    """
    reversal = Reversal()
    made = set(chunk.created)
    along = [one for one in chunk.made.get(_MADE, ()) if one not in made]  # companies people came with
    gone = _judge_created(context.actor, chunk, chunk.created, reversal, look)
    gone += _judge_along(context.actor, chunk, along, set(gone), reversal, look)
    reversal.removed = gone
    if gone and not look:
        delete_parties(actor=context.actor, party_ids=gone)
    _restore(context.actor, chunk, reversal, context.source, look)
    return reversal


def _judge_created(
    actor: Actor, chunk: DoneChunk, ids: Sequence[UUID], reversal: Reversal, look: bool
) -> list[UUID]:
    there = Party.objects.filter(id__in=ids, deleted_at=None, merged_into=None)
    living = set(there.values_list("id", flat=True)) if look else {party.id for party in lock_parties(ids)}
    reversal.left |= left_all((one for one in ids if one not in living), GONE)
    mine = _within(actor, living, "delete")
    reversal.left |= left_all(living - mine, FOREIGN)
    changed = changed_since("customer", mine, chunk, apart_from=_NO_WORK)
    reversal.left |= left_all(changed, CHANGED)
    used = _in_use(mine - changed)
    reversal.left |= left_all(used, IN_USE)
    return [one for one in ids if one in mine and one not in changed and one not in used]


def _judge_along(
    actor: Actor, chunk: DoneChunk, ids: Sequence[UUID], going: set[UUID], reversal: Reversal, look: bool
) -> list[UUID]:
    """Judge companies that were only made because people named them: those with other people stay, unmentioned."""
    if not ids:
        return []
    staffed = Affiliation.objects.filter(company_id__in=ids, person__party__deleted_at=None)
    born = chunk.births
    if born is not None:  # roles this chunk gave to people who were there before go with it
        before = [*chunk.changes, *chunk.touched]
        staffed = staffed.exclude(id__gte=born[0], id__lt=born[1], person_id__in=before)
    busy = set(staffed.exclude(person_id__in=going).values_list("company_id", flat=True))
    silent = Reversal()
    gone = _judge_created(actor, chunk, [one for one in ids if one not in busy], silent, look)
    reversal.left |= {one: why for one, why in silent.left.items() if why.reason != GONE}
    return gone


def _in_use(ids: Collection[UUID]) -> set[UUID]:
    facts = PartyFacts.objects.filter(party_id__in=ids).exclude(orders_count=0, open_tasks=0)
    return set(facts.values_list("party_id", flat=True)) | customers_in_use(ids)


def _within(actor: Actor, ids: Iterable[UUID], act: str) -> set[UUID]:
    if actor.member is None:
        return set(ids)
    return set(visible_parties(actor.member, act).filter(id__in=list(ids)).values_list("id", flat=True))


def _restore(actor: Actor, chunk: DoneChunk, reversal: Reversal, source: str, look: bool) -> None:
    going = set(reversal.removed)
    reversal.left |= left_all((one for one in chunk.unreadable if one not in going), UNREADABLE)
    wanted = {one: changes for one, changes in chunk.changes.items() if one not in going}
    kinds = dict(
        Party.objects.filter(id__in=[*wanted, *chunk.touched], deleted_at=None).values_list("id", "kind")
    )
    mine = _within(actor, kinds, "edit")
    reversal.left |= left_all((one for one in wanted if one not in kinds), GONE)
    reversal.left |= left_all((one for one in wanted if one in kinds and one not in mine), FOREIGN)
    for kind in ("person", "company"):
        known = load_known([one for one in mine if kinds[one] == kind], kind=kind, lock=not look)
        changed = _take_back_all(actor, kind, known, wanted, chunk, reversal)
        if not look:
            _write(actor, kind, known, changed, chunk, source)


def _take_back_all(
    actor: Actor,
    kind: str,
    known: Mapping[UUID, Known],
    wanted: Mapping[UUID, Mapping[str, Sequence[object]]],
    chunk: DoneChunk,
    reversal: Reversal,
) -> dict[UUID, Changes]:
    back, others = take_back_known(actor, kind, known, wanted, chunk)
    for party_id, names in others.items():
        reversal.left[party_id] = Left(CHANGED, tuple(names))
    reversal.restored += [one for one in back if one not in others]
    return back


def _write(
    actor: Actor,
    kind: str,
    known: Mapping[UUID, Known],
    changed: Mapping[UUID, Changes],
    chunk: DoneChunk,
    source: str,
) -> None:
    released = release_born(known, chunk)
    if changed:
        save_known(known, changed)
        note_updates(actor=actor, kind=kind, changed=changed, act=f"{kind}.{UNDO_ACT}")
        publish_moves(actor=actor, known=known, changed=changed)
    touched = sorted({*changed, *released})
    if touched:
        refresh_search(touched)
        ids = [str(party_id) for party_id in touched]
        publish(PartiesUpserted(kind=kind, created_ids=[], updated_ids=ids, source=source), actor=actor)
