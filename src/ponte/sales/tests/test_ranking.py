"""Ranking and badges: off until wanted, only the best and oneself, nobody who doesn't want to; badges by records."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid
from ponte.core.models import AuditEntry, Member, Notification, StoredEvent
from ponte.sales import badge_rules
from ponte.sales.models import MemberBadge
from ponte.sales.recognition import OPTED_OUT, load_recognition
from ponte.sales.selectors.lens import Lens, days_of, today, zone
from ponte.sales.selectors.ranking import latest_badges, ranking
from ponte.sales.services.goals import GoalData, note_reached_goals, set_goal
from ponte.sales.services.opportunities import win_opportunity
from ponte.sales.services.recognition import give_badges, set_recognition, take_part
from ponte.timeline.services.tasks import create_task

PAGE = "/teste/sales/ranking/"


@pytest.fixture
def switched_on(actor):
    return set_recognition(actor=actor, is_on=True, top=3)


@pytest.fixture
def wins(actor, make_opportunity):
    def make(member, times=1, **fields):
        for _number in range(times):
            deal = make_opportunity(owner_id=member.id, **fields)
            win_opportunity(actor=actor, opportunity_id=deal.id)

    return make


@pytest.fixture
def five(member_with, wins):
    """Five salespeople with five sales, four, three, two and one."""
    people = [member_with("salesperson", name=name) for name in ("Ana", "Bia", "Caio", "Davi", "Eva")]
    for times, one in zip(range(5, 0, -1), people, strict=True):
        wins(one, times)
    return people


def this_month():
    return Lens(None, *days_of("this_month", today()))


def test_off_until_an_administrator_wants_it(client_for, admin, member_with, api_for):
    seller = member_with("salesperson")
    assert client_for(seller).get(PAGE).status_code == 404
    assert client_for(seller).get(f"{PAGE}block/").status_code == 404
    assert api_for(seller).get("/sales/ranking").status_code == 404
    assert "Ranking e medalhas estão desligados" in client_for(admin).get(PAGE).content.decode()
    assert "ranking/block/" not in client_for(admin).get("/teste/").content.decode()
    assert give_badges() == 0
    with pytest.raises(Denied):
        set_recognition(actor=Actor.for_member(seller), is_on=True)
    assert client_for(seller).post(f"{PAGE}settings/", {"is_on": "on", "top": "3"}).status_code == 404
    client_for(admin).post(f"{PAGE}settings/", {"is_on": "on", "top": "5"})
    assert load_recognition().top == 5
    assert AuditEntry.objects.get(act="recognition.changed").changes["is_on"] == [False, True]
    assert client_for(seller).get(PAGE).status_code == 200
    assert "ranking/block/" in client_for(admin).get("/teste/").content.decode()
    with pytest.raises(Invalid, match="top"):
        set_recognition(actor=Actor.for_member(admin), is_on=True, top=2)


def test_only_the_first_and_oneself(five, switched_on, client_for):
    ana, _bia, _caio, davi, eva = five
    found = ranking(eva, "won", this_month(), 3)
    assert [one.member.name for one in found.top] == ["Ana", "Bia", "Caio"]
    assert (found.own.place, found.own.figure, found.ranked) == (5, 1, 5)
    page = client_for(eva).get(f"{PAGE}?by=won").content.decode()
    assert "Ana" in page
    assert "5." in page
    assert "Davi" not in page
    assert ranking(davi, "won", this_month(), 3).own.place == 4
    assert ranking(ana, "won", this_month(), 3).own.place == 1
    block = client_for(eva).get(f"{PAGE}block/").content.decode()
    assert "Caio" in block
    assert "Davi" not in block


def test_who_does_not_take_part_is_neither_counted_nor_named(five, switched_on, client_for):
    ana, bia, *_rest = five
    browser = client_for(ana)
    browser.post(f"{PAGE}join/", {"wanted": "0"})
    assert Member.objects.get(id=ana.id).preferences[OPTED_OUT] is True
    found = ranking(Member.objects.get(id=bia.id), "won", this_month(), 3)
    assert [one.member.name for one in found.top] == ["Bia", "Caio"], "the better half of four"
    assert found.ranked == 4
    give_badges()
    assert not MemberBadge.objects.filter(member=ana).exists()
    assert "Você não participa" in browser.get(PAGE).content.decode()
    assert AuditEntry.objects.filter(act="recognition.taken_part").count() == 1
    browser.post(f"{PAGE}join/", {"wanted": "1"})
    assert ranking(Member.objects.get(id=ana.id), "won", this_month(), 3).own.place == 1


def test_equal_figures_share_a_place_and_too_few_are_not_ranked(member_with, wins, admin):
    ana, bia = member_with("salesperson", name="Ana"), member_with("salesperson", name="Bia")
    wins(ana, 2)
    wins(bia, 2)
    assert ranking(ana, "won", this_month(), 3).top == [], "two would be a duel"
    wins(admin, 1)
    found = ranking(ana, "won", this_month(), 3)
    assert [(one.member.name, one.place) for one in found.top] == [("Ana", 1), ("Bia", 1)], "not the last one"
    assert ranking(admin, "won", this_month(), 3).own.place == 3


def test_goals_and_activities(five, actor):
    month = today().replace(day=1)
    for target, one in zip((50_000, 2_000, 1_000, 6_000), five, strict=False):
        set_goal(actor=actor, data=GoalData(metric="won_value", span="month", starts_on=month, target=Decimal(target), member_id=one.id))  # fmt: skip
    found = ranking(five[0], "goals", this_month(), 3)
    told = {one.member.name: one.figure for one in found.top}
    assert told["Bia"] == told["Caio"] == 200, "a goal counts twice at most"
    assert ranking(five[3], "goals", this_month(), 3).own.figure == 33
    assert ranking(five[0], "activities", this_month(), 3).ranked == 0


def test_badges_are_earned_once_and_told(five, switched_on, actor):
    ana = five[0]
    assert give_badges() == 5
    assert give_badges() == 0
    assert {one.payload["badge"] for one in StoredEvent.objects.filter(name="sales.badge_earned")} == {
        "first_won"
    }
    assert Notification.objects.filter(member=ana, kind="badge.earned").count() == 1
    assert {row.member.name for _badge, row in latest_badges()} == {"Ana", "Bia", "Caio", "Davi", "Eva"}
    take_part(actor=Actor.for_member(ana), wanted=False)
    assert "Ana" not in {row.member.name for _badge, row in latest_badges()}


def test_each_badge_by_its_records(admin, actor, wins, make_opportunity):
    day, me = today(), {admin.id}
    assert badge_rules.first_won([admin.id], day) == set()
    wins(admin, badge_rules.MANY_WON - 1)
    assert badge_rules.first_won([admin.id], day) == me
    assert badge_rules.many_won([admin.id], day) == set()
    wins(admin)
    assert badge_rules.many_won([admin.id], day) == me
    month = day.replace(day=1)
    set_goal(actor=actor, data=GoalData(metric="won_count", span="month", starts_on=month, target=Decimal(3), member_id=admin.id))  # fmt: skip
    assert badge_rules.goal_reached([admin.id], day) == set()
    note_reached_goals()
    assert badge_rules.goal_reached([admin.id], day) == me
    assert badge_rules.goal_reached([], day) == set()


def test_complete_records(admin, actor, make_opportunity):
    deals = [make_opportunity(expected_close=today()) for _number in range(badge_rules.LEAST_OPEN)]
    for deal in deals[1:]:
        create_task(
            actor=actor, title="Ligar", due_at=timezone.now(), about_type="opportunity", about_id=deal.id
        )
    assert badge_rules.complete_records([admin.id], today()) == set()
    create_task(
        actor=actor, title="Ligar", due_at=timezone.now(), about_type="opportunity", about_id=deals[0].id
    )
    assert badge_rules.complete_records([admin.id], today()) == {admin.id}


def test_four_weeks_in_time(admin, actor):
    monday = today() - timedelta(days=today().weekday())
    from ponte.timeline.models import Task

    tasks = []
    for week in range(1, badge_rules.WEEKS + 1):
        for number in range(badge_rules.LEAST_TASKS):
            day = monday - timedelta(weeks=week) + timedelta(days=number)
            due = datetime.combine(day, time(18), tzinfo=zone())
            task = create_task(
                actor=actor, title="Ligar", due_at=due, due_all_day=False, assignee_id=admin.id
            )
            Task.objects.filter(id=task.id).update(done_at=due - timedelta(hours=1))
            tasks.append(task)
    assert badge_rules.weeks_in_time([admin.id], today()) == {admin.id}
    Task.objects.filter(id=tasks[0].id).update(done_at=tasks[0].due_at + timedelta(minutes=1))
    assert badge_rules.weeks_in_time([admin.id], today()) == set()


def test_over_the_api(five, switched_on, api_for):
    eva = api_for(five[4])
    told = eva.get("/sales/ranking?by=won").json()
    assert [one["name"] for one in told["top"]] == ["Ana", "Bia", "Caio"]
    assert (told["own"]["place"], told["takes_part"]) == (5, True)
    give_badges()
    assert eva.get("/sales/badges").json()[0]["earned_on"] == today().isoformat()
    assert eva.put("/sales/ranking", {"takes_part": False}).status_code == 204
    assert eva.get("/sales/ranking?by=won").json()["own"] is None
    assert eva.get("/sales/ranking?by=money").status_code == 422


def test_more_people_cost_no_more(five, switched_on, client_for, member_with, wins, actor):
    browser = client_for(five[0])

    def queries():
        browser.get(PAGE)
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(PAGE).status_code == 200
        return len(seen)

    month = today().replace(day=1)

    def goal(one):
        set_goal(actor=actor, data=GoalData(metric="won_value", span="month", starts_on=month, target=Decimal(9), member_id=one.id))  # fmt: skip

    goal(five[0])
    before = queries()
    for _number in range(3):
        one = member_with("salesperson")
        wins(one)
        goal(one)
    assert queries() == before
    assert before <= 20
