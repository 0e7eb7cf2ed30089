"""Saying what leads are worth: rules with points, the limits of the grades."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.commerce.services.rule_conditions import clean_where
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid, Missing
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.core.services.preferences import set_preference
from ponte.core.tenancy.scope import current_workspace
from ponte.events.sales_scoring import ScoreRulesChanged
from ponte.sales.behaviours import behaviour_named
from ponte.sales.models import ScoreKind, ScoreRule
from ponte.sales.policies import check_sales_settings
from ponte.sales.score_settings import KEY, ScoreSettings, load_score_settings
from ponte.sales.selectors.routing import SUBJECT
from ponte.sales.services.scores import rescore_soon

MOST_RULES, MOST_POINTS, MOST_DAYS = 50, 1000, 3650
FIELDS = ("name", "kind", "source", "where", "points", "most_points", "half_life_days", "is_active")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRuleData:
    """A rule as somebody asks for it; ``where`` is the tree of a condition, ``source`` what a behaviour rule looks at."""

    name: str
    points: int | None
    kind: str = ScoreKind.PROFILE
    source: str = ""
    where: Mapping[str, Any] = field(default_factory=dict)
    most_points: int | None = None
    half_life_days: int | None = None
    is_active: bool = True
    is_demo: bool = False


@transaction.atomic
def create_score_rule(*, actor: Actor, data: ScoreRuleData) -> ScoreRule:
    """Add a rule; every lead is scored anew in the background.

    Raises:
        Denied: the member may not change how the business sells. Invalid: on the field that can't be accepted.
    """
    check_sales_settings(actor)
    values = _clean(data)
    if ScoreRule.objects.count() >= MOST_RULES:
        raise Invalid.on("name", "too_many", _("There can be at most 50 rules."))
    last = ScoreRule.objects.order_by("-position").values_list("position", flat=True).first() or 0
    rule = ScoreRule.objects.create(position=last + 1, is_demo=data.is_demo, **values)
    changes = {
        name: (None, getattr(rule, name)) for name in FIELDS if getattr(rule, name) not in (None, "", {})
    }
    _tell(actor, "score_rule.created", rule, changes)
    return rule


def draft_score_rule(*, actor: Actor, data: ScoreRuleData) -> ScoreRule:
    """Return a rule that isn't stored, for trying.

    Raises:
        Denied, Invalid: as ``create_score_rule``.
    """
    check_sales_settings(actor)
    return ScoreRule(**_clean(data))


@transaction.atomic
def update_score_rule(
    *, actor: Actor, rule_id: UUID, data: ScoreRuleData, version: int | None = None
) -> ScoreRule:
    """Change a rule; every lead is scored anew in the background.

    Raises:
        Denied, Missing, Conflict: as everywhere. Invalid: on the field that can't be accepted.
    """
    check_sales_settings(actor)
    rule = _locked(rule_id)
    check_version(rule, version)
    values = _clean(data)
    changes = audit.diff({name: getattr(rule, name) for name in FIELDS}, values)
    if changes:
        for name, value in values.items():
            setattr(rule, name, value)
        rule.version += 1
        rule.save()
        _tell(actor, "score_rule.updated", rule, changes)
    return rule


@transaction.atomic
def switch_score_rule(*, actor: Actor, rule_id: UUID, active: bool) -> ScoreRule:
    """Put a rule into use or take it out. Raises ``Denied``, ``Missing``."""
    check_sales_settings(actor)
    rule = _locked(rule_id)
    if rule.is_active != active:
        rule.is_active = active
        rule.version += 1
        rule.save()
        _tell(actor, "score_rule.updated", rule, {"is_active": (not active, active)})
    return rule


@transaction.atomic
def delete_score_rule(*, actor: Actor, rule_id: UUID) -> None:
    """Delete a rule; every lead is scored anew in the background. Raises ``Denied``, ``Missing``."""
    check_sales_settings(actor)
    rule = _locked(rule_id)
    _tell(actor, "score_rule.deleted", rule, {"name": (rule.name, None), "points": (rule.points, None)})
    rule.delete()


def check_limits(settings: ScoreSettings) -> None:
    """Raise ``Invalid`` on limits that don't descend or are out of range."""
    if not settings.a > settings.b > settings.c:
        raise Invalid.on("a", "order", _("An A needs more points than a B, a B more than a C."))
    if any(abs(one) > 10_000 for one in (settings.a, settings.c, settings.handoff or 0)):
        raise Invalid.on("a", "range", _("Give at most 10,000 points."))


@transaction.atomic
def set_score_settings(*, actor: Actor, settings: ScoreSettings) -> None:
    """Say from which score on a lead is an A, a B or a C, and goes to sales.

    Raises:
        Denied: the member may not change how the business sells. Invalid: limits that don't descend.
    """
    check_sales_settings(actor)
    check_limits(settings)
    changes = audit.diff(load_score_settings().as_json(), settings.as_json())
    if changes:
        set_preference(KEY, settings.as_json())
        audit.record(
            actor=actor, act="score.set", target=current_workspace(), changes=changes, object_type="workspace"
        )
        publish(ScoreRulesChanged(rule_id=""), actor=actor)
        rescore_soon()


def _clean(data: ScoreRuleData) -> dict[str, Any]:
    cleaner = Cleaner()
    behaves = data.kind == ScoreKind.BEHAVIOUR
    source = behaviour_named(data.source) if behaves else None
    if behaves and source is None:
        cleaner.refuse("source", "invalid", _("Choose what they do."))
    if not data.points or abs(data.points) > MOST_POINTS:
        cleaner.refuse("points", "range", _("Give between -1,000 and 1,000 points, not 0."))
    values = {
        "name": cleaner.text("name", data.name, 80, required=True),
        "kind": cleaner.choice("kind", data.kind, ScoreKind),
        "source": data.source if behaves else "",
        "where": clean_where(cleaner, data.where, source.subject if source else SUBJECT),
        "points": data.points,
        "most_points": cleaner.positive("most_points", data.most_points, 10_000) if behaves else None,
        "half_life_days": cleaner.positive("half_life_days", data.half_life_days, MOST_DAYS)
        if behaves
        else None,
        "is_active": bool(data.is_active),
    }
    if not behaves and not data.where:
        cleaner.refuse("where", "required", _("Say which leads get the points."))
    cleaner.done()
    return values


def _locked(rule_id: UUID) -> ScoreRule:
    rule = ScoreRule.objects.select_for_update().filter(id=rule_id).first()
    if rule is None:
        raise Missing("score_rule")
    return rule


def _tell(actor: Actor, act: str, rule: ScoreRule, changes: Mapping[str, tuple[Any, Any]]) -> None:
    audit.record(actor=actor, act=act, target=rule, changes=changes, object_type="score_rule")
    publish(ScoreRulesChanged(rule_id=str(rule.id)), actor=actor)
    rescore_soon()
