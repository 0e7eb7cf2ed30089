"""Settings: what makes a lead worth more or less."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.conditions.building.embedding import Unbuilt, builder_context, read_built
from ponte.core.errors import Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.sales.behaviours import Behaviour, behaviour_named, behaviours
from ponte.sales.forms.scoring import BehaviourForm, LimitsForm, ProfileForm
from ponte.sales.models import ScoreKind, ScoreRule
from ponte.sales.score_settings import GRADES, ScoreSettings, load_score_settings
from ponte.sales.selectors.routing import SUBJECT
from ponte.sales.selectors.rule_words import words_of
from ponte.sales.selectors.scores import count_grades
from ponte.sales.services.score_rules import (
    ScoreRuleData,
    create_score_rule,
    delete_score_rule,
    set_score_settings,
    switch_score_rule,
    update_score_rule,
)
from ponte.ui.forms import add_problems
from ponte.workplace.admin.answers import answer_act, answer_form

BACK, PROFILE = "sales:scoring", "profile"


@require_safe
@requires("sales")
def rules(request: WorkspaceRequest) -> HttpResponse:
    """Show the rules, the limits of the grades and how many leads have each."""
    rows: list[dict[str, Any]] = [
        {
            "rule": rule,
            "words": words_of(rule.where, _subject_of(rule)),
            "source": behaviour_named(rule.source),
        }
        for rule in ScoreRule.objects.order_by("kind", "position", "id")
    ]
    settings, counts = load_score_settings(), count_grades()
    least = dict(zip(GRADES, (settings.a, settings.b, settings.c, None), strict=True))
    context = {
        "profile": [row for row in rows if row["rule"].kind == ScoreKind.PROFILE],
        "behaviour": [row for row in rows if row["rule"].kind == ScoreKind.BEHAVIOUR],
        "settings": settings,
        "grades": [(grade, least[grade], counts.get(grade, 0)) for grade in GRADES],
        "sources": behaviours(),
    }
    return render(request, "sales/scoring/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("sales")
def rule_new(request: WorkspaceRequest, source: str) -> HttpResponse:
    """Make a rule on the profile, or on what ``source`` names."""
    found = behaviour_named(source)
    if source != PROFILE and found is None:
        raise Missing("behaviour")
    return _rule(request, None, found)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("sales")
def rule_edit(request: WorkspaceRequest, rule_id: UUID) -> HttpResponse:
    """Change a rule."""
    rule = ScoreRule.objects.filter(id=rule_id).first()
    if rule is None:
        raise Missing("score_rule")
    return _rule(request, rule, behaviour_named(rule.source))


def _rule(request: WorkspaceRequest, rule: ScoreRule | None, source: Behaviour | None) -> HttpResponse:
    form_class = BehaviourForm if source else ProfileForm
    subject = source.subject if source else SUBJECT
    names = ("name", "points", "half_life_days", "most_points", "version")
    initial = {name: getattr(rule, name) for name in names} if rule else {"half_life_days": 30}
    context: dict[str, Any] = {"rule": rule, "source": source}
    if request.method != "POST":
        context |= {"form": form_class(initial=initial)} | builder_context(
            subject, request.member, rule.where if rule else None
        )
        return render(request, "sales/scoring/rule.html", context)
    form, unbuilt = form_class(request.POST), None
    try:
        made = read_built(request.POST, subject=subject, member=request.member)
    except Unbuilt as refusal:
        made, unbuilt = None, refusal
    where = made.raw["where"] if made else {}
    if form.is_valid() and unbuilt is None:
        tries = "try" in request.POST and (rule is None or not rule.is_active)
        try:
            saved = _save(request, rule, source, form, where, tries=tries)
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return redirect(f"{reverse('sales:scoring_try')}?rule={saved.id}" if tries else BACK)
    context |= {"form": form} | builder_context(subject, request.member, where or None, unbuilt=unbuilt)
    return render(request, "sales/scoring/rule.html", context, status=422)


def _save(
    request: WorkspaceRequest,
    rule: ScoreRule | None,
    source: Behaviour | None,
    form: ProfileForm,
    where: Any,
    *,
    tries: bool,
) -> ScoreRule:
    """Save a rule; a new one that is to be tried first isn't in use yet."""
    given = dict(form.cleaned_data)
    version = given.pop("version")
    data = ScoreRuleData(
        **given,
        kind=ScoreKind.BEHAVIOUR if source else ScoreKind.PROFILE,
        source=source.key if source else "",
        where=where,
        is_active=rule.is_active if rule else not tries,
    )
    if rule is None:
        return create_score_rule(actor=request.actor, data=data)
    return update_score_rule(actor=request.actor, rule_id=rule.id, data=data, version=version)


@require_POST
@requires("sales")
def rule_switch(request: WorkspaceRequest, rule_id: UUID) -> HttpResponse:
    """Put a rule into use or take it out."""
    active = request.POST.get("active") == "on"
    return answer_act(
        request,
        lambda: switch_score_rule(actor=request.actor, rule_id=rule_id, active=active),
        done=_("Saved. Every lead is being scored anew."),
        back=reverse(BACK),
    )


@require_POST
@requires("sales")
def rule_delete(request: WorkspaceRequest, rule_id: UUID) -> HttpResponse:
    """Delete a rule."""
    return answer_act(
        request,
        lambda: delete_score_rule(actor=request.actor, rule_id=rule_id),
        done=_("Deleted. Every lead is being scored anew."),
        back=reverse(BACK),
        leave=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires("sales")
def limits(request: WorkspaceRequest) -> HttpResponse:
    """Say from which points on a lead has a grade, and goes to sales."""
    return answer_form(
        request,
        LimitsForm(
            request.POST if request.method == "POST" else None, initial=load_score_settings().as_json()
        ),
        lambda given: set_score_settings(actor=request.actor, settings=ScoreSettings(**given)),
        title=_("Grades and hand-over"),
        done=_("Saved. Every lead is being scored anew."),
        back=reverse(BACK),
    )


def _subject_of(rule: ScoreRule) -> str:
    source = behaviour_named(rule.source)
    return source.subject if source else SUBJECT
