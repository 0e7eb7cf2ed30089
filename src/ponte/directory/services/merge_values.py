"""Which value a merged customer carries in each single-valued field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from ponte.core.brazil.documents import cnpj_root
from ponte.core.errors import Invalid
from ponte.directory.models import Company, Party, Person
from ponte.directory.services.merge_custom import custom_choices, merge_custom
from ponte.directory.services.merge_journal import Journal
from ponte.directory.services.stages import PROGRESS

# chosen as one: the second follows the first
FOLLOWERS = {
    "owner_id": ("team_id",),
    "stage": ("stage_since",),
    "source": ("source_detail",),
    "cnpj": ("cnpj_root",),
}
PARTY_FIELDS = (
    "name",
    "owner_id",
    "stage",
    "source",
    "preferred_channel",
    "language",
    "tone",
    "alert",
    "description",
)
PRIMARIES = ("email", "phone", "address")  # whose primary one becomes the merged customer's
BOTH = "both"  # a choice of "description": the texts one below the other
NOT_CHOSEN = frozenset({"party_id", "cnpj_root"})


def own_fields(kind: str) -> tuple[str, ...]:
    """Return the names of the fields only people or only companies have."""
    model: type[models.Model] = Person if kind == "person" else Company
    return tuple(f.attname for f in model._meta.concrete_fields if f.attname not in NOT_CHOSEN)


def mergeable_fields(kind: str) -> tuple[str, ...]:
    """Return everything that can be chosen field by field, primary contacts and custom fields included."""
    return (*PARTY_FIELDS, *own_fields(kind), *PRIMARIES, *custom_choices(kind))


def default_choice(name: str, parties: Sequence[Party]) -> UUID:
    """Return whose value a field takes when nobody chooses: the survivor's (the first), else the first that is known.

    The stage is the one furthest along; a lost customer who lives on in the other record is not lost.
    """
    if name == "stage":
        return max(
            parties,
            key=lambda p: (PROGRESS.get(p.stage, -1), -parties.index(p)),
        ).id
    for party in parties:
        if value_of(party, name) not in (None, ""):
            return party.id
    return parties[0].id


def value_of(party: Party, name: str) -> Any:
    """Return a customer's value of a field, of either half."""
    if name == "address":
        return party.city or party.state
    if name in PARTY_FIELDS or name in PRIMARIES or hasattr(party, name):
        return getattr(party, name)
    return getattr(half_of(party), name)


def half_of(party: Party) -> Any:
    """Return the person or company a customer is."""
    return party.person if party.is_person else party.company


def check_choices(choices: Mapping[str, UUID | str], parties: Sequence[Party], kind: str) -> None:
    """Refuse choices of fields that there aren't and of customers that aren't merged.

    Raises:
        Invalid: one problem per field.
    """
    ids = {party.id for party in parties}
    known = mergeable_fields(kind)
    for name, chosen in choices.items():
        if name not in known:
            raise Invalid.on(f"values.{name}", "unknown", _("There is no such field to choose."))
        if chosen not in ids and not (chosen == BOTH and name == "description"):
            raise Invalid.on(
                f"values.{name}", "unknown", _("Choose the value of one of the merged customers.")
            )


def write_values(
    journal: Journal, parties: Sequence[Party], choices: Mapping[str, UUID | str]
) -> dict[str, Any]:
    """Give the survivor (the first) the chosen values; returns what changed as ``{field: (before, after)}``."""
    survivor, by_id = parties[0], {party.id: party for party in parties}
    for_party: dict[str, Any] = {}
    for_half: dict[str, Any] = {}
    for name in (*PARTY_FIELDS, *own_fields(survivor.kind)):
        chosen = choices.get(name) or _default(name, parties)
        target = for_party if name in PARTY_FIELDS else for_half
        if chosen == BOTH:
            target[name] = _joined(parties)
            continue
        source = by_id[chosen]  # type: ignore[index]
        for each in (name, *FOLLOWERS.get(name, ())):
            target[each] = value_of(source, each)
    if "cnpj" in for_half:
        for_half["cnpj_root"] = cnpj_root(for_half["cnpj"])
    if "parent_id" in for_half:
        for_half["parent_id"] = _sound_parent(for_half["parent_id"], parties)
    changed: dict[str, tuple[Any, Any]] = merge_custom(journal, parties, choices)
    for row, values in ((survivor, for_party), (half_of(survivor), for_half)):
        before = {name: getattr(row, name) for name in values}
        if journal.change(row, values):
            changed |= {
                name.removesuffix("_id"): (before[name], value)
                for name, value in values.items()
                if before[name] != value
            }
    return changed


def _default(name: str, parties: Sequence[Party]) -> UUID | str:
    if name == "description" and len({p.description for p in parties if p.description}) > 1:
        return BOTH
    return default_choice(name, parties)


def _joined(parties: Sequence[Party]) -> str:
    return "\n\n".join(dict.fromkeys(party.description for party in parties if party.description))


def _sound_parent(parent_id: UUID | None, parties: Sequence[Party]) -> UUID | None:
    """Return a parent above the merged company, None where following it leads back to one of the merged."""
    merged = {party.id for party in parties}
    seen: set[UUID] = set()
    current = parent_id
    while current is not None and current not in seen:
        if current in merged:
            return None
        seen.add(current)
        current = Company.objects.filter(pk=current).values_list("parent_id", flat=True).first()
    return parent_id
