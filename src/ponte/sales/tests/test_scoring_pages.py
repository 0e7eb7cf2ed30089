"""Pages and API of the distribution and the scores: what an administrator sees and does, and who may not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.ids import uuid7
from ponte.sales.models import Lead, RoutingRule, ScoreModel, ScoreRule
from ponte.sales.routing_settings import load_routing_settings
from ponte.sales.score_settings import ScoreSettings, load_score_settings
from ponte.sales.selectors.score_set_trial import try_score_set
from ponte.sales.services.routing import route_lead
from ponte.sales.services.routing_rules import RuleData, SeatData, create_routing_rule
from ponte.sales.services.score_rules import ScoreRuleData, create_score_rule
from ponte.sales.services.scores import score_leads

pytestmark = pytest.mark.usefixtures("workspace")
ROUTING, SCORING = "/teste/settings/routing/", "/teste/settings/scoring/"
PAID = {"all": [{"field": "origin", "op": "is", "value": ["paid_search"]}]}
NEW = {"all": [{"field": "status", "op": "is", "value": ["new"]}]}
LINES = {"w.joint": "all", "w.n": "1", "w.0.what": "field:origin", "w.0.was": "field:origin", "w.0.op": "is",
         "w.0.value": "paid_search"}  # fmt: skip


@pytest.fixture
def seller(member_with: Any) -> Any:
    return member_with("salesperson", name="Bruna")


@pytest.fixture
def rule(actor: Any, seller: Any) -> RoutingRule:
    data = RuleData(name="Anúncios", where=PAID, seats=[SeatData(member_id=seller.id)], is_active=True)
    return create_routing_rule(actor=actor, data=data)


def test_a_rule_is_made_tried_and_switched_on(
    admin: Any, seller: Any, client_for: Any, make_lead: Any
) -> None:
    browser = client_for(admin)
    assert "Quem atende um lead novo?" in browser.get(ROUTING).content.decode()
    make_lead(origin="paid_search")
    form = {"name": "Anúncios", "way": "turns", "hours": "any", "late": "pass_on", "response_minutes": "30",
            "seat": str(seller.id), f"cap_{seller.id}": "5", **LINES}  # fmt: skip
    answer = browser.post(f"{ROUTING}new/", form)
    made = RoutingRule.objects.get()
    assert answer["Location"].endswith(f"/settings/routing/{made.id}/try/")
    assert (made.where, made.is_active, made.response_minutes) == (PAID, False, 30)
    assert made.seats.get().max_open == 5
    tried = browser.get(answer["Location"]).content.decode()
    assert "Bruna" in tried
    assert "Usar esta regra" in tried
    browser.post(f"{ROUTING}{made.id}/switch/", {"active": "on"})
    listed = browser.get(ROUTING).content.decode()
    assert "Em uso" in listed
    assert "Origem é Busca paga" in listed


def test_what_is_wrong_with_a_rule_is_told_and_nothing_is_lost(
    admin: Any, seller: Any, client_for: Any
) -> None:
    form = {
        "name": "Minha regra",
        "way": "turns",
        "hours": "any",
        "late": "tell",
        **LINES,
        "w.0.value": "marte",
    }
    shown = client_for(admin).post(f"{ROUTING}new/", form)
    assert shown.status_code == 422
    assert 'value="Minha regra"' in shown.content.decode()
    form |= {"w.0.value": "paid_search"}
    nobody = client_for(admin).post(f"{ROUTING}new/", form).content.decode()
    assert "Escolha pelo menos uma pessoa." in nobody
    bad = client_for(admin).post(f"{ROUTING}new/", form | {"seat": str(seller.id), f"cap_{seller.id}": "x"})
    assert "Escreva um número inteiro" in bad.content.decode()
    assert not RoutingRule.objects.exists()


def test_the_list_costs_the_same_for_any_number_of_rules(
    admin: Any, actor: Any, seller: Any, rule: RoutingRule, client_for: Any, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = client_for(admin)
    browser.get(ROUTING)
    with CaptureQueriesContext(connection) as first:
        browser.get(ROUTING)
    for number in range(5):
        create_routing_rule(
            actor=actor,
            data=RuleData(name=f"Regra {number}", where=PAID, seats=[SeatData(member_id=seller.id)]),
        )
    with django_assert_num_queries(len(first)):
        browser.get(ROUTING)


def test_the_rest_and_people(admin: Any, seller: Any, client_for: Any) -> None:
    browser = client_for(admin)
    browser.post(f"{ROUTING}rest/", {"minutes": "45", "fallback": str(seller.id)})
    settings = load_routing_settings()
    assert (settings.minutes, settings.fallback_id, settings.keeps_customers) == (45, seller.id, False)
    browser.post(f"{ROUTING}people/{seller.id}/", {"skills": ["inglês"], "is_paused": "on"})
    shown = browser.get(f"{ROUTING}people/").content.decode()
    assert "inglês" in shown
    assert "Não recebe leads agora" in shown
    assert browser.get(f"{ROUTING}people/{uuid7()}/").status_code == 404


def test_points_are_given_and_explained(admin: Any, client_for: Any, make_lead: Any, run_jobs: Any) -> None:
    browser = client_for(admin)
    assert "Quais leads vêm primeiro?" in browser.get(SCORING).content.decode()
    browser.post(f"{SCORING}new/profile/", {"name": "Veio de anúncio", "points": "40", **LINES})
    call = {"w.joint": "all", "w.n": "1", "w.0.what": "field:kind", "w.0.was": "field:kind", "w.0.op": "is",
            "w.0.value": "call"}  # fmt: skip
    browser.post(
        f"{SCORING}new/interaction/", {"name": "Ligou", "points": "20", "half_life_days": "30", **call}
    )
    assert {rule.source for rule in ScoreRule.objects.all()} == {"", "interaction"}
    browser.post(f"{SCORING}limits/", {"a": "80", "b": "40", "c": "10", "handoff": "90"})
    assert load_score_settings().handoff == 90
    lead = make_lead(origin="paid_search")
    run_jobs()
    shown = browser.get(f"/teste/leads/{lead.id}/score/").content.decode()
    assert "Veio de anúncio" in shown
    assert "+40" in shown
    assert "Nota B" in shown
    listed = browser.get(SCORING).content.decode()
    assert "Origem é Busca paga" in listed
    assert "cai pela metade a cada 30 dias" in listed
    refused = browser.post(f"{SCORING}new/profile/", {"name": "X", "points": "0", **LINES})
    assert refused.status_code == 422


def test_the_panel_tells_the_distribution_and_sends_through_it(
    admin: Any, actor: Any, rule: RoutingRule, client_for: Any, make_lead: Any
) -> None:
    browser, lead = client_for(admin), make_lead(origin="paid_search")
    assert "Passar pela distribuição" in browser.get(f"/teste/leads/{lead.id}/score/").content.decode()
    browser.post(f"/teste/leads/{lead.id}/route/")
    shown = browser.get(f"/teste/leads/{lead.id}/score/").content.decode()
    assert "Passar pela distribuição" not in shown
    assert "Primeira resposta até" in shown


def test_leads_out_of_reach_look_like_none(client_for: Any, member_with: Any, make_lead: Any) -> None:
    from ponte.core.models import Role

    own = {"objects": {"customer": {"view": "own"}, "lead": {"view": "own", "edit": "own"}}}
    stranger = member_with(Role.objects.create(name="Só os seus", rights=own))
    lead = make_lead()
    browser = client_for(stranger)
    assert browser.get(f"/teste/leads/{lead.id}/score/").status_code == 404
    assert browser.post(f"/teste/leads/{lead.id}/route/").status_code == 404


def test_salespeople_do_not_see_the_settings(seller: Any, rule: RoutingRule, client_for: Any) -> None:
    browser = client_for(seller)
    for path in (
        ROUTING,
        f"{ROUTING}{rule.id}/",
        f"{ROUTING}{rule.id}/try/",
        SCORING,
        f"{SCORING}prediction/",
    ):
        assert browser.get(path).status_code == 404
    assert browser.post(f"{ROUTING}{rule.id}/delete/").status_code == 404


def test_the_api_keeps_rules(api_for: Any, admin: Any, seller: Any, make_lead: Any) -> None:
    api = api_for(admin)
    body = {"name": "Anúncios", "seats": [{"member_id": str(seller.id)}], "where": PAID, "is_active": True}
    made = api.post("/routing-rules", body)
    assert made.status_code == 201
    rule = made.json()
    assert rule["seats"][0]["member_id"] == str(seller.id)
    assert api.get("/routing-rules").json()["items"][0]["name"] == "Anúncios"
    bad = api.post("/routing-rules", body | {"where": {"all": [{"field": "x", "op": "is", "value": []}]}})
    assert bad.status_code == 422
    lead = make_lead(origin="paid_search")
    Lead.objects.filter(id=lead.id).update(owner=None)
    lead.party.owner = None
    lead.party.save()
    assert api.get(f"/routing-rules/{rule['id']}/trial").json()["taken"] == 1
    routed = api.post(f"/leads/{lead.id}/route", {}).json()
    assert (routed["act"], routed["member_id"]) == ("rule", str(seller.id))
    assert api.put("/routing-rules/order", {"ids": [rule["id"]]}).status_code == 204
    changed = api.put(f"/routing-rules/{rule['id']}", body | {"name": "Outro"}, if_match='"9"')
    assert changed.status_code == 409
    assert api.delete(f"/routing-rules/{rule['id']}").status_code == 204
    assert api_for(seller).get("/routing-rules").status_code == 404


def test_the_api_explains_scores(api_for: Any, admin: Any, actor: Any, make_lead: Any, run_jobs: Any) -> None:
    api = api_for(admin)
    made = api.post("/score-rules", {"name": "Anúncio", "points": 40, "where": PAID})
    assert made.status_code == 201
    assert api.put("/score-rules/limits", {"a": 30, "b": 20, "c": 10}).status_code == 204
    lead = make_lead(origin="paid_search")
    run_jobs()
    told = api.get(f"/leads/{lead.id}/score").json()
    assert (told["score"], told["grade"], told["parts"][0]["name"]) == (40, "A", "Anúncio")
    assert told["chance"] is None
    assert api.get(f"/leads/{uuid7()}/score").status_code == 404
    assert api.get("/score-model").status_code == 204
    assert api.get("/score-rules").json()["limits"]["a"] == 30
    assert api.delete(f"/score-rules/{made.json()['id']}").status_code == 204


def test_too_little_data_is_told_not_hidden(
    admin: Any, client_for: Any, make_lead: Any, run_jobs: Any
) -> None:
    browser = client_for(admin)
    assert "O que os seus clientes têm em comum?" in browser.get(f"{SCORING}prediction/").content.decode()
    make_lead()
    browser.post(f"{SCORING}prediction/learn/")
    run_jobs()
    assert ScoreModel.objects.get().state == "refused"
    shown = browser.get(f"{SCORING}prediction/").content.decode()
    assert "são necessários pelo menos 200" in shown


def test_nothing_of_another_business(
    inside: Any, other_workspace: Any, rule: RoutingRule, actor: Any
) -> None:
    create_score_rule(actor=actor, data=ScoreRuleData(name="Anúncio", points=40, where=PAID))
    with inside(other_workspace):
        assert not RoutingRule.objects.exists()
        assert not ScoreRule.objects.exists()


def test_system_routes_what_a_form_brings(rule: RoutingRule, seller: Any, make_lead: Any) -> None:
    lead = make_lead(origin="paid_search")
    Lead.objects.filter(id=lead.id).update(owner=None)
    lead.party.owner = None
    lead.party.save()
    entry = route_lead(lead=lead, actor=Actor.system("routing"))
    assert entry is not None
    assert entry.member == seller


def test_a_score_rule_is_read_and_tried_over_the_api(api_for: Any, admin: Any, make_lead: Any) -> None:
    api = api_for(admin)
    make_lead(origin="paid_search")
    make_lead(origin="social")
    rule = api.post("/score-rules", {"name": "Anúncio", "points": 30, "where": PAID}).json()
    score_leads(leads=Q(), actor=Actor.system("score"))
    assert api.get(f"/score-rules/{rule['id']}").json()["points"] == 30
    draft = {"name": "Mais", "points": 60, "where": PAID}
    added = api.post("/score-rules/trial", draft).json()
    assert (added["leads"], added["hit"], added["most"]) == (2, 1, 60)
    assert (added["now"], added["then"]) == (
        {"A": 0, "B": 0, "C": 1, "D": 1},
        {"A": 1, "B": 0, "C": 0, "D": 1},
    )
    instead = api.post(f"/score-rules/trial?instead_of={rule['id']}", draft).json()
    assert instead["then"] == {"A": 0, "B": 1, "C": 0, "D": 1}
    assert [one["points"] for one in instead["first"]] == [60]
    assert ScoreRule.objects.count() == 1
    bad = api.post(
        "/score-rules/trial", draft | {"where": {"all": [{"field": "x", "op": "is", "value": []}]}}
    )
    assert bad.status_code == 422
    assert Lead.objects.filter(score=30).count() == 1
    in_use = api.post("/score-rules/trial-set", {"limits": {"a": 90, "b": 60, "c": 30, "handoff": 30}}).json()
    assert (in_use["leads"], in_use["handed"], in_use["rules"][0]["leads"]) == (2, 1, 1)
    assert in_use["grades"][2] == {"grade": "C", "now": 1, "then": 1}
    none = api.post("/score-rules/trial-set", {"rule_ids": []}).json()
    assert ([one["then"] for one in none["grades"]], none["changed_most"][0]["score"]) == ([0, 0, 0, 2], 0)
    for wrong in ({"rule_ids": [str(uuid4())]}, {"limits": {"a": 1, "b": 2, "c": 3}}):
        assert api.post("/score-rules/trial-set", wrong).status_code == 422


def test_a_set_of_rules_is_tried_before_it_goes_live(
    admin: Any, actor: Any, client_for: Any, make_lead: Any, run_jobs: Any
) -> None:
    used = create_score_rule(actor=actor, data=ScoreRuleData(name="Todos", points=30, where=NEW))
    draft = create_score_rule(
        actor=actor, data=ScoreRuleData(name="Anúncio", points=50, where=PAID, is_active=False)
    )
    lead, other = make_lead(origin="paid_search"), make_lead(origin="email")
    old = make_lead(origin="paid_search", captured_at=timezone.now() - timedelta(days=40))
    run_jobs()
    limits = ScoreSettings(a=75, b=50, c=25, handoff=60)
    trial = try_score_set([used, draft], limits, seen=Lead.objects.all())
    assert (trial.leads, trial.handed) == (2, 1)  # the old one is left out
    assert trial.grades == [("A", 0, 1), ("B", 0, 0), ("C", 2, 1), ("D", 0, 0)]
    assert [(one.lead.id, one.score, one.parts) for one in trial.handed_first] == [
        (lead.id, 80, (("Anúncio", 50.0), ("Todos", 30.0)))
    ]
    assert [one.lead.id for one in trial.examples] == [lead.id]
    assert trial.hits == {used.id: 2, draft.id: 1}
    browser = client_for(admin)
    shown = browser.get(f"{SCORING}try/?rule={draft.id}").content.decode()
    assert "Usar esta regra" in shown
    assert f'value="{draft.id}" id="rule-{draft.id}" checked' in shown
    asked = {"asked": "1", "rules": str(used.id), "a": "60", "b": "40", "c": "20", "handoff": "30"}
    shown = browser.get(f"{SCORING}try/", asked).content.decode()
    assert "2 leads alcançam 30 pontos" in shown
    refused = browser.get(f"{SCORING}try/", asked | {"a": "10"})
    assert refused.status_code == 422
    assert "Um A precisa de mais pontos" in refused.content.decode()
    assert ScoreRule.objects.filter(is_active=True).count() == 1
    for one in (lead, other, old):
        one.refresh_from_db()
        assert one.score == 30  # nothing was written


def test_a_new_score_rule_is_saved_switched_off_to_be_tried(admin: Any, client_for: Any) -> None:
    browser = client_for(admin)
    given = {"name": "Só testar", "points": "20", "try": "1", **LINES}
    answer = browser.post(f"{SCORING}new/profile/", given)
    rule = ScoreRule.objects.get(name="Só testar")
    assert not rule.is_active
    assert answer["Location"].endswith(f"/settings/scoring/try/?rule={rule.id}")


def test_trying_a_set_costs_a_query_for_each_rule_not_for_each_lead(actor: Any, make_lead: Any) -> None:
    rules = [
        create_score_rule(actor=actor, data=ScoreRuleData(name=f"R{n}", points=5, where=NEW))
        for n in range(3)
    ]

    def cost(number: int) -> int:
        for _ in range(number):
            make_lead()
        with CaptureQueriesContext(connection) as captured:
            try_score_set(rules, ScoreSettings(), seen=Lead.objects.all())
        return len(captured)

    assert cost(2) == cost(20) == 4
