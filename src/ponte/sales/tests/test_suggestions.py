"""What an opportunity's page suggests: each rule where it holds and where it doesn't, putting away, rights."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.errors import Missing
from ponte.core.models import AuditEntry, Role
from ponte.directory.data import PersonData
from ponte.directory.services.people import create_person
from ponte.sales import suggestion_rules as rules
from ponte.sales.models import (
    Competitor,
    DealChance,
    DealRole,
    Opportunity,
    Quote,
    QuoteStatus,
    Reason,
    ReasonKind,
)
from ponte.sales.selectors.deal_features import chance_statement
from ponte.sales.selectors.lens import today
from ponte.sales.selectors.suggestions import MOST, suggestions_of
from ponte.sales.services.opportunities import lose_opportunity, win_opportunity
from ponte.sales.services.opportunity_people import add_contact, add_rival
from ponte.sales.services.suggestions import dismiss_suggestion, restore_suggestion
from ponte.sales.suggestions import Suggestion, SuggestionRule, register_suggestion, suggestion_rules
from ponte.timeline.services.tasks import create_task

NOW = timezone.now


@pytest.fixture
def deal(make_opportunity):
    return make_opportunity(amount="1000.00", title="Forno")


def changed(deal, **fields):
    Opportunity.objects.filter(id=deal.id).update(**fields)
    return Opportunity.objects.select_related("stage", "party", "owner").get(id=deal.id)


def told(member, deal):
    return [one.rule for one in suggestions_of(member, deal)]


def test_nothing_planned(deal, admin, actor):
    assert rules.nothing_planned(admin, deal, NOW()).fact == str(deal.stage_id)
    create_task(actor=actor, title="Ligar", due_at=NOW(), about_type="opportunity", about_id=deal.id)
    assert rules.nothing_planned(admin, changed(deal), NOW()) is None


def test_the_day_it_should_close_on_has_passed(deal, admin):
    assert rules.close_passed(admin, deal, NOW()) is None
    assert rules.close_passed(admin, changed(deal, expected_close=today()), NOW()) is None
    late = rules.close_passed(admin, changed(deal, expected_close=today() - timedelta(days=5)), NOW())
    assert "há 5 dias" in late.reason or "5 days ago" in late.reason
    assert (late.url_name, late.record) == ("sales:opportunity_edit", deal.id)


def test_it_stands_still(deal, admin, pipeline):
    _first, second = pipeline.stages.order_by("position")[:2]
    assert rules.stands_still(admin, deal, NOW()) is None
    pipeline.stages.update(max_days=10)
    still = changed(deal, stage_since=NOW() - timedelta(days=30))
    found = rules.stands_still(admin, still, NOW())
    assert "30" in found.reason
    assert "10" in found.reason
    assert (found.how, found.query) == ("post", {"stage": str(second.id)})
    last = pipeline.stages.order_by("position").last()
    at_the_end = rules.stands_still(admin, changed(deal, stage_id=last.id), NOW())
    assert at_the_end.url_name == "sales:opportunity_lose"


def test_nobody_decides(deal, admin, actor):
    assert rules.nobody_decides(admin, deal, NOW()).fact == "0"
    user = create_person(actor=actor, data=PersonData(name="Bia")).party
    add_contact(actor=actor, opportunity_id=deal.id, party_id=user.id, role=DealRole.USES)
    assert rules.nobody_decides(admin, deal, NOW()).fact == "1"
    add_contact(actor=actor, opportunity_id=deal.id, party_id=deal.party_id, role=DealRole.DECIDES)
    assert rules.nobody_decides(admin, deal, NOW()) is None


def test_far_along_without_a_value(deal, admin, pipeline):
    pipeline.stages.update(probability=rules.LIKELY)
    assert rules.without_value(admin, changed(deal), NOW()) is None
    assert rules.without_value(admin, changed(deal, amount=0), NOW()) is not None
    pipeline.stages.update(probability=rules.LIKELY - 1)
    assert rules.without_value(admin, changed(deal), NOW()) is None


def test_quotes_opened_today_expiring_and_expired(deal, admin, make_quote):
    quote = make_quote(deal.party, opportunity_id=deal.id)

    def found(**fields):
        Quote.objects.filter(id=quote.id).update(**fields)
        return rules.quote_seen(admin, deal, NOW())

    assert found(valid_until=today() + timedelta(days=1)) is None, "a draft"
    assert found(status=QuoteStatus.SENT).fact.endswith(str(today() + timedelta(days=1)))
    assert found(valid_until=today() - timedelta(days=1)).fact.endswith("expired")
    assert found(valid_until=today() + timedelta(days=rules.EXPIRES_WITHIN + 1)) is None
    seen = found(last_viewed_at=NOW(), views=3)
    assert seen.fact.endswith(str(today()))
    assert "3" in seen.reason
    assert found(last_viewed_at=NOW() - timedelta(days=2)) is None


def test_the_learnt_chance_fell(deal, admin):
    row = DealChance.objects.create(opportunity=deal, chance=Decimal("0.40"))
    assert rules.chance_fell(admin, deal, NOW()) is None, "nothing to compare with"
    for before, falls in ((0.44, False), (0.52, False), (0.60, True)):
        DealChance.objects.filter(opportunity=deal).update(earlier=Decimal(str(before)), earlier_on=today())
        assert bool(rules.chance_fell(admin, deal, NOW())) == falls, before
    assert "60%" in rules.chance_fell(admin, deal, NOW()).reason
    assert row.opportunity_id == deal.id


def test_the_earlier_chance_is_kept_two_weeks(deal):
    stage = str(deal.stage_id)
    first = today() - timedelta(days=20)

    def learnt(intercept, day):
        with connection.cursor() as cursor:
            weights = {"age": 0.0, "stay": 0.0, "moves": 0.0, "value": 0.0, stage: 0.0}
            cursor.execute(*chance_statement(weights, intercept, day))
        row = DealChance.objects.get()
        return row.chance, row.earlier, row.earlier_on

    half, three = Decimal("0.5000"), Decimal("0.7500")
    assert learnt(1.0986123, first) == (three, None, None)
    assert learnt(0.0, first + timedelta(days=1)) == (half, three, first)
    assert learnt(0.0, first + timedelta(days=10)) == (half, three, first)
    assert learnt(0.0, first + timedelta(days=14)) == (half, half, first + timedelta(days=13))


def test_a_competitor_who_took_several_sales(deal, admin, actor, make_opportunity):
    rival = Competitor.objects.create(name="Rival SA")
    reason = Reason.objects.filter(kind=ReasonKind.LOST).first()
    add_rival(actor=actor, opportunity_id=deal.id, competitor_id=rival.id, note="Preço baixo")
    for _number in range(rules.LEAST_LOST):
        assert rules.known_rival(admin, deal, NOW()) is None
        other = make_opportunity()
        lose_opportunity(actor=actor, opportunity_id=other.id, reason_id=reason.id, competitor_id=rival.id)
    beaten = make_opportunity()
    add_rival(actor=actor, opportunity_id=beaten.id, competitor_id=rival.id)
    win_opportunity(actor=actor, opportunity_id=beaten.id)
    found = rules.known_rival(admin, deal, NOW())
    assert "Rival SA" in found.text
    assert str(rules.LEAST_LOST) in found.reason
    Opportunity.objects.exclude(id=deal.id).update(closed_at=NOW() - timedelta(days=400))
    assert rules.known_rival(admin, deal, NOW()) is None, "long ago"


def test_other_modules_add_rules_and_few_are_told(deal, admin):
    def always(member, deal, now):
        return Suggestion(text="Faça", reason="Porque sim", fact="x")

    for number in range(MOST + 1):
        register_suggestion(SuggestionRule(f"test{number}", always, order=number))
    try:
        assert told(admin, deal) == [f"test{number}" for number in range(MOST)]
    finally:
        for number in range(MOST + 1):
            suggestion_rules.unregister(f"test{number}")


def test_put_away_until_what_it_follows_from_changes(deal, admin, actor, member_with, pipeline):
    assert "planned" in told(admin, deal)
    for _twice in range(2):
        dismiss_suggestion(actor=actor, opportunity_id=deal.id, rule="planned")
    assert "planned" not in told(admin, deal)
    assert AuditEntry.objects.filter(act="opportunity.suggestion_dismissed").count() == 1
    colleague = member_with("administrator")
    assert "planned" in told(colleague, deal), "for oneself alone"
    second = pipeline.stages.order_by("position")[1]
    assert "planned" in told(admin, changed(deal, stage_id=second.id))
    restore_suggestion(actor=actor, opportunity_id=deal.id, rule="planned")
    assert "planned" in told(admin, changed(deal, stage_id=pipeline.stages.order_by("position")[0].id))
    with pytest.raises(Missing):
        dismiss_suggestion(actor=actor, opportunity_id=deal.id, rule="nonsense")


def test_ended_opportunities_are_left_alone(deal, admin, actor):
    win_opportunity(actor=actor, opportunity_id=deal.id)
    assert suggestions_of(admin, changed(deal)) == []


def test_the_block_its_buttons_and_the_api(deal, admin, client_for, api_for):
    browser, path = client_for(admin), f"/teste/opportunities/{deal.id}/"
    assert f"{path}suggestions/" in browser.get(path).content.decode()
    page = browser.get(f"{path}suggestions/").content.decode()
    assert "Planeje o próximo passo" in page
    assert "data-dialog" in page
    answer = browser.post(f"{path}suggestions/planned/away/", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "Planeje o próximo passo" not in answer.content.decode()
    assert "suggestions/planned/back/" in answer["HX-Trigger"]
    assert browser.post(f"{path}suggestions/planned/back/").status_code == 302
    api = api_for(admin)
    listed = {one["rule"] for one in api.get(f"/opportunities/{deal.id}/suggestions").json()}
    assert "planned" in listed
    assert api.delete(f"/opportunities/{deal.id}/suggestions/planned").status_code == 204
    assert "planned" not in {one["rule"] for one in api.get(f"/opportunities/{deal.id}/suggestions").json()}
    assert api.put(f"/opportunities/{deal.id}/suggestions/planned").status_code == 204
    assert api.delete(f"/opportunities/{deal.id}/suggestions/none").status_code == 404


def test_who_may_not_change_it_reads_reasons_without_buttons(deal, member_with, client_for):
    rights = {"objects": {"opportunity": {"view": "all"}, "customer": {"view": "all"}}}
    reader = member_with(Role.objects.create(name="Leitora", rights=rights))
    found = {one.rule: one.suggestion for one in suggestions_of(reader, deal)}
    assert found["decides"].label == found["decides"].url == ""
    assert "planned" not in found, "may plan nothing"
    stranger = member_with(Role.objects.create(name="Nada", rights={"objects": {}}))
    assert client_for(stranger).get(f"/teste/opportunities/{deal.id}/suggestions/").status_code == 404
    with pytest.raises(Missing):
        dismiss_suggestion(actor=Actor.for_member(stranger), opportunity_id=deal.id, rule="decides")


def test_the_block_costs_the_same_with_more(deal, admin, client_for, actor, make_quote):
    browser, path = client_for(admin), f"/teste/opportunities/{deal.id}/suggestions/"

    def queries():
        browser.get(path)
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(path).status_code == 200
        return len(seen)

    add_rival(actor=actor, opportunity_id=deal.id, competitor_id=Competitor.objects.create(name="A").id)
    make_quote(deal.party, opportunity_id=deal.id)
    before = queries()
    for number in range(5):
        make_quote(deal.party, opportunity_id=deal.id)
        rival = Competitor.objects.create(name=f"Rival {number}")
        add_rival(actor=actor, opportunity_id=deal.id, competitor_id=rival.id)
    assert queries() == before
    assert before <= 22
