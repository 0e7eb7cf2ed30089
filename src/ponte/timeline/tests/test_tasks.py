"""Planning and doing tasks."""

import json
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.errors import Conflict, Denied, Invalid, Missing
from ponte.core.ids import uuid7
from ponte.core.models import AuditEntry, Notification, StoredEvent
from ponte.timeline.due import due_instant, local_moment
from ponte.timeline.models import Interaction, Task
from ponte.timeline.policies import visible_tasks
from ponte.timeline.selectors.tasks import get_task, my_day, party_tasks
from ponte.timeline.services.reminders import send_due_reminders
from ponte.timeline.services.task_bulk import (
    assign_tasks,
    complete_tasks,
    delete_tasks,
    reopen_tasks,
    restore_tasks,
)
from ponte.timeline.services.task_state import complete_task, reopen_task
from ponte.timeline.services.tasks import assign_task, create_task, delete_task, restore_task, update_task
from ponte.timeline.tables.task_acts import TASK_ACTS
from ponte.timeline.tests.conftest import facts_of, make_party

SAO_PAULO = ZoneInfo("America/Sao_Paulo")


def hours(number):
    return timezone.now() + timedelta(hours=number)


def test_a_task_is_the_creators_and_counts_on_its_customer(actor, ana):
    task = create_task(
        actor=actor, title="  Ligar\npara a Ana ", party_id=ana.id, due_at=hours(5), due_all_day=False
    )

    assert task.title == "Ligar para a Ana"
    assert task.assignee_id == actor.member_id
    facts = facts_of(ana)
    assert (facts.open_tasks, facts.next_task_at) == (1, task.due_at)
    assert StoredEvent.objects.filter(name="timeline.task_created").count() == 1
    assert AuditEntry.objects.filter(act="task.created", subject_id=ana.id).count() == 1


def test_a_task_for_a_day_is_due_at_its_last_second_there(actor):
    moment = datetime(2026, 11, 25, 10, tzinfo=SAO_PAULO)
    task = create_task(actor=actor, title="x", due_at=moment, due_all_day=True)

    assert task.due_at.astimezone(SAO_PAULO) == datetime(2026, 11, 25, 23, 59, 59, tzinfo=SAO_PAULO)


def test_days_and_times_become_instants_of_the_workspace(workspace):
    assert due_instant(None, None) == (None, True)
    assert due_instant(date(2026, 1, 2), time(9, 30)) == (local_moment(date(2026, 1, 2), time(9, 30)), False)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"title": " \x00 "}, "title"),
        ({"title": "x" * 256}, "title"),
        ({"title": "x", "kind": "dance"}, "kind"),
        ({"title": "x", "priority": 9}, "priority"),
        ({"title": "x", "due_at": datetime(2026, 1, 1)}, "due_at"),
        ({"title": "x", "due_at": datetime(9000, 1, 1, tzinfo=SAO_PAULO)}, "due_at"),
        ({"title": "x", "assignee_id": uuid7()}, "assignee_id"),
        ({"title": "x", "party_id": uuid7()}, "party_id"),
        ({"title": "x", "description": "x" * 10_000_000}, "description"),
    ],
)
def test_what_cannot_be_planned_names_its_field(actor, told, field):
    with pytest.raises(Invalid) as refused:
        create_task(actor=actor, **told)
    assert [one.field for one in refused.value.problems] == [field]


def test_the_same_external_key_twice_is_one_task(actor, ana):
    told = {"title": "x", "party_id": ana.id, "source": "erp", "external_key": "7"}
    assert create_task(actor=actor, **told).id == create_task(actor=actor, **told).id
    assert facts_of(ana).open_tasks == 1


def test_doing_a_task_writes_the_timeline_and_taking_it_back_unwrites_it(actor, ana):
    task = create_task(actor=actor, title="Ligar", party_id=ana.id, due_at=hours(1))
    complete_task(actor=actor, task=task)
    complete_task(actor=actor, task=task)

    entry = Interaction.objects.get(kind="task_done")
    assert (entry.subject, entry.party_id) == ("Ligar", ana.id)
    assert facts_of(ana).open_tasks == 0
    assert facts_of(ana).next_task_at is None
    assert StoredEvent.objects.filter(name="timeline.task_completed").count() == 1

    reopen_task(actor=actor, task=task)
    assert not Interaction.objects.filter(deleted_at__isnull=True).exists()
    assert facts_of(ana).open_tasks == 1
    assert facts_of(ana).last_interaction_at is None

    complete_task(actor=actor, task=task)
    assert Interaction.objects.filter(deleted_at__isnull=True).count() == 1
    assert facts_of(ana).interactions_count == 1


