"""Tasks that come again: the next one once, whoever is first; edits of one or of all to come; stopping."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.models import AuditEntry
from ponte.directory.models import Party
from ponte.timeline.jobs import repeat_tasks
from ponte.timeline.models import Task, TaskSeries
from ponte.timeline.services.task_bulk import complete_tasks, reopen_tasks
from ponte.timeline.services.task_series import (
    create_repeating_task,
    delete_repeating_task,
    list_due_series,
    stop_repeating,
    update_repeating_task,
)
from ponte.timeline.services.task_state import complete_task, reopen_task
from ponte.timeline.services.tasks import delete_task
from ponte.timeline.tests.conftest import facts_of

SP = ZoneInfo("America/Sao_Paulo")
NOW = datetime(2026, 12, 1, 9, tzinfo=SP)  # a Tuesday
DUE = datetime(2026, 12, 1, 15, tzinfo=SP)
DAY = timedelta(days=1)
WEEKLY = "FREQ=WEEKLY;BYDAY=TU"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def plan(actor, rrule=WEEKLY, **told):
    return create_repeating_task(
        actor=actor, rrule=rrule, **{"title": "Ligar 📞", "due_at": DUE, "due_all_day": False, **told}
    )


def open_tasks():
    return list(Task.objects.filter(done_at=None, deleted_at=None).order_by("due_at"))


def test_done_makes_the_next_one_once(actor, ana, clock):
    task = plan(
        actor, party_id=ana.id, description="Sobre o café", priority=3, remind_at=DUE - timedelta(hours=1)
    )
    complete_task(actor=actor, task=task)
    complete_task(actor=actor, task=task)
    following = open_tasks()
    assert [one.due_at for one in following] == [DUE + 7 * DAY]
    after = following[0]
    assert (after.title, after.description, after.priority, after.party, after.assignee) == (
        "Ligar 📞", "Sobre o café", 3, ana, actor.member)  # fmt: skip
    assert after.remind_at == DUE + 7 * DAY - timedelta(hours=1)
    assert facts_of(ana).open_tasks == 1
    reopen_task(actor=actor, task=task)
    complete_task(actor=actor, task=task)
    assert len(open_tasks()) == 1
    clock.move_to(DUE + 8 * DAY)
    complete_task(actor=actor, task=open_tasks()[0])  # a day late: the next is the coming Tuesday
    assert [one.due_at for one in open_tasks()] == [DUE + 14 * DAY]


def test_its_time_makes_the_next_one_once(actor, clock):
    plan(actor)
    repeat_tasks()
    assert len(open_tasks()) == 1
    clock.move_to(DUE + timedelta(minutes=1))
    repeat_tasks()
    repeat_tasks()
    assert [one.due_at for one in open_tasks()] == [DUE, DUE + 7 * DAY]
    complete_task(actor=actor, task=open_tasks()[0])
    assert [one.due_at for one in open_tasks()] == [DUE + 7 * DAY]


def test_an_outage_makes_one_not_ten(actor, clock):
    plan(actor)
    clock.move_to(DUE + 71 * DAY)
    repeat_tasks()
    assert [one.due_at for one in open_tasks()] == [DUE, DUE + 77 * DAY]


def test_all_day_tasks_stay_at_the_end_of_their_day(actor, clock):
    plan(actor, "FREQ=MONTHLY;BYMONTHDAY=31", due_at=datetime(2026, 12, 31, 12, tzinfo=SP), due_all_day=True)
    complete_task(actor=actor, task=open_tasks()[0])
    assert [one.due_at.astimezone(SP) for one in open_tasks()] == [
        datetime(2027, 1, 31, 23, 59, 59, tzinfo=SP)
    ]


def test_the_last_one_ends_it(actor):
    for number in range(3):
        task = plan(actor, f"{WEEKLY};COUNT=3") if number == 0 else open_tasks()[0]
        complete_task(actor=actor, task=task)
    assert open_tasks() == []
    assert Task.objects.count() == 3
    assert TaskSeries.objects.get().ended_at is not None


def test_many_done_at_once(actor):
    tasks = [plan(actor, title=f"T{number}") for number in range(3)]
    complete_tasks(actor=actor, task_ids=[one.id for one in tasks])
    assert [one.due_at for one in open_tasks()] == [DUE + 7 * DAY] * 3


def test_very_many_done_at_once_cost_as_few_statements_and_each_comes_once(actor, ana, member_with, clock):
    bia = member_with("salesperson", name="Bia")

    def planned(count, **told):
        return [plan(actor, title=f"T{number}", party_id=ana.id, **told).id for number in range(count)]

    def statements(ids):
        with CaptureQueriesContext(connection) as seen:
            complete_tasks(actor=actor, task_ids=ids)
        return len(seen)

    few = statements(planned(8, assignee_id=bia.id, remind_at=DUE - timedelta(hours=1)))
    ids = planned(40)
    assert statements(ids) <= few
    following = open_tasks()
    assert [one.due_at for one in following] == [DUE + 7 * DAY] * 48
    assert {one.assignee_id for one in following} == {bia.id, actor.member_id}
    assert sum(one.remind_at == DUE + 7 * DAY - timedelta(hours=1) for one in following) == 8
    assert Task.objects.filter(search="t7").count() == 4  # done and next, of both lots
    assert facts_of(ana).open_tasks == 48
    assert AuditEntry.objects.filter(act="task.planned").count() == 2
    reopen_tasks(actor=actor, task_ids=ids)
    complete_tasks(actor=actor, task_ids=ids)
    assert len(open_tasks()) == 48  # the next ones stand there already
    # a week on, the last of six, a colleague gone, a customer in the bin
    last = [plan(actor, f"{WEEKLY};COUNT=1", title="Última").id for _each in range(6)]
    bia.is_active = False
    bia.save()
    complete_tasks(actor=actor, task_ids=last)
    assert TaskSeries.objects.filter(ended_at__isnull=False).count() == 6
    clock.move_to(DUE + 8 * DAY)
    complete_tasks(actor=actor, task_ids=[one.id for one in open_tasks()])
    assert {one.due_at for one in open_tasks()} == {DUE + 14 * DAY}
    assert {one.assignee_id for one in open_tasks()} == {actor.member_id}
    Party.objects.filter(id=ana.id).update(deleted_at=NOW)
    complete_tasks(actor=actor, task_ids=[one.id for one in open_tasks()])
    assert open_tasks() == []


def test_a_change_of_one_leaves_the_rest(actor):
    task = plan(actor)
    update_repeating_task(actor=actor, task=task, title="Só esta", due_at=DUE + DAY)
    complete_task(actor=actor, task=task)
    assert [(one.title, one.due_at) for one in open_tasks()] == [("Ligar 📞", DUE + 7 * DAY)]


def test_a_change_of_this_and_the_following(actor, clock, member_with):
    bia = member_with("salesperson", name="Bia")
    task = plan(actor, f"{WEEKLY};COUNT=5")
    clock.move_to(DUE + timedelta(minutes=1))
    repeat_tasks()
    later = open_tasks()[1]
    update_repeating_task(actor=actor, task=task, span="following", title="Visitar", assignee_id=bia.id)
    later.refresh_from_db()
    assert (later.title, later.assignee) == ("Visitar", bia)
    update_repeating_task(
        actor=actor, task=later, span="following", due_at=DUE + 8 * DAY, rrule="FREQ=WEEKLY;BYDAY=WE"
    )
    complete_task(actor=actor, task=later)
    assert open_tasks()[-1].due_at == DUE + 15 * DAY
    assert open_tasks()[-1].title == "Visitar"


def test_another_time_keeps_what_remains_of_the_count(actor):
    task = plan(actor, "FREQ=DAILY;COUNT=4")
    complete_task(actor=actor, task=task)
    second = open_tasks()[0]
    update_repeating_task(
        actor=actor, task=second, span="following", due_at=second.due_at + timedelta(hours=1)
    )
    for _number in range(5):
        for one in open_tasks():
            complete_task(actor=actor, task=one)
    assert Task.objects.count() == 4
    assert {one.due_at.astimezone(SP).hour for one in Task.objects.order_by("due_at")[1:]} == {16}


def test_stopping(actor):
    task = plan(actor)
    stop_repeating(actor=actor, task=task)
    stop_repeating(actor=actor, task=task)
    assert AuditEntry.objects.filter(act="task.repeats").count() == 2
    complete_task(actor=actor, task=task)
    assert open_tasks() == []


def test_a_single_task_begins_to_repeat_and_an_empty_rule_stops_it(actor):
    task = plan(actor, "")
    assert task.series is None
    update_repeating_task(actor=actor, task=task, rrule="FREQ=DAILY")
    task.refresh_from_db()
    assert task.series.rrule == "FREQ=DAILY"
    update_repeating_task(actor=actor, task=task, rrule="")
    complete_task(actor=actor, task=task)
    assert open_tasks() == []


def test_deleting_one_makes_the_next_and_deleting_all_stops(actor):
    task = plan(actor)
    delete_repeating_task(actor=actor, task=task)
    assert [one.due_at for one in open_tasks()] == [DUE + 7 * DAY]
    delete_repeating_task(actor=actor, task=open_tasks()[0], span="following")
    assert open_tasks() == []
    assert list_due_series() == []


def test_deleted_among_many_it_goes_on_at_its_time(actor, clock):
    delete_task(actor=actor, task=plan(actor))
    clock.move_to(DUE + DAY)
    repeat_tasks()
    assert [one.due_at for one in open_tasks()] == [DUE + 7 * DAY]


def test_the_same_external_key_is_one_series(actor):
    plan(actor, source="erp", external_key="7")
    plan(actor, source="erp", external_key="7")
    assert (Task.objects.count(), TaskSeries.objects.count()) == (1, 1)


def test_who_left_gets_nothing_more(actor, member_with, clock):
    bia = member_with("salesperson", name="Bia")
    plan(actor, assignee_id=bia.id)
    bia.is_active = False
    bia.save()
    clock.move_to(DUE + DAY)
    repeat_tasks()
    assert open_tasks()[-1].assignee == actor.member  # who planned it


@pytest.mark.parametrize(
    ("rule", "told", "field"),
    [("FREQ=HOURLY", {}, "rrule"), ("NONSENSE", {}, "rrule"), (WEEKLY, {"due_at": None}, "due_at")],
)
def test_what_is_refused(actor, rule, told, field):
    with pytest.raises(Invalid) as refusal:
        plan(actor, rule, **told)
    assert refusal.value.problems[0].field == field
    assert Task.objects.count() == 0


def test_over_the_api(admin, api_for):
    api = api_for(admin)
    made = api.post("/api/v1/tasks", {"title": "Relatório", "due_at": DUE.isoformat(), "rrule": "FREQ=DAILY"})
    assert made.status_code == 201, made.content
    task = made.json()
    assert task["rrule"] == "FREQ=DAILY"
    assert task["series_id"]
    api.post(f"/api/v1/tasks/{task['id']}/complete")
    after = api.get("/api/v1/tasks").json()["items"]
    assert [one["rrule"] for one in after] == ["FREQ=DAILY"]
    changed = api.patch(
        f"/api/v1/tasks/{after[0]['id']}", {"rrule": "FREQ=WEEKLY", "span": "following", "title": "Semanal"}
    )
    assert (changed.json()["rrule"], changed.json()["title"]) == ("FREQ=WEEKLY", "Semanal")
    assert api.patch(f"/api/v1/tasks/{after[0]['id']}", {"rrule": "FREQ=HOURLY"}).status_code == 422
    assert api.post(f"/api/v1/tasks/{after[0]['id']}/stop").json()["rrule"] == ""
    assert api.delete(f"/api/v1/tasks/{after[0]['id']}?span=following").status_code == 204


def test_in_the_browser(admin, client_for):
    client = client_for(admin)
    told = {"title": "Café da manhã", "due_on": "2026-12-01", "due_time": "15:00", "repeat": "weekly",
            "repeat_until": "2027-01-31", "kind": "todo", "priority": "2", "assignee": str(admin.id)}  # fmt: skip
    assert client.post("/teste/tasks/new/", told).status_code == 302
    task = Task.objects.get()
    assert task.series.rrule == "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270131T235959"
    assert "toda semana" in client.get(f"/teste/tasks/{task.id}/").content.decode()
    assert 'name="span"' in client.get(f"/teste/tasks/{task.id}/edit/").content.decode()
    edited = {**told, "span": "following", "title": "Almoço", "version": task.version}
    assert client.post(f"/teste/tasks/{task.id}/edit/", edited).status_code == 302
    client.post(f"/teste/tasks/{task.id}/done/")
    assert [one.title for one in open_tasks()] == ["Almoço"]
    after = open_tasks()[0]
    assert client.post(f"/teste/tasks/{after.id}/stop/").status_code == 302
    assert "toda semana" not in client.get(f"/teste/tasks/{after.id}/").content.decode()
    without_day = {**told, "due_on": "", "due_time": ""}
    assert client.post("/teste/tasks/new/", without_day).status_code == 422


def test_another_one_s_series_stays_out_of_reach(admin, member_with, client_for, actor):
    task = plan(actor)
    client = client_for(member_with("read_only"))
    assert client.post(f"/teste/tasks/{task.id}/stop/").status_code == 404
    assert client.post(f"/teste/tasks/{task.id}/delete-repeating/", {"span": "following"}).status_code == 404
    assert len(open_tasks()) == 1
    assert Actor.for_member(admin).member == admin
