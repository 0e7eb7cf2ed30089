"""Figures of sales: each against numbers worked out by hand, live and added up beforehand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from ponte.sales.models import DailyFigure, FigureState, LeadStatus, Reason, ReasonKind
from ponte.sales.selectors.facts import records, tally
from ponte.sales.selectors.kpis_deals import (
    average_deal,
    cycle_length,
    lost_by_reason,
    win_rate,
    won_by_month,
)
from ponte.sales.selectors.kpis_leads import (
    first_response,
    hand_off,
    lead_conversion,
    lead_conversion_by_month,
    lead_conversion_by_origin,
)
from ponte.sales.selectors.kpis_pipeline import open_pipeline, stage_conversion
from ponte.sales.selectors.kpis_work import acquisition_cost, acquisition_cost_by_origin, activity
from ponte.sales.selectors.lens import Lens, days_of
from ponte.sales.selectors.metrics import CAPTURED, WON, all_metrics
from ponte.sales.services.figures import add_up, add_up_figures, set_cost
from ponte.sales.services.leads import set_status
from ponte.sales.services.opportunities import (
    lose_opportunity,
    move_opportunity,
    reopen_opportunity,
    win_opportunity,
)
from ponte.timeline.services.task_state import complete_task
from ponte.timeline.services.tasks import create_task


def at(day, hour=15):
    """Return an instant: at noon in São Paulo unless said otherwise."""
    return datetime(2026, *day, hour, tzinfo=UTC)


@pytest.fixture(params=["live", "added up"])
def look(request, workspace, admin):
    """Return the figures of 2026 as a function of changes to the lens, over the rows and over what was added up."""

    def make(**changes):
        if request.param == "added up":
            for metric in all_metrics():
                add_up(metric)
        return replace(Lens(admin, date(2026, 1, 1), date(2027, 1, 1)), **changes)

    return make


@pytest.fixture
def win(actor, make_opportunity):
    def make(opened, closed, amount="1000.00", **fields):
        deal = make_opportunity(amount=amount, opened_at=opened, **fields)
        return win_opportunity(actor=actor, opportunity_id=deal.id, closed_at=closed)

    return make


@pytest.fixture
def lose(actor, make_opportunity):
    reason = Reason.objects.filter(kind=ReasonKind.LOST).order_by("position").first()

    def make(opened, closed, amount="1000.00", **fields):
        deal = make_opportunity(amount=amount, opened_at=opened, **fields)
        return lose_opportunity(actor=actor, opportunity_id=deal.id, reason_id=reason.id, closed_at=closed)

    return make


def test_lead_conversion_by_cohort_and_by_event(look, make_lead, win):
    """Four leads of January, one of February; one January lead bought in February, twice, one in March."""
    leads = [make_lead(captured_at=at((1, day)), origin="social") for day in (5, 6, 7, 8)]
    make_lead(captured_at=at((2, 1)), origin="email")
    win(at((1, 10)), at((2, 3)), lead_id=leads[0].id)
    win(at((1, 10)), at((3, 3)), lead_id=leads[0].id)
    win(at((1, 10)), at((3, 4)), lead_id=leads[1].id)
    january = {"start": date(2026, 1, 1), "end": date(2026, 2, 1)}
    assert lead_conversion(look(**january)).value == 50
    assert lead_conversion(look(**january), "event").value == 0
    assert lead_conversion(look()).value == 40
    by_month = lead_conversion_by_month(look(), "event")
    assert by_month[date(2026, 2, 1)].value == 100
    assert (by_month[date(2026, 3, 1)].part, by_month[date(2026, 3, 1)].value) == (1, None)
    by_origin = lead_conversion_by_origin(look())
    assert list(by_origin) == ["social", "email"]
    assert by_origin["social"].value == 50
    assert by_origin["email"].value == 0


def test_a_period_ends_at_midnight_of_the_workspace(look, make_lead):
    """02:59 UTC on 1 February is still January in São Paulo."""
    make_lead(captured_at=datetime(2026, 2, 1, 2, 59, tzinfo=UTC))
    make_lead(captured_at=datetime(2026, 2, 1, 3, 0, tzinfo=UTC))
    months = {row.keys[0]: row.count for row in tally(CAPTURED, look(), "month")}
    assert months == {date(2026, 1, 1): 1, date(2026, 2, 1): 1}


def test_without_leads_there_is_no_rate(look):
    assert lead_conversion(look()).value is None
    assert average_deal(look()) is None
    assert cycle_length(look()).median is None
    assert win_rate(look()).number.value is None
    assert first_response(look()).median is None


def test_hand_off(look, actor, make_lead):
    """Three handed over: one accepted after two days, one refused after one, one waiting."""
    taken, refused, waiting = (make_lead(captured_at=at((5, 1))) for _turn in range(3))
    for lead in (taken, refused, waiting):
        set_status(actor=actor, lead=lead, status=LeadStatus.MQL, at=at((5, 4)))
    reason = Reason.objects.create(kind=ReasonKind.REJECTED, name="Sem orçamento agora")
    set_status(actor=actor, lead=taken, status=LeadStatus.SQL, at=at((5, 6)))
    set_status(actor=actor, lead=refused, status=LeadStatus.WORKING, reason=reason, at=at((5, 5)))
    found = hand_off(look())
    assert (found.handed, found.accepted, found.rejected, found.waiting) == (3, 1, 1, 1)
    assert round(found.rate.value, 2) == Decimal("33.33")
    assert found.days == Decimal("1.5")
    assert found.reasons == (("Sem orçamento agora", 1),)


def test_cycle_counts_from_the_earlier_of_lead_and_deal(look, make_lead, win):
    """From the lead: 20 days; from the opening: 10 and 5. Median 10."""
    lead = make_lead(captured_at=at((3, 1)))
    win(at((3, 11)), at((3, 21)), lead_id=lead.id)
    win(at((3, 1)), at((3, 11)))
    win(at((4, 1)), at((4, 6)))
    found = cycle_length(look())
    assert (found.number, found.median) == (3, 10)
    assert round(found.mean, 2) == Decimal("11.67")


def test_a_cycle_within_part_of_a_month(look, win):
    win(at((3, 1)), at((3, 11)))
    win(at((3, 1)), at((3, 29)))
    assert cycle_length(look(start=date(2026, 3, 1), end=date(2026, 3, 15))).median == 10


def test_average_deal_and_win_rate(look, win, lose):
    """A sale is worth what is charged once plus twelve months: 1,000 + 12 × 100 = 2,200."""
    win(at((3, 1)), at((3, 2)), amount="1000.00", monthly=Decimal(100))
    win(at((3, 1)), at((4, 2)), amount="800.00")
    lose(at((3, 1)), at((4, 3)), amount="500.00")
    assert average_deal(look()) == 1500
    rate = win_rate(look())
    assert round(rate.number.value, 2) == Decimal("66.67")
    assert round(rate.value.value, 2) == Decimal("85.71")
    months = won_by_month(look())
    assert len(months) == 12
    assert (months[date(2026, 3, 1)].value, months[date(2026, 5, 1)].count) == (2200, 0)
    assert [(one.count, one.value) for one in lost_by_reason(look())] == [(1, 500)]


def test_a_reopened_sale_counts_no_more(look, actor, win):
    deal = win(at((3, 1)), at((3, 2)))
    reopen_opportunity(actor=actor, opportunity_id=deal.id)
    assert average_deal(look()) is None


def test_open_pipeline_is_weighted(look, make_opportunity, pipeline):
    first, second = pipeline.stages.order_by("position")[:2]
    make_opportunity(amount="1000.00", stage_id=first.id)
    make_opportunity(amount="500.00", stage_id=first.id, expected_close=date(2026, 5, 5))
    make_opportunity(amount="2000.00", stage_id=second.id)
    stands = {one.stage.id: one for one in open_pipeline(look())}
    assert (stands[first.id].count, stands[first.id].value) == (2, 1500)
    assert stands[first.id].weighted == Decimal(1500) * first.probability / 100
    assert stands[second.id].count == 1
    assert len(stands) == pipeline.stages.count()


def test_stage_conversion(look, actor, make_opportunity, pipeline, lose):
    """From the first stage: one went on, one back from the second, one was lost."""
    first, second = pipeline.stages.order_by("position")[:2]
    deal = make_opportunity(stage_id=first.id, opened_at=datetime.now(UTC) - timedelta(days=4))
    move_opportunity(actor=actor, opportunity_id=deal.id, stage_id=second.id)
    move_opportunity(actor=actor, opportunity_id=deal.id, stage_id=first.id)
    lose(at((3, 1)), at((3, 5)), stage_id=first.id)
    flows = {one.stage.id: one for one in stage_conversion(look(end=date(2028, 1, 1)))}
    assert (flows[first.id].forward, flows[first.id].lost, flows[first.id].back) == (1, 1, 0)
    assert flows[first.id].conversion.value == 50
    assert round(flows[first.id].days, 1) == 4
    assert (flows[second.id].back, flows[second.id].conversion.value) == (1, 0)
    assert not flows[first.id].is_bottleneck


def test_first_response_in_working_hours(look, make_lead):
    """Friday 17:00 to Monday 10:00 are two working hours."""
    lead = make_lead(captured_at=datetime(2026, 5, 8, 20, tzinfo=UTC))
    lead.responded_at = datetime(2026, 5, 11, 13, tzinfo=UTC)
    lead.save()
    make_lead(captured_at=at((5, 8)))
    found = first_response(look())
    assert (found.leads, found.answered, found.rate.value) == (2, 1, 50)
    assert found.median == 2
    assert not found.by_clock


def test_acquisition_cost(look, actor, make_lead, win):
    lead = make_lead(captured_at=at((3, 1)), origin="paid_search")
    win(at((3, 2)), at((3, 9)), lead_id=lead.id)
    assert acquisition_cost(look()).cac is None, "no cost was entered"
    set_cost(
        actor=actor, month=date(2026, 3, 17), kind="marketing", amount=Decimal(300), origin="paid_search"
    )
    set_cost(actor=actor, month=date(2026, 3, 1), kind="sales", amount=Decimal(100))
    set_cost(actor=actor, month=date(2026, 3, 1), kind="sales", amount=Decimal(200))
    assert acquisition_cost(look()).cac == 500
    assert acquisition_cost_by_origin(look())["paid_search"].cac == 300
    april = look(start=date(2026, 4, 1), end=date(2026, 5, 1))
    assert acquisition_cost(april).cac is None


def test_activity(look, actor, admin, make_party):
    """A done task counts once, although the customer's timeline has an entry of it."""
    complete_task(actor=actor, task=create_task(actor=actor, title="Ligar", party_id=make_party().id))
    found = activity(look(end=date(2028, 1, 1)))
    assert (found[admin.id].tasks, found[admin.id].total) == (1, 1)


