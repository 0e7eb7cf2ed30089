"""Price guidance (SFA-11): with which discounts a product was sold and lost, to which kind of customer, and how often it was won.

One observation is one ended opportunity that offered the product. Its discount is that of the latest quote that was sent,
against the list price of the day (``discounts.py``); without a quote, that of the opportunity's own lines against their price. A
price above the list counts as no discount. The interval of a win rate is Wilson's at 95 % (E. B. Wilson, "Probable inference, the law of
succession, and statistical inference", JASA 22, 1927): it stays honest with few observations and near 0 and 100 %.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import sqrt
from uuid import UUID

from django.db.models import DecimalField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from ponte.core.errors import Denied
from ponte.core.models import Member
from ponte.core.rights import field_access, require
from ponte.sales.models import DealStatus, Opportunity, OpportunityLine
from ponte.sales.models.quote import Quote, QuoteLine
from ponte.sales.models.quote_choices import QuoteStatus
from ponte.sales.policies import visible_opportunities
from ponte.sales.quote_policies import visible_quotes
from ponte.sales.selectors.rates import median_of

LOOKED_BACK = timedelta(days=730)
LEAST, LEAST_IN_BAND = 20, 5  # ended opportunities, for anything to be said; for the rate of one band
MOST = 20_000  # observations looked at, the latest
MOST_PRODUCTS = 50
EDGES = (0, 5, 10, 15, 20, 30)  # per cent; each band ends at its edge, the last one is open
KINDS = ("", "person", "company")
Z95 = 1.959963984540054
_MONEY = DecimalField(max_digits=20, decimal_places=4)


@dataclass(frozen=True)
class Observation:
    """One ended opportunity that offered the product: ``discount`` in per cent of the list price."""

    opportunity_id: UUID
    discount: Decimal
    is_won: bool


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

    observations: Sequence[Observation]
    bands: Sequence[Band]
    median_won: Decimal | None
    median_lost: Decimal | None

    @property
    def is_enough(self) -> bool:
        return len(self.observations) >= LEAST

    @property
    def missing(self) -> int:
        """How many more ended opportunities it takes."""
        return max(LEAST - len(self.observations), 0)

    def inside(self, band: Band) -> list[Observation]:
        """Return the observations of a band, the latest first."""
        return [one for one in self.observations if band_of(one.discount) == band.number]


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
    found = _observations(member, product_id, kind, now or timezone.now())
    won = [one.discount for one in found if one.is_won]
    lost = [one.discount for one in found if not one.is_won]
    enough = len(found) >= LEAST
    return Guidance(
        found,
        bands_of(found) if enough else (),
        median_of((value, 1) for value in won) if enough else None,
        median_of((value, 1) for value in lost) if enough else None,
    )


def bands_of(observations: Iterable[Observation]) -> list[Band]:
    """Return the observations by band of discount, empty bands included."""
    counts = [[0, 0] for _edge in (*EDGES, None)]
    for one in observations:
        counts[band_of(one.discount)][0 if one.is_won else 1] += 1
    edges: list[tuple[int | None, int | None]] = [(None, 0), *zip(EDGES, (*EDGES[1:], None), strict=True)]
    return [Band(number, *edges[number], won, lost) for number, (won, lost) in enumerate(counts)]


def band_of(discount: Decimal) -> int:
    """Return the number of the band a discount falls into; exactly at an edge it belongs to the band that ends there."""
    return next((number for number, edge in enumerate(EDGES) if discount <= edge), len(EDGES))


def offered_products(member: Member, *, words: str = "", now: datetime | None = None) -> list[ProductHistory]:
    """Return the products the member's ended opportunities offered, the most often offered first, fifty at most."""
    deals = _ended(member, "", now or timezone.now())
    named = Q(product__isnull=False)
    if words:
        named &= Q(product__name__icontains=words)
    lines = OpportunityLine.objects.filter(named, opportunity__in=deals)
    quoted = QuoteLine.objects.filter(
        named, quote__opportunity__in=deals, quote__in=_sent_quotes(member), is_chosen=True
    )
    pairs = (
        lines.order_by()
        .values_list("product_id", "product__name", "opportunity_id", "opportunity__status")
        .union(
            quoted.order_by().values_list(
                "product_id", "product__name", "quote__opportunity_id", "quote__opportunity__status"
            )
        )
    )
    ended, won, names = Counter[UUID](), Counter[UUID](), {}
    for product_id, name, _deal, status in pairs[:MOST]:
        names[product_id] = name
        ended[product_id] += 1
        won[product_id] += status == DealStatus.WON
    found = [ProductHistory(pk, names[pk], ended[pk], won[pk]) for pk in names]
    return sorted(found, key=lambda one: (-one.ended, one.name, one.product_id))[:MOST_PRODUCTS]


def _ended(member: Member, kind: str, now: datetime) -> QuerySet[Opportunity]:
    deals = visible_opportunities(member).filter(
        status__in=(DealStatus.WON, DealStatus.LOST), closed_at__gt=now - LOOKED_BACK, closed_at__lte=now
    )
    return deals.filter(party__kind=kind) if kind else deals


def _observations(member: Member, product_id: UUID, kind: str, now: datetime) -> list[Observation]:
    deals = _ended(member, kind, now)
    discounts = _by_lines(deals, product_id) | _by_quotes(member, deals, product_id)
    ended = (
        deals.filter(id__in=list(discounts)).order_by("-closed_at", "-id").values_list("id", "status")[:MOST]
    )
    return [Observation(pk, discounts[pk], status == DealStatus.WON) for pk, status in ended]


def _by_lines(deals: QuerySet[Opportunity], product_id: UUID) -> dict[UUID, Decimal]:
    lines = OpportunityLine.objects.filter(opportunity__in=deals, product_id=product_id)
    return _discounts(lines, "opportunity_id", F("unit_price"))


def _by_quotes(member: Member, deals: QuerySet[Opportunity], product_id: UUID) -> dict[UUID, Decimal]:
    latest = (
        _sent_quotes(member)
        .filter(opportunity=OuterRef("quote__opportunity"))
        .order_by("-sent_at", "-id")
        .values("id")[:1]
    )
    lines = QuoteLine.objects.filter(
        quote__opportunity__in=deals, product_id=product_id, is_chosen=True, quote_id=Subquery(latest)
    )
    return _discounts(lines, "quote__opportunity_id", Coalesce("list_price", "unit_price"))


def _sent_quotes(member: Member) -> QuerySet[Quote]:
    return visible_quotes(member).filter(sent_at__isnull=False).exclude(status=QuoteStatus.DRAFT)


def _discounts(
    lines: QuerySet[OpportunityLine] | QuerySet[QuoteLine], deal: str, price: object
) -> dict[UUID, Decimal]:
    """Return the discount of each opportunity's lines together: 1 − Σ total ÷ Σ quantity × price, in per cent, never below none."""
    full = ExpressionWrapper(F("quantity") * price, output_field=_MONEY)  # type: ignore[operator]
    sums = lines.order_by().values_list(deal).annotate(worth=Sum("total"), full=Sum(full))
    return {pk: max((full - worth) * 100 / full, Decimal(0)) for pk, worth, full in sums if full and full > 0}
