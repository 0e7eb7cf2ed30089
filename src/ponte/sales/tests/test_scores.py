"""Scores: points by profile and behaviour, fading, caps, grades, hand-over, in bulk and one by one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid
from ponte.core.models import AuditEntry, StoredEvent
from ponte.directory.services.tags import change_tags
from ponte.sales.models import Lead, ScoreRule
from ponte.sales.score_settings import ScoreSettings
from ponte.sales.selectors.scores import explain_score
from ponte.sales.services.score_rules import (
    ScoreRuleData,
    create_score_rule,
    delete_score_rule,
    set_score_settings,
    switch_score_rule,
    update_score_rule,
)
from ponte.sales.services.scores import rescore_all, score_leads
from ponte.timeline.services.interactions import record_interaction

pytestmark = pytest.mark.usefixtures("workspace")
PAID = {"all": [{"field": "origin", "op": "is", "value": ["paid_search"]}]}
CALLS = {"all": [{"field": "kind", "op": "is", "value": ["call"]}]}


@pytest.fixture
def make_score(actor: Any) -> Any:
    def make(name: str, points: int, **given: Any) -> ScoreRule:
        return create_score_rule(actor=actor, data=ScoreRuleData(name=name, points=points, **given))

    return make


def behaviour(**given: Any) -> dict[str, Any]:
    return {"kind": "behaviour", "source": "interaction", "where": CALLS} | given


def score(lead: Lead) -> tuple[int | None, str]:
    lead.refresh_from_db()
    return lead.score, lead.grade


def called(actor: Any, lead: Lead, days_ago: float) -> None:
    at = timezone.now() - timedelta(days=days_ago)
    record_interaction(
        actor=actor, party_id=lead.party_id, kind="call", direction="in", body="x", occurred_at=at
    )


def test_profile_points_add_up_and_make_a_grade(make_score: Any, make_lead: Any, run_jobs: Any) -> None:
    make_score("Anúncio", 40, where=PAID)
    make_score("Sem mensagem", -15, where={"all": [{"field": "message", "op": "empty"}]})
    paid, other = make_lead(origin="paid_search"), make_lead(origin="email", message="Quero")
    run_jobs()
    assert score(paid) == (25, "C")
    assert score(other) == (0, "D")


def test_behaviour_fades_by_half_and_is_capped(
    actor: Any, make_score: Any, make_lead: Any, run_jobs: Any
) -> None:
    make_score("Ligou", 20, **behaviour(half_life_days=10))
    lead = make_lead()
    for days_ago in (0, 10, 20):
        called(actor, lead, days_ago)
    run_jobs()
    assert score(lead)[0] == 35  # 20 + 10 + 5
    rule = ScoreRule.objects.get()
    update_score_rule(
        actor=actor, rule_id=rule.id, data=ScoreRuleData(name="Ligou", points=20, **behaviour(most_points=30))
    )
    run_jobs()
    assert score(lead)[0] == 30
    update_score_rule(
        actor=actor,
        rule_id=rule.id,
        data=ScoreRuleData(name="Sumiu", points=-20, **behaviour(most_points=30)),
    )
    run_jobs()
    assert score(lead)[0] == -30


def test_the_explanation_says_what_counted(
    actor: Any, make_score: Any, make_lead: Any, run_jobs: Any, django_assert_max_num_queries: Any
) -> None:
    make_score("Anúncio", 40, where=PAID)
    make_score("Ligou", 10, **behaviour(half_life_days=7))
    make_score("Nunca", 99, where={"all": [{"field": "city", "op": "is", "value": ["Marte"]}]})
    lead = make_lead(origin="paid_search")
    called(actor, lead, 7)
    run_jobs()
    with django_assert_max_num_queries(4):
        parts = explain_score(lead)
    assert [(part.rule.name, round(part.points), part.count) for part in parts] == [
        ("Anúncio", 40, 0),
        ("Ligou", 5, 1),
    ]
    assert parts[1].is_less
    assert score(lead)[0] == round(sum(part.points for part in parts))


def test_scores_follow_events(actor: Any, make_score: Any, make_lead: Any, run_jobs: Any) -> None:
    from ponte.directory.models import Tag

    lead = make_lead()
    change_tags(actor=actor, party_ids=[lead.party_id], add=["VIP"])
    tag = Tag.objects.get()
    make_score("VIP", 30, where={"all": [{"field": "tags", "op": "is", "value": [str(tag.id)]}]})
    make_score("Ligou", 50, **behaviour())
    run_jobs()
    assert score(lead) == (30, "C")
    called(actor, lead, 0)
    run_jobs()
    assert score(lead) == (80, "A")
    change_tags(actor=actor, party_ids=[lead.party_id], remove=["VIP"])
    run_jobs()
    assert score(lead) == (50, "B")
    graded = StoredEvent.objects.filter(name="sales.leads_graded").order_by("id")
    assert [event.payload["grades"] for event in graded] == [["A"], ["B"]]


def test_a_lead_that_reaches_the_limit_goes_to_sales_once(
    actor: Any, make_score: Any, make_lead: Any, run_jobs: Any
) -> None:
    set_score_settings(actor=actor, settings=ScoreSettings(handoff=60))
    make_score("Ligou", 40, **behaviour())
    lead = make_lead()
    called(actor, lead, 0)
    run_jobs()
    assert Lead.objects.get(id=lead.id).status == "new"
    called(actor, lead, 1)
    run_jobs()
    lead.refresh_from_db()
    assert (lead.score, lead.status) == (80, "mql")
    entry = lead.entries.get(left_at=None)
    assert "80" in entry.note
    called(actor, lead, 2)
    run_jobs()
    assert lead.entries.filter(status="mql").count() == 1


def test_a_first_walk_through_all_hands_nobody_over(
    actor: Any, make_score: Any, make_lead: Any, run_jobs: Any
) -> None:
    lead = make_lead(origin="paid_search")
    run_jobs()
    set_score_settings(actor=actor, settings=ScoreSettings(handoff=30))
    make_score("Anúncio", 40, where=PAID)
    run_jobs()
    lead.refresh_from_db()
    assert (lead.score, lead.status) == (40, "new")


def test_walking_through_all_in_chunks(actor: Any, make_score: Any, make_lead: Any) -> None:
    make_score("Anúncio", 40, where=PAID)
    leads = [make_lead(origin="paid_search" if number % 2 else "email") for number in range(5)]
    assert rescore_all(actor=Actor.system("score"), chunk=2) == 5
    assert [score(lead)[0] for lead in leads] == [0, 40, 0, 40, 0]


def test_without_rules_there_is_no_score(actor: Any, make_score: Any, make_lead: Any, run_jobs: Any) -> None:
    rule = make_score("Anúncio", 40, where=PAID)
    lead = make_lead(origin="paid_search")
    run_jobs()
    assert score(lead) == (40, "C")
    switch_score_rule(actor=actor, rule_id=rule.id, active=False)
    run_jobs()
    assert score(lead) == (None, "")
    delete_score_rule(actor=actor, rule_id=rule.id)
    assert set(AuditEntry.objects.filter(object_type="score_rule").values_list("act", flat=True)) == {
        "score_rule.created", "score_rule.updated", "score_rule.deleted",
    }  # fmt: skip


def test_a_rule_whose_field_is_gone_counts_for_nothing(
    make_score: Any, make_lead: Any, run_jobs: Any
) -> None:
    rule = make_score("Anúncio", 40, where=PAID)
    make_score("Todos", 5, where={"all": [{"field": "origin", "op": "filled"}]})
    ScoreRule.objects.filter(id=rule.id).update(where={"all": [{"field": "custom.gone", "op": "filled"}]})
    lead = make_lead(origin="paid_search")
    run_jobs()
    assert score(lead)[0] == 5


def test_the_number_of_statements_does_not_grow_with_the_leads(
    make_score: Any, make_lead: Any, django_assert_num_queries: Any
) -> None:
    from django.db.models import Q

    make_score("Anúncio", 40, where=PAID)
    make_score("Ligou", 10, **behaviour(half_life_days=7))
    for count in (1, 6):
        for _ in range(count):
            make_lead(origin="paid_search")
        with django_assert_num_queries(6):  # savepoint, rules, limits, lock, statement, savepoint
            score_leads(leads=Q(), actor=Actor.system("score"))


def test_refusals(actor: Any, member_with: Any) -> None:
    def refused(**given: Any) -> set[str]:
        with pytest.raises(Invalid) as refusal:
            create_score_rule(
                actor=actor, data=ScoreRuleData(**({"name": "X", "points": 5, "where": PAID} | given))
            )
        return {one.field for one in refusal.value.problems}

    assert refused(name="") == {"name"}
    assert refused(points=0) == {"points"}
    assert refused(points=5000) == {"points"}
    assert refused(where={}) == {"where"}
    assert refused(kind="behaviour", source="horoscope") == {"source"}
    assert refused(**behaviour(half_life_days=-3)) == {"half_life_days"}
    with pytest.raises(Invalid):
        set_score_settings(actor=actor, settings=ScoreSettings(a=10, b=20, c=5))
    with pytest.raises(Denied):
        create_score_rule(
            actor=Actor.for_member(member_with("salesperson")),
            data=ScoreRuleData(name="X", points=5, where=PAID),
        )
