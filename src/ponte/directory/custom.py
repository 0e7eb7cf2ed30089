"""The directory's records with custom fields, and what references may point at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.core.services.events import publish
from ponte.core.text import sort_key
from ponte.directory.models import Party
from ponte.directory.policies import get_party, visible_parties
from ponte.directory.selectors.identities import resolve_many
from ponte.directory.services.bulk_notes import note_updates
from ponte.directory.services.customers import change_customer
from ponte.directory.services.search_text import refresh_search
from ponte.events.directory import PartiesEdited
from ponte.workplace.custom_fields.objects import CustomObject, Named, Pairs, ReferenceTarget
from ponte.workplace.custom_fields.pointing import only_ones


def _find(kind: str) -> Callable[[Member, UUID, str], Party]:
    return lambda member, party_id, act: get_party(member, party_id, act, kind=kind)


def _change(kind: str) -> Callable[[Actor, UUID, Mapping[str, Any], int | None], object]:
    def change(actor: Actor, party_id: UUID, values: Mapping[str, Any], version: int | None) -> object:
        return change_customer(
            actor=actor, party_id=party_id, kind=kind, changes={"custom": values}, version=version
        )

    return change


def _reindex(ids: Sequence[UUID]) -> None:
    refresh_search(ids)


def _note(kind: str) -> Callable[[Actor, str, Pairs], None]:
    def note(actor: Actor, right: str, changes: Pairs) -> None:
        note_updates(actor=actor, kind=kind, changed={key: {right: pair} for key, pair in changes.items()})
        ids = [str(key) for key in changes]
        publish(PartiesEdited(party_ids=ids, kind=kind, fields=[right]), actor=actor)

    return note


def labels_of(kind: str) -> Callable[[Member | None, Collection[UUID]], Mapping[UUID, Named]]:
    """Return what tells label and page of customers of a kind, those a member may see."""

    def labels(member: Member | None, ids: Collection[UUID]) -> Mapping[UUID, Named]:
        rows = visible_parties(member) if member else Party.objects.filter(deleted_at=None)
        found = rows.filter(id__in=list(ids), kind=kind).only("id", "name", "code")
        return {row.id: Named(row.label, reverse_lazy("directory:record", args=[row.id])) for row in found}

    return labels


def by_words_of(kind: str) -> Callable[[Member | None, Collection[str]], Mapping[str, UUID]]:
    """Return what finds customers of a kind, those a member may see, by e-mail, CPF or CNPJ, or a name one alone has."""

    def by_words(member: Member | None, texts: Collection[str]) -> Mapping[str, UUID]:
        shown = visible_parties(member) if member else Party.objects.filter(deleted_at=None)
        rows = shown.filter(kind=kind)
        marks = [(mark, text) for text in texts for mark in ("email", "cpf" if kind == "person" else "cnpj")]
        sure = {text: party_id for (_mark, text), party_id in resolve_many(marks).items()}
        seen = set(rows.filter(id__in=set(sure.values())).values_list("id", flat=True))
        keys = {sort_key(text) for text in texts}
        named = only_ones(rows.filter(sort_name__in=keys).values_list("sort_name", "id"))
        found = {text: named[sort_key(text)] for text in texts if sort_key(text) in named}
        return found | {text: party_id for text, party_id in sure.items() if party_id in seen}

    return by_words


COMMON: dict[str, Any] = {
    "rights_object": "customer",
    "model": Party,
    "reindex": _reindex,
    "alive": "deleted_at",
    "order_by": ("sort_name",),
    "subject": "id",
}
PERSON = CustomObject(
    key="person",
    label=_("Person"),
    plural=_("People"),
    only={"kind": "person"},
    icon="users",
    order=10,
    find=_find("person"),
    change=_change("person"),
    note_many=_note("person"),
    **COMMON,
)
COMPANY = CustomObject(
    key="company",
    label=_("Company"),
    plural=_("Companies"),
    only={"kind": "company"},
    icon="building",
    order=20,
    find=_find("company"),
    change=_change("company"),
    note_many=_note("company"),
    **COMMON,
)
TARGETS = (
    ReferenceTarget(
        key="person",
        label=_("Person"),
        pick_url="directory:pick",
        query="?kind=person",
        labels=labels_of("person"),
        by_words=by_words_of("person"),
        order=20,
    ),
    ReferenceTarget(
        key="company",
        label=_("Company"),
        pick_url="directory:pick",
        query="?kind=company",
        labels=labels_of("company"),
        by_words=by_words_of("company"),
        order=30,
    ),
)
