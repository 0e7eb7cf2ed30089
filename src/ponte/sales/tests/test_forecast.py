"""The forecast: sums by method, managers' calls, snapshots and their error, what is learnt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from dateutil.relativedelta import relativedelta

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid, Missing
from ponte.core.models import AuditEntry, Role, Team
from ponte.sales.forecasting.chances import fit, too_little
from ponte.sales.forecasting.series import continue_series
from ponte.sales.models import DealChance, ForecastCall, ForecastSnapshot, LearntModel, Opportunity, Stage
from ponte.sales.selectors.deal_features import chance_statement, past_moments
from ponte.sales.selectors.forecast import forecast, forecast_error, months_ahead, past_forecasts
from ponte.sales.selectors.lens import Lens, today
from ponte.sales.services.figures import add_up_figures
from ponte.sales.services.forecast import call_forecast, learn_chances, learn_series, take_snapshot
from ponte.sales.services.opportunities import win_opportunity

PAGE = "/teste/sales/forecast/"


@pytest.fixture
def this_month():
    return today().replace(day=1)


@pytest.fixture
def three(make_opportunity, pipeline, this_month):
    """Return three open opportunities of this month: 1,000 committed, 500 best case, 200 in the pipeline; one left out."""
    first = pipeline.stages.order_by("position").first()
    Stage.objects.filter(id=first.id).update(probability=50)
    return [
        make_opportunity(amount=amount, expected_close=this_month, category=category, stage_id=first.id)
        for amount, category in (
            ("1000.00", "commit"), ("500.00", "best_case"), ("200.00", "pipeline"), ("9000.00", "omitted"),
        )
    ]  # fmt: skip


def of(found, month, owner):
    return found.by_owner[month, owner.id]


@pytest.mark.parametrize("added_up", [False, True])
def test_each_method_holds_the_ones_before(three, admin, actor, this_month, make_opportunity, added_up):
    sold = make_opportunity(amount="300.00", expected_close=this_month)
    win_opportunity(actor=actor, opportunity_id=sold.id)
    if added_up:
        add_up_figures(least=0)
    one = of(forecast(months_ahead(3, admin)), this_month, admin)
    assert (one.won, one.commit, one.best_case, one.pipeline) == (300, 1300, 1800, 2000)
    assert one.weighted == 300 + Decimal(1700) / 2
    assert one.called == 1300
    assert one.learnt is None


def test_what_no_month_holds_is_told(make_opportunity, admin, this_month):
    make_opportunity(amount="70.00")
    make_opportunity(amount="80.00", expected_close=this_month - timedelta(days=3))
    found = forecast(months_ahead(3, admin))
    assert (found.undated, found.late, found.by_owner) == (70, 80, {})


def test_a_managers_call_replaces_the_commit(three, admin, actor, this_month):
    call_forecast(
        actor=actor, month=this_month, owner_id=admin.id, amount=Decimal(1500), note="Cliente confirmou"
    )
    found = forecast(months_ahead(2, admin))
    assert of(found, this_month, admin).called == 1500
    entry = AuditEntry.objects.get(act="forecast.called")
    assert entry.changes["amount"] == [None, "1500"]
    call_forecast(actor=actor, month=this_month, owner_id=admin.id, amount=None)
    assert not ForecastCall.objects.exists()
    assert AuditEntry.objects.filter(act="forecast.call_removed").exists()


def test_calls_are_refused(admin, actor, member_with, this_month):
    seller, other = member_with("salesperson"), member_with("salesperson")
    by_seller = Actor.for_member(seller)
    call_forecast(actor=by_seller, month=this_month, owner_id=seller.id, amount=Decimal(10))
    with pytest.raises(Denied):
        call_forecast(actor=by_seller, month=this_month, owner_id=other.id, amount=Decimal(10))
    with pytest.raises(Invalid, match="month"):
        call_forecast(
            actor=actor, month=this_month - timedelta(days=1), owner_id=seller.id, amount=Decimal(10)
        )
    with pytest.raises(Invalid, match="amount"):
        call_forecast(actor=actor, month=this_month, owner_id=seller.id, amount=Decimal(-1))
    rights = {"objects": {"customer": {"view": "own"}, "opportunity": {"view": "own"}}}
    alone = Actor.for_member(member_with(Role.objects.create(name="Só os seus", rights=rights)))
    with pytest.raises(Missing):
        call_forecast(actor=alone, month=this_month, owner_id=seller.id, amount=Decimal(10))


def test_who_leads_a_team_calls_for_it(member_with, this_month):
    leader = member_with("salesperson")
    team = Team.objects.create(name="Sul", leader=leader, path="")
    Team.objects.filter(id=team.id).update(path=f"{team.id}/")
    seller = member_with("salesperson", team=team)
    call_forecast(actor=Actor.for_member(leader), month=this_month, owner_id=seller.id, amount=Decimal(5))
    assert ForecastCall.objects.get().owner_id == seller.id


def test_snapshots_are_taken_once_a_night(three, admin, this_month):
    take_snapshot()
    take_snapshot()
    whole = ForecastSnapshot.objects.get(month=this_month, is_whole=True)
    assert (whole.commit, whole.pipeline, whole.learnt) == (1000, 1700, None)
    assert ForecastSnapshot.objects.filter(month=this_month, owner=admin).count() == 1


def test_past_forecasts_against_what_was_won(admin, actor, make_opportunity, this_month):
    """Two months: 1,000 forecast and 800 won, 500 forecast and 700 won. WAPE (200 + 200) ÷ 1,500."""
    for back, told, won in ((2, 1000, "800.00"), (1, 500, "700.00")):
        month = this_month - relativedelta(months=back)
        ForecastSnapshot.objects.create(
            month=month, taken_on=month + timedelta(days=1), is_whole=True, weighted=told
        )
        ForecastSnapshot.objects.create(
            month=month, taken_on=month + timedelta(days=20), is_whole=True, weighted=1
        )
        closed = datetime(month.year, month.month, 15, 15, tzinfo=UTC)
        deal = make_opportunity(amount=won, opened_at=closed - timedelta(days=3))
        win_opportunity(actor=actor, opportunity_id=deal.id, closed_at=closed)
    past = past_forecasts(Lens(admin, this_month - relativedelta(months=11), this_month))
    assert [one.won for one in past] == [800, 700]
    assert round(forecast_error(past, "weighted").value, 2) == Decimal("26.67")
    assert forecast_error(past, "learnt") is None


def test_too_little_past_is_refused(workspace, three):
    model = learn_chances()
    assert (model.problem, model.report["numbers"]["have"]) == ("few_ended", 0)
    assert learn_series().problem == "few_months"
    assert not DealChance.objects.exists()


def test_chances_are_told_by_the_weights(three, workspace):
    """A weight on the first stage alone: intercept 0, weight ln 3 gives three quarters."""
    stage = Opportunity.objects.first().stage_id
    weights = {"age": 0.0, "stay": 0.0, "moves": 0.0, "value": 0.0, str(stage): 1.0986123}
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(*chance_statement(weights, 0.0, today()))
    assert set(DealChance.objects.values_list("chance", flat=True)) == {Decimal("0.7500")}
    LearntModel.objects.create(kind="chance", made_at=datetime.now(UTC), report={"weights": weights})
    month = today().replace(day=1)
    found = forecast(months_ahead(1))
    assert found.of([month], found.owners()).learnt == Decimal("1275.00")


def test_past_moments_know_nothing_of_the_end(actor, make_opportunity, pipeline):
    opened = datetime(2026, 3, 1, 15, tzinfo=UTC)
    deal = make_opportunity(amount="1000.00", opened_at=opened)
    win_opportunity(actor=actor, opportunity_id=deal.id, closed_at=opened + timedelta(days=10))
    make_opportunity()
    stages = [str(one) for one in pipeline.stages.values_list("id", flat=True)]
    (moment,) = past_moments(stages)
    age, stay, moves, _value, *in_stage, won = moment
    assert age == stay <= 2.4
    assert (moves, sum(in_stage), won) == (0, 1, 1)


def test_learning_finds_what_is_there():
    """Opportunities of the second kind are won nine times of ten, the others once of ten."""
    rows = [[float(n % 2), float((n % 2 == 1) != (n % 20 in (3, 8)))] for n in range(400)]
    found = fit(rows, ["kind"])
    assert found["weights"]["kind"] > 2
    assert found["judged"]["auc"] > 0.8
    assert found["judged"]["brier"] < found["judged"]["brier_average"]
    assert too_little(rows[:100], 75)["problem"] == "few_ended"
    assert too_little([[0.0, 0.0]] * 300, 225)["problem"] == "few_of_one_kind"


def test_a_series_is_continued_with_its_interval():
    values = [100.0 + 5 * n + (n % 3) for n in range(24)]
    found = continue_series(values, 3)
    first = found["months"][0]
    assert first["low"] < first["mean"] < first["high"]
    assert 190 < first["mean"] < 250
    assert found["judged"]["wape"] < 20
    assert continue_series(values[:5], 3)["problem"] == "few_months"
    assert continue_series([0.0] * 24, 3)["problem"] == "nothing_won"


def test_the_page(client_for, admin, three, this_month):
    browser = client_for(admin)
    page = browser.get(PAGE).content.decode()
    assert "R$\xa01.700" in page
    assert three[0].title in page
    call = f"{PAGE}{this_month.isoformat()}/{admin.id}/"
    assert browser.get(call).status_code == 200
    browser.post(call, {"amount": "1.234,00", "note": "Falei com o cliente"})
    assert "Falei com o cliente" in browser.get(PAGE).content.decode()
    assert browser.post(call, {"amount": "-3"}).status_code == 422
    assert browser.get(f"{PAGE}x/{admin.id}/").status_code == 404
    assert browser.get(f"{PAGE}?month=nonsense&who=x").status_code == 200


def test_a_category_is_changed_on_the_page(client_for, admin, three):
    browser = client_for(admin)
    url = f"{PAGE}deals/{three[2].id}/category/"
    browser.post(url, {"category": "commit"})
    assert Opportunity.objects.get(id=three[2].id).category == "commit"
    assert browser.post(url, {"category": "sure"}).status_code == 422
    assert AuditEntry.objects.filter(act="opportunity.updated").count() == 1


def test_a_salesperson_without_the_area_calls_only_their_own(
    client_for, member_with, admin, three, this_month
):
    browser = client_for(member_with("salesperson"))
    assert browser.get(PAGE).status_code == 200
    assert browser.get(f"{PAGE}{this_month.isoformat()}/{admin.id}/").status_code == 404


def test_over_the_api(api_for, admin, member_with, three, this_month):
    api = api_for(admin)
    given = {"month": this_month, "owner_id": admin.id, "amount": "1500.00", "note": "Certo"}
    assert api.put("/sales/forecast/calls", given).status_code == 204
    (line,) = api.get("/sales/forecast?months=2").json()["lines"]
    assert (line["commit"], line["called"], line["call_note"], line["learnt"]) == (
        "1000.00",
        "1500.00",
        "Certo",
        None,
    )
    take_snapshot()
    assert len(api.get("/sales/forecast/snapshots").json()["items"]) == 7
    seller = api_for(member_with("salesperson"))
    assert seller.put("/sales/forecast/calls", given).status_code == 404
    nobody = api_for(member_with(Role.objects.create(name="Nada", rights={"objects": {}})))
    assert nobody.get("/sales/forecast").status_code == 404