def test_each_sees_their_own_figures(look, member_with, actor, make_lead, win):
    """Who reaches their own records sees the figures of those alone, added up or not."""
    role_of = {"objects": {"opportunity": {"view": "own"}, "customer": {"view": "all"}}, "areas": []}
    from ponte.core.models import Role

    seller = member_with(Role.objects.create(name="Só os seus", rights=role_of))
    win(at((3, 1)), at((3, 2)), owner_id=seller.id)
    win(at((3, 1)), at((3, 2)), amount="700.00")
    lens = look(member=seller)
    assert average_deal(lens) == 1000
    assert win_rate(look()).number.part == 2
    assert lead_conversion(lens).value is None, "no right to leads"


def test_the_records_behind_are_those_counted(look, win):
    win(at((3, 1)), at((3, 2)))
    win(at((3, 1)), at((4, 2)))
    march = look(start=date(2026, 3, 1), end=date(2026, 4, 1))
    assert records(WON, march).count() == sum(row.count for row in tally(WON, march)) == 1


def test_one_pipeline_and_one_person_alone(look, admin, win, pipeline):
    win(at((3, 1)), at((3, 2)))
    other = type(pipeline).objects.create(name="Renovações", position=2)
    assert average_deal(look(pipeline=other.id)) is None
    assert average_deal(look(owners=frozenset())) is None
    assert average_deal(look(owners=frozenset({admin.id}), pipeline=pipeline.id)) == 1000


def test_only_large_tables_are_added_up(workspace, win):
    win(at((3, 1)), at((3, 2)))
    assert add_up_figures() == []
    assert len(add_up_figures(least=0)) == len(all_metrics())
    assert DailyFigure.objects.filter(metric="deal_won").count() == 1
    assert add_up_figures() == []
    assert not FigureState.objects.exists()
    assert not DailyFigure.objects.exists()


def test_adding_up_again_doubles_nothing(workspace, win):
    win(at((3, 1)), at((3, 2)))
    add_up(WON)
    add_up(WON)
    assert DailyFigure.objects.get(metric="deal_won").count == 1


def test_named_periods_are_whole_months():
    now = date(2026, 11, 26)
    assert days_of("this_quarter", now) == (date(2026, 10, 1), date(2027, 1, 1))
    assert days_of("last_quarter", now) == (date(2026, 7, 1), date(2026, 10, 1))
    assert days_of("12_months", now) == (date(2025, 12, 1), date(2026, 12, 1))
    assert days_of("last_year", now) == (date(2025, 1, 1), date(2026, 1, 1))
