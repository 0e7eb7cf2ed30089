"""Values of customers before an import: columns, custom fields, contacts, tags, roles, identities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from ponte.core.actors import Actor
from ponte.directory.models import Affiliation, Identity, PartyTag, StageChange
from ponte.directory.services.bulk_updates import Changes, Known, stage_step
from ponte.directory.services.contacts import LISTS, copy_primary
from ponte.workplace.custom_fields.reverting import take_back_custom
from ponte.workplace.importing.reversal import DoneChunk, has_column, take_back

Noted = Mapping[UUID, Mapping[str, Sequence[Any]]]


def take_back_known(
    actor: Actor, kind: str, known: Mapping[UUID, Known], noted: Noted, chunk: DoneChunk
) -> tuple[dict[UUID, Changes], dict[UUID, list[str]]]:
    """Put values of known customers back: columns in memory (save them), contacts and tags in the database.

    Returns:
        What changed by customer, and the fields left alone because somebody changed them since.
    """
    back: dict[UUID, Changes] = {}
    others: dict[UUID, list[str]] = {}
    steps: list[StageChange] = []
    there: dict[tuple[Any, Any], bool] = {}
    for party_id, row in known.items():
        changes = noted.get(party_id, {})
        stage = row.party.stage
        for half in (row.party, row.own):
            mine = {name: pair for name, pair in changes.items() if has_column(half, name)}
            moved, kept = take_back(half, mine, there)
            _add(back, party_id, moved)
            if kept:
                others.setdefault(party_id, []).extend(kept)
        if row.party.stage != stage:
            row.party.stage_since = timezone.now()
            steps.append(stage_step(actor, row.party, stage))
    StageChange.objects.bulk_create(steps)
    parties = {party_id: row.party for party_id, row in known.items()}
    custom, kept_custom = take_back_custom(kind, parties, noted, actor=actor)
    for party_id, changed in custom.items():
        _add(back, party_id, changed)
    for party_id, names in kept_custom.items():
        others.setdefault(party_id, []).extend(names)
    _take_back_contacts(known, chunk, back, others)
    _take_back_tags(known, noted, back)
    return back, others


def _add(back: dict[UUID, Changes], party_id: UUID, changes: Changes) -> None:
    if changes:
        back.setdefault(party_id, {}).update(changes)


def _take_back_contacts(
    known: Mapping[UUID, Known],
    chunk: DoneChunk,
    back: dict[UUID, Changes],
    others: dict[UUID, list[str]],
) -> None:
    born, ended = chunk.births, chunk.ended
    if born is None or ended is None:
        return
    for contacts in LISTS:
        doomed: list[UUID] = []
        heirs: list[Any] = []
        for party_id, row in known.items():
            stored = row.lists.get(contacts.name, {})
            added = {key: one for key, one in stored.items() if born[0] <= one.pk < born[1]}
            if not added:
                continue
            kept = [key for key, one in added.items() if _edited(one, ended)]
            if kept:
                others.setdefault(party_id, []).append(contacts.name)
            before = [str(one) for one in stored.values()]
            gone = [stored.pop(key) for key in added.keys() - set(kept)]
            doomed += [one.pk for one in gone]
            if gone:
                heirs += _heir(gone, list(stored.values()))
                copy_primary(row.party, contacts.name, list(stored.values()))
                after = [str(one) for one in stored.values()]
                _add(back, party_id, {contacts.name: (before, after)})
        if doomed:
            contacts.model._default_manager.filter(pk__in=doomed).delete()
            contacts.model._default_manager.filter(pk__in=[one.pk for one in heirs]).update(is_primary=True)


def _heir(gone: Sequence[Any], left: Sequence[Any]) -> list[Any]:
    """Return who is the main contact now that the one from the import goes: the oldest of those added since."""
    if not left or not any(getattr(one, "is_primary", False) for one in gone):
        return []
    heir = min(left, key=lambda one: one.pk)
    heir.is_primary = True
    return [heir]


def _edited(row: Any, ended: datetime) -> bool:
    return bool(row.updated_at > ended)


def _take_back_tags(known: Mapping[UUID, Known], noted: Noted, back: dict[UUID, Changes]) -> None:
    wanted = {
        party_id: set(changes["tags"][1] or ())
        for party_id, changes in noted.items()
        if party_id in known and "tags" in changes
    }
    if not wanted:
        return
    names = {name for several in wanted.values() for name in several}
    links = PartyTag.objects.filter(party_id__in=wanted, tag__name__in=names).select_related("tag")
    doomed = [link for link in links if link.tag.name in wanted[link.party_id]]
    PartyTag.objects.filter(pk__in=[link.pk for link in doomed]).delete()
    for link in doomed:
        before, after = back.get(link.party_id, {}).get("tags", ([], None))
        _add(back, link.party_id, {"tags": ([*before, link.tag.name], after)})


def release_born(known: Mapping[UUID, Known], chunk: DoneChunk) -> set[UUID]:
    """Take identities and roles away that were born with the chunk; returns the customers they were of.

    Identities that follow from what a customer has still (a contact somebody edited since) stay.
    """
    born, ended = chunk.births, chunk.ended
    if born is None or ended is None or not known:
        return set()
    window = {"id__gte": born[0], "id__lt": born[1]}
    identities = list(Identity.objects.filter(party_id__in=known, **window))
    doomed = [one for one in identities if (one.kind, one.value) not in _held(known[one.party_id])]
    Identity.objects.filter(id__in=[one.id for one in doomed]).delete()
    roles = Affiliation.objects.filter(person_id__in=known, updated_at__lte=ended, **window)
    people = set(roles.values_list("person_id", flat=True))
    roles.delete()
    return {one.party_id for one in doomed} | people


def _held(row: Known) -> set[tuple[str, str]]:
    held = {(kind, getattr(row.own, kind)) for kind in ("cpf", "cnpj") if getattr(row.own, kind, "")}
    for contacts in LISTS:
        for one in row.lists.get(contacts.name, {}).values():
            key = contacts.identity(one)
            if key:
                held.add((str(key[0]), key[1]))
    return held
