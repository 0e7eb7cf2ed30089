"""The API of scores and routing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.replies import respond
from ponte.apikit.requests import ApiRequest
from ponte.apikit.writes import if_match
from ponte.core.errors import Missing
from ponte.core.rights import require
from ponte.sales.api.scoring_schemas import (
    LeadScoreOut,
    LimitsIn,
    RoutedOut,
    RoutingOrderIn,
    RoutingRuleIn,
    RoutingRuleOut,
    RoutingRulesOut,
    ScoreModelOut,
    ScoreRuleIn,
    ScoreRuleOut,
    ScoreRulesOut,
    ScoreTrialOut,
    TrialOut,
    TriedRule,
)
from ponte.sales.models import RoutingEntry, RoutingRule, ScoreRule
from ponte.sales.policies import check_sales_settings, get_visible_lead, visible_leads
from ponte.sales.score_settings import ScoreSettings, load_score_settings
from ponte.sales.selectors.prediction import explain_chance, latest_model
from ponte.sales.selectors.routing import list_rules
from ponte.sales.selectors.routing_trial import try_rule
from ponte.sales.selectors.score_trial import try_score_rule
from ponte.sales.selectors.scores import explain_score
from ponte.sales.services.prediction import start_learning
from ponte.sales.services.routing import route_lead
from ponte.sales.services.routing_rules import (
    RuleData,
    SeatData,
    create_routing_rule,
    delete_routing_rule,
    move_routing_rules,
    update_routing_rule,
)
from ponte.sales.services.score_rules import (
    ScoreRuleData,
    create_score_rule,
    delete_score_rule,
    draft_score_rule,
    set_score_settings,
    update_score_rule,
)

router = Router(tags=["Lead distribution and score"])
READ, WRITE, ADMIN = scope("sales:read"), scope("sales:write"), scope("admin")


@router.get("/routing-rules", auth=ADMIN, response=RoutingRulesOut)
def list_routing_rules(request: ApiRequest) -> dict[str, Any]:
    """Return the distribution rules in the order they are asked."""
    check_sales_settings(request.actor)
    return {"items": list(list_rules().prefetch_related("seats"))}


@router.post("/routing-rules", auth=ADMIN, response={201: RoutingRuleOut})
def add_routing_rule(request: ApiRequest, data: RoutingRuleIn) -> HttpResponse:
    """Add a distribution rule after the others."""
    rule = create_routing_rule(actor=request.actor, data=_rule_data(data))
    return respond(request, rule, RoutingRuleOut, status=201)


@router.put("/routing-rules/order", auth=ADMIN, response={204: None})
def order_routing_rules(request: ApiRequest, data: RoutingOrderIn) -> Status[None]:
    """Put the distribution rules into an order."""
    move_routing_rules(actor=request.actor, ids=data.ids)
    return Status(204, None)


@router.get("/routing-rules/{rule_id}", auth=ADMIN, response=RoutingRuleOut)
def get_routing_rule(request: ApiRequest, rule_id: UUID) -> HttpResponse:
    """Return one distribution rule."""
    check_sales_settings(request.actor)
    return respond(request, _routing_rule(rule_id), RoutingRuleOut)


@router.put("/routing-rules/{rule_id}", auth=ADMIN, response=RoutingRuleOut)
def change_routing_rule(request: ApiRequest, rule_id: UUID, data: RoutingRuleIn) -> HttpResponse:
    """Replace a distribution rule; whose turn it is stays."""
    rule = update_routing_rule(
        actor=request.actor, rule_id=rule_id, data=_rule_data(data), version=if_match(request)
    )
    return respond(request, rule, RoutingRuleOut)


@router.delete("/routing-rules/{rule_id}", auth=ADMIN, response={204: None})
def remove_routing_rule(request: ApiRequest, rule_id: UUID) -> Status[None]:
    """Delete a distribution rule; what it decided stays on the leads."""
    delete_routing_rule(actor=request.actor, rule_id=rule_id)
    return Status(204, None)


@router.get("/routing-rules/{rule_id}/trial", auth=ADMIN, response=TrialOut)
def try_routing_rule(request: ApiRequest, rule_id: UUID) -> dict[str, Any]:
    """Return who would have got what of the past 30 days' leads, had the rule been in use. Nothing is written."""
    check_sales_settings(request.actor)
    trial = try_rule(_routing_rule(rule_id), seen=visible_leads(request.member))
    people = [
        {"name": name, "has": had, "would_have": gets, "by_this_rule": mine}
        for name, had, gets, mine in trial.people
    ]
    return {"leads": trial.leads, "taken": trial.taken, "unplaced": trial.unplaced, "people": people}


@router.post("/leads/{lead_id}/route", auth=WRITE, response={200: RoutedOut, 204: None})
def route_a_lead(request: ApiRequest, lead_id: UUID) -> Status[Any]:
    """Send a lead through the distribution; one that went through it answers what was decided. 204 for a lead no longer in work."""
    entry = route_lead(lead=get_visible_lead(request.member, lead_id), actor=request.actor)
    return Status(204, None) if entry is None else Status(200, _routed(entry))


