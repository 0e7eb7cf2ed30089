"""Bringing known customers of a chunk up to date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.brazil.documents import cnpj_root
from ponte.core.setbased import insert_missing, update_rows
from ponte.core.text import fold
from ponte.directory.models import Company, Party, PartyTag, Person, StageChange, Tag
from ponte.directory.services.cleaning import COMPANY_FIELDS, PARTY_FIELDS, PERSON_FIELDS
from ponte.directory.services.contacts import LISTS, ContactList, copy_primary
from ponte.directory.services.creation import Draft
from ponte.directory.services.opt_outs import close_known, tell_book
from ponte.directory.services.parties import lock_parties

Changes = dict[str, tuple[Any, Any]]  # field → before and after
PARTY_COLUMNS = (*PARTY_FIELDS, "owner_id", "team_id", "stage")
COPIED_COLUMNS = ("email", "phone", "city", "state")


@dataclass
class Known:
    """A customer that exists, with what the chunk compares against."""

    party: Party
    own: Any
    lists: dict[str, dict[Any, Any]] = field(default_factory=dict)
    tag_ids: set[UUID] = field(default_factory=set)


def load_known(party_ids: Iterable[UUID], *, kind: str, lock: bool = True) -> dict[UUID, Known]:
    """Return known customers, locked, with their own half, contacts and tags. A constant number of queries.

    Everything is read after the lock: what another transaction just changed must not be written back. Without
    ``lock`` they are only to be looked at.
    """
    ids = list(party_ids)
    if not ids:
        return {}
    model: type[models.Model] = Person if kind == "person" else Company
    there = Party.objects.filter(id__in=list(ids), deleted_at=None, merged_into=None).order_by("id")
    parties = lock_parties(ids) if lock else list(there)
    own = {row.pk: row for row in model._default_manager.filter(pk__in=ids)}
    known = {party.id: Known(party, own[party.id]) for party in parties}
    for contacts in LISTS:
        rows: Iterable[Any] = contacts.model._default_manager.filter(party_id__in=ids)
        for row in rows:
            if row.party_id in known:
                known[row.party_id].lists.setdefault(contacts.name, {})[contacts.key(row)] = row
    for party_id, tag_id in PartyTag.objects.filter(party_id__in=ids).values_list("party_id", "tag_id"):
        if party_id in known:
            known[party_id].tag_ids.add(tag_id)
    return known


def update_known(
    actor: Actor,
    known: dict[UUID, Known],
    drafts: Sequence[tuple[UUID, Draft]],
    policy: str,
    tags: dict[str, Tag],
) -> dict[UUID, Changes]:
    """Write what the drafts change; returns that for each customer touched. A constant number of statements."""
    changed: dict[UUID, Changes] = {}
    steps: list[StageChange] = []
    now = timezone.now()
    for party_id, draft in drafts:
        if party_id not in known:
            continue
        row = known[party_id]
        stage_before = row.party.stage
        fields = PERSON_FIELDS if draft.kind == "person" else COMPANY_FIELDS
        _note(changed, party_id, _apply(row.party, draft.party, PARTY_COLUMNS, policy))
        _note(changed, party_id, _apply(row.own, draft.own, fields, policy))
        if draft.custom.changes:
            row.party.custom = draft.custom.values
            _note(changed, party_id, draft.custom.changes)
        if row.party.stage != stage_before:
            row.party.stage_since = now
            steps.append(stage_step(actor, row.party, stage_before))
    for party_id, changes in [*_add_contacts(actor, known, drafts), *_add_tags(known, drafts, tags)]:
        _note(changed, party_id, changes)
    save_known(known, changed, custom=any(draft.custom.changes for _party, draft in drafts))
    StageChange.objects.bulk_create(steps)
    return changed


def _note(changed: dict[UUID, Changes], party_id: UUID, changes: Changes) -> None:
    """Add changes of a customer; what two rows change keeps the value before the first."""
    for name, (before, after) in changes.items():
        noted = changed.setdefault(party_id, {})
        noted[name] = (noted[name][0] if name in noted else before, after)


def _apply(row: Any, values: dict[str, Any], names: Sequence[str], policy: str) -> Changes:
    moved: Changes = {}
    for name in names:
        value, before = values.get(name), getattr(row, name)
        if value in ("", None) or value == before:
            continue
        if policy == "fill" and (before not in ("", None) or name == "stage"):
            continue
        setattr(row, name, value)
        moved[name] = (before, value)
    return moved


def stage_step(actor: Actor, party: Party, before: str) -> StageChange:
    """Return the row of history of a customer whose stage was just changed, unsaved."""
    return StageChange(
        party=party,
        from_stage=before,
        to_stage=party.stage,
        at=party.stage_since or timezone.now(),
        member=actor.member,
        actor_label=actor.label[:240],
    )


def _add_contacts(
    actor: Actor, known: dict[UUID, Known], drafts: Sequence[tuple[UUID, Draft]]
) -> list[tuple[UUID, Changes]]:
    added: list[tuple[UUID, Changes]] = []
    for contacts in LISTS:
        fresh: list[models.Model] = []
        for party_id, draft in drafts:
            if party_id not in known:
                continue
            before = [str(row) for row in known[party_id].lists.get(contacts.name, {}).values()]
            new = _new_rows(contacts, known[party_id], draft)
            if new:
                fresh += new
                added.append((party_id, {contacts.name: (before, [*before, *map(str, new)])}))
        if fresh:
            close_known(fresh)
            tell_book(actor, fresh)
            insert_missing(contacts.model, fresh)
    return added


def _new_rows(contacts: ContactList, known: Known, draft: Draft) -> list[models.Model]:
    stored = known.lists.setdefault(contacts.name, {})
    has_primary = any(getattr(row, "is_primary", False) for row in stored.values())
    fresh = []
    for item in draft.lists[contacts.name]:
        if contacts.key(item) in stored:
            continue
        values = contacts.columns(item)
        if "is_primary" in values:
            values["is_primary"] = values["is_primary"] and not has_primary
        row = contacts.model(party_id=known.party.id, **values)
        stored[contacts.key(item)] = row
        fresh.append(row)
    if fresh and not has_primary:
        copy_primary(known.party, contacts.name, fresh)
    return fresh


def _add_tags(
    known: dict[UUID, Known], drafts: Sequence[tuple[UUID, Draft]], tags: dict[str, Tag]
) -> list[tuple[UUID, Changes]]:
    links = {
        (party_id, tags[fold(name)].id): tags[fold(name)].name
        for party_id, draft in drafts
        if party_id in known
        for name in draft.tags
        if fold(name) in tags and tags[fold(name)].id not in known[party_id].tag_ids
    }
    PartyTag.objects.bulk_create(
        [PartyTag(party_id=party_id, tag_id=tag_id) for party_id, tag_id in sorted(links)],
        ignore_conflicts=True,
    )
    added: dict[UUID, list[str]] = {}
    for (party_id, _tag), name in sorted(links.items()):
        added.setdefault(party_id, []).append(name)
    return [(party_id, {"tags": (None, names)}) for party_id, names in added.items()]


def save_known(known: Mapping[UUID, Known], changed: Mapping[UUID, Changes], *, custom: bool = True) -> None:
    """Write both halves of customers of one kind as they stand in memory: the columns that any of them changed. Two statements."""
    rows = [known[party_id] for party_id in sorted(changed)]
    if not rows:
        return
    now = timezone.now()
    names = {name for changes in changed.values() for name in changes}
    columns = [name for name in PARTY_COLUMNS if name in names]
    columns += COPIED_COLUMNS
    columns += ["custom"] if custom else []
    columns += ["stage_since"] if "stage" in names else []
    update_rows(
        Party,
        [*(name.removesuffix("_id") for name in columns), "version", "updated_at"],
        [(k.party.id, *(getattr(k.party, c) for c in columns), k.party.version + 1, now) for k in rows],
    )
    own_fields = PERSON_FIELDS if isinstance(rows[0].own, Person) else COMPANY_FIELDS
    fields = [name for name in own_fields if name in names]
    halves = [known.own for known in rows if not changed[known.party.id].keys().isdisjoint(fields)]
    if "cnpj" in fields:
        fields.append("cnpj_root")
        for half in halves:
            half.cnpj_root = cnpj_root(half.cnpj)
    if halves:
        update_rows(
            type(rows[0].own),
            [name.removesuffix("_id") for name in fields],
            [(half.pk, *(getattr(half, name) for name in fields)) for half in halves],
        )
