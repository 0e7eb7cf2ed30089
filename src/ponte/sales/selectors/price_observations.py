"""The observations price guidance counts, in SQL: however many opportunities there are, bands are all that leaves the database.

An observation is an ended opportunity and a product it offered; ``price_guidance.py`` says what its discount is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from ponte.core.models import Member
from ponte.sales.models import DealStatus, Opportunity
from ponte.sales.models.quote import Quote
from ponte.sales.models.quote_choices import QuoteStatus
from ponte.sales.policies import visible_opportunities
from ponte.sales.quote_policies import visible_quotes

LOOKED_BACK = timedelta(days=730)
EDGES = (0, 5, 10, 15, 20, 30)  # per cent; each band ends at its edge, the last one is open
# Of an opportunity with a quote that was sent its latest one counts, where that offers the product; otherwise its own lines.
_OBSERVED = """
WITH own AS (
  SELECT opportunity_id AS deal, product_id AS product, sum(total) AS worth, sum(quantity * unit_price) AS whole
    FROM sales_opportunityline WHERE product_id = ANY(%(products)s) GROUP BY 1, 2),
latest AS (
  SELECT DISTINCT ON (opportunity_id) id, opportunity_id FROM ({quotes}) sent
   WHERE opportunity_id IN (
     SELECT q.opportunity_id FROM sales_quoteline l JOIN sales_quote q ON q.id = l.quote_id
      WHERE l.product_id = ANY(%(products)s))
   ORDER BY opportunity_id, sent_at DESC, id DESC),
quoted AS (
  SELECT latest.opportunity_id AS deal, l.product_id AS product, sum(l.total) AS worth,
         sum(l.quantity * coalesce(l.list_price, l.unit_price)) AS whole
    FROM sales_quoteline l JOIN latest ON latest.id = l.quote_id
   WHERE l.product_id = ANY(%(products)s) AND l.is_chosen GROUP BY 1, 2),
observed AS (
  SELECT ended.id AS deal, product, ended.status = 'won' AS is_won, ended.closed_at,
         greatest(CASE WHEN quoted.whole > 0 THEN (quoted.whole - quoted.worth) * 100 / quoted.whole
                       ELSE (own.whole - own.worth) * 100 / nullif(own.whole, 0) END, 0) AS discount
    FROM own FULL JOIN quoted USING (deal, product) JOIN ({deals}) ended ON ended.id = deal
   WHERE quoted.whole > 0 OR own.whole > 0)
"""
_BANDS = """
SELECT product, is_won, band, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY discount)
  FROM (SELECT *, CASE {bands} ELSE {last} END AS band FROM observed) banded
 GROUP BY GROUPING SETS ((product, is_won, band), (product, is_won))
""".format(
    bands=" ".join(f"WHEN discount <= {edge} THEN {band}" for band, edge in enumerate(EDGES)), last=len(EDGES)
)
_RECORDS = """
SELECT deal, discount, is_won FROM observed WHERE discount > %(over)s AND discount <= %(upto)s
 ORDER BY closed_at DESC, deal DESC LIMIT %(limit)s OFFSET %(offset)s
"""
_OFFERED = """
SELECT p.id, p.name, count(*), count(*) FILTER (WHERE offered.status = 'won')
  FROM ({offered}) offered(product_id, deal, status) JOIN commerce_product p ON p.id = offered.product_id
 GROUP BY p.id, p.name ORDER BY 3 DESC, 2, 1 LIMIT %(limit)s
"""
_NO_QUOTES = "SELECT NULL::uuid AS id, NULL::uuid AS opportunity_id, NULL::timestamptz AS sent_at WHERE false"


@dataclass(frozen=True)
class Observation:
    """One ended opportunity that offered the product: ``discount`` in per cent of the list price."""

    opportunity_id: UUID
    discount: Decimal
    is_won: bool


def ended_deals(member: Member, kind: str, now: datetime) -> QuerySet[Opportunity]:
    """Return the member's opportunities that were won or lost in the last two years."""
    deals = visible_opportunities(member).filter(
        status__in=(DealStatus.WON, DealStatus.LOST), closed_at__gt=now - LOOKED_BACK, closed_at__lte=now
    )
    return deals.filter(party__kind=kind) if kind else deals


def sent_quotes(member: Member) -> QuerySet[Quote]:
    """Return the quotes the member sees that were sent."""
    return visible_quotes(member).filter(sent_at__isnull=False).exclude(status=QuoteStatus.DRAFT)


def counted(
    member: Member, products: Sequence[UUID], kind: str, now: datetime
) -> Iterator[tuple[UUID, bool, int | None, int, Decimal]]:
    """Give by product, won or lost, and band how many observations there are, and their median; band None: all bands."""
    for product, is_won, band, number, median in _asked(member, products, kind, now, _BANDS, {}):
        yield product, is_won, band, number, Decimal(str(round(median, 6)))


def observations_in(
    member: Member,
    product_id: UUID,
    kind: str,
    now: datetime,
    *,
    over: int | None,
    upto: int | None,
    page: slice,
) -> list[Observation]:
    """Return the observations above ``over`` up to ``upto`` per cent (None: open), the latest first."""
    told = {
        "over": -1 if over is None else over,
        "upto": 101 if upto is None else upto,
        "limit": page.stop - page.start,
        "offset": page.start,
    }
    return [Observation(*row) for row in _asked(member, [product_id], kind, now, _RECORDS, told)]


def most_offered(offered: QuerySet[Any, Any], limit: int) -> list[tuple[UUID, str, int, int]]:
    """Return products with their name by how many of the ``offered`` (product, opportunity, status) they are in, and how many were won."""
    try:
        sql, parameters = offered.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_OFFERED.format(offered=sql).replace("%(limit)s", "%s"), [*parameters, limit])
        return list(cursor.fetchall())


def _asked(
    member: Member, products: Sequence[UUID], kind: str, now: datetime, select: str, told: dict[str, Any]
) -> list[Any]:
    quotes = sent_quotes(member).order_by().values("id", "opportunity_id", "sent_at")
    deals = ended_deals(member, kind, now).order_by().values("id", "status", "closed_at")
    parameters: dict[str, Any] = {"products": list(products), **told}
    parts = {"quotes": _NO_QUOTES, "deals": ""}
    for name, rows in (("quotes", quotes), ("deals", deals)):
        try:
            sql, given = rows.query.sql_with_params()
        except EmptyResultSet:  # a role that sees none
            continue
        for place, value in enumerate(given):
            sql = sql.replace("%s", f"%({name}{place})s", 1)
            parameters[f"{name}{place}"] = value
        parts[name] = sql
    if not parts["deals"] or not products:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_OBSERVED.format(**parts) + select, parameters)
        return list(cursor.fetchall())