def test_the_next_task_is_the_earliest_open_one(actor, ana):
    late = create_task(actor=actor, title="b", party_id=ana.id, due_at=hours(9), due_all_day=False)
    soon = create_task(actor=actor, title="a", party_id=ana.id, due_at=hours(2), due_all_day=False)
    create_task(actor=actor, title="sem data", party_id=ana.id)
    assert facts_of(ana).next_task_at == soon.due_at
    complete_task(actor=actor, task=soon)
    assert facts_of(ana).next_task_at == late.due_at


def test_moving_a_task_to_another_customer_moves_the_count(actor, ana, acme):
    task = create_task(actor=actor, title="x", party_id=ana.id)
    update_task(actor=actor, task=task, party_id=acme.id)
    assert (facts_of(ana).open_tasks, facts_of(acme).open_tasks) == (0, 1)


def test_the_second_of_two_edits_is_told(actor):
    task = create_task(actor=actor, title="x")
    update_task(actor=actor, task=task, version=1, title="y")
    with pytest.raises(Conflict):
        update_task(actor=actor, task=task, version=1, title="z")
    with pytest.raises(Conflict):
        complete_task(actor=actor, task=task, version=1)
    assert Task.objects.get().title == "y"


def test_deleting_and_bringing_back(actor, ana):
    task = create_task(actor=actor, title="x", party_id=ana.id)
    delete_task(actor=actor, task=task)
    assert facts_of(ana).open_tasks == 0
    with pytest.raises(Missing):
        get_task(actor.member, task.id)
    restore_task(actor=actor, task=task)
    assert facts_of(ana).open_tasks == 1


def test_the_new_assignee_is_told_and_oneself_is_not(actor, member_with):
    bia = member_with("salesperson", name="Bia")
    task = create_task(actor=actor, title="Visitar", assignee_id=bia.id)
    assert Notification.objects.get(member=bia).kind == "task.assigned"
    assign_task(actor=actor, task=task, assignee_id=actor.member_id)
    assert not Notification.objects.filter(member=actor.member).exists()
    assert StoredEvent.objects.filter(name="timeline.task_assigned").count() == 1


def test_a_reader_cannot_change_tasks_of_others(actor, ana, member_with):
    task = create_task(actor=actor, title="x", party_id=ana.id)
    reader = Actor.for_member(member_with("read_only"))
    for act in (update_task, complete_task, delete_task):
        with pytest.raises(Denied):
            act(actor=reader, task=task)


def test_a_task_is_seen_by_assignee_and_creator_although_the_customer_is_not(actor, ana, member_with):
    bia, caio = member_with("salesperson"), member_with("salesperson")
    for rights in (bia.role.rights,):
        rights["objects"]["customer"]["view"] = "own"
        rights["objects"]["task"]["view"] = "own"
    bia.role.save()
    caio.refresh_from_db()
    caio.role.refresh_from_db()
    task = create_task(actor=actor, title="x", party_id=ana.id, assignee_id=bia.id)
    assert visible_tasks(bia).filter(id=task.id).exists()
    assert not visible_tasks(caio).filter(id=task.id).exists()
    ana.owner = caio
    ana.save()
    assert visible_tasks(caio).filter(id=task.id).exists()


def test_tasks_of_customers_in_the_bin_are_out_of_sight(actor, admin, ana):
    create_task(actor=actor, title="x", party_id=ana.id)
    ana.deleted_at = timezone.now()
    ana.save()
    assert not visible_tasks(admin).exists()
    assert my_day(admin).is_empty


@time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=SAO_PAULO), tick=False)
def test_my_day_puts_tasks_where_they_belong(actor, admin, member_with):
    def plan(title, moment, all_day=False, **told):
        return create_task(actor=actor, title=title, due_at=moment, due_all_day=all_day, **told)

    now = timezone.now()
    plan("ontem", now - timedelta(days=1))
    plan("hoje cedo", now - timedelta(hours=2))
    plan("hoje o dia todo", now, all_day=True)
    plan("hoje à tarde", now + timedelta(hours=2))
    plan("em sete dias", now + timedelta(days=7))
    plan("em oito dias", now + timedelta(days=8))
    create_task(actor=actor, title="sem data")
    plan("de outra", now, assignee_id=member_with("salesperson").id)
    complete_task(actor=actor, task=plan("feita", now))

    day = my_day(admin)
    titles = [
        [task.title for task in group]
        for group in (day.overdue, day.today, day.next, day.undated, day.done_today)
    ]
    assert titles == [
        ["ontem", "hoje cedo"], ["hoje à tarde", "hoje o dia todo"], ["em sete dias"], ["sem data"], ["feita"],
    ]  # fmt: skip