@router.get("/leads/{lead_id}/score", auth=READ, response=LeadScoreOut)
def get_lead_score(request: ApiRequest, lead_id: UUID) -> dict[str, Any]:
    """Return what a lead is worth and why."""
    require(request.member, "lead", "view")
    lead = get_visible_lead(request.member, lead_id)
    chance = explain_chance(lead)
    parts = [
        {"rule_id": one.rule.id, "name": one.rule.name, "points": round(one.points, 2), "count": one.count, "last": one.last}
        for one in explain_score(lead)
    ]  # fmt: skip
    return {
        "score": lead.score,
        "grade": lead.grade,
        "parts": parts,
        "chance": None if chance is None else round(chance.percent / 100, 5),
        "reasons": [{"text": text, "raises": raises} for text, raises in chance.reasons] if chance else [],
    }


@router.get("/score-rules", auth=ADMIN, response=ScoreRulesOut)
def list_score_rules(request: ApiRequest) -> dict[str, Any]:
    """Return the score rules and the limits of grades and hand-over."""
    check_sales_settings(request.actor)
    rules = ScoreRule.objects.order_by("kind", "position", "id")
    return {"items": list(rules), "limits": load_score_settings().as_json()}


@router.post("/score-rules", auth=ADMIN, response={201: ScoreRuleOut})
def add_score_rule(request: ApiRequest, data: ScoreRuleIn) -> HttpResponse:
    """Add a score rule; every lead is scored anew in the background."""
    rule = create_score_rule(actor=request.actor, data=ScoreRuleData(**data.dict()))
    return respond(request, rule, ScoreRuleOut, status=201)


@router.post("/score-rules/trial", auth=ADMIN, response=ScoreTrialOut)
def try_a_score_rule(request: ApiRequest, data: ScoreRuleIn, tried: Query[TriedRule]) -> dict[str, Any]:
    """Return whom a rule would give points, of the latest 2,000 leads in work, and their grades then. Nothing is written."""
    draft = draft_score_rule(actor=request.actor, data=ScoreRuleData(**data.dict()))
    former = _score_rule(tried.instead_of) if tried.instead_of else None
    trial = try_score_rule(draft, seen=visible_leads(request.member), instead_of=former)
    return asdict(trial) | {
        "first": [{"lead_id": lead_id, "points": round(points, 2)} for lead_id, points in trial.first]
    }


@router.put("/score-rules/limits", auth=ADMIN, response={204: None})
def put_score_limits(request: ApiRequest, data: LimitsIn) -> Status[None]:
    """Say from which points on a lead has a grade, and goes to sales."""
    set_score_settings(actor=request.actor, settings=ScoreSettings(**data.dict()))
    return Status(204, None)


@router.get("/score-rules/{rule_id}", auth=ADMIN, response=ScoreRuleOut)
def get_score_rule(request: ApiRequest, rule_id: UUID) -> HttpResponse:
    """Return one score rule."""
    check_sales_settings(request.actor)
    return respond(request, _score_rule(rule_id), ScoreRuleOut)


@router.put("/score-rules/{rule_id}", auth=ADMIN, response=ScoreRuleOut)
def change_score_rule(request: ApiRequest, rule_id: UUID, data: ScoreRuleIn) -> HttpResponse:
    """Replace a score rule; every lead is scored anew in the background."""
    rule = update_score_rule(
        actor=request.actor, rule_id=rule_id, data=ScoreRuleData(**data.dict()), version=if_match(request)
    )
    return respond(request, rule, ScoreRuleOut)


@router.delete("/score-rules/{rule_id}", auth=ADMIN, response={204: None})
def remove_score_rule(request: ApiRequest, rule_id: UUID) -> Status[None]:
    """Delete a score rule."""
    delete_score_rule(actor=request.actor, rule_id=rule_id)
    return Status(204, None)


@router.get("/score-model", auth=ADMIN, response={200: ScoreModelOut, 204: None})
def get_score_model(request: ApiRequest) -> Status[Any]:
    """Return what the predictive score learnt last and how well it does; 204 where it never learnt."""
    check_sales_settings(request.actor)
    model = latest_model()
    return Status(204, None) if model is None else Status(200, model)


@router.post("/score-model", auth=ADMIN, response={202: None})
def train_score_model(request: ApiRequest) -> Status[None]:
    """Have the predictive score learn anew, in the background."""
    start_learning(actor=request.actor)
    return Status(202, None)


def _routing_rule(rule_id: UUID) -> RoutingRule:
    rule = RoutingRule.objects.filter(id=rule_id).first()
    if rule is None:
        raise Missing("routing_rule")
    return rule


def _score_rule(rule_id: UUID) -> ScoreRule:
    rule = ScoreRule.objects.filter(id=rule_id).first()
    if rule is None:
        raise Missing("score_rule")
    return rule


def _rule_data(data: RoutingRuleIn) -> RuleData:
    given = data.dict(exclude={"seats"})
    return RuleData(**given, seats=[SeatData(**seat.dict()) for seat in data.seats])


def _routed(entry: RoutingEntry) -> dict[str, Any]:
    return {
        "act": entry.act, "rule": entry.rule_name, "member_id": entry.member_id, "at": entry.at, "passed": entry.passed,
    }  # fmt: skip
