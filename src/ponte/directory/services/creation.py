"""Bringing new customers in: the rows that make one, the same for one customer and for a thousand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.brazil.documents import cnpj_root
from ponte.core.ids import uuid7
from ponte.core.text import fold
from ponte.directory.data import PartyData
from ponte.directory.models import (
    Company,
    IdentityKind,
    Party,
    PartyFacts,
    PartyTag,
    Person,
    Stage,
    StageChange,
    Tag,
)
from ponte.directory.selectors.normal import IdentityKey
from ponte.directory.services.cleaning import COMPANY_FIELDS, PARTY_FIELDS, PERSON_FIELDS, Cleaner
from ponte.directory.services.cleaning_contacts import clean_external_ids, clean_tag_names
from ponte.directory.services.contacts import LISTS, copy_primary, external_key
from ponte.directory.services.opt_outs import close_known, tell_book
from ponte.directory.services.search_text import Findable, search_text, sort_name
from ponte.workplace.custom_fields.searching import searched_texts
from ponte.workplace.custom_fields.values import CustomRow


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
        kinds = (IdentityKind.CPF, IdentityKind.CNPJ)
        return [(kind.value, self.own[kind.value]) for kind in kinds if self.own.get(kind.value)]

    @property
    def contact_keys(self) -> list[IdentityKey]:
        keys = [contacts.identity(item) for contacts in LISTS for item in self.lists[contacts.name]]
        return [key for key in keys if key]

    @property
    def keys(self) -> list[IdentityKey]:
        """Everything the customer is to be recognised by, the surest first."""
        return list(dict.fromkeys([*self.external, *self.documents, *self.contact_keys]))


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
    if data.stage and data.stage not in Stage.values:
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


def write_drafts(*, actor: Actor, drafts: Sequence[Draft], tags: dict[str, Tag]) -> list[Party]:
    """Insert the rows of new customers, identities aside. The number of statements doesn't grow with theirs.

    ``tags`` maps folded names to tags that exist (see ``services.tags.ensure_tags``).
    """
    now = timezone.now()
    parties = [_party_row(draft, now) for draft in drafts]
    Party.objects.bulk_create(parties)
    halves: tuple[tuple[type[models.Model], str], ...] = ((Person, "person"), (Company, "company"))
    for model, kind in halves:
        rows = [model(party_id=d.party_id, **_own_columns(d)) for d in drafts if d.kind == kind]
        if rows:
            model._default_manager.bulk_create(rows)
    PartyFacts.objects.bulk_create([PartyFacts(party_id=d.party_id, kind=d.kind) for d in drafts])
    StageChange.objects.bulk_create(
        StageChange(party=p, to_stage=p.stage, at=now, member=actor.member, actor_label=actor.label[:240])
        for p in parties
    )
    for contacts in LISTS:
        rows_of_list = [
            contacts.model(party_id=draft.party_id, **contacts.columns(item))
            for draft in drafts
            for item in draft.lists[contacts.name]
        ]
        if rows_of_list:
            close_known(rows_of_list)
            tell_book(actor, rows_of_list)
            contacts.model._default_manager.bulk_create(rows_of_list)
    _write_tags(drafts, tags)
    return parties


def _party_row(draft: Draft, now: Any) -> Party:
    values = {**draft.party, "stage": draft.party["stage"] or Stage.LEAD}
    party = Party(
        id=draft.party_id, kind=draft.kind, code=draft.code, stage_since=now, is_demo=draft.is_demo, **values
    )
    party.custom = draft.custom.values
    for name, items in draft.lists.items():
        copy_primary(party, name, items)
    party.sort_name = sort_name(party.name, party.code)
    party.search = search_text(_findable(draft, party))
    return party


def _findable(draft: Draft, party: Party) -> Findable:
    names = (party.name, draft.own.get("social_name", ""), draft.own.get("legal_name", ""))
    return Findable(
        codes=[party.code, *(value.partition(":")[2] for _kind, value in draft.external)],
        names=[*(name for name in names if name), *draft.tags],
        emails=[email.address for email in draft.lists["emails"]],
        phones=[phone.number for phone in draft.lists["phones"]],
        documents=[value for _kind, value in draft.documents],
        handles=[handle.handle for handle in draft.lists["handles"]],
        words=[party.city, party.state],
        custom=searched_texts(draft.kind, party.custom),
    )


def _own_columns(draft: Draft) -> dict[str, Any]:
    if draft.kind == "company":
        return {**draft.own, "cnpj_root": cnpj_root(draft.own.get("cnpj", ""))}
    return draft.own


def _write_tags(drafts: Iterable[Draft], tags: dict[str, Tag]) -> None:
    links = {
        (draft.party_id, tags[fold(name)].id) for draft in drafts for name in draft.tags if fold(name) in tags
    }
    if links:
        PartyTag.objects.bulk_create(PartyTag(party_id=party, tag_id=tag) for party, tag in sorted(links))
