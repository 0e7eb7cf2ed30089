"""Territories as routing, pages and the API read them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from ponte.conditions.compiling import satisfies, selected
from ponte.conditions.nodes import Condition
from ponte.conditions.parsing import read_condition
from ponte.core.arrays import AnyOf
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.core.text import fold
from ponte.directory.models import Affiliation, Party, PartyAddress
from ponte.sales.models import Territory, TerritoryMember, TerritoryPlacement
from ponte.sales.territory_matching import Place, TerritoryTree


def territory_of(party: Party | UUID) -> Territory | None:
    """Return the territory a customer is in: the one kept for them, else the one the rules find now.

    For routing a lead right after capture: the placement is written by a subscriber a moment later. At most a handful of
    queries.
    """
    party_id = party.id if isinstance(party, Party) else party
    kept = TerritoryPlacement.objects.select_related("territory").filter(party_id=party_id).first()
    if kept is not None and kept.territory.is_active:
        return kept.territory
    return find_territories([party_id]).get(party_id)


def members_of(territory: Territory) -> list[Member]:
    """Return the active members who sell in a territory; where it has none, those of the nearest one above."""
    path = [UUID(one) for one in territory.path.split("/")]
    seats = TerritoryMember.objects.filter(territory_id__in=path, member__is_active=True)
    found: dict[UUID, list[Member]] = {}
    for seat in seats.select_related("member").order_by("member__sort_name", "member_id"):
        found.setdefault(seat.territory_id, []).append(seat.member)
    return next((found[one] for one in reversed(path) if one in found), [])


def load_tree() -> TerritoryTree:
    """Return the active territories as a tree; one query."""
    return TerritoryTree.of(Territory.objects.filter(is_active=True))


def find_territories(
    party_ids: Sequence[UUID], tree: TerritoryTree | None = None
) -> dict[UUID, Territory | None]:
    """Return what the rules say of each customer, None for no territory.

    The number of queries depends on how many territories have a condition, not on how many customers are asked about.
    """
    tree = tree or load_tree()
    if not tree.children:
        return dict.fromkeys(party_ids)
    places = places_of(party_ids)
    holding = _Holding(party_ids)
    return {
        party_id: tree.find(places.get(party_id, Place()), lambda one, who=party_id: holding(one, who))  # type: ignore[misc]
        for party_id in party_ids
    }


class _Holding:
    """Whether a territory's condition holds for a customer; asked once for a whole chunk, and only when reached."""

    def __init__(self, party_ids: Sequence[UUID]) -> None:
        self._ids = party_ids
        self._known: dict[UUID, Collection[UUID]] = {}

    def __call__(self, territory: Territory, party_id: UUID) -> bool:
        if not territory.condition:
            return True
        if territory.id not in self._known:
            self._known[territory.id] = self._ask(territory)
        return party_id in self._known[territory.id]

    def _ask(self, territory: Territory) -> set[UUID]:
        condition = condition_of(territory)
        if condition is None:
            return set()
        if len(self._ids) == 1:
            return set(self._ids) if satisfies(condition, self._ids[0]) else set()
        rows = Party.objects.filter(AnyOf("id", self._ids), deleted_at=None)
        return set(selected(condition, rows, form="probe").values_list("id", flat=True))


def condition_of(territory: Territory) -> Condition | None:
    """Return a territory's condition, None where it has none or it can't be asked any more (a field is gone)."""
    if not territory.condition:
        return None
    try:
        return read_condition(territory.condition, subject="customer", reader=None)
    except Invalid:
        return None


def places_of(party_ids: Sequence[UUID]) -> dict[UUID, Place]:
    """Return where customers are: their main address, else what their record says, else where their company is."""
    found = _own_places(party_ids)
    homeless = [one for one in party_ids if not found.get(one, Place()).is_known]
    if homeless:
        company_by_person = _companies(homeless)
        of_companies = _own_places(list(set(company_by_person.values()))) if company_by_person else {}
        for person_id, company_id in company_by_person.items():
            found[person_id] = of_companies.get(company_id, Place())
    return found


def _own_places(party_ids: Sequence[UUID]) -> dict[UUID, Place]:
    rows = Party.objects.filter(AnyOf("id", party_ids)).values_list("id", "state", "city")
    codes = dict(
        PartyAddress.objects.filter(AnyOf("party_id", party_ids), is_primary=True, country="BR").values_list(
            "party_id", "postal_code"
        )
    )
    return {key: Place(state, fold(city), codes.get(key, "")) for key, state, city in rows}


def _companies(party_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    rows = (
        Affiliation.objects.filter(AnyOf("person_id", party_ids), ended_on__isnull=True)
        .order_by("person_id", "-is_primary", "id")
        .values_list("person_id", "company_id")
    )
    found: dict[UUID, UUID] = {}
    for person_id, company_id in rows:
        found.setdefault(person_id, company_id)
    return found


@dataclass(frozen=True)
class TreeRow:
    """A territory as the page lists it: how deep it stands, who sells there, how many customers it has."""

    territory: Territory
    members: list[Member]
    customers: int
    is_broken: bool

    @property
    def depth(self) -> int:
        return self.territory.depth


def list_territories() -> list[TreeRow]:
    """Return every territory, each followed by those below it. Three queries and one for each condition's saved parts."""
    rows = list(Territory.objects.all())
    seats: dict[UUID, list[Member]] = {}
    for seat in TerritoryMember.objects.select_related("member").order_by("member__sort_name", "member_id"):
        seats.setdefault(seat.territory_id, []).append(seat.member)
    living = TerritoryPlacement.objects.filter(party__deleted_at=None)
    counted = living.values_list("territory_id").annotate(number=Count("party_id"))
    counts = dict(counted.order_by())
    by_parent: dict[UUID | None, list[Territory]] = {}
    for row in sorted(rows, key=lambda one: (one.position, one.id)):
        by_parent.setdefault(row.parent_id, []).append(row)

    def walk(under: UUID | None) -> Iterable[TreeRow]:
        for row in by_parent.get(under, ()):
            broken = bool(row.condition) and condition_of(row) is None
            yield TreeRow(row, seats.get(row.id, []), counts.get(row.id, 0), broken)
            yield from walk(row.id)

    return list(walk(None))
