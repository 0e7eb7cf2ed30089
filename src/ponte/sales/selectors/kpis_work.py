"""Figures of the work behind the sales, and of what winning a customer costs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet, Sum

from ponte.sales.models import SalesCost
from ponte.sales.selectors.facts import tally, total
from ponte.sales.selectors.lens import Lens
from ponte.sales.selectors.metrics import CONTACTS, FIRST_WON, TASKS


@dataclass
class Activity:
    """What one member did: contacts noted, by kind, and tasks done."""

    contacts: dict[str, int] = field(default_factory=dict)
    tasks: int = 0

    @property
    def total(self) -> int:
        """Contacts and tasks together."""
        return sum(self.contacts.values()) + self.tasks


def activity(lens: Lens) -> dict[UUID, Activity]:
    """Return what each member did in the period: interactions they wrote and tasks they did; the busiest first."""
    found: defaultdict[UUID, Activity] = defaultdict(Activity)
    for row in tally(CONTACTS, lens, "owner", "part"):
        found[row.keys[0]].contacts[row.keys[1]] = row.count
    for row in tally(TASKS, lens, "owner"):
        if row.keys[0] is not None:
            found[row.keys[0]].tasks = row.count
    return dict(sorted(found.items(), key=lambda pair: -pair[1].total))


@dataclass(frozen=True)
class Acquisition:
    """What new customers cost. ``cac`` is None without new customers or without any cost entered."""

    cost: Decimal
    customers: int
    entered: bool

    @property
    def cac(self) -> Decimal | None:
        """Cost ÷ new customers."""
        return self.cost / self.customers if self.customers and self.entered else None


def acquisition_cost(lens: Lens) -> Acquisition:
    """Return the CAC: (sales cost + marketing cost) ÷ new customers (kpis.md), costs as entered for the months touched.

    New customers are leads whose first sale came in the period. Costs are of whole months and of the whole business: a look at
    one person or team divides nothing and gives none.
    """
    if lens.owners is not None:
        return Acquisition(Decimal(0), total(FIRST_WON, lens)[0], entered=False)
    rows = _costs(lens)
    cost = rows.aggregate(much=Sum("amount"))["much"]
    return Acquisition(cost or Decimal(0), total(FIRST_WON, lens)[0], entered=cost is not None)


def acquisition_cost_by_origin(lens: Lens) -> dict[str, Acquisition]:
    """Return cost and new customers of each origin for which marketing costs were entered; costs of no origin are left out."""
    costs = dict(_costs(lens).exclude(origin="").values_list("origin").annotate(much=Sum("amount")))
    won = {row.keys[0]: row.count for row in tally(FIRST_WON, lens, "part")}
    return {origin: Acquisition(costs[origin], won.get(origin, 0), entered=True) for origin in sorted(costs)}


def _costs(lens: Lens) -> QuerySet[SalesCost]:
    return SalesCost.objects.filter(month__gte=lens.start.replace(day=1), month__lt=lens.end)


def costs_of(start: date, end: date) -> list[SalesCost]:
    """Return the costs entered for months in ``[start, end)``, the newest first."""
    rows = SalesCost.objects.filter(month__gte=start.replace(day=1), month__lt=end)
    return list(rows.order_by("-month", "kind", "origin"))
