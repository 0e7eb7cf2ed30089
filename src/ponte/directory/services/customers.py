"""What creating and changing is for people and companies alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.brazil.documents import cnpj_root
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.core.setbased import update_rows
from ponte.directory.models import Company, IdentityKind, Party, Person
from ponte.directory.services.cleaning import Cleaner, split_fields
from ponte.directory.services.creation import Draft, write_drafts
from ponte.directory.services.identities import claim_keys, release_keys
from ponte.directory.services.parties import finish_edit, lock_parties, lock_party, note_edit
from ponte.directory.services.search_text import refresh_search
from ponte.directory.services.tags import ensure_tags
from ponte.events.directory import OwnerChanged
from ponte.workplace.custom_fields.values import check_custom, refuse_bad

FOUND_BY = frozenset({"name", "social_name", "legal_name", "cpf", "cnpj"})
DOCUMENTS = (IdentityKind.CPF.value, IdentityKind.CNPJ.value)


def add_customer(*, actor: Actor, draft: Draft) -> Party:
    """Write one new customer with audit entry and identities; the caller publishes its event."""
    if draft.party.get("owner_id") is None and actor.kind in ("member", "token"):
        draft.party["owner_id"] = actor.member_id
    if draft.party.get("team_id") is None:
        draft.party["team_id"] = team_of(draft.party.get("owner_id"))
    write_drafts(actor=actor, drafts=[draft], tags=ensure_tags(draft.tags))
    party = Party.objects.get(id=draft.party_id)
    claim_keys(actor=actor, wanted={party.id: draft.keys})
    given = {name: value for name, value in {**draft.party, **draft.own}.items() if value not in ("", None)}
    lists = {
        name: [getattr(i, "address", None) or str(i) for i in items]
        for name, items in draft.lists.items()
        if items
    }
    changes = {name.removesuffix("_id"): (None, value) for name, value in {**given, **lists}.items()}
    changes |= draft.custom.changes
    note_edit(actor=actor, party=party, changes=changes, act=f"{party.kind}.created")
    return party


def team_of(owner_id: UUID | None) -> UUID | None:
    """Return the team a record gets with its owner."""
    if owner_id is None:
        return None
    return Member.objects.filter(id=owner_id).values_list("team_id", flat=True).first()


def change_customer(
    *, actor: Actor, party_id: UUID, kind: str, changes: Mapping[str, Any], version: int | None
) -> Party:
    """Change single-valued fields of a customer, both halves, as one edit."""
    plain_changes = {name: value for name, value in changes.items() if name != "custom"}
    party_values, own_values = split_fields(plain_changes, kind=kind)
    party = lock_party(party_id, version=version, kind=kind)
    custom = refuse_bad(
        check_custom(kind, changes.get("custom"), actor=actor, stored=party.custom, record_id=party.id)
    )
    own_model: type[models.Model] = Person if kind == "person" else Company
    own: Any = own_model._default_manager.select_for_update().get(pk=party.id)
    if own_values.get("parent_id"):
        _check_parent(party.id, own_values["parent_id"])
    if (
        "owner_id" in party_values
        and "team_id" not in party_values
        and party_values["owner_id"] != party.owner_id
    ):
        party_values["team_id"] = team_of(party_values["owner_id"]) or party.team_id
    moved = {**_apply(party, party_values), **_apply(own, own_values), **custom.changes}
    if not moved:
        return party
    party.custom = custom.values
    if "cnpj" in moved:
        own.cnpj_root = cnpj_root(own.cnpj)
    own.save()
    finish_edit(
        actor=actor,
        party=party,
        changes={name.removesuffix("_id"): pair for name, pair in moved.items()},
        columns=[*party_values, "custom"],
    )
    _follow(actor, party, moved)
    return party


def _apply(row: Any, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    moved = {}
    for name, value in values.items():
        before = getattr(row, name)
        if before != value:
            moved[name] = (before, value)
            setattr(row, name, value)
    return moved


def _follow(actor: Actor, party: Party, moved: Mapping[str, tuple[Any, Any]]) -> None:
    """Keep identities, search and the owner's event in step with changed fields."""
    for kind in DOCUMENTS:
        if kind in moved:
            before, after = moved[kind]
            release_keys(actor=actor, party_id=party.id, keys=[(kind, before)] if before else [])
            claim_keys(actor=actor, wanted={party.id: [(kind, after)] if after else []})
    if FOUND_BY & set(moved) or any(name.startswith("custom.") for name in moved):
        refresh_search([party.id])
    if {"owner_id", "team_id"} & set(moved):
        publish(owner_changed([party.id], party.owner_id, party.team_id), actor=actor)


def _check_parent(company_id: UUID, parent_id: UUID) -> None:
    """Refuse a parent that is the company itself or stands below it."""
    seen: set[UUID] = set()
    current: UUID | None = parent_id
    while current is not None and current not in seen:
        if current == company_id:
            raise Invalid.on(
                "parent_id", "circular", _("A company can't be above itself. Choose another parent.")
            )
        seen.add(current)
        current = Company.objects.filter(pk=current).values_list("parent_id", flat=True).first()


def assign_owner(
    *, actor: Actor, party_ids: Sequence[UUID], owner_id: UUID | None, team_id: UUID | None = None
) -> int:
    """Give customers to a member (None: to nobody) and team; the owner's team when ``team_id`` is None.

    Returns how many customers changed hands.

    Raises:
        Invalid: no such active member or team.
    """
    cleaner = Cleaner()
    clean = cleaner.values(Party, {"owner_id": owner_id, "team_id": team_id})
    cleaner.stop_if_wrong()
    owner, team = clean["owner_id"], clean["team_id"] or team_of(clean["owner_id"])
    parties = [p for p in lock_parties(party_ids) if (p.owner_id, p.team_id) != (owner, team)]
    if not parties:
        return 0
    update_rows(Party, ("owner", "team", "version"), [(p.id, owner, team, p.version + 1) for p in parties])
    ids = [party.id for party in parties]
    record_bulk(
        actor=actor,
        act="customers.assigned",
        object_type="customer",
        ids=ids,
        summary={"owner": owner and str(owner), "team": team and str(team)},
    )
    publish(owner_changed(ids, owner, team), actor=actor)
    return len(ids)


def owner_changed(ids: Sequence[UUID], owner: UUID | None, team: UUID | None) -> OwnerChanged:
    """Return the event of customers given to ``owner`` and ``team``."""
    return OwnerChanged(
        party_ids=[str(party_id) for party_id in ids], owner_id=str(owner or ""), team_id=str(team or "")
    )
