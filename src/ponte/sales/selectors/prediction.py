"""What the predictive score learns from and says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from ponte.commerce.models import Order
from ponte.commerce.revenue import counting_orders
from ponte.core.tenancy.scope import current_workspace
from ponte.directory.models import PartyKind
from ponte.sales.learning.features import features_of, term_words
from ponte.sales.learning.terms import NOTHING, OTHER, chance, reasons
from ponte.sales.models import DealStatus, Lead, ModelState, Opportunity, Origin, ScoreModel
from ponte.timeline.models import Interaction

OUTCOME_DAYS = 180  # a lead became a customer when an opportunity of it was won within so many days
MOST_LEARNT = 100_000  # leads, the latest
COLUMNS = (
    "id", "origin", "campaign", "source", "marks", "typed", "message", "captured_at", "party__kind", "earlier_leads",
    "earlier_orders", "earlier_contacts",
)  # fmt: skip


@dataclass(frozen=True)
class Chance:
    """A lead's chance in per cent and what raises (True) or lowers it, strongest first."""

    percent: float
    reasons: list[tuple[str, bool]]


def known_rows(leads: QuerySet[Lead], *more: str) -> QuerySet[Lead, dict[str, Any]]:
    """Return what was known of leads when they came in, with ``more`` columns beside."""
    rows: QuerySet[Lead, dict[str, Any]] = leads.annotate(
        earlier_leads=_earlier(Lead.objects.filter(deleted_at=None), "captured_at"),
        earlier_orders=_earlier(Order.objects.filter(counting_orders(), deleted_at=None), "placed_at"),
        earlier_contacts=_earlier(Interaction.objects.filter(deleted_at=None), "occurred_at"),
    ).values(*COLUMNS, *more)
    return rows


def learning_rows() -> list[dict[str, Any]]:
    """Return features and outcomes of leads whose outcome can be known, oldest first; 1 where an opportunity was won in time."""
    zone = ZoneInfo(current_workspace().timezone)
    span = timedelta(days=OUTCOME_DAYS)
    won = Opportunity.objects.filter(
        lead_id=OuterRef("id"),
        status=DealStatus.WON,
        deleted_at=None,
        closed_at__lte=OuterRef("captured_at") + span,
    )
    ripe = Lead.objects.filter(deleted_at=None, captured_at__lte=timezone.now() - span)
    latest = known_rows(ripe.annotate(won=Exists(won)), "won").order_by("-captured_at", "-id")
    rows = [
        {"f": features_of(row, zone), "y": int(row["won"]), "t": row["captured_at"].date().isoformat()}
        for row in latest[:MOST_LEARNT].iterator(chunk_size=5_000)
    ]
    return rows[::-1]


def chances(leads: QuerySet[Lead], weights: Mapping[str, Any]) -> Iterator[tuple[Any, float]]:
    """Return the chance of each lead by its id."""
    zone = ZoneInfo(current_workspace().timezone)
    for row in known_rows(leads).iterator(chunk_size=2_000):
        yield row["id"], round(chance(features_of(row, zone), weights), 5)


def used_model() -> ScoreModel | None:
    """Return the model in use; the latest training that was good enough, unless a later one found that nothing can be told."""
    latest = latest_model()
    return latest if latest is not None and latest.state == ModelState.USED else None


def latest_model() -> ScoreModel | None:
    """Return what the latest finished training found."""
    return ScoreModel.objects.exclude(state=ModelState.LEARNING).order_by("-id").first()


def explain_chance(lead: Lead) -> Chance | None:
    """Return a lead's chance with its reasons; None without a model in use."""
    model = used_model()
    if model is None:
        return None
    row = known_rows(Lead.objects.filter(id=lead.id)).first()
    if row is None:
        return None
    features = features_of(row, ZoneInfo(current_workspace().timezone))
    words = value_words()
    found = [(term_words(term, words), effect > 0) for term, effect in reasons(features, model.weights)]
    return Chance(100 * chance(features, model.weights), found)


def strongest_terms(model: ScoreModel, most: int = 12) -> list[tuple[str, float]]:
    """Return what moves chances furthest: the terms with the largest weights among those that occur, in words."""
    means, words = model.weights.get("means", {}), value_words()
    found = [
        (term, weight)
        for term, weight in model.weights.get("terms", {}).items()
        if means.get(term, 0) >= 0.005 and not term.endswith(OTHER) and abs(weight) >= 0.05
    ]
    found.sort(key=lambda pair: -abs(pair[1]))
    return [(term_words(term, words), weight) for term, weight in found[:most]]


def value_words() -> list[tuple[str, str]]:
    """Return the labels of values that are codes."""
    found = [(f"origin={key}", str(label)) for key, label in Origin.choices]
    found += [(f"kind={key}", str(label)) for key, label in PartyKind.choices]
    found += [(f"weekday={number}", str(name)) for number, name in WEEKDAYS.items()]
    times = {
        "night": _("night"),
        "morning": _("morning"),
        "afternoon": _("afternoon"),
        "evening": _("evening"),
    }
    found += [(f"daytime={key}", label) for key, label in times.items()]
    found += [("mail=free", _("free provider")), ("mail=business", _("own domain"))]
    features = (
        "origin",
        "campaign",
        "page",
        "utm_source",
        "utm_medium",
        "referrer",
        "source",
        "state",
        "mail",
        "daytime",
    )
    found += [(f"{feature}={NOTHING}", _("not known")) for feature in features]
    return found + [(f"{feature}={OTHER}", _("other")) for feature in features]


def _earlier(rows: QuerySet[Any], at: str) -> Coalesce:
    before = rows.filter(Q(party_id=OuterRef("party_id")) & Q(**{f"{at}__lt": OuterRef("captured_at")}))
    counted = before.order_by().values("party_id").annotate(count=Count("*")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
