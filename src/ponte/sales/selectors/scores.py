"""What leads are worth: each rule as one part of one query, for a lead or for a hundred thousand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, FloatField, Func, Max, Q, QuerySet, Sum, Value
from django.db.models.functions import Greatest, Least
from django.utils import timezone

from ponte.conditions.compiling import selected
from ponte.conditions.parsing import read_condition
from ponte.core.errors import Invalid
from ponte.sales.behaviours import behaviour_named
from ponte.sales.models import Lead, ScoreKind, ScoreRule
from ponte.sales.selectors.routing import IN_WORK, SUBJECT

FADED = 10  # half-lives after which a behaviour is worth a thousandth: not looked at any more
WORKED = Q(status__in=IN_WORK, deleted_at=None)


@dataclass(frozen=True)
class Part:
    """What one rule contributes to one lead: points, how many things the customer did, when the last one was."""

    rule: ScoreRule
    points: float
    count: int = 0
    last: datetime | None = None

    @property
    def full(self) -> int:
        """The points before they faded or were capped."""
        return self.rule.points * max(self.count, 1)

    @property
    def is_less(self) -> bool:
        """Whether fading or the cap took something."""
        return self.rule.kind == ScoreKind.BEHAVIOUR and round(self.points) != self.full


class Halved(Func):
    """Points that halve: 1 for something that happens at ``now``, a half after each half-life."""

    arity = 2
    output_field = FloatField()

    def __init__(self, at: str, now: datetime, days: int) -> None:
        super().__init__(F(at), Value(now))
        self.days = days

    def as_sql(self, compiler: Any, connection: Any, **_context: Any) -> Any:  # type: ignore[override]
        at, at_params = compiler.compile(self.source_expressions[0])
        sql = f"power(0.5::float8, greatest(extract(epoch from (%s::timestamptz - {at})), 0)::float8 / %s)"
        now = self.source_expressions[1].value  # type: ignore[attr-defined]
        return sql, [now, *at_params, float(self.days * 86400)]


def active_rules() -> list[ScoreRule]:
    """Return the rules in use, in order."""
    return list(ScoreRule.objects.filter(is_active=True).order_by("position", "id"))


def parts_of(rule: ScoreRule, leads: Q, now: datetime) -> QuerySet[Any] | None:
    """Return (lead, points) of the leads a rule has points for; None for a rule that no longer works.

    Args:
        leads: which leads are looked at, a condition on ``Lead``.
    """
    try:
        if rule.kind == ScoreKind.PROFILE:
            return _profile(rule, leads)
        return _behaviour(rule, leads, now).values("lead_ref", "points")
    except Invalid:
        return None


def explain_score(lead: Lead, now: datetime | None = None) -> list[Part]:
    """Return what a lead's score is made of at this moment, the weightiest first; a query for each rule in use."""
    now, only = now or timezone.now(), Q(id=lead.id)
    found = []
    for rule in active_rules():
        try:
            if rule.kind == ScoreKind.PROFILE:
                found += [Part(rule, row["points"]) for row in _profile(rule, only)]
            else:
                rows = _behaviour(rule, only, now)
                found += [Part(rule, row["points"], row["count"], row["last"]) for row in rows]
        except Invalid:
            continue
    return sorted(found, key=lambda part: -abs(part.points))


def rule_problem(rule: ScoreRule) -> str:
    """Return why a rule no longer works, "" when it does."""
    try:
        if rule.kind == ScoreKind.PROFILE:
            _profile(rule, Q())
        else:
            _behaviour(rule, Q(), timezone.now())
    except Invalid as refusal:
        return " ".join(str(problem.message) for problem in refusal.problems)
    return ""


def count_grades() -> dict[str, int]:
    """Return how many leads in work have each grade."""
    rows = Lead.objects.filter(WORKED).exclude(grade="").order_by().values_list("grade")
    return dict(rows.annotate(count=Count("id")))


def _profile(rule: ScoreRule, leads: Q) -> QuerySet[Any]:
    rows = Lead.objects.filter(leads)
    if rule.where:
        condition = read_condition({"v": 1, "where": rule.where}, subject=SUBJECT, reader=None)
        rows = selected(condition, rows, form="probe")
    points = Value(float(rule.points), output_field=FloatField())
    return rows.order_by().annotate(lead_ref=F("id"), points=points).values("lead_ref", "points")


def _behaviour(rule: ScoreRule, leads: Q, now: datetime) -> QuerySet[Any]:
    source = behaviour_named(rule.source)
    if source is None:
        raise Invalid.on("source", "unknown", "unknown")
    path = f"{source.party}__leads"
    only = source.only & Q(**{f"{source.at}__lte": now})
    if rule.half_life_days:
        faded = now - timedelta(days=rule.half_life_days * FADED)
        only &= Q(**{f"{source.at}__gt": faded})
    rows = source.rows().filter(only & _prefixed(leads, path))
    if source.key == "lead":
        rows = rows.exclude(id=F(f"{path}__id"))  # the interest itself is no behaviour
    if rule.where:
        condition = read_condition({"v": 1, "where": rule.where}, subject=source.subject, reader=None)
        rows = selected(condition, rows, form="probe")
    each: Any = Value(float(rule.points), output_field=FloatField())
    if rule.half_life_days:
        each = each * Halved(source.at, now, rule.half_life_days)
    total: Any = Sum(each, output_field=FloatField())
    if rule.most_points is not None:
        cap = float(rule.most_points)
        total = Least(total, Value(cap)) if rule.points > 0 else Greatest(total, Value(-cap))
    grouped: QuerySet[Any] = rows.order_by().values(lead_ref=F(f"{path}__id"))
    found: QuerySet[Any] = grouped.annotate(points=total, count=Count("*"), last=Max(source.at))
    return found


def _prefixed(condition: Q, path: str) -> Q:
    """Return a condition on leads as one on what leads to them by ``path``."""
    moved = Q(_connector=condition.connector, _negated=condition.negated)
    for child in condition.children:
        if isinstance(child, Q):
            moved.children.append(_prefixed(child, path))
        else:
            name, value = child  # type: ignore[misc]
            moved.children.append((f"{path}__{name}", value))
    return moved
