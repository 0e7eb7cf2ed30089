"""The demo's distribution and score rules, through the module's own services."""

from __future__ import annotations

from datetime import timedelta

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.sales.models import RoutingRule, ScoreRule, Seller
from ponte.sales.score_settings import ScoreSettings
from ponte.sales.services.routing_rules import RuleData, SeatData, create_routing_rule
from ponte.sales.services.score_rules import ScoreRuleData, create_score_rule, set_score_settings
from ponte.sales.services.sellers import update_seller
from ponte.workplace.demo import DemoContext, DemoPart

PAID = {"all": [{"field": "origin", "op": "is", "value": ["paid_search", "display", "social"]}]}
COMPANY = {"all": [{"field": "customer_kind", "op": "is", "value": ["company"]}]}
SOUTH_EAST = {"all": [{"field": "state", "op": "is", "value": ["MG", "SP", "RJ", "ES"]}]}
NO_CONTACT = {"all": [{"field": "email", "op": "empty"}, {"field": "phone", "op": "empty"}]}
CALLED = {"any": [{"field": "kind", "op": "is", "value": ["call", "meeting", "visit"]}]}
SKILLS = ["atacado", "inglês"]
SCORES = (
    ScoreRuleData(name="Empresa", points=25, where=COMPANY, is_demo=True),
    ScoreRuleData(name="Sudeste", points=15, where=SOUTH_EAST, is_demo=True),
    ScoreRuleData(name="Veio de anúncio", points=10, where=PAID, is_demo=True),
    ScoreRuleData(name="Sem e-mail nem telefone", points=-30, where=NO_CONTACT, is_demo=True),
    ScoreRuleData(
        name="Ligação, reunião ou visita", points=20, kind="behaviour", source="interaction", where=CALLED,
        half_life_days=30, most_points=60, is_demo=True,
    ),
    ScoreRuleData(
        name="Já comprou", points=15, kind="behaviour", source="order", half_life_days=90, most_points=45, is_demo=True
    ),
)  # fmt: skip


def make(context: DemoContext) -> None:
    """Let the salespeople take leads in turn, companies by whoever has the fewest, and give points."""
    if ScoreRule.objects.filter(is_demo=True).exists():
        return
    context.say("distribuição e pontuação de leads")
    sellers = list(Member.objects.filter(role__key="salesperson", is_active=True).order_by("sort_name")[:5])
    if sellers:
        seats = [SeatData(member_id=one.id) for one in sellers]
        for data in (
            RuleData(name="Empresas: quem tem menos leads", where=COMPANY, way="load", seats=seats, is_active=True,
                     response_minutes=30, late="pass_on", is_demo=True),
            RuleData(name="Todos os outros em rodízio", seats=seats, is_active=True, is_demo=True),
        ):  # fmt: skip
            create_routing_rule(actor=context.actor, data=data)
        away = context.today + timedelta(days=40)
        update_seller(
            actor=context.actor, member_id=sellers[0].id, skills=SKILLS, max_open=200,
            away_from=away, away_until=away + timedelta(days=14),
        )  # fmt: skip
    set_score_settings(actor=context.actor, settings=ScoreSettings(a=60, b=35, c=15))
    for score in SCORES:
        create_score_rule(actor=context.actor, data=score)


def remove(actor: Actor) -> None:
    """Take the demo's rules away."""
    RoutingRule.objects.filter(is_demo=True).delete()
    ScoreRule.objects.filter(is_demo=True).delete()
    Seller.objects.filter(skills=SKILLS).delete()


PART = DemoPart(key="scoring", order=34, make=make, remove=remove)
