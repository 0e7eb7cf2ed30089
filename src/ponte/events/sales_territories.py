"""Territories of the sales team. Ids are text; an empty ``territory_id`` means none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ponte.events.base import DomainEvent


@dataclass(frozen=True, kw_only=True)
class TerritoryCreated(DomainEvent):
    """A territory was added."""

    name: ClassVar[str] = "sales.territory_created"
    territory_id: str


@dataclass(frozen=True, kw_only=True)
class TerritoryUpdated(DomainEvent):
    """A territory's places, condition, members or place in the tree changed; ``fields`` names what."""

    name: ClassVar[str] = "sales.territory_updated"
    territory_id: str
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class TerritoryDeleted(DomainEvent):
    """A territory was removed; its customers are in none until they are assigned anew."""

    name: ClassVar[str] = "sales.territory_deleted"
    territory_id: str


@dataclass(frozen=True, kw_only=True)
class CustomersPlaced(DomainEvent):
    """Customers came into a territory (``territory_id`` empty: out of any)."""

    name: ClassVar[str] = "sales.customers_placed"
    party_ids: list[str]
    territory_id: str
