"""Distributing leads: rules, turns, caps, absences, territories, the clock of the first answer, trying a rule."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid
from ponte.core.models import AuditEntry, Notification, StoredEvent
from ponte.directory.data import AddressData, PersonData
from ponte.directory.services.customers import assign_owner
from ponte.directory.services.people import create_person
from ponte.sales.models import Lead, RoutingEntry, RoutingRule
from ponte.sales.routing import Candidate, LeadFacts, choose
from ponte.sales.routing_settings import RoutingSettings
from ponte.sales.selectors.routing_trial import try_rule
from ponte.sales.services.answering import Answer, deal_with_late, stop_clocks
from ponte.sales.services.routing import route_lead, route_leads
from ponte.sales.services.routing_rules import (
    RuleData,
    SeatData,
    create_routing_rule,
    delete_routing_rule,
    move_routing_rules,
    set_routing_settings,
    update_routing_rule,
)
from ponte.sales.services.sellers import update_seller
from ponte.sales.services.territories import create_territory
from ponte.timeline.services.interactions import record_interaction

pytestmark = pytest.mark.usefixtures("workspace")
SYSTEM = Actor.system("routing")
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("America/Sao_Paulo"))


@pytest.fixture
def make_party() -> Any:
    """Customers nobody is the salesperson of, as forms make them."""

    def make(name: str = "Ana Souza", **fields: Any) -> Any:
        return create_person(actor=SYSTEM, data=PersonData(name=name, **fields)).party

    return make


@pytest.fixture
def team(member_with: Any) -> list[Any]:
    return [member_with("salesperson", name=name) for name in ("Bruna", "Caio", "Davi")]


@pytest.fixture
def make_rule(actor: Any) -> Any:
    def make(people: Any, *, name: str = "Regra", seats: Any = None, **given: Any) -> RoutingRule:
        seats = seats or [SeatData(member_id=one.id) for one in people]
        given.setdefault("is_active", True)
        return create_routing_rule(actor=actor, data=RuleData(name=name, seats=seats, **given))

    return make


def owners(leads: list[Lead]) -> list[str]:
    return [Lead.objects.get(id=lead.id).owner.name for lead in leads]  # type: ignore[union-attr]


def test_everybody_gets_one_in_turn_and_absent_people_are_skipped(
    actor: Any, team: Any, make_rule: Any, make_lead: Any
) -> None:
    make_rule(team)
    leads = [make_lead() for _ in range(4)]
    for lead in leads:
        route_lead(lead=lead, actor=SYSTEM)
    assert owners(leads) == ["Bruna", "Caio", "Davi", "Bruna"]
    today = timezone.localdate()
    update_seller(actor=actor, member_id=team[1].id, away_from=today, away_until=today)
    more = [make_lead() for _ in range(3)]
    for lead in more:
        route_lead(lead=lead, actor=SYSTEM)
    assert owners(more) == ["Davi", "Bruna", "Davi"]
    update_seller(actor=actor, member_id=team[1].id)
    back = make_lead()
    route_lead(lead=back, actor=SYSTEM)
    assert owners([back]) == ["Caio"]  # one turn, not all that were missed


def test_routing_twice_decides_once(team: Any, make_rule: Any, make_lead: Any, run_jobs: Any) -> None:
    make_rule(team)
    lead = make_lead()
    run_jobs()
    first = RoutingEntry.objects.get(lead=lead)
    again = route_lead(lead=lead, actor=SYSTEM)
    assert again == first
    assert RoutingRule.objects.get().turn == 1
    assert Notification.objects.filter(kind="lead.assigned").count() == 1
    assert AuditEntry.objects.filter(act="lead.routed", object_id=lead.id).count() == 1
    assert StoredEvent.objects.filter(name="sales.lead_routed").count() == 1


def test_leads_together_go_where_they_would_go_one_by_one(
    actor: Any, team: Any, make_rule: Any, make_lead: Any, make_party: Any
) -> None:
    paid = {"all": [{"field": "origin", "op": "is", "value": ["paid_search"]}]}
    make_rule([], name="Anúncios", where=paid, seats=[SeatData(member_id=team[0].id, max_open=2)])
    make_rule(team, name="Todos", response_minutes=30)
    known, twice = make_party("Padaria"), make_party("Vem duas vezes")
    assign_owner(actor=actor, party_ids=[known.id], owner_id=team[2].id)

    def several() -> list[Lead]:
        leads = [make_lead(origin="paid_search") for _ in range(4)]
        return [*leads, make_lead(party=known), make_lead(party=twice), make_lead(party=twice)]

    together = several()
    entries = route_leads(lead_ids=[one.id for one in together], actor=SYSTEM)
    # two find Bruna full; Caio and Davi take turns, the known customer's lead is no turn, who comes twice stays with one
    assert owners(together) == ["Bruna", "Bruna", "Bruna", "Caio", "Davi", "Davi", "Davi"]
    acts = ["rule", "rule", "rule", "rule", "customer", "rule", "customer"]
    assert [entry.act for entry in entries] == acts
    assert entries[2].passed == [["Bruna", "full"]]
    assert {lead.party.owner_id for lead in Lead.objects.select_related("party")} == {one.id for one in team}
    assert Lead.objects.filter(response_due_at=None).count() == 0
    assert dict(RoutingRule.objects.values_list("name", "turn")) == {"Anúncios": 2, "Todos": 3}
    assert route_leads(lead_ids=[one.id for one in together], actor=SYSTEM) == []
    told = StoredEvent.objects.get(name="sales.leads_routed").payload
    assert (told["lead_ids"], told["acts"]) == ([str(one.id) for one in together], acts)
    assert told["owner_ids"] == [str(Lead.objects.get(id=one.id).owner_id) for one in together]
    assert not StoredEvent.objects.filter(name="sales.lead_routed").exists()
    assert StoredEvent.objects.filter(name="sales.leads_assigned").count() == 3
    notices = Notification.objects.filter(kind="lead.assigned").values_list("member__name", "title")
    assert dict(notices) == {
        "Bruna": "3 novos leads para você",
        "Caio": "Novo lead para você: " + together[3].party.label,
        "Davi": "3 novos leads para você",
    }
    sizes = AuditEntry.objects.filter(act="leads.routed").values_list("changes__count", flat=True)
    assert sorted(sizes) == [1, 3, 3]


def test_leads_that_find_nobody_together_are_told_once(admin: Any, make_lead: Any) -> None:
    leads = [make_lead() for _ in range(3)]
    assert [one.act for one in route_leads(lead_ids=[one.id for one in leads], actor=SYSTEM)] == [
        "nobody"
    ] * 3
    notice = Notification.objects.get(kind="lead.unrouted", member=admin)
    assert notice.title == "3 leads não encontraram ninguém"


def test_a_hundred_leads_cost_as_many_statements_as_ten(
    team: Any, make_rule: Any, make_lead: Any, make_party: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_rule(team, where={"all": [{"field": "origin", "op": "is", "value": ["email"]}]})

    def cost(number: int) -> int:
        ids = [make_lead(origin="email", party=make_party(f"P{n}")).id for n in range(number)]
        with CaptureQueriesContext(connection) as captured:
            assert len(route_leads(lead_ids=ids, actor=SYSTEM)) == number
        return len(captured)

    cost(10)
    few = cost(10)
    assert cost(100) == few < 80


def test_the_first_rule_that_fits_decides(team: Any, make_rule: Any, make_lead: Any) -> None:
    paid = {"all": [{"field": "origin", "op": "is", "value": ["paid_search"]}]}
    make_rule([team[0]], name="Anúncios", where=paid)
    make_rule([team[1]], name="Resto")
    first, second = make_lead(origin="paid_search"), make_lead(origin="email")
    for lead in (first, second):
        route_lead(lead=lead, actor=SYSTEM)
    assert owners([first, second]) == ["Bruna", "Caio"]
    entry = RoutingEntry.objects.get(lead=first)
    assert (entry.act, entry.rule_name) == ("rule", "Anúncios")


def test_full_people_are_passed_over_and_the_rest_falls_back(
    actor: Any, team: Any, make_rule: Any, make_lead: Any
) -> None:
    make_rule(team, seats=[SeatData(member_id=team[0].id, max_open=1)])
    set_routing_settings(actor=actor, settings=RoutingSettings(fallback_id=team[2].id))
    first, second = make_lead(), make_lead()
    route_lead(lead=first, actor=SYSTEM)
    entry = route_lead(lead=second, actor=SYSTEM)
    assert owners([first, second]) == ["Bruna", "Davi"]
    assert entry is not None
    assert entry.act == "fallback"


def test_a_lead_that_finds_nobody_is_told_to_administrators(admin: Any, make_lead: Any) -> None:
    entry = route_lead(lead=make_lead(), actor=SYSTEM)
    assert entry is not None
    assert (entry.act, entry.member) == ("nobody", None)
    assert Notification.objects.filter(kind="lead.unrouted", member=admin).count() == 1


def test_customers_keep_their_salesperson(
    actor: Any, team: Any, make_rule: Any, make_lead: Any, make_party: Any
) -> None:
    make_rule([team[0]])
    known = make_party("Padaria")
    assign_owner(actor=actor, party_ids=[known.id], owner_id=team[2].id)
    lead = make_lead(party=known)
    assert route_lead(lead=lead, actor=SYSTEM).act == "customer"  # type: ignore[union-attr]
    assert owners([lead]) == ["Davi"]
    set_routing_settings(actor=actor, settings=RoutingSettings(keeps_customers=False))
    other = make_lead(party=known)
    route_lead(lead=other, actor=SYSTEM)
    assert owners([other]) == ["Bruna"]


def test_a_new_customer_becomes_the_salespersons_too(team: Any, make_rule: Any, make_lead: Any) -> None:
    make_rule([team[0]])
    lead = make_lead()
    route_lead(lead=lead, actor=SYSTEM)
    lead.party.refresh_from_db()
    assert lead.party.owner_id == team[0].id


def test_leads_go_to_who_sells_in_the_customers_territory(
    actor: Any, team: Any, make_rule: Any, make_lead: Any, make_party: Any
) -> None:
    create_territory(actor=actor, name="São Paulo", states=["SP"], member_ids=[team[1].id, team[2].id])
    create_territory(actor=actor, name="Rio", states=["RJ"], member_ids=[team[0].id])
    make_rule(team[:2], way="territory")

    def of(state: str) -> Any:
        return make_lead(party=make_party(addresses=[AddressData(city="Centro", state=state)]))

    leads = [of("SP"), of("RJ"), of("SP")]
    for lead in leads:
        route_lead(lead=lead, actor=SYSTEM)
    assert owners(leads) == ["Caio", "Bruna", "Caio"]  # Davi sells there too, and isn't in the rule
    entry = route_lead(lead=of("PE"), actor=SYSTEM)
    assert entry is not None
    assert (entry.act, entry.passed) == ("nobody", [["Bruna", "area"], ["Caio", "area"]])


def test_skills_score_and_load() -> None:
    def person(name: str, **given: Any) -> Candidate:
        return Candidate(member_id=name, name=name, **given)  # type: ignore[arg-type]

    def taken(way: str, people: list[Candidate], facts: LeadFacts | None = None, **given: Any) -> str | None:
        chosen = choose(way, people, facts or LeadFacts(), **given).candidate
        return chosen.name if chosen else None

    people = [
        person("Ana", skills=frozenset({"ingles"})),
        person("Bia", skills=frozenset({"ingles", "industria"})),
    ]
    assert taken("skill", people, skills=["Inglês", "Indústria"]) == "Bia"
    assert taken("skill", people, skills=["japonês"]) is None
    senior, junior = person("Sênior", min_score=60, turn=9), person("Júnior", min_score=0)
    assert taken("score", [junior, senior], LeadFacts(score=75)) == "Sênior"
    assert taken("score", [junior, senior], LeadFacts(score=20)) == "Júnior"
    senior.is_away = True
    assert taken("score", [junior, senior], LeadFacts(score=75)) == "Júnior"
    busy, free = person("Cheia", open_leads=4), person("Livre", open_leads=1, turn=8)
    assert taken("load", [busy, free]) == "Livre"
    assert choose("turns", [person("X", open_leads=3, max_open=3)], LeadFacts()).passed == (("X", "full"),)


def test_rules_of_office_hours_hold_only_then(
    team: Any, make_rule: Any, make_lead: Any, time_machine: Any
) -> None:
    make_rule([team[0]], hours="open")
    make_rule([team[1]], hours="closed")
    time_machine.move_to(MONDAY, tick=False)
    day = make_lead()
    route_lead(lead=day, actor=SYSTEM)
    time_machine.move_to(MONDAY.replace(hour=22), tick=False)
    night = make_lead()
    route_lead(lead=night, actor=SYSTEM)
    assert owners([day, night]) == ["Bruna", "Caio"]


def test_the_clock_counts_working_time_and_stops_at_the_first_answer(
    team: Any, make_rule: Any, make_lead: Any, time_machine: Any
) -> None:
    make_rule([team[0]], response_minutes=60)
    time_machine.move_to(MONDAY.replace(hour=17, minute=30), tick=False)
    lead = make_lead()
    route_lead(lead=lead, actor=SYSTEM)
    lead.refresh_from_db()
    assert lead.response_due_at == MONDAY.replace(day=24, hour=9, minute=30)
    at = MONDAY.replace(day=24, hour=9, minute=10)
    time_machine.move_to(at, tick=False)
    foreign = Answer(lead.party_id, team[1].id, at)
    assert stop_clocks(answers=[foreign], actor=SYSTEM) == 0
    before = Answer(lead.party_id, team[0].id, MONDAY)
    assert stop_clocks(answers=[before, Answer(lead.party_id, team[0].id, at)], actor=SYSTEM) == 1
    lead.refresh_from_db()
    assert lead.responded_at == at
    assert StoredEvent.objects.get(name="sales.lead_answered").payload["minutes"] == 40
    assert deal_with_late(actor=SYSTEM) == 0


def test_calls_and_outgoing_messages_answer_notes_do_not(
    team: Any, make_rule: Any, make_lead: Any, run_jobs: Any
) -> None:
    make_rule([team[0]])
    lead = make_lead()
    run_jobs()
    seller = Actor.for_member(team[0])
    for kind, direction, answered in (
        ("note", "", False),
        ("message", "in", False),
        ("message", "out", True),
    ):
        record_interaction(actor=seller, party_id=lead.party_id, kind=kind, direction=direction, body="Olá")
        run_jobs()
        lead.refresh_from_db()
        assert (lead.responded_at is not None) is answered, kind


def test_unanswered_leads_go_round_and_are_reported_in_the_end(
    admin: Any, team: Any, make_rule: Any, make_lead: Any, time_machine: Any
) -> None:
    make_rule(team[:2], response_minutes=30, late="pass_on", escalate_to_id=admin.id)
    time_machine.move_to(MONDAY, tick=False)
    lead = make_lead()
    route_lead(lead=lead, actor=SYSTEM)
    time_machine.move_to(MONDAY + timedelta(minutes=31), tick=False)
    assert deal_with_late(actor=SYSTEM) == 1
    assert owners([lead]) == ["Caio"]
    assert deal_with_late(actor=SYSTEM) == 0  # the new one has time of their own
    time_machine.move_to(MONDAY + timedelta(minutes=63), tick=False)
    assert deal_with_late(actor=SYSTEM) == 1
    assert owners([lead]) == ["Caio"]  # both had it
    acts = list(RoutingEntry.objects.filter(lead=lead).order_by("at").values_list("act", flat=True))
    assert acts == ["rule", "passed_on", "escalated"]
    told = Notification.objects.filter(kind="lead.late").values_list("member__name", flat=True)
    assert sorted(told) == sorted(["Bruna", "Caio", admin.name])
    time_machine.move_to(MONDAY + timedelta(days=1), tick=False)
    assert deal_with_late(actor=SYSTEM) == 0


def test_old_leads_of_an_import_are_left_alone(
    team: Any, make_rule: Any, make_lead: Any, run_jobs: Any
) -> None:
    make_rule(team)
    old = make_lead(captured_at=timezone.now() - timedelta(days=90))
    run_jobs()
    assert Lead.objects.get(id=old.id).owner is None


def test_refusals(actor: Any, team: Any, make_rule: Any) -> None:
    def refused(**given: Any) -> set[str]:
        data = {"name": "Regra", "seats": [SeatData(member_id=team[0].id)]} | given
        with pytest.raises(Invalid) as refusal:
            create_routing_rule(actor=actor, data=RuleData(**data))
        return {one.field for one in refusal.value.problems}

    assert refused(name=" ") == {"name"}
    assert refused(seats=[]) == {"seats"}
    assert refused(way="skill") == {"skills"}
    assert refused(way="territory") == {"way"}
    assert refused(way="lottery") == {"way"}
    assert refused(where={"all": [{"field": "nothing", "op": "is", "value": ["x"]}]}) == {"where"}
    assert refused(where={"all": [{"field": "owner", "op": "is", "value": ["me"]}]}) == {"where"}
    with pytest.raises(Denied):
        create_routing_rule(
            actor=Actor.for_member(team[0]), data=RuleData(name="X", seats=[SeatData(member_id=team[0].id)])
        )
    with pytest.raises(Invalid):
        update_seller(
            actor=actor, member_id=team[0].id, away_from=date(2026, 12, 2), away_until=date(2026, 12, 1)
        )


def test_changing_moving_and_deleting(actor: Any, team: Any, make_rule: Any, make_lead: Any) -> None:
    first, second = make_rule(team[:2], name="Um"), make_rule([team[2]], name="Dois")
    lead = make_lead()
    route_lead(lead=lead, actor=SYSTEM)
    data = RuleData(name="Um", seats=[SeatData(member_id=one.id) for one in team], is_active=True)
    update_routing_rule(actor=actor, rule_id=first.id, data=data, version=1)
    turns = dict(RoutingRule.objects.get(id=first.id).seats.values_list("member__name", "turn"))
    assert turns == {"Bruna": 1, "Caio": 0, "Davi": 1}  # who joins waits their turn
    move_routing_rules(actor=actor, ids=[second.id])
    assert list(RoutingRule.objects.order_by("position").values_list("name", flat=True)) == ["Dois", "Um"]
    delete_routing_rule(actor=actor, rule_id=first.id)
    assert RoutingEntry.objects.get(lead=lead).rule_name == "Um"
    acts = set(AuditEntry.objects.filter(object_type="routing_rule").values_list("act", flat=True))
    assert acts == {
        "routing_rule.created",
        "routing_rule.updated",
        "routing_rule.moved",
        "routing_rule.deleted",
    }


def test_trying_a_rule_shows_who_would_have_got_what(
    team: Any, make_rule: Any, make_lead: Any, django_assert_max_num_queries: Any
) -> None:
    make_rule([team[0]], name="Hoje")
    for _ in range(4):
        route_lead(lead=make_lead(origin="email"), actor=SYSTEM)
    draft = make_rule(
        team[1:],
        name="Nova",
        is_active=False,
        where={"all": [{"field": "origin", "op": "is", "value": ["email"]}]},
    )
    trial = try_rule(draft, seen=Lead.objects.all())
    assert (trial.leads, trial.taken) == (4, 0)  # the rule in use comes first
    move_routing_rules(actor=SYSTEM, ids=[draft.id])
    with django_assert_max_num_queries(20):
        trial = try_rule(draft, seen=Lead.objects.all())
    assert trial.taken == 4
    assert trial.people == [("Bruna", 4, 0, 0), ("Caio", 0, 2, 2), ("Davi", 0, 2, 2)]
    assert set(Lead.objects.values_list("owner__name", flat=True)) == {"Bruna"}  # nothing was changed
    assert draft.seats.filter(turn__gt=0).count() == 0
