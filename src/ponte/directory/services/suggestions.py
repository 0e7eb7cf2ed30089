"""Accepting suggested corrections, taking that back, and saying that something is right as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.core.setbased import update_rows
from ponte.directory.models import Company, Party, PartyAddress, PartyEmail, PartyPhone, Person, Suggestion
from ponte.directory.selectors.normal import IdentityKey, canonical
from ponte.directory.services.bulk_notes import note_updates
from ponte.directory.services.contacts import primary_columns
from ponte.directory.services.identities import claim_keys, release_keys
from ponte.directory.services.opt_outs import close_known, tell_book
from ponte.directory.services.parties import lock_parties
from ponte.directory.services.quality import refresh_quality
from ponte.directory.services.search_text import refresh_search
from ponte.events.directory import PartiesEdited

State = Suggestion.State
CONTACTS: dict[str, tuple[Any, str, tuple[str, ...]]] = {
    "emails": (PartyEmail, "address", ("address", "validity", "opted_out_at")),
    "phones": (PartyPhone, "number", ("number", "validity", "opted_out_at")),
    "addresses": (
        PartyAddress,
        "",
        ("postal_code", "street", "number", "complement", "district", "city", "city_code", "state"),
    ),
}
IDENTITIES = {"emails": "email", "phones": "phone"}


@dataclass
class Accepted:
    """What accepting changed: the customers, and what ``take_back`` needs."""

    party_ids: list[UUID] = field(default_factory=list)
    undo: dict[str, Any] = field(default_factory=lambda: {"ids": [], "rows": {}})


@dataclass
class _Work:
    """The rows suggestions are about, locked, and what changes on them."""

    parties: dict[UUID, Party]
    own: dict[UUID, Any]
    rows: dict[UUID, Any]
    taken: set[tuple[str, UUID, str]]  # list, customer and text of every e-mail and phone they have
    changes: dict[UUID, dict[str, tuple[Any, Any]]] = field(default_factory=lambda: defaultdict(dict))
    touched: dict[str, dict[UUID, Any]] = field(default_factory=lambda: defaultdict(dict))
    keys: dict[UUID, list[tuple[str, str, str]]] = field(default_factory=lambda: defaultdict(list))
    before: dict[str, list[str | None]] = field(default_factory=dict)


def accept_suggestions(*, actor: Actor, suggestion_ids: Iterable[UUID]) -> Accepted:
    """Write suggested values that replace a text, for any number of customers, in a number of statements that doesn't grow.

    A suggestion whose text has changed meanwhile is void and goes away; nothing is overwritten. One audit entry a
    customer, one event a kind of customer.
    """
    chosen = Suggestion.objects.select_for_update(of=("self",)).filter(
        id__in=list(suggestion_ids), state=State.OPEN
    )
    return _write(actor, list(chosen.order_by("id")), forward=True)


def take_back(*, actor: Actor, undo: dict[str, Any]) -> int:
    """Put back what ``accept_suggestions`` replaced, where nobody has changed it since; returns how many customers."""
    ids = [UUID(one) for one in undo["ids"]]
    rows = Suggestion.objects.select_for_update(of=("self",)).filter(id__in=ids, state=State.ACCEPTED)
    return len(_write(actor, list(rows.order_by("id")), forward=False, marks=undo["rows"]).party_ids)


def dismiss_suggestions(*, actor: Actor, suggestion_ids: Iterable[UUID]) -> int:
    """Note that texts are right as they are: they are not suggested again until they change. Returns how many."""
    rows = list(
        Suggestion.objects.select_for_update(of=("self",))
        .filter(id__in=list(suggestion_ids), state=State.OPEN)
        .order_by("id")
    )
    decide(actor, rows, State.DISMISSED)
    if rows:
        record_bulk(
            actor=actor,
            act="customers.called_right",
            object_type="customer",
            ids=sorted({row.party_id for row in rows}),
            summary={"fields": sorted({row.field for row in rows})},
        )
    return len(rows)


def decide(actor: Actor, rows: Sequence[Suggestion], state: str) -> None:
    """Note on suggestions what became of them, and who said so."""
    Suggestion.objects.filter(id__in=[row.pk for row in rows]).update(
        state=state, decided_by=actor.member, decided_at=timezone.now(), updated_at=timezone.now()
    )


def _write(
    actor: Actor, rows: Sequence[Suggestion], *, forward: bool, marks: dict[str, Any] | None = None
) -> Accepted:
    work = _load(rows)
    done: list[Suggestion] = []
    void: list[Suggestion] = []
    for row in rows:
        old, new = (row.before, row.after) if forward else (row.after, row.before)
        (done if _change(work, row, old, new, forward, (marks or {}).get(str(row.row_id))) else void).append(
            row
        )
    Suggestion.objects.filter(id__in=[row.pk for row in void]).delete()
    if not done:
        return Accepted()
    _save(actor, work)
    decide(actor, done, State.ACCEPTED if forward else State.OPEN)
    _tell(actor, work)
    undo = {"ids": [str(row.pk) for row in done], "rows": work.before}
    return Accepted(sorted(work.changes), undo)


def _load(rows: Sequence[Suggestion]) -> _Work:
    parties = {party.id: party for party in lock_parties({row.party_id for row in rows})}
    own: dict[UUID, Any] = {row.pk: row for row in Person.objects.filter(party_id__in=parties)}
    own |= {row.pk: row for row in Company.objects.filter(party_id__in=parties)}
    found: dict[UUID, Any] = {}
    for name, (model, _column, _columns) in CONTACTS.items():
        wanted = [row.row_id for row in rows if row.field.partition(".")[0] == name and row.row_id]
        found |= {each.pk: each for each in model.objects.filter(pk__in=wanted)} if wanted else {}
    taken = {
        (name, party_id, text)
        for name in IDENTITIES
        for party_id, text in CONTACTS[name][0]
        .objects.filter(party_id__in=parties)
        .values_list("party_id", CONTACTS[name][1])
    }
    return _Work(parties, own, found, taken)


def _change(
    work: _Work, row: Suggestion, old: str, new: str, forward: bool, mark: list[str | None] | None
) -> bool:
    """Set one value in memory; returns whether the text still is what the suggestion was about."""
    party = work.parties.get(row.party_id)
    place, _dot, part = row.field.partition(".")
    if party is None:
        return False
    if place not in CONTACTS:
        target = party if place == "name" else work.own.get(row.party_id)
        if target is None or getattr(target, place, None) != old:
            return False
        setattr(target, place, new)
        work.touched["name" if place == "name" else row.kind][row.party_id] = target
        work.changes[row.party_id][place] = (old, new)
        return True
    target = work.rows.get(row.row_id) if row.row_id else None
    column = part or CONTACTS[place][1]
    if target is None or target.party_id != party.id or getattr(target, column) != old:
        return False
    if place in IDENTITIES:
        if (place, party.id, new) in work.taken:
            return False
        work.taken.add((place, party.id, new))
        work.keys[party.id].append((IDENTITIES[place], old, new))
        _remember(work, target, forward, mark)
    setattr(target, column, new)
    work.touched[place][target.pk] = target
    was = work.changes[party.id].get(place, ([], []))
    work.changes[party.id][place] = ([*was[0], old], [*was[1], new])
    if target.is_primary:
        _copy(party, place, target)
    return True


def _remember(work: _Work, target: Any, forward: bool, mark: list[str | None] | None) -> None:
    """A mended address is one nobody has tried; taken back, it is again what was known of it."""
    if forward:
        closed = target.opted_out_at.isoformat() if target.opted_out_at else None
        work.before[str(target.pk)] = [target.validity, closed]
        if target.validity == "invalid":
            target.validity = "unknown"
    elif mark:
        target.validity = mark[0]
        target.opted_out_at = datetime.fromisoformat(mark[1]) if mark[1] else None


def _copy(party: Party, place: str, target: Any) -> None:
    for column, value in primary_columns(place, [target]).items():
        setattr(party, column, value)


def _save(actor: Actor, work: _Work) -> None:
    for place, (model, _column, columns) in CONTACTS.items():
        rows = list(work.touched[place].values())
        if rows and place in IDENTITIES:
            close_known(rows)
            tell_book(actor, rows)
        update_rows(model, columns, [(row.pk, *(getattr(row, name) for name in columns)) for row in rows])
    halves: tuple[tuple[str, type[models.Model], str], ...] = (
        ("person", Person, "social_name"),
        ("company", Company, "legal_name"),
    )
    for kind, model, column in halves:
        rows = list(work.touched[kind].values())
        update_rows(model, [column], [(row.pk, getattr(row, column)) for row in rows])
    now = timezone.now()
    columns = ("name", "email", "phone", "city", "state")
    update_rows(
        Party,
        [*columns, "version", "updated_at"],
        [
            (key, *(getattr(work.parties[key], name) for name in columns), work.parties[key].version + 1, now)
            for key in sorted(work.changes)
        ],
    )
    wanted: dict[UUID, list[IdentityKey]] = {}
    for party_id, pairs in work.keys.items():
        old = [key for kind, before, _after in pairs if (key := canonical(kind, before))]
        new = [key for kind, _before, after in pairs if (key := canonical(kind, after))]
        release_keys(actor=actor, party_id=party_id, keys=[key for key in old if key not in new])
        wanted[party_id] = new
    claim_keys(actor=actor, wanted=wanted)


def _tell(actor: Actor, work: _Work) -> None:
    refresh_search(work.changes)
    refresh_quality(work.changes)
    for kind in ("person", "company"):
        changed = {key: value for key, value in work.changes.items() if work.parties[key].kind == kind}
        if changed:
            note_updates(actor=actor, kind=kind, changed=changed)
            fields = sorted({name for changes in changed.values() for name in changes})
            ids = [str(key) for key in sorted(changed)]
            publish(PartiesEdited(party_ids=ids, kind=kind, fields=fields), actor=actor)
