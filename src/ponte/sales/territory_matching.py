"""Which territory a customer belongs to, asked of facts already read: no query, the same for one and for many."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from ponte.core.text import fold
from ponte.sales.models import Territory

Holds = Callable[[Territory], bool]


@dataclass(frozen=True)
class Place:
    """Where a customer is: UF, folded city, CEP as digits (eight, or the first five)."""

    state: str = ""
    city: str = ""
    postal_code: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.state or self.city or self.postal_code)


@dataclass
class TerritoryTree:
    """The active territories, top down, neighbours in order."""

    children: dict[UUID | None, list[Territory]] = field(default_factory=dict)

    @classmethod
    def of(cls, territories: Iterable[Territory]) -> TerritoryTree:
        """Build the tree; what stands below an inactive territory is left out with it."""
        tree = cls()
        for one in sorted(territories, key=lambda row: (row.position, row.id)):
            if one.is_active:
                tree.children.setdefault(one.parent_id, []).append(one)
        return tree

    def find(self, place: Place, holds: Holds, under: UUID | None = None) -> Territory | None:
        """Return the deepest territory that fits; ``holds`` answers whether a territory's condition does."""
        for one in self.children.get(under, ()):
            if fits_place(one, place) and holds(one):
                return self.find(place, holds, one.id) or one
        return None


def fits_place(territory: Territory, place: Place) -> bool:
    """Return whether one of the places a territory names is the customer's; one that names none is everywhere."""
    if not (territory.states or territory.cities or territory.postal_ranges):
        return True
    return (
        place.state in territory.states
        or any(_is_city(one, place) for one in territory.cities)
        or any(_is_between(place.postal_code, first, last) for first, last in territory.postal_ranges)
    )


def _is_city(written: str, place: Place) -> bool:
    name, _slash, state = written.partition("/")
    return bool(place.city) and fold(name) == place.city and (not state or state == place.state)


def _is_between(code: str, first: str, last: str) -> bool:
    """A CEP of which only the first five digits are known lies in a range that holds all of its eight-digit ones."""
    if len(code) not in (5, 8):
        return False
    return first <= code.ljust(8, "0") and code.ljust(8, "9") <= last
