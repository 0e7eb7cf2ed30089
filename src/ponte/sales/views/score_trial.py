"""Settings: what a set of score rules and limits would give to the leads of the past month."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.sales.behaviours import behaviour_named
from ponte.sales.forms.scoring import LimitsForm
from ponte.sales.models import ScoreRule
from ponte.sales.policies import visible_leads
from ponte.sales.score_settings import ScoreSettings, load_score_settings
from ponte.sales.selectors.score_set_trial import try_score_set
from ponte.sales.services.score_rules import check_limits
from ponte.ui.forms import add_problems

ASKED = "asked"  # told by the page's own form: boxes left empty mean "not these"


@require_safe
@requires("sales")
def rules_try(request: WorkspaceRequest) -> HttpResponse:
    """Show grades, hand-overs and examples of the chosen rules; at first those in use, and what ``rule`` names."""
    kept = load_score_settings()
    form = LimitsForm(request.GET) if ASKED in request.GET else LimitsForm(initial=kept.as_json())
    settings = (_limits(form) if form.is_bound else None) or kept
    rules = list(ScoreRule.objects.order_by("kind", "position", "id"))
    chosen = _chosen(request, rules)
    seen = visible_leads(request.member)
    trial = try_score_set([rule for rule in rules if rule.id in chosen], settings, seen=seen)
    rows = [
        {
            "rule": rule,
            "source": behaviour_named(rule.source),
            "chosen": rule.id in chosen,
            "hits": trial.hits.get(rule.id),
        }
        for rule in rules
    ]
    tried = next(
        (rule for rule in rules if str(rule.id) == request.GET.get("rule") and not rule.is_active), None
    )
    context: dict[str, Any] = {
        "form": form,
        "trial": trial,
        "rows": rows,
        "settings": settings,
        "tried": tried,
    }
    return render(request, "sales/scoring/try.html", context, status=422 if form.errors else 200)


def _limits(form: LimitsForm) -> ScoreSettings | None:
    """Return the limits that were asked for; None where they can't be, which the form then says."""
    if not form.is_valid():
        return None
    settings = ScoreSettings(**form.cleaned_data)
    try:
        check_limits(settings)
    except Invalid as refusal:
        add_problems(form, refusal)
        return None
    return settings


def _chosen(request: WorkspaceRequest, rules: list[ScoreRule]) -> set[UUID]:
    if ASKED in request.GET:
        asked = set(request.GET.getlist("rules"))
        return {rule.id for rule in rules if str(rule.id) in asked}
    return {rule.id for rule in rules if rule.is_active or str(rule.id) == request.GET.get("rule")}
