"""Price guidance (SFA-11): with which discounts a product was sold and lost, to which kind of customer, and how often it was won.

One observation is one ended opportunity that offered the product. Its discount is that of the latest quote that was sent,
against the list price of the day (``discounts.py``); without a quote, that of the opportunity's own lines against their price. A
price above the list counts as no discount. The interval of a win rate is Wilson's at 95 % (E. B. Wilson, "Probable inference, the law of
succession, and statistical inference", JASA 22, 1927): it stays honest with few observations and near 0 and 100 %.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import sqrt
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from ponte.core.errors import Denied
from ponte.core.models import Member
from ponte.core.rights import field_access, require
from ponte.sales.models import OpportunityLine
from ponte.sales.models.quote import QuoteLine
from ponte.sales.selectors.price_observations import (
    EDGES,
    Observation,
    counted,
    ended_deals,
    most_offered,
    sent_quotes,
)

LEAST, LEAST_IN_BAND = 20, 5  # ended opportunities, for anything to be said; for the rate of one band
MOST = 20_000  # ended opportunities the list of products looks at, the latest
MOST_PRODUCTS = 50
KINDS = ("", "person", "company")
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Band:
    """Discounts above ``over`` up to ``upto`` per cent (None: without end); the first band is "none at all"."""

    number: int
    over: int | None
    upto: int | None
    won: int
    lost: int

    @property
    def number_ended(self) -> int:
        return self.won + self.lost

    @property
    def rate(self) -> float | None:
        """The win rate in per cent; None with too few to say."""
        return 100 * self.won / self.number_ended if self.number_ended >= LEAST_IN_BAND else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Between which rates the true one lies in 95 of 100 cases, in per cent."""
        return wilson(self.won, self.number_ended) if self.number_ended >= LEAST_IN_BAND else None


@dataclass(frozen=True)
class Guidance:
    """What the past says about a product's discounts; ``bands`` is empty where that is too little."""

    ended: int
    bands: Sequence[Band]
    median_won: Decimal | None
    median_lost: Decimal | None

    @property
    def is_enough(self) -> bool:
        return self.ended >= LEAST

    @property
    def missing(self) -> int:
        """How many more ended opportunities it takes."""
        return max(LEAST - self.ended, 0)


@dataclass(frozen=True)
class ProductHistory:
    """How often a product was offered in opportunities that ended."""

    product_id: UUID
    name: str
    ended: int
    won: int


def check_guidance(member: Member) -> None:
    """Raise ``Denied`` unless the member may see opportunities and what they are worth."""
    require(member, "opportunity", "view")
    if "amount" in field_access(member, "opportunity").hidden:
        raise Denied("opportunity", "view")


def wilson(won: int, number: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share, in per cent. Raises ``ValueError`` without observations."""
    if number <= 0:
        raise ValueError("a share of nothing has no interval")
    share, square = won / number, Z95**2
    middle = (share + square / (2 * number)) / (1 + square / number)
    half = Z95 / (1 + square / number) * sqrt(share * (1 - share) / number + square / (4 * number**2))
    return 100 * max(middle - half, 0.0), 100 * min(middle + half, 1.0)


def price_guidance(
    member: Member, product_id: UUID, *, kind: str = "", now: datetime | None = None
) -> Guidance:
    """Return what the member's opportunities of the last two years say about a product's discounts.

    Args:
        kind: "person" or "company", "" for both.
    """
    return guidance_of(member, [product_id], kind=kind, now=now)[product_id]


def guidance_of(
    member: Member, product_ids: Sequence[UUID], *, kind: str = "", now: datetime | None = None
) -> dict[UUID, Guidance]:
    """Return the same for several products, in one query that counts where the data are."""
    counts = {pk: [[0, 0] for _edge in (*EDGES, None)] for pk in product_ids}
    medians: dict[UUID, list[Decimal | None]] = {pk: [None, None] for pk in product_ids}
    for product_id, is_won, band, number, median in counted(member, product_ids, kind, now or timezone.now()):
        if band is None:  # all bands together
            medians[product_id][0 if is_won else 1] = median
        else:
            counts[product_id][band][0 if is_won else 1] = number
    found = {}
    for product_id, pairs in counts.items():
        ended = sum(won + lost for won, lost in pairs)
        enough = ended >= LEAST
        won, lost = medians[product_id] if enough else (None, None)
        found[product_id] = Guidance(ended, bands_from(pairs) if enough else (), won, lost)
    return found


@dataclass(frozen=True)
class Accepted:
    """How often discounts of up to ``upto`` per cent (None: of any size) were accepted, over ``number`` opportunities."""

    upto: int | None
    rate: float
    number: int


def accepted_share(guidance: Guidance) -> Accepted | None:
    """Return how often discounts up to the band of the median won one were accepted; None with too few to say."""
    if not guidance.is_enough or guidance.median_won is None:
        return None
    last = band_of(guidance.median_won)
    won = sum(band.won for band in guidance.bands[: last + 1])
    number = sum(band.number_ended for band in guidance.bands[: last + 1])
    if number < LEAST_IN_BAND:
        return None
    return Accepted(guidance.bands[last].upto, 100 * won / number, number)


def bands_of(observations: Iterable[Observation]) -> list[Band]:
    """Return the observations by band of discount, empty bands included."""
    counts = [[0, 0] for _edge in (*EDGES, None)]
    for one in observations:
        counts[band_of(one.discount)][0 if one.is_won else 1] += 1
    return bands_from(counts)


def bands_from(counts: Sequence[Sequence[int]]) -> list[Band]:
    """Return the bands with how many were won and lost in each."""
    edges: list[tuple[int | None, int | None]] = [(None, 0), *zip(EDGES, (*EDGES[1:], None), strict=True)]
    return [Band(number, *edges[number], won, lost) for number, (won, lost) in enumerate(counts)]


def band_of(discount: Decimal) -> int:
    """Return the number of the band a discount falls into; exactly at an edge it belongs to the band that ends there."""
    return next((number for number, edge in enumerate(EDGES) if discount <= edge), len(EDGES))


def offered_products(member: Member, *, words: str = "", now: datetime | None = None) -> list[ProductHistory]:
    """Return the products the member's latest 20,000 ended opportunities offered, the most often offered first, fifty at most."""
    latest = ended_deals(member, "", now or timezone.now()).order_by("-closed_at", "-id").values("id")[:MOST]
    named = Q(product__isnull=False, product__name__icontains=words) if words else Q(product__isnull=False)
    lines = OpportunityLine.objects.filter(named, opportunity__in=latest)
    quoted = QuoteLine.objects.filter(
        named, quote__opportunity__in=latest, quote__in=sent_quotes(member), is_chosen=True
    )
    offered = (
        lines.order_by()
        .values_list("product_id", "opportunity_id", "opportunity__status")
        .union(
            quoted.order_by().values_list("product_id", "quote__opportunity_id", "quote__opportunity__status")
        )
    )
    return [ProductHistory(*row) for row in most_offered(offered, MOST_PRODUCTS)]
