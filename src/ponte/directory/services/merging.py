"""Making several customers one, and taking that back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid, Missing
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.directory.models import Merge, Party, PartyFacts
from ponte.directory.models.merge import UNDO_FOR
from ponte.directory.movers import movers
from ponte.directory.services.merge_contacts import choose_primaries, restore_copies, settle_primaries
from ponte.directory.services.merge_journal import Journal, Remainder, undo_step
from ponte.directory.services.merge_values import check_choices, write_values
from ponte.directory.services.parties import note_edit
from ponte.directory.services.search_text import refresh_search
from ponte.events.directory import CustomersMerged, CustomersUnmerged

MOST = 10  # customers in one merge


def merge_customers(
    *,
    actor: Actor,
    survivor_id: UUID,
    loser_ids: Sequence[UUID],
    choices: Mapping[str, UUID | str] | None = None,
    versions: Mapping[UUID, int] | None = None,
    run_id: UUID | None = None,
) -> Merge:
    """Make customers of one kind one: the survivor gets everything the others have, they become tombstones.

    What both have (an e-mail, a tag, a role) is there once. Everything moved is noted, so that ``unmerge_customers`` can put it back.

    Args:
        actor: who does it.
        survivor_id: whose record stays.
        loser_ids: who becomes part of it, at most nine.
        choices: field → the customer whose value is kept (see ``merge_values.mergeable_fields``); "both" joins descriptions.
            Without a choice the survivor's value stays, an empty one is filled.
        versions: the version of each customer the caller has seen; missing ones aren't checked.
        run_id: the background run it belongs to.

    Raises:
        Invalid: fewer than two customers, too many, of different kinds, or a wrong choice.
        Missing: one of them isn't there. Conflict: one of them changed since it was looked at.
    """
    others = [one for one in dict.fromkeys(loser_ids) if one != survivor_id]
    parties = _lock(survivor_id, others, versions or {})
    check_choices(choices or {}, parties, parties[0].kind)
    survivor = parties[0]
    merge = Merge.objects.create(
        survivor=survivor,
        kind=survivor.kind,
        loser_ids=others,
        merged_by=actor.member,
        actor_label=actor.label[:240],
        run_id=run_id,
    )
    primaries = choose_primaries(parties, choices or {})
    journals = [Journal(merge, survivor.id, loser_id, survivor.kind) for loser_id in others]
    changed = write_values(journals[0], parties, choices or {})
    for journal in journals:
        for mover in movers:
            mover.move(journal)
    settle_primaries(journals[-1], survivor, primaries)
    merge.references = sorted(set().union(*(journal.references for journal in journals)))
    merge.save(update_fields=["references"])
    _bury(actor, survivor, parties[1:])
    refresh_search([survivor.id])
    _refresh([survivor.id])
    _note_merge(actor, merge, parties, changed)
    return merge


def _lock(survivor_id: UUID, others: Sequence[UUID], versions: Mapping[UUID, int]) -> list[Party]:
    """Return the customers locked, figures too, the survivor first; locks are taken in the order of ids."""
    ids = [survivor_id, *others]
    if len(ids) < 2:
        raise Invalid.on("ids", "too_few", _("Choose at least two customers to merge."))
    if len(ids) > MOST:
        raise Invalid.on("ids", "too_many", _("Merge at most %(most)s customers at a time.") % {"most": MOST})
    rows = Party.objects.select_for_update(of=("self",)).filter(id__in=ids, deleted_at=None)
    found = {party.id: party for party in rows.order_by("id").select_related("person", "company")}
    if len(found) < len(ids):
        raise Missing("customer")
    if len({party.kind for party in found.values()}) > 1:
        raise Invalid.on(
            "ids", "kinds", _("A person and a company can't be merged. Choose customers of one kind.")
        )
    for party in found.values():
        check_version(party, versions.get(party.id))
    _lock_facts(ids)
    return [found[party_id] for party_id in ids]


def _lock_facts(ids: Sequence[UUID]) -> None:
    rows = PartyFacts.objects.select_for_update().filter(party_id__in=ids).order_by("party_id")
    list(rows.values_list("party_id", flat=True))


def _bury(actor: Actor, survivor: Party, losers: Sequence[Party]) -> None:
    now = timezone.now()
    for loser in losers:
        Party.objects.filter(id=loser.id).update(
            merged_into=survivor,
            deleted_at=now,
            deleted_by=actor.member,
            version=loser.version + 1,
            updated_at=now,
        )
    survivor.version += 1
    survivor.updated_at = now
    survivor.save(update_fields=["email", "phone", "city", "state", "version", "updated_at"])


def _refresh(ids: Sequence[UUID]) -> None:
    for mover in movers:
        if mover.refresh is not None:
            mover.refresh(ids)


def _note_merge(
    actor: Actor, merge: Merge, parties: Sequence[Party], changed: dict[str, tuple[Any, Any]]
) -> None:
    survivor, losers = parties[0], parties[1:]
    labels = [loser.label for loser in losers]
    note_edit(
        actor=actor,
        party=survivor,
        act=f"{survivor.kind}.merged",
        changes={**changed, "merged": (None, labels)},
    )
    for loser in losers:
        note_edit(
            actor=actor,
            party=loser,
            act=f"{loser.kind}.merged_away",
            changes={"merged_into": (None, survivor.label)},
        )
    publish(CustomersMerged(**_told(merge)), actor=actor)


def _told(merge: Merge) -> dict[str, Any]:
    return {
        "merge_id": str(merge.id),
        "survivor_id": str(merge.survivor_id),
        "loser_ids": [str(loser_id) for loser_id in merge.loser_ids],
        "kind": merge.kind,
    }


@dataclass(frozen=True)
class Undone:
    """What became of an undoing: the merge, and what somebody changed since and was left as it is."""

    merge: Merge
    remainders: list[Remainder]


def unmerge_customers(*, actor: Actor, merge_id: UUID) -> Undone:
    """Take a merge apart: what was moved goes back, fields get their former values; what came since stays with the survivor.

    Raises:
        Missing: no such merge, or it was undone already.
        Invalid: it is older than 30 days, or the survivor was merged again since: undo the later merge first.
    """
    merge = Merge.objects.select_for_update().filter(id=merge_id, undone_at=None).first()
    if merge is None:
        raise Missing("merge")
    check_undoable(merge)
    ids = [merge.survivor_id, *merge.loser_ids]
    rows = Party.objects.select_for_update(of=("self",)).filter(id__in=ids).order_by("id")
    parties = {party.id: party for party in rows}
    if len(parties) < len(ids) or parties[merge.survivor_id].is_deleted:
        raise Invalid.on("", "gone", _("A customer of this merge is in the bin or gone. Restore it first."))
    _lock_facts(ids)
    remainders: list[Remainder] = []
    for step in merge.steps.order_by("-id").iterator(chunk_size=50):
        remainders += undo_step(step, merge.survivor_id)
    merge.undone_at, merge.undone_by = timezone.now(), actor.member
    merge.save(update_fields=["undone_at", "undone_by", "updated_at"])
    merge.steps.all().delete()
    _raise_up(merge)
    refresh_search(ids)
    _refresh(ids)
    record_bulk(actor=actor, act="customers.unmerged", object_type="customer", ids=ids)
    publish(CustomersUnmerged(**_told(merge)), actor=actor)
    return Undone(merge, remainders)


def check_undoable(merge: Merge) -> None:
    """Refuse a merge that can't be undone now; the message says why and what to do.

    Raises:
        Invalid: as said.
    """
    if merge.closed_at is not None or merge.created_at < timezone.now() - UNDO_FOR:
        raise Invalid.on("", "too_old", _("A merge can be undone within 30 days; this one is older."))
    later = Merge.objects.filter(undone_at=None, id__gt=merge.id)
    if (
        later.filter(survivor_id=merge.survivor_id).exists()
        or later.filter(loser_ids__contains=[merge.survivor_id]).exists()
    ):
        raise Invalid.on(
            "", "later_merge", _("This customer was merged again later. Undo the later merge first.")
        )


def _raise_up(merge: Merge) -> None:
    now = timezone.now()
    rows = Party.objects.filter(id__in=[merge.survivor_id, *merge.loser_ids])
    for party in rows.select_related("person", "company"):
        restore_copies(party)
        party.merged_into_id, party.deleted_at, party.deleted_by_id = None, None, None
        party.version += 1
        party.updated_at = now
        party.save()


def move_stragglers(*, merge_id: UUID) -> bool:
    """Move rows that were being written for a loser while it was merged; returns whether the merge is still in force."""
    merge = Merge.objects.select_for_update().filter(id=merge_id, undone_at=None, closed_at=None).first()
    if merge is None:
        return False
    before = merge.steps.count()
    for loser_id in merge.loser_ids:
        journal = Journal(merge, merge.survivor_id, loser_id, merge.kind, is_late=True)
        for mover in movers:
            mover.move(journal)
    if merge.steps.count() > before:
        _lock_facts([merge.survivor_id])
        _refresh([merge.survivor_id])
    return True
