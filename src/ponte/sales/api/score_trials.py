"""The API of trying a set of score rules and limits before it goes live."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from ponte.apikit.auth import scope
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import In
from ponte.core.errors import Invalid
from ponte.core.services.audit import record_view
from ponte.sales.api.scoring_schemas import LimitsIn
from ponte.sales.models import ScoreRule
from ponte.sales.policies import check_sales_settings, visible_leads
from ponte.sales.score_settings import ScoreSettings, load_score_settings
from ponte.sales.selectors.score_set_trial import Scored, try_score_set
from ponte.sales.services.score_rules import check_limits

router = Router(tags=["Lead distribution and score"])
ADMIN = scope("admin")


class ScoreSetIn(In):
    """What to try; what is left out is as in use."""

    rule_ids: list[UUID] | None = Field(
        None, max_length=500, description="Of rules in use or not; null: those in use."
    )
    limits: LimitsIn | None = None


class GradeOut(Schema):
    """How many leads have a grade, and would have it."""

    grade: str
    now: int
    then: int


class RuleHitsOut(Schema):
    """How many leads a rule has points for; null: it doesn't work any more."""

    rule_id: UUID
    name: str
    leads: int | None


class ScoredOut(Schema):
    """A lead with what it has (null: no score yet) and would have, and what for."""

    lead_id: UUID
    score_now: int | None
    grade_now: str
    score: int
    grade: str
    parts: list[tuple[str, float]]


class ScoreSetTrialOut(Schema):
    """What the set would do to the past 30 days' leads in work, the latest 2,000 at most."""

    leads: int
    is_cut: bool = Field(description="There are more leads than were looked at.")
    grades: list[GradeOut]
    rules: list[RuleHitsOut]
    handed: int = Field(description="Leads that would go to sales.")
    handed_first: list[ScoredOut]
    changed_most: list[ScoredOut]


@router.post("/score-rules/trial-set", auth=ADMIN, response=ScoreSetTrialOut)
def try_a_score_set(request: ApiRequest, data: ScoreSetIn) -> dict[str, Any]:
    """Return grades, hand-overs and examples as a set of rules and limits would give them. Nothing is written."""
    check_sales_settings(request.actor)
    settings = ScoreSettings(**data.limits.dict()) if data.limits else load_score_settings()
    check_limits(settings)
    rules = _rules(data.rule_ids)
    trial = try_score_set(rules, settings, seen=visible_leads(request.member))
    shown = [one.lead.id for one in (*trial.handed_first, *trial.examples)]
    record_view(
        actor=request.actor, object_type="lead", ids=list(dict.fromkeys(shown)), where="API score trial"
    )
    return {
        "leads": trial.leads,
        "is_cut": trial.is_cut,
        "grades": [{"grade": grade, "now": now, "then": then} for grade, now, then in trial.grades],
        "rules": [{"rule_id": one.id, "name": one.name, "leads": trial.hits.get(one.id)} for one in rules],
        "handed": trial.handed,
        "handed_first": [_scored(one) for one in trial.handed_first],
        "changed_most": [_scored(one) for one in trial.examples],
    }


def _rules(ids: Sequence[UUID] | None) -> list[ScoreRule]:
    rows = ScoreRule.objects.order_by("kind", "position", "id")
    if ids is None:
        return list(rows.filter(is_active=True))
    found = list(rows.filter(id__in=ids))
    if len(found) != len(set(ids)):
        raise Invalid.on("rule_ids", "missing", _("There is no such rule."))
    return found


def _scored(one: Scored) -> dict[str, Any]:
    parts = [(name, round(points, 2)) for name, points in one.parts]
    return {
        "lead_id": one.lead.id, "score_now": one.had, "grade_now": one.had_grade, "score": one.score, "grade": one.grade,
        "parts": parts,
    }  # fmt: skip
