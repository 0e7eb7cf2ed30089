"""Price guidance: one figure an opportunity, honest with few, only what the member may see."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ponte.core.models import Role
from ponte.directory.data import CompanyData
from ponte.directory.services.companies import create_company
from ponte.sales.models import Opportunity, OpportunityLine, Reason, ReasonKind
from ponte.sales.models.quote import Quote
from ponte.sales.quote_data import QuoteLineData
from ponte.sales.selectors.price_guidance import (
    LEAST,
    band_of,
    bands_of,
    offered_products,
    price_guidance,
    wilson,
)
from ponte.sales.selectors.price_observations import Observation, observations_in
from ponte.sales.services.opportunity_state import lose_opportunity, win_opportunity

PAGE = "/teste/sales/prices/"


def observed(member, product_id, kind=""):
    """Return every observation, the latest first; there are as many as are counted."""
    whole = slice(0, 100)
    found = observations_in(member, product_id, kind, timezone.now(), over=None, upto=None, page=whole)
    assert len(found) == price_guidance(member, product_id, kind=kind).ended
    return found


@pytest.fixture
def ended(actor, make_opportunity):
    """Return a function that ends an opportunity with one line of a product at a discount in per cent."""

    def make(product, percent, *, won=True, party=None, owner=None, days_ago=1):
        deal = make_opportunity(party, owner_id=owner.id if owner else None)
        off = Decimal(percent) * 2
        OpportunityLine.objects.create(
            opportunity=deal, product=product, quantity=2, unit_price=100, discount=off, total=200 - off
        )
        if won:
            win_opportunity(actor=actor, opportunity_id=deal.id)
        else:
            reason = Reason.objects.filter(kind=ReasonKind.LOST).first()
            lose_opportunity(actor=actor, opportunity_id=deal.id, reason_id=reason.id)
        Opportunity.objects.filter(id=deal.id).update(closed_at=timezone.now() - timedelta(days=days_ago))
        return deal

    return make


@pytest.mark.parametrize(
    ("won", "number", "low", "high"),
    [(0, 10, 0.0, 27.75), (10, 10, 72.25, 100.0), (5, 10, 23.66, 76.34), (81, 263, 25.53, 36.62)],
)
def test_wilsons_interval(won, number, low, high):
    """The last line is example 1 of Newcombe (Statistics in Medicine 17, 1998), method 3."""
    assert wilson(won, number) == (pytest.approx(low, abs=0.01), pytest.approx(high, abs=0.01))


def test_a_share_of_nothing_has_no_interval():
    with pytest.raises(ValueError, match="nothing"):
        wilson(0, 0)


@pytest.mark.parametrize(
    ("discount", "band"), [("0", 0), ("0.01", 1), ("5", 1), ("5.01", 2), ("10", 2), ("30", 5), ("99", 6)]
)
def test_an_edge_belongs_to_the_band_that_ends_there(discount, band):
    assert band_of(Decimal(discount)) == band


def test_bands_with_few_tell_counts_but_no_rate(actor, make_opportunity):
    seen = [Observation(make_opportunity().id, Decimal(3), won) for won in (True, True, True, False)]
    band = bands_of(seen)[1]
    assert (band.won, band.lost, band.rate, band.interval) == (3, 1, None, None)
    band = bands_of([*seen, seen[0]])[1]
    assert band.rate == 80
    assert band.interval is not None


def test_nothing_is_said_of_too_few(admin, ended, make_product):
    product = make_product()
    for _number in range(LEAST - 1):
        ended(product, 10)
    found = price_guidance(admin, product.id)
    assert (found.is_enough, found.missing, found.bands, found.median_won) == (False, 1, (), None)
    ended(product, 0, won=False)
    found = price_guidance(admin, product.id)
    assert found.is_enough
    assert [(band.won, band.lost) for band in found.bands] == [(0, 1), (0, 0), (19, 0), *[(0, 0)] * 4]
    assert (found.median_won, found.median_lost) == (10, 0)


def test_kinds_of_customers_other_products_open_and_old_ones_are_kept_apart(
    admin, actor, ended, make_product, make_opportunity
):
    product, other = make_product(), make_product(name="Moinho")
    ended(product, 10)
    ended(other, 20)
    ended(product, 30, days_ago=800)
    deal = make_opportunity()
    OpportunityLine.objects.create(opportunity=deal, product=product, quantity=1, unit_price=10, total=10)
    assert [one.discount for one in observed(admin, product.id)] == [10]
    assert len(observed(admin, product.id, "person")) == 1
    assert not observed(admin, product.id, "company")
    ended(product, 5, party=create_company(actor=actor, data=CompanyData(name="Acme")).party)
    assert [one.discount for one in observed(admin, product.id, "company")] == [5]


def test_the_last_quote_sent_counts_against_the_list_price(admin, ended, make_product, make_quote):
    product = make_product(price="100.00")
    deal = ended(product, 50)
    for price, sent in (("90.00", True), ("80.00", True), ("10.00", False)):
        line = QuoteLineData(product_id=product.id, quantity=Decimal(1), unit_price=Decimal(price))
        quote = make_quote(deal.party, lines=[line], opportunity_id=deal.id)
        if sent:
            Quote.objects.filter(id=quote.id).update(status="sent", sent_at=timezone.now())
    (one,) = observed(admin, product.id)
    assert (one.discount, one.is_won) == (20, True)


def test_products_are_listed_by_how_often_they_were_offered(admin, ended, make_product):
    seldom, often = make_product(name="Café raro"), make_product(name="Café comum")
    ended(seldom, 0)
    for won in (True, False):
        ended(often, 0, won=won)
    found = [(one.name, one.ended, one.won) for one in offered_products(admin)]
    assert found == [("Café comum", 2, 1), ("Café raro", 1, 1)]
    assert [one.name for one in offered_products(admin, words="RARO")] == ["Café raro"]


def test_the_page_tells_bands_and_the_records_behind_them(client_for, admin, ended, make_product):
    browser = client_for(admin)
    product = make_product(name="Café & <b>mais</b>")
    shown = browser.get(f"{PAGE}{product.id}/").content.decode()
    assert "Ainda não há dados suficientes" in shown
    assert "&lt;b&gt;" in shown
    deals = [ended(product, 10, won=number % 2 == 0) for number in range(LEAST)]
    shown = browser.get(f"{PAGE}{product.id}/").content.decode()
    assert "50%" in shown
    assert str(deals[0].id) not in shown
    shown = browser.get(f"{PAGE}{product.id}/?band=2").content.decode()
    assert str(deals[0].id) in shown
    for nonsense in ("?band=99", "?band=x&kind=robot", "?band=2&page=999", "?band=2&page=-1"):
        assert browser.get(f"{PAGE}{product.id}/{nonsense}").status_code == 200
    assert str(product.id) in browser.get(f"{PAGE}?q=caf").content.decode()
    assert browser.get(f"{PAGE}?q=%00zzz").status_code == 200


def test_who_may_not_see_what_deals_are_worth_gets_none(member_with, client_for, make_product):
    product = make_product()
    rights = {"objects": {name: {"view": "all"} for name in ("customer", "opportunity", "product", "quote")}}
    allowed = client_for(member_with(Role.objects.create(name="Vê", rights=rights)))
    assert allowed.get(f"{PAGE}{product.id}/").status_code == 200
    hidden = {**rights, "fields": {"opportunity": {"amount": "hidden"}}}
    client = client_for(member_with(Role.objects.create(name="Sem valor", rights=hidden)))
    assert client.get(PAGE).status_code == 404
    assert client.get(f"{PAGE}{product.id}/").status_code == 404
    blind = {"objects": {"customer": {"view": "all"}, "product": {"view": "all"}}}
    client = client_for(member_with(Role.objects.create(name="Sem vendas", rights=blind)))
    assert client.get(PAGE).status_code == 404


def test_only_ones_own_opportunities_count(admin, member_with, ended, make_product):
    product = make_product()
    rights = {
        "objects": {
            "customer": {"view": "all"},
            "opportunity": {"view": "own"},
            "product": {"view": "all"},
            "quote": {"view": "own"},
        }
    }
    seller = member_with(Role.objects.create(name="Só as suas", rights=rights))
    ended(product, 10, owner=seller)
    ended(product, 20, owner=admin)
    assert [one.discount for one in observed(seller, product.id)] == [10]


def test_queries_do_not_grow(client_for, admin, ended, make_product):
    browser, product = client_for(admin), make_product()
    browser.get(f"{PAGE}{product.id}/")  # what a process reads once
    counts = []
    for _round in range(2):
        for _turn in range(LEAST):
            ended(product, 10)
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(f"{PAGE}{product.id}/?band=2").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 20


def test_the_api_tells_the_same(api_for, admin, ended, make_product):
    product, api = make_product(), api_for(admin)
    address = f"/api/v1/products/{product.id}/price-guidance"
    found = api.get(address).json()
    assert (found["is_enough"], found["ended"], found["needed"], found["bands"]) == (False, 0, LEAST, [])
    for number in range(LEAST):
        ended(product, 10, won=number % 4 != 0)
    found = api.get(address).json()
    assert found["bands"][2] | {"low": 0, "high": 0} == {
        "over": 5, "upto": 10, "won": 15, "lost": 5, "win_rate": 75.0, "low": 0, "high": 0,
    }  # fmt: skip
    assert api.get(f"{address}?kind=company").json()["ended"] == 0
    assert api.get(f"{address}?kind=robot").status_code == 422
    assert api.get(f"/api/v1/products/{admin.id}/price-guidance").status_code == 404


def test_hints_on_lines_ask_once_and_say_nothing_of_too_few(
    client_for, admin, ended, make_product, make_party
):
    browser, first, second = client_for(admin), make_product(), make_product(name="Moinho")
    address = f"{PAGE}hints/?party={make_party().id}&product={first.id}&product={second.id}&product=x"
    for number in range(LEAST):
        ended(first, 8, won=number % 4 != 0)
    ended(second, 8)
    with CaptureQueriesContext(connection) as few:
        hints = browser.get(address).json()["hints"]
    assert list(hints) == [str(first.id)]
    assert (
        hints[str(first.id)]["text"]
        == "Descontos de até 10% foram aceitos em 75% de 20 oportunidades parecidas"
    )
    assert browser.get(hints[str(first.id)]["url"]).status_code == 200
    for _number in range(LEAST):
        ended(second, 0)
    with CaptureQueriesContext(connection) as many:
        hints = browser.get(address).json()["hints"]
    assert len(many) == len(few)
    assert hints[str(second.id)]["text"] == "Sem desconto, 100% de 20 oportunidades parecidas foram ganhas"


def test_hints_are_silent_for_who_may_not_see_values(member_with, client_for, admin, ended, make_product):
    product = make_product()
    for _number in range(LEAST):
        ended(product, 8)
    rights = {"objects": {name: {"view": "all"} for name in ("customer", "opportunity", "product", "quote")}}
    allowed = Role.objects.create(name="Vê", rights=rights)
    hidden = Role.objects.create(
        name="Sem", rights={**rights, "fields": {"opportunity": {"amount": "hidden"}}}
    )
    address = f"{PAGE}hints/?product={product.id}"
    assert client_for(member_with(allowed)).get(address).json()["hints"]
    assert client_for(member_with(hidden)).get(address).json() == {"hints": {}}
    unquoted = {"objects": {name: {"view": "all"} for name in ("customer", "opportunity", "product")}}
    role = Role.objects.create(name="Sem propostas", rights=unquoted)
    assert client_for(member_with(role)).get(address).json()["hints"]
