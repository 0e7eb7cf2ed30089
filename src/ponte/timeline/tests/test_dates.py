"""Important dates: kept, shown, and made tasks ahead of time, once."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.models import AuditEntry, Notification, StoredEvent
from ponte.directory.models import Person
from ponte.timeline.date_rules import DateRule, month_days, next_date
from ponte.timeline.models import PartyDate, Task
from ponte.timeline.services.date_rules import set_date_rules
from ponte.timeline.services.date_tasks import plan_date_tasks
from ponte.timeline.services.dates import add_date
from ponte.timeline.services.task_data import TaskData
from ponte.timeline.services.task_planning import plan_tasks
from ponte.timeline.tests.conftest import facts_of, make_party

SP = ZoneInfo("America/Sao_Paulo")
NOW = datetime(2026, 11, 23, 9, tzinfo=SP)
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def owned(actor, member_with):
    bia = member_with("salesperson", name="Bia")
    return make_party("company", "Padaria Sol", owner=bia)


def test_a_date_becomes_the_owners_task_once(actor, owned):
    add_date(actor=actor, party_id=owned.id, kind="renewal", label="Contrato", day=date(2026, 12, 20))
    with time_machine.travel(NOW):
        assert plan_date_tasks() == 1
        assert plan_date_tasks() == 0
    task = Task.objects.get()
    assert task.title == "Contrato: Padaria Sol on 20/12/2026" or task.title.startswith(
        "Contrato: Padaria Sol"
    )
    assert task.assignee_id == owned.owner_id
    assert task.due_at.astimezone(SP).date() == date(2026, 12, 18)  # the 20th is a Sunday
    assert facts_of(owned).open_tasks == 1
    assert Notification.objects.filter(member_id=owned.owner_id).count() == 1
    assert StoredEvent.objects.filter(name="timeline.tasks_changed").count() == 1
    assert AuditEntry.objects.filter(act="task.planned").count() == 1


def test_a_task_done_or_deleted_does_not_come_back(actor, owned):
    add_date(actor=actor, party_id=owned.id, kind="other", day=date(2026, 11, 25))
    with time_machine.travel(NOW):
        plan_date_tasks()
        Task.objects.update(deleted_at=NOW)
        assert plan_date_tasks() == 0


def test_yearly_dates_come_each_year(actor, owned):
    add_date(actor=actor, party_id=owned.id, kind="anniversary", day=date(2019, 11, 25), yearly=True)
    with time_machine.travel(NOW):
        assert plan_date_tasks() == 1
    with time_machine.travel(NOW + timedelta(days=365)):
        assert plan_date_tasks() == 1


def test_dates_too_far_or_over_wait(actor, owned):
    add_date(actor=actor, party_id=owned.id, kind="anniversary", day=date(2026, 12, 24))
    add_date(actor=actor, party_id=owned.id, kind="anniversary", day=date(2026, 11, 1))
    with time_machine.travel(NOW):
        assert plan_date_tasks() == 0


def test_birthdays_wait_to_be_asked_for_and_go_to_whom_the_rule_names(actor, admin, ana):
    Person.objects.filter(party_id=ana.id).update(birthday=date(1990, 11, 24))
    with time_machine.travel(NOW):
        assert plan_date_tasks() == 0
        set_date_rules(actor=actor, rules=[DateRule("birthday", True, 2, admin.id)])
        assert plan_date_tasks() == 1
    assert Task.objects.get().assignee_id == admin.id
    with pytest.raises(Invalid):
        set_date_rules(actor=actor, rules=[DateRule("birthday", True, 400)])


def test_the_29th_of_february():
    assert next_date(date(2024, 2, 29), True, date(2027, 1, 1)) == date(2027, 2, 28)
    assert (2, 29) in month_days(date(2027, 2, 27), date(2027, 2, 28))
    assert (2, 29) not in month_days(date(2028, 2, 27), date(2028, 2, 28))


def test_many_tasks_are_planned_together(actor, admin, django_assert_max_num_queries):
    def tasks(count):
        parties = [make_party("company", f"C{n}") for n in range(count)]
        return [
            TaskData(title=f"T{p.id}", party_id=p.id, assignee_id=admin.id, external_key=str(p.id))
            for p in parties
        ]

    few, many = tasks(2), tasks(40)
    with django_assert_max_num_queries(20 + 2):
        assert len(plan_tasks(actor=Actor.system(), source="t", tasks=few)) == 2
    with django_assert_max_num_queries(20 + 40):
        assert len(plan_tasks(actor=Actor.system(), source="t", tasks=many)) == 40
    assert plan_tasks(actor=Actor.system(), source="t", tasks=many) == []
    assert Notification.objects.count() == 2


def test_the_panel(client_for, admin, ana, actor):
    browser = client_for(admin)
    assert browser.post(
        f"/teste/customers/{ana.id}/dates/new/", {"kind": "renewal", "day": "2030-05-10", "label": "Plano"}, **HTMX
    ).status_code == 204  # fmt: skip
    row = PartyDate.objects.get()
    assert "Plano" in browser.get(f"/teste/customers/{ana.id}/dates/").content.decode()
    edited = {"kind": "renewal", "day": "2031-05-10", "label": "Plano", "version": "1"}
    assert browser.post(f"/teste/dates/{row.id}/edit/", edited, **HTMX).status_code == 204
    assert (
        browser.post(f"/teste/dates/{row.id}/edit/", {**edited, "day": "2032-01-01"}, **HTMX).status_code
        == 409
    )
    assert browser.post(f"/teste/dates/{row.id}/delete/", **HTMX).status_code == 204
    assert not PartyDate.objects.exists()


def test_a_hidden_birthday_stays_hidden_and_others_dates_are_not_there(client_for, member_with, actor, ana):
    Person.objects.filter(party_id=ana.id).update(birthday=date(1990, 11, 24))
    row = add_date(actor=actor, party_id=ana.id, day=date(2030, 1, 1))
    role = member_with("salesperson").role
    role.rights["fields"] = {"customer": {"birthday": "hidden"}}
    role.save()
    rui = member_with(role, name="Rui")
    assert "Aniversário" not in client_for(rui).get(f"/teste/customers/{ana.id}/dates/").content.decode()
    role.rights["objects"]["customer"]["view"] = "own"
    role.save()
    assert client_for(rui).get(f"/teste/customers/{ana.id}/dates/").status_code == 404
    assert client_for(rui).post(f"/teste/dates/{row.id}/delete/").status_code == 404


def test_settings_pages(client_for, admin, member_with):
    browser = client_for(admin)
    hours = {"state": "SP", "day_0": "8h-12h, 13:00-18:00", "customary": "on", "half_days": "on"}
    assert "Confraternização" in browser.post("/teste/settings/hours/", hours).content.decode()
    assert browser.post("/teste/settings/hours/", {**hours, "day_1": "das nove às seis"}).status_code == 422
    assert (
        browser.post(
            "/teste/settings/hours/holiday/",
            {"day": "2027-01-25", "name": "Cidade", "kind": "municipal", "yearly": "on"},
        ).status_code
        == 302
    )
    assert "Cidade" in browser.get("/teste/settings/hours/").content.decode()
    assert browser.post("/teste/settings/hours/holiday/2027-01-25/delete/").status_code == 302
    assert browser.post("/teste/settings/hours/holiday/bobagem/delete/").status_code == 404
    assert browser.get("/teste/settings/dates/").status_code == 200
    seller = client_for(member_with("salesperson"))
    assert seller.get("/teste/settings/hours/").status_code == 404
    entries = browser.get(
        "/teste/calendar/entries/?start=2026-12-20T00:00:00-03:00&end=2026-12-27T00:00:00-03:00&kinds=holidays"
    ).json()
    assert [one["title"] for one in entries["entries"]] == ["Véspera de Natal", "Natal"]
