"""Quotes asked about: alone, of customers, opportunities and leads; and as what earns a lead points."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from ponte.conditions.compiling import selected
from ponte.conditions.encoding import encode
from ponte.conditions.explaining import explain
from ponte.conditions.parsing import read_condition
from ponte.core.errors import Invalid
from ponte.core.models import Role
from ponte.directory.models import Party
from ponte.sales.document_links import link_path
from ponte.sales.models import Lead, Opportunity, Quote
from ponte.sales.quote_data import AcceptanceData, QuoteLineData
from ponte.sales.services.quote_answers import accept_quote
from ponte.sales.services.quote_links import current_link
from ponte.sales.services.quote_sending import send_quote
from ponte.sales.services.score_rules import ScoreRuleData, create_score_rule

pytestmark = pytest.mark.usefixtures("workspace")
SUBJECTS = {"person": Party, "quote": Quote, "opportunity": Opportunity, "lead": Lead}


@pytest.fixture
def ask(admin):
    def asked(where, subject="person", reader=None):
        condition = read_condition({"v": 1, "where": where}, subject=subject, reader=reader or admin)
        rows = SUBJECTS[subject].objects.order_by("id")
        return list(selected(condition, rows).values_list("id", flat=True))

    return asked


def lines(price):
    return [QuoteLineData(description="Máquina", unit_price=Decimal(price))]


@pytest.fixture
def accepted(actor, make_quote, make_party):
    def make(price="100.00", party=None, **fields):
        quote = make_quote(party or make_party(), lines=lines(price), **fields)
        send_quote(actor=actor, quote_id=quote.id, channel="link")
        agreed = AcceptanceData(name="Ana Souza", cpf="529.982.247-25", agreed=True)
        accept_quote(actor=actor, quote_id=quote.id, data=agreed)
        quote.refresh_from_db()
        return quote

    return make


def test_customers_by_their_quotes(ask, accepted, make_quote, make_party):
    ana, bia, caio = make_party("Ana"), make_party("Bia"), make_party("Caio")
    accepted("6000", ana)
    accepted("500", bia)
    make_quote(bia, lines=lines("9000"))
    big = {"field": "first_year", "op": "above", "value": 5000}
    assert ask({"related": "accepted_quotes", "where": big}) == [ana.id]
    assert ask({"related": "quotes", "where": big}) == [ana.id, bia.id]
    assert ask({"related": "quotes", "measure": "count", "op": "at_least", "value": 2}) == [bia.id]
    total = {"related": "quotes", "measure": "sum", "of": "first_year", "op": "at_least", "value": 9500}
    assert ask(total) == [bia.id]
    assert ask({"related": "quotes", "measure": "none"}) == [caio.id]
    assert ask({"related": "given_quotes", "within": {"op": "last_days", "value": 1}}) == [ana.id, bia.id]


def test_opened_within_days(ask, actor, make_quote, make_party):
    ana, bia = make_party("Ana"), make_party("Bia")
    for party, days in ((ana, 1), (bia, 10)):
        quote = make_quote(party)
        send_quote(actor=actor, quote_id=quote.id, channel="link")
        at = timezone.now() - timedelta(days=days)
        Quote.objects.filter(id=quote.id).update(first_viewed_at=at, last_viewed_at=at)
    lately = {"related": "opened_quotes", "within": {"op": "last_days", "value": 3}}
    assert ask(lately) == [ana.id]
    assert ask({"not": lately}) == [bia.id]


def test_opportunities_leads_and_quotes_themselves(ask, accepted, make_opportunity, make_lead, make_party):
    ana = make_party("Ana")
    deal, other = make_opportunity(ana), make_opportunity(make_party("Bia"))
    lead, _other = make_lead(ana), make_lead(make_party("Caio"))
    quote = accepted("700", ana, opportunity_id=deal.id)
    assert ask({"related": "accepted_quotes"}, "opportunity") == [deal.id]
    assert ask({"related": "quotes", "measure": "none"}, "opportunity") == [other.id]
    assert ask({"related": "accepted_quotes"}, "lead") == [lead.id]
    status = {"field": "status", "op": "is", "value": ["accepted"]}
    assert ask({"all": [status, {"field": "first_year", "op": "equals", "value": 700}]}, "quote") == [
        quote.id
    ]
    of_deal = {"related": "opportunity", "where": {"field": "status", "op": "is", "value": ["won"]}}
    assert ask(of_deal, "quote") == [quote.id]
    assert ask(
        {"related": "lines", "where": {"field": "description", "op": "contains", "value": "máq"}}, "quote"
    )


def test_sums_are_in_the_currency_of_the_business(ask, make_quote, make_party):
    ana = make_party("Ana")
    make_quote(ana, lines=lines("100"), currency="USD", rate=Decimal(5))
    make_quote(ana, lines=lines("100"))
    total = {"related": "quotes", "measure": "sum", "of": "first_year", "op": "equals", "value": 600}
    assert ask(total) == [ana.id]


def test_who_sees_no_quotes_cant_ask(ask, make_quote, member_with):
    make_quote()
    blind = member_with(Role.objects.create(name="Sem", rights={"objects": {"customer": {"view": "all"}}}))
    with pytest.raises(Invalid):
        ask({"related": "quotes"}, reader=blind)
    with pytest.raises(Invalid):
        ask({"field": "margin", "op": "filled"}, "quote")


def test_others_quotes_dont_count(ask, make_quote, make_party, member_with):
    rights = {"objects": {"customer": {"view": "all"}, "quote": {"view": "own"}}}
    seller = member_with(Role.objects.create(name="Próprias", rights=rights))
    mine, theirs = make_party("Ana"), make_party("Bia")
    make_quote(mine, owner_id=seller.id)
    make_quote(theirs)
    assert ask({"related": "quotes"}, reader=seller) == [mine.id]


def test_words(admin):
    where = {"related": "opened_quotes", "within": {"op": "last_days", "value": 3}}
    condition = read_condition({"v": 1, "where": where}, subject="person", reader=admin)
    assert "proposta" in str(explain(condition)).lower()


def test_the_list_takes_the_advanced_filter_and_is_exported(admin, client_for, make_quote, make_party):
    make_quote(make_party("Ana Souza"), lines=lines("10"))
    make_quote(make_party("Bia Lima"), lines=lines("5000"))
    browser = client_for(admin)
    where = encode({"v": 1, "where": {"field": "first_year", "op": "at_least", "value": 1000}})
    page = browser.get(f"/teste/quotes/?where={where}").content.decode()
    assert "Bia Lima" in page
    assert "Ana Souza" not in page
    file = b"".join(browser.get("/teste/lists/quotes/export.csv").streaming_content).decode()
    assert "Ana Souza" in file
    assert "Bia Lima" in file


def test_an_opened_quote_earns_points_that_the_leads_page_explains(
    actor, admin, client_for, make_lead, make_quote, make_party, run_jobs
):
    ana = make_party("Ana")
    lead = make_lead(ana)
    where = {"field": "first_year", "op": "at_least", "value": 1000}
    data = ScoreRuleData(
        name="Abriu proposta", points=20, kind="behaviour", source="quote_opened", where={"all": [where]}
    )
    create_score_rule(actor=actor, data=data)
    small, big = make_quote(ana, lines=lines("10")), make_quote(ana, lines=lines("5000"))
    for quote in (small, big):
        send_quote(actor=actor, quote_id=quote.id, channel="link")
    run_jobs()
    lead.refresh_from_db()
    assert lead.score == 0
    visitor = Client(headers={"user-agent": "Mozilla/5.0"})
    for quote in (small, big):
        assert visitor.get(link_path(current_link(quote))).status_code == 200
    run_jobs()
    lead.refresh_from_db()
    assert lead.score == 20
    page = client_for(admin).get(f"/teste/leads/{lead.id}/score/").content.decode()
    assert "Abriu proposta" in page
    assert "+20" in page
    assert "uma vez" in page


def test_rules_may_be_written_on_the_page(admin, client_for):
    browser = client_for(admin)
    listed = browser.get("/teste/settings/scoring/").content.decode()
    assert "/settings/scoring/new/quote_opened/" in listed
    assert browser.get("/teste/settings/scoring/new/quote_opened/").status_code == 200
