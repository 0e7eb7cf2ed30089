"""Trying a whole set of score rules and limits on the leads of the past month before it goes live. Nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from ponte.sales.models import Lead, LeadStatus, ScoreRule
from ponte.sales.score_settings import GRADES, ScoreSettings
from ponte.sales.selectors.scores import WORKED, parts_of

PERIOD = timedelta(days=30)
MOST = 2_000  # leads tried, the latest
SHOWN = 20
EARLY = (LeadStatus.NEW, LeadStatus.WORKING)


@dataclass(frozen=True, slots=True)
class Scored:
    """A lead with the score and grade it has (``had``, None: none yet) and would have, and what the points are for."""

    lead: Lead
    had: int | None
    had_grade: str
    score: int
    grade: str
    parts: tuple[tuple[str, float], ...]


@dataclass
class SetTrial:
    """What came of trying: leads looked at, how many have each grade and would have it, whom it would hand over to sales.

    ``hits`` are the leads each rule has points for, by rule; ``broken`` the names of rules that no longer work. ``is_cut``: more leads came
    than were looked at.
    """

    leads: int = 0
    is_cut: bool = False
    grades: list[tuple[str, int, int]] = field(default_factory=list)
    hits: dict[UUID, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    handed: int = 0
    handed_first: list[Scored] = field(default_factory=list)
    examples: list[Scored] = field(default_factory=list)


def try_score_set(rules: Sequence[ScoreRule], settings: ScoreSettings, *, seen: QuerySet[Lead]) -> SetTrial:
    """Score the past month's leads in work by these rules alone, in use or not, and by these limits; a query for each rule.

    Args:
        seen: the leads the person who tries may see.
    """
    now = timezone.now()
    rows = seen.filter(WORKED, captured_at__gte=now - PERIOD, captured_at__lte=now).select_related(
        "party", "owner"
    )
    found = list(rows.order_by("-captured_at", "-id")[: MOST + 1])
    leads = found[:MOST]
    trial = SetTrial(leads=len(leads), is_cut=len(found) > MOST)
    parts = _parts(rules, leads, trial)
    scored = [_scored(lead, parts.get(lead.id, []), settings) for lead in leads]
    had = Counter(one.had_grade for one in scored)
    then = Counter(one.grade for one in scored)
    trial.grades = [(grade, had[grade], then[grade]) for grade in GRADES]
    best = sorted(scored, key=lambda one: (-one.score, str(one.lead.id)))
    limit = settings.handoff
    if limit is not None:
        handed = [one for one in best if one.lead.status in EARLY and one.score >= limit]
        trial.handed, trial.handed_first = len(handed), handed[:SHOWN]
    changed = [one for one in best if one.score != (one.had or 0)]
    trial.examples = sorted(changed, key=lambda one: -abs(one.score - (one.had or 0)))[:SHOWN]
    return trial


def _parts(
    rules: Sequence[ScoreRule], leads: Sequence[Lead], trial: SetTrial
) -> dict[UUID, list[tuple[str, float]]]:
    parts: dict[UUID, list[tuple[str, float]]] = {}
    ids = [lead.id for lead in leads]
    for rule in rules:
        rows = parts_of(rule, Q(id__in=ids), timezone.now())
        if rows is None:
            trial.broken.append(rule.name)
            continue
        given = {row["lead_ref"]: float(row["points"]) for row in rows} if ids else {}
        trial.hits[rule.id] = len(given)
        for lead_id, points in given.items():
            parts.setdefault(lead_id, []).append((rule.name, points))
    return parts


def _scored(lead: Lead, parts: Sequence[tuple[str, float]], settings: ScoreSettings) -> Scored:
    score = round(sum(points for _name, points in parts))
    weighty = tuple(sorted(parts, key=lambda part: -abs(part[1])))
    return Scored(lead, lead.score, lead.grade, score, settings.grade(score), weighty)
