"""What the API takes and gives of territories."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from ponte.apikit.schemas import Count, In, Out, Reference
from ponte.sales.models import Territory

ShortText = Annotated[str, StringConstraints(max_length=125)]


class TerritoryOut(Out):
    """A part of the market: places, a segment, or both, and who sells there."""

    id: UUID
    name: str
    parent_id: UUID | None
    position: int
    states: list[str]
    cities: list[str]
    postal_ranges: list[list[str]]
    condition: dict[str, Any] | None
    is_active: bool
    member_ids: list[UUID]
    created_at: datetime
    updated_at: datetime
    version: int

    @staticmethod
    def resolve_member_ids(row: Territory) -> list[UUID]:
        return sorted(one.member_id for one in row.seats.all())


class TerritoryFields(In):
    """What a territory is made of."""

    parent_id: UUID | None = None
    position: Count = 0
    states: list[ShortText] = Field([], max_length=27)
    cities: list[ShortText] = Field(
        [], max_length=200, description="“Campinas/SP”, or “Campinas” in any state."
    )
    postal_ranges: list[list[ShortText]] = Field(
        [], max_length=200, description='Pairs such as ["01000-000", "05999-999"].'
    )
    condition: dict[str, Any] | None = Field(None, description="A condition about `customer`.")
    is_active: bool = True
    member_ids: list[UUID] = Field([], max_length=100)


class TerritoryIn(TerritoryFields):
    """A territory to draw."""

    name: str = Field(min_length=1, max_length=120)


class TerritoryPatch(TerritoryFields):
    """What to change; only fields sent are changed."""

    name: str = Field("", max_length=120)


class TerritoryRunIn(In):
    """A preview counts and writes nothing; otherwise customers are put where the territories say."""

    preview: bool = True
    gives_owners: bool = Field(False, description="Give customers nobody owns to the territory's members.")


class TerritoryRunOut(Out):
    """How far it is. `counts`: by territory id ("" for none) how many customers, before and after."""

    id: UUID
    state: str
    is_preview: bool
    gives_owners: bool
    seen: int
    moved: int
    given: int
    counts: dict[str, list[int]]
    created_at: datetime
    finished_at: datetime | None


class PlaceIn(In):
    """The territory a customer is put into by hand; null lets the rules decide again."""

    territory_id: UUID | None = None


class PlacementOut(Schema):
    """Which territory a customer is in."""

    territory: Reference | None
    is_fixed: bool
