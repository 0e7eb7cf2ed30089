"""The API of price guidance."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from ninja import Field, Query, Router, Schema

from ponte.apikit.auth import scope
from ponte.apikit.requests import ApiRequest
from ponte.commerce.policies import get_visible_product
from ponte.core.rights import require
from ponte.sales.selectors.price_guidance import LEAST, Band, check_guidance, price_guidance

router = Router(tags=["Price guidance"])
READ = scope("sales:read")


class GuidanceFilters(Schema):
    """Which customers."""

    kind: Literal["person", "company"] | None = Field(None, description="Only customers of this kind.")


class GuidanceBandOut(Schema):
    """Discounts above ``over`` up to ``upto`` per cent; both null means none at all up to 0, ``upto`` null means without end."""

    over: int | None
    upto: int | None
    won: int
    lost: int
    win_rate: float | None = Field(description="Per cent; null with fewer than five opportunities.")
    low: float | None = Field(description="Lower end of Wilson's 95 % interval, per cent.")
    high: float | None = Field(description="Upper end of Wilson's 95 % interval, per cent.")


class GuidanceOut(Schema):
    """What two years of ended opportunities say; without bands and medians while there are too few."""

    product_id: UUID
    ended: int
    needed: int = Field(description="How many ended opportunities it takes for anything to be said.")
    is_enough: bool
    median_discount_won: float | None
    median_discount_lost: float | None
    bands: list[GuidanceBandOut]


@router.get("/products/{product_id}/price-guidance", auth=READ, response=GuidanceOut)
def get_price_guidance(
    request: ApiRequest, product_id: UUID, filters: Query[GuidanceFilters]
) -> dict[str, Any]:
    """Return with which discounts a product was sold and lost, over the opportunities the token's member may see."""
    require(request.member, "product", "view")
    check_guidance(request.member)
    get_visible_product(request.member, product_id)
    found = price_guidance(request.member, product_id, kind=filters.kind or "")
    return {
        "product_id": product_id,
        "ended": found.ended,
        "needed": LEAST,
        "is_enough": found.is_enough,
        "median_discount_won": found.median_won,
        "median_discount_lost": found.median_lost,
        "bands": [_band(one) for one in found.bands],
    }


def _band(one: Band) -> dict[str, Any]:
    low, high = one.interval or (None, None)
    return {
        "over": one.over,
        "upto": one.upto,
        "won": one.won,
        "lost": one.lost,
        "win_rate": one.rate,
        "low": low,
        "high": high,
    }