def test_a_reminder_goes_out_once(actor, admin):
    task = create_task(actor=actor, title="Ligar", due_at=hours(1), due_all_day=False, remind_at=hours(-1))
    create_task(actor=actor, title="depois", remind_at=hours(1))
    done = create_task(actor=actor, title="feita", remind_at=hours(-1))
    complete_task(actor=actor, task=done)

    assert send_due_reminders() == 1
    assert send_due_reminders() == 0
    notice = Notification.objects.get(member=admin)
    assert (notice.kind, notice.url) == ("task.reminder", f"/tasks/{task.id}/")


def test_a_new_reminder_time_reminds_again(actor):
    task = create_task(actor=actor, title="Ligar", remind_at=hours(-2))
    send_due_reminders()
    update_task(actor=actor, task=task, remind_at=hours(-1))
    assert send_due_reminders() == 1


def test_the_panel_shows_open_ones_by_date_and_the_latest_done(actor, admin, ana):
    for number in range(25):
        create_task(
            actor=actor, title=str(number), party_id=ana.id, due_at=hours(30 - number), due_all_day=False
        )
    complete_task(actor=actor, task=Task.objects.get(title="24"))
    found = party_tasks(admin, ana.id)
    assert [task.title for task in found.open][:2] == ["23", "22"]
    assert (len(found.open), found.has_more, [task.title for task in found.done]) == (20, True, ["24"])


def test_many_at_once_and_back(actor, ana, member_with):
    zoe = make_party("person", "Zoe")
    tasks = [
        create_task(actor=actor, title=str(place), party_id=party.id)
        for place, party in enumerate((ana, zoe, ana))
    ]
    ids = [task.id for task in tasks]

    assert sorted(complete_tasks(actor=actor, task_ids=ids)) == sorted(ids)
    assert complete_tasks(actor=actor, task_ids=ids) == []
    assert facts_of(ana).open_tasks == 0
    assert Interaction.objects.filter(kind="task_done", deleted_at__isnull=True).count() == 3
    reopen_tasks(actor=actor, task_ids=ids)
    assert facts_of(ana).open_tasks == 2
    assert facts_of(ana).interactions_count == 0
    complete_tasks(actor=actor, task_ids=ids)
    assert Interaction.objects.filter(kind="task_done", deleted_at__isnull=True).count() == 3
    assert facts_of(ana).interactions_count == 2
    reopen_tasks(actor=actor, task_ids=ids)

    bia = member_with("salesperson")
    before = assign_tasks(actor=actor, task_ids=ids, assignee_id=bia.id)
    assert set(before.values()) == {str(actor.member_id)}
    assert Task.objects.filter(assignee=bia).count() == 3

    delete_tasks(actor=actor, task_ids=ids)
    assert facts_of(ana).open_tasks == 0
    restore_tasks(actor=actor, task_ids=ids)
    assert facts_of(ana).open_tasks == 2
    assert AuditEntry.objects.filter(act="task.completed", object_ids__isnull=False).count() == 2


def test_taking_an_assignment_back_leaves_what_changed_since(actor, member_with):
    bia, caio = member_with("salesperson"), member_with("salesperson")
    kept, passed_on, nobodys = (create_task(actor=actor, title=title) for title in "abc")
    Task.objects.filter(id=nobodys.id).update(assignee=None)
    act = next(one for one in TASK_ACTS if one.key == "assign")
    outcome = act.run(actor, [kept.id, passed_on.id, nobodys.id], {"assignee": str(bia.id)})
    passed_on.refresh_from_db()
    assign_task(actor=actor, task=passed_on, assignee_id=caio.id)
    act.undo(actor, json.loads(json.dumps(outcome.undo)))
    assert [Task.objects.get(id=task.id).assignee_id for task in (kept, passed_on, nobodys)] == [
        actor.member_id,
        caio.id,
        None,
    ]
