"""Bringing new customers in: the rows that make one, the same for one customer and for a thousand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.brazil.documents import cnpj_root
from ponte.core.ids import uuid7, uuid7_text
from ponte.core.setbased import insert_rows
from ponte.core.text import fold, sort_key
from ponte.directory.data import PartyData
from ponte.directory.models import (
    Company,
    IdentityKind,
    Party,
    PartyFacts,
    PartyKind,
    PartySearch,
    PartyTag,
    Person,
    Stage,
    StageChange,
    Tag,
)
from ponte.directory.selectors.normal import IdentityKey
from ponte.directory.services.cleaning import COMPANY_FIELDS, PARTY_FIELDS, PERSON_FIELDS, Cleaner
from ponte.directory.services.cleaning_contacts import clean_external_ids, clean_tag_names
from ponte.directory.services.contacts import LISTS, ContactList, external_key, primary_columns
from ponte.directory.services.opt_outs import closed_since, tell_closed
from ponte.directory.services.search_text import Findable, search_text
from ponte.workplace.custom_fields.searching import searched_texts
from ponte.workplace.custom_fields.values import CustomRow

PARTY_COLUMNS = (
    "id", "kind", "code", *PARTY_FIELDS, "owner_id", "team_id", "stage", "email", "phone", "city", "state", "sort_name", "is_demo", "custom",
)  # fmt: skip
_STAGES = frozenset(Stage.values)
_DOCUMENTS = (IdentityKind.CPF.value, IdentityKind.CNPJ.value)
_LATE = ("owner_id", "team_id", "source", "custom")  # of a new customer: settled when it is written
_HALVES: tuple[tuple[type[models.Model], str, tuple[str, ...]], ...] = (
    (Person, "person", PERSON_FIELDS),
    (Company, "company", (*COMPANY_FIELDS, "cnpj_root")),
)


@dataclass(frozen=True)
class Foreseen:
    """The rows of a new customer as far as its draft alone tells them."""

    party: dict[str, Any]
    words: str
    contacts: Mapping[str, list[dict[str, Any]]]


@dataclass
class Draft:
    """A new customer whose input is clean but not yet written."""

    kind: str
    party: dict[str, Any]
    own: dict[str, Any]
    lists: dict[str, list[Any]]
    external: list[IdentityKey]
    tags: list[str]
    is_demo: bool = False
    party_id: UUID = field(default_factory=uuid7)
    custom: CustomRow = field(default_factory=lambda: CustomRow({}))
    _keys: list[IdentityKey] | None = field(default=None, repr=False)
    _sorting: str | None = field(default=None, repr=False)
    _foreseen: Foreseen | None = field(default=None, repr=False)

    @property
    def code(self) -> str:
        """The short code: of the first external id that has one, else of the record's own id."""
        for _kind, value in self.external:
            identifier = value.partition(":")[2]
            if identifier.isalnum() and len(identifier) >= 4:
                return identifier[:8].lower()
        return self.party_id.hex[-8:]

    @property
    def documents(self) -> list[IdentityKey]:
        return [(kind, self.own[kind]) for kind in _DOCUMENTS if self.own.get(kind)]

    @property
    def contact_keys(self) -> list[IdentityKey]:
        keys = [contacts.identity(item) for contacts in LISTS for item in self.lists[contacts.name]]
        return [key for key in keys if key]

    @property
    def keys(self) -> list[IdentityKey]:
        """Everything the customer is to be recognised by, the surest first."""
        if self._keys is None:
            self._keys = list(dict.fromkeys([*self.external, *self.documents, *self.contact_keys]))
        return self._keys

    @property
    def sorting(self) -> str:
        """The sorting key of the name, empty without one."""
        if self._sorting is None:
            self._sorting = sort_key(str(self.party.get("name", "")))
        return self._sorting

    def know_keys(self, keys: list[IdentityKey]) -> None:
        """Take ``keys`` from whoever has worked them out already."""
        self._keys = keys

    @property
    def foreseen(self) -> Foreseen:
        """Its rows as they will be unless it is merged with another; asks the database for nothing."""
        if self._foreseen is None:
            party = _party_values(self)
            contacts = {
                each.name: [each.columns(item) for item in self.lists[each.name]]
                for each in LISTS
                if self.lists[each.name]
            }
            self._foreseen = Foreseen(party, search_text(_findable(self, party)), contacts)
        return self._foreseen

    def forget_keys(self) -> None:
        """Work ``keys``, ``sorting`` and ``foreseen`` out anew: something they follow from has changed."""
        self._keys = self._sorting = self._foreseen = None


def draft_from(cleaner: Cleaner, data: PartyData, *, kind: str, assignments: bool = True) -> Draft:
    """Return ``data`` cleaned; what can't be used is noted in ``cleaner``.

    ``assignments=False`` leaves owner, team and parent out: bulk acts look those up together.
    """
    own_fields = PERSON_FIELDS if kind == "person" else COMPANY_FIELDS
    own_model: type[models.Model] = Person if kind == "person" else Company
    party_names = [*PARTY_FIELDS, *(("owner_id", "team_id") if assignments else ())]
    party = cleaner.values(Party, {name: getattr(data, name) for name in party_names})
    own = cleaner.values(
        own_model, {name: getattr(data, name) for name in own_fields if assignments or name != "parent_id"}
    )
    if data.stage and data.stage not in _STAGES:
        cleaner.refuse(
            "stage", "invalid_choice", _("Choose one of: %(allowed)s.") % {"allowed": ", ".join(Stage.values)}
        )
    party["stage"] = data.stage
    if kind == "company" and not party.get("name"):
        party["name"] = own.get("legal_name", "")
    external = [key for key in map(external_key, clean_external_ids(cleaner, data.external_ids)) if key]
    return Draft(
        kind=kind,
        party=party,
        own=own,
        lists={contacts.name: contacts.clean(cleaner, getattr(data, contacts.name)) for contacts in LISTS},
        external=external,
        tags=clean_tag_names(cleaner, data.tags),
        is_demo=data.is_demo,
        custom=CustomRow(data.custom),
    )


