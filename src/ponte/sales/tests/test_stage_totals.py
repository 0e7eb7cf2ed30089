"""Totals of stages are kept by triggers whatever writes, and mended where they are off."""

from __future__ import annotations

from decimal import Decimal

from django.db import connection

from ponte.directory.services.deletion import delete_parties, restore_parties
from ponte.sales.models import Opportunity, StageTotal
from ponte.sales.selectors.pipelines import stage_sums
from ponte.sales.services.opportunities import move_opportunity, reopen_opportunity, win_opportunity
from ponte.sales.services.opportunity_bulk import bin_opportunities
from ponte.sales.services.stage_totals import mend_totals, sum_up_totals


def test_they_follow_whatever_is_written(make_opportunity, make_party, pipeline, actor):
    first, second = pipeline.stages.order_by("position")[:2]
    party = make_party("Zilda Prado")
    deals = [make_opportunity(party, amount=amount, monthly=Decimal(10)) for amount in ("100", "200")]

    def told():
        sums = stage_sums([first.id, second.id])
        return {
            key.name: (sums[key.id].deals, sums[key.id].amount) for key in (first, second) if key.id in sums
        }

    assert told() == {first.name: (2, 300)}
    move_opportunity(actor=actor, opportunity_id=deals[0].id, stage_id=second.id)
    assert told() == {first.name: (1, 200), second.name: (1, 100)}
    win_opportunity(actor=actor, opportunity_id=deals[0].id)
    assert told()[second.name] == (0, 0)
    reopen_opportunity(actor=actor, opportunity_id=deals[0].id)
    assert told()[second.name] == (1, 100)
    delete_parties(actor=actor, party_ids=[party.id])
    assert set(told().values()) == {(0, 0)}, "deals of customers in the bin don't count"
    restore_parties(actor=actor, party_ids=[party.id])
    assert told() == {first.name: (1, 200), second.name: (1, 100)}
    bin_opportunities(actor=actor, opportunity_ids=[deals[1].id], deleted=True)
    assert told()[first.name] == (0, 0)
    sum_up_totals(at_least=1)
    assert StageTotal.objects.count() == 1
    assert told() == {second.name: (1, 100)}
    mine = stage_sums([second.id], owners=[actor.member.id])
    assert mine[second.id].monthly == 10
    assert stage_sums([second.id], owners=[None]) == {}


def test_what_is_off_is_mended(make_opportunity, pipeline):
    deal = make_opportunity(amount="50")
    assert mend_totals() == 0
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sales_stagetotal")
        cursor.execute("DELETE FROM sales_closetotal")
    assert mend_totals() == 2
    assert stage_sums([deal.stage_id])[deal.stage_id].amount == 50
    Opportunity.objects.all().delete()
    assert stage_sums([deal.stage_id])[deal.stage_id].deals == 0
