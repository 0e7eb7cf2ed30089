"""What is next about a deal: its tasks, and meetings with its customer and who decides; then nobody is told "nothing planned"."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from ponte.conditions.compiling import selected
from ponte.conditions.parsing import read_condition
from ponte.core.errors import Invalid
from ponte.core.ids import uuid7
from ponte.core.tenancy.scope import current_workspace
from ponte.directory.services.merging import merge_customers
from ponte.sales.models import Opportunity
from ponte.sales.services.next_activity import pass_begun_meetings
from ponte.sales.services.opportunities import update_opportunity
from ponte.sales.services.opportunity_bin import delete_opportunity, purge_opportunities
from ponte.sales.services.opportunity_people import add_contact
from ponte.timeline.models import Meeting, Task
from ponte.timeline.services.meeting_state import cancel_meeting
from ponte.timeline.services.meetings import create_meeting, delete_meeting, restore_meeting, update_meeting
from ponte.timeline.services.task_rows import TaskRow
from ponte.timeline.services.task_upserts import upsert_tasks
from ponte.timeline.services.tasks import create_task
from ponte.workplace.importing.command import run_import_file


@pytest.fixture
def meet(actor, run_jobs):
    def make(party, days=2, **fields):
        at = timezone.now().replace(microsecond=0) + timedelta(days=days)
        meeting = create_meeting(
            actor=actor, title="Visita", starts_at=at, ends_at=at + timedelta(hours=1), party_id=party.id,
            zone=current_workspace().timezone, **fields,
        )  # fmt: skip
        run_jobs()
        return meeting

    return make


def planned(deal):
    return Opportunity.objects.get(id=deal.id).next_activity_at


def test_a_meeting_with_the_customer_is_the_next_activity(make_opportunity, meet, actor, run_jobs):
    deal = make_opportunity()
    meeting = meet(deal.party)
    assert planned(deal) == meeting.starts_at
    later = meeting.starts_at + timedelta(days=3)
    moved = update_meeting(actor=actor, meeting=meeting, starts_at=later)
    run_jobs()
    assert planned(deal) == moved.starts_at
    delete_meeting(actor=actor, meeting=moved)
    run_jobs()
    assert planned(deal) is None
    restore_meeting(actor=actor, meeting=moved)
    run_jobs()
    assert planned(deal) == moved.starts_at
    cancel_meeting(actor=actor, meeting=Meeting.objects.get())
    run_jobs()
    assert planned(deal) is None


def test_the_sooner_of_task_and_meeting_counts(make_opportunity, meet, actor):
    deal = make_opportunity()
    meeting = meet(deal.party, days=3)
    due = timezone.now() + timedelta(days=1)
    create_task(
        actor=actor, title="Ligar", due_at=due, due_all_day=False, about_type="opportunity", about_id=deal.id
    )
    assert planned(deal) == due
    create_task(
        actor=actor, title="Depois", due_at=due + timedelta(days=9), due_all_day=False, about_type="opportunity",
        about_id=deal.id,
    )  # fmt: skip
    assert planned(deal) == due
    assert meeting.starts_at > due


def test_a_meeting_with_who_decides_counts(make_opportunity, make_party, meet, actor, run_jobs):
    deal, ana = make_opportunity(), make_party("Ana")
    meeting = meet(ana)
    assert planned(deal) is None
    add_contact(actor=actor, opportunity_id=deal.id, party_id=ana.id, role="decides")
    run_jobs()
    assert planned(deal) == meeting.starts_at
    bia = make_party("Bia")
    update_meeting(actor=actor, meeting=meeting, party_id=bia.id)
    run_jobs()
    assert planned(deal) is None


def test_one_planned_before_the_deal_was_opened_counts(make_opportunity, make_party, meet, run_jobs):
    ana = make_party("Ana")
    meeting = meet(ana)
    deal = make_opportunity(ana)
    run_jobs()
    assert planned(deal) == meeting.starts_at


def test_private_and_past_ones_dont_count(make_opportunity, meet):
    deal = make_opportunity()
    meet(deal.party, is_private=True)
    meet(deal.party, days=-2)
    assert planned(deal) is None


def test_time_passes(make_opportunity, meet):
    deal = make_opportunity()
    first, second = meet(deal.party, days=1), meet(deal.party, days=5)
    assert planned(deal) == first.starts_at
    gone = timezone.now() - timedelta(hours=1)
    Meeting.objects.filter(id=first.id).update(starts_at=gone, ends_at=gone)
    Opportunity.objects.filter(id=deal.id).update(next_activity_at=gone)
    assert pass_begun_meetings() == 1
    assert planned(deal) == second.starts_at
    assert pass_begun_meetings() == 0


def test_a_late_task_stays_late(make_opportunity, actor):
    deal = make_opportunity()
    due = timezone.now() - timedelta(days=1)
    create_task(
        actor=actor, title="Ligar", due_at=due, due_all_day=False, about_type="opportunity", about_id=deal.id
    )
    assert pass_begun_meetings() == 0
    assert planned(deal) == due


def test_a_series_goes_on_counting(make_opportunity, meet):
    deal = make_opportunity()
    series = meet(deal.party, days=1, rrule="FREQ=WEEKLY;COUNT=10", remind_minutes=30)
    assert planned(deal) == series.starts_at
    begun = timezone.now() - timedelta(hours=3)
    again = begun + timedelta(days=7)
    Meeting.objects.filter(id=series.id).update(
        starts_at=begun, ends_at=begun + timedelta(hours=1), next_remind_at=again - timedelta(minutes=30)
    )
    Opportunity.objects.filter(id=deal.id).update(next_activity_at=begun)
    pass_begun_meetings()
    assert planned(deal) == again


def test_the_deals_page_shows_it(make_opportunity, meet, admin, client_for):
    deal = make_opportunity()
    browser = client_for(admin)
    page = f"/teste/opportunities/{deal.id}/"
    assert "Nada planejado" in browser.get(page).content.decode()
    meet(deal.party)
    assert "Nada planejado" not in browser.get(page).content.decode()
    panel = browser.get(f"{page}tasks/").content.decode()
    assert "Visita" in panel
    assert "Nada está planejado" not in panel


def test_one_about_a_deal_counts_for_that_deal_alone(make_opportunity, make_party, meet, actor, run_jobs):
    ana = make_party("Ana")
    coffee, machines = make_opportunity(ana, title="Café"), make_opportunity(ana, title="Máquinas")
    meeting = meet(ana, about_type="opportunity", about_id=coffee.id)
    assert (planned(coffee), planned(machines)) == (meeting.starts_at, None)
    update_meeting(actor=actor, meeting=meeting, about_type="", about_id=None)
    run_jobs()
    assert (planned(coffee), planned(machines)) == (meeting.starts_at, meeting.starts_at)
    moved = update_meeting(actor=actor, meeting=meeting, about_type="opportunity", about_id=machines.id)
    run_jobs()
    assert (planned(coffee), planned(machines), moved.party_id) == (None, meeting.starts_at, ana.id)
    bia = make_party("Bia")
    other = update_meeting(actor=actor, meeting=moved, party_id=bia.id)
    assert (other.about_type, other.about_id) == ("", None)
    with pytest.raises(Invalid, match="about_id"):
        update_meeting(actor=actor, meeting=other, about_type="opportunity", about_id=uuid7())


def test_tasks_and_meetings_go_with_a_deal_to_another_customer(
    make_opportunity, make_party, meet, actor, run_jobs
):
    ana, bia = make_party("Ana"), make_party("Bia")
    deal, other = make_opportunity(ana), make_opportunity(ana, title="Outra")
    meeting = meet(ana, about_type="opportunity", about_id=deal.id)
    task = create_task(actor=actor, title="Ligar", about_type="opportunity", about_id=deal.id)
    update_opportunity(actor=actor, opportunity_id=deal.id, changes={"party_id": bia.id})
    run_jobs()
    for row in (meeting, task):
        row.refresh_from_db()
        assert (row.party_id, row.about_id) == (bia.id, deal.id)
    assert (planned(deal), planned(other)) == (meeting.starts_at, None)
    merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[bia.id])
    run_jobs()
    meeting.refresh_from_db()
    assert (meeting.party_id, planned(deal), planned(other)) == (ana.id, meeting.starts_at, None)
    delete_opportunity(actor=actor, opportunity_id=deal.id)
    later = timezone.now() + timedelta(seconds=1)
    assert (purge_opportunities(before=later), planned(other)) == (1, meeting.starts_at)


def test_a_meeting_is_planned_from_the_deals_page(
    make_opportunity, make_party, admin, client_for, other_workspace, inside
):
    deal, browser = make_opportunity(title="Café"), client_for(admin)
    make_opportunity(deal.party, title="Máquinas")
    assert (
        f"about=opportunity:{deal.id}"
        in browser.get(f"/teste/opportunities/{deal.id}/tasks/").content.decode()
    )
    form = f"/teste/meetings/new/?about=opportunity:{deal.id}"
    assert 'value="Café"' in browser.get(form).content.decode()
    told = {
        "title": "Visita",
        "starts_on": "2030-05-06",
        "start_time": "10:00",
        "party": "",
        "about_opportunity": str(deal.id),
    }
    assert browser.post(form, told).status_code in (200, 302)
    meeting = Meeting.objects.get()
    assert (meeting.about_id, meeting.party_id) == (deal.id, deal.party_id)
    assert "Café" in browser.get(f"/teste/meetings/{meeting.id}/").content.decode()
    bia = make_party("Bia")
    refused = browser.post(form, told | {"party": str(bia.id)})
    assert refused.status_code == 422
    assert "outro cliente" in refused.content.decode()
    edit = f"/teste/meetings/{meeting.id}/edit/"
    browser.post(
        edit, told | {"about_opportunity": "", "party": str(deal.party_id), "version": meeting.version}
    )
    meeting.refresh_from_db()
    assert meeting.about_id is None
    found = browser.get("/teste/opportunities/pick/?q=maquin").json()["items"]
    assert [one["label"] for one in found] == ["Máquinas"]
    found = browser.get("/teste/opportunities/pick/", {"q": deal.party.name}).json()["items"]
    assert {one["label"] for one in found} == {"Café", "Máquinas"}


def test_the_api_ties_meetings_and_many_tasks(make_opportunity, admin, member_with, api_for, actor):
    deal = make_opportunity(source="erp", external_id="N-1")
    api = api_for(admin)
    told = {
        "title": "Visita",
        "starts_at": "2030-05-06T10:00:00-03:00",
        "about_type": "opportunity",
        "about_id": str(deal.id),
    }
    made = api.post("/api/v1/meetings", told, content_type="application/json")
    assert (made.status_code, made.json()["party_id"]) == (201, str(deal.party_id))
    assert len(api.get(f"/api/v1/meetings?about_id={deal.id}").json()["items"]) == 1
    missing = api.post("/api/v1/meetings", told | {"about_id": str(uuid7())}, content_type="application/json")
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (422, "about_id")
    rows = [
        {"external_id": "1", "title": "Ligar", "opportunity_external_id": "N-1"},
        {"external_id": "2", "title": "Ligar", "opportunity_external_id": "N-9"},
        {"external_id": "3", "title": "Ligar", "about_type": "opportunity", "about_id": str(deal.id)},
    ]
    answer = api.post(
        "/api/v1/tasks/bulk", {"source": "erp", "items": rows}, content_type="application/json"
    ).json()
    assert [one["status"] for one in answer["items"]] == ["created", "failed", "created"]
    assert set(Task.objects.values_list("about_id", "party_id")) == {(deal.id, deal.party_id)}
    hidden = {
        "external_id": "1",
        "values": {"title": "Ligar", "about_type": "opportunity", "about_id": uuid7()},
    }
    (refused,) = upsert_tasks(actor=actor, rows=[TaskRow(**hidden)], source="crm")
    assert [one.field for one in refused.problems] == ["about_id"]


def test_conditions_ask_either_way(make_opportunity, meet, actor, admin):
    tied, free = make_opportunity(title="Com visita"), make_opportunity(title="Sem")
    meeting = meet(tied.party, about_type="opportunity", about_id=tied.id)
    other = meet(free.party)
    task = create_task(actor=actor, title="Ligar", about_type="opportunity", about_id=tied.id)

    def found(rows, subject, where):
        condition = read_condition({"v": 1, "where": where}, subject=subject, reader=admin)
        return set(selected(condition, rows.objects.order_by("id")).values_list("id", flat=True))

    for relation in ("meetings", "tasks"):
        assert found(Opportunity, "opportunity", {"related": relation, "measure": "any"}) == {tied.id}
        assert found(Opportunity, "opportunity", {"related": relation, "measure": "none"}) == {free.id}
    assert found(Meeting, "meeting", {"related": "opportunity", "measure": "any"}) == {meeting.id}
    assert found(Meeting, "meeting", {"related": "opportunity", "measure": "none"}) == {other.id}
    assert found(Task, "task", {"related": "opportunity", "measure": "any"}) == {task.id}


def test_tasks_from_a_file_name_their_opportunity(make_opportunity, actor, tmp_path):
    deal = make_opportunity(source="crm", external_id="N1")
    path = tmp_path / "tarefas.csv"
    path.write_text("Código;Tarefa;ID da oportunidade\n1;Ligar;N1\n2;Visitar;N9\n", encoding="utf-8")
    run = run_import_file(actor=actor, target="tasks", path=path, source="crm")
    assert (run.created, run.rejected) == (1, 1)
    task = Task.objects.get()
    assert (task.about_type, task.about_id, task.party_id) == ("opportunity", deal.id, deal.party_id)
    assert run.rejections.get().problems[0][0] == "opportunity_external_id"