def write_drafts(*, actor: Actor, drafts: Sequence[Draft], tags: dict[str, Tag]) -> None:
    """Insert the rows of new customers, identities aside. The number of statements doesn't grow with theirs.

    ``tags`` maps folded names to tags that exist (see ``services.tags.ensure_tags``).
    """
    now = timezone.now()
    rows = [party_values(draft) for draft in drafts]
    moment = dict.fromkeys(("stage_since", "created_at", "updated_at"), now)
    insert_rows(Party, PARTY_COLUMNS, map(itemgetter(*PARTY_COLUMNS), rows), moment)
    # a list, not a generator: the first text asks for the custom fields, and nothing may be asked inside a COPY
    texts = [(row["id"], _words(draft, row)) for draft, row in zip(drafts, rows, strict=True)]
    insert_rows(PartySearch, ("party_id", "lexemes"), texts)
    for model, kind, columns in _HALVES:
        own = [draft for draft in drafts if draft.kind == kind]
        if own:
            insert_rows(model, ("party_id", *columns), (_own_values(draft, columns) for draft in own))
    insert_rows(PartyFacts, ("party_id", "kind"), ((row["id"], row["kind"]) for row in rows))
    insert_rows(
        StageChange,
        ("id", "party_id", "to_stage"),
        ((uuid7_text(), row["id"], row["stage"]) for row in rows),
        {"at": now, "member_id": actor.member_id, "actor_label": actor.label[:240]},
    )
    for contacts in LISTS:
        items = [
            (row["id"], item)
            for draft, row in zip(drafts, rows, strict=True)
            for item in draft.foreseen.contacts.get(contacts.name, ())
        ]
        _write_contacts(actor, contacts, items)
    _write_tags(drafts, tags)


def party_values(draft: Draft) -> dict[str, Any]:
    """Return the columns of a new customer's row by attribute name, as text where that is quicker; moments aside."""
    given = draft.party
    late = (given.get("owner_id"), given.get("team_id"), given["source"], draft.custom.values)
    return draft.foreseen.party | dict(zip(_LATE, late, strict=True))


def _party_values(draft: Draft) -> dict[str, Any]:
    values = {
        **draft.party, "id": draft.party_id.hex, "kind": draft.kind, "code": draft.code,
        "is_demo": "t" if draft.is_demo else "f", "stage": draft.party["stage"] or Stage.LEAD.value, "custom": {},
    }  # fmt: skip
    for name, items in draft.lists.items():
        values |= primary_columns(name, items)
    values["sort_name"] = draft.sorting or f"~{values['code']}"
    return values


def _words(draft: Draft, party: Mapping[str, Any]) -> str:
    """Return what the customer is found by; only custom fields can't be foreseen."""
    return search_text(_findable(draft, party)) if party["custom"] else draft.foreseen.words


def _write_contacts(actor: Actor, contacts: ContactList, rows: Sequence[tuple[str, dict[str, Any]]]) -> None:
    if not rows:
        return
    names = tuple(rows[0][1])
    if "opted_out_at" in names:
        _heed_opt_outs(actor, names[0], [values for _party, values in rows])
    insert_rows(
        contacts.model,
        ("id", "party_id", *names),
        ((uuid7_text(), party_id, *values.values()) for party_id, values in rows),
    )


def _heed_opt_outs(actor: Actor, address: str, rows: Sequence[dict[str, Any]]) -> None:
    """Close addresses that the book of opt-outs knows, and tell it of those that come closed."""
    closed = closed_since({row[address] for row in rows if row["opted_out_at"] is None})
    for row in rows:
        if row["opted_out_at"] is None:
            row["opted_out_at"] = closed.get(row[address])
    tell_closed(actor, {row[address] for row in rows if row["opted_out_at"] is not None})


def _findable(draft: Draft, party: Mapping[str, Any]) -> Findable:
    names = (party["name"], draft.own.get("social_name", ""), draft.own.get("legal_name", ""))
    return Findable(
        codes=[party["code"], *(value.partition(":")[2] for _kind, value in draft.external)],
        names=[*(name for name in names if name), *draft.tags],
        emails=[email.address for email in draft.lists["emails"]],
        phones=[phone.number for phone in draft.lists["phones"]],
        documents=[value for _kind, value in draft.documents],
        handles=[handle.handle for handle in draft.lists["handles"]],
        words=[party["city"], party["state"]],
        custom=searched_texts(draft.kind, party["custom"]),
    )


def _own_values(draft: Draft, columns: Sequence[str]) -> list[Any]:
    own = draft.own
    if draft.kind == PartyKind.COMPANY:
        own = {**own, "cnpj_root": cnpj_root(own.get("cnpj", "")), "parent_id": own.get("parent_id")}
    return [draft.party_id.hex, *(own[name] for name in columns)]


def _write_tags(drafts: Iterable[Draft], tags: dict[str, Tag]) -> None:
    links = {
        (draft.party_id, tags[fold(name)].id) for draft in drafts for name in draft.tags if fold(name) in tags
    }
    if links:
        insert_rows(PartyTag, ("party_id", "tag_id"), sorted(links))
