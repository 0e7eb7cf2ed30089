"""Events of price lists. Ids are text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ponte.events.base import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PriceListChanged(DomainEvent):
    """A price list was made, changed, moved or deleted; ``fields`` names what ("items" for its prices)."""

    name: ClassVar[str] = "commerce.price_list_changed"
    price_list_id: str
    fields: list[str]
