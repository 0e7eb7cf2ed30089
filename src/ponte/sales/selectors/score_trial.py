"""Trying a score rule on the leads in work: whom it would give points, and what grades they would have. Nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from ponte.core.errors import Invalid
from ponte.sales.models import Lead, ScoreRule
from ponte.sales.score_settings import GRADES, load_score_settings
from ponte.sales.selectors.scores import WORKED, parts_of, rule_problem

MOST = 2_000  # leads tried, the latest


@dataclass(frozen=True)
class ScoreTrial:
    """What a rule would do: leads looked at, those it has points for, least, most and average points of these.

    ``now`` and ``then`` tell how many of the leads have each grade without the rule being changed, and with it. ``reached`` are those
    that would come to the limit at which leads go to sales. ``is_cut``: there are more leads than were looked at.
    """

    leads: int
    hit: int
    least: float
    most: float
    average: float
    now: dict[str, int]
    then: dict[str, int]
    reached: int
    is_cut: bool
    first: list[tuple[UUID, float]]


def try_score_rule(
    rule: ScoreRule, *, seen: QuerySet[Lead], instead_of: ScoreRule | None = None
) -> ScoreTrial:
    """Play a rule, stored or not, over the latest leads in work.

    Args:
        seen: the leads the person who tries may see. instead_of: the rule in use that it would replace.

    Raises:
        Invalid: the rule's condition can't be asked.
    """
    if problem := rule_problem(rule):
        raise Invalid.on("where", "invalid", problem)
    found = list(seen.filter(WORKED).order_by("-captured_at", "-id").values_list("id", "score")[: MOST + 1])
    scores = {lead_id: score or 0 for lead_id, score in found[:MOST]}
    given = _points(rule, scores)
    taken = _points(instead_of, scores) if instead_of is not None and instead_of.is_active else {}
    then = {one: round(score + given.get(one, 0) - taken.get(one, 0)) for one, score in scores.items()}
    settings = load_score_settings()
    limit = settings.handoff
    points = list(given.values())
    return ScoreTrial(
        leads=len(scores),
        hit=len(given),
        least=min(points, default=0),
        most=max(points, default=0),
        average=sum(points) / len(points) if points else 0,
        now=_grades(settings.grade(score) for score in scores.values()),
        then=_grades(settings.grade(score) for score in then.values()),
        reached=0 if limit is None else sum(1 for one, score in then.items() if score >= limit > scores[one]),
        is_cut=len(found) > MOST,
        first=sorted(given.items(), key=lambda pair: (-abs(pair[1]), str(pair[0])))[:10],
    )


def _points(rule: ScoreRule, scores: dict[UUID, int]) -> dict[UUID, float]:
    rows = parts_of(rule, Q(id__in=list(scores)), timezone.now()) if scores else None
    if rows is None:
        return {}
    return {row["lead_ref"]: float(row["points"]) for row in rows}


def _grades(found: Iterable[str]) -> dict[str, int]:
    counted = Counter(found)
    return {grade: counted[grade] for grade in GRADES}
