"""The calendar's screens and API: what they show, refuse and keep."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ponte.core.actors import Actor
from ponte.timeline.models import Meeting, Task
from ponte.timeline.services.invitees import Invitee
from ponte.timeline.services.meetings import create_meeting
from ponte.timeline.services.tasks import create_task
from ponte.timeline.tests.conftest import make_party

SP = ZoneInfo("America/Sao_Paulo")
MONDAY = datetime(2026, 11, 30, 10, tzinfo=SP)
HOUR = timedelta(hours=1)
HTMX = {"HTTP_HX_REQUEST": "true"}
RANGE = "start=2026-11-29T00:00:00-03:00&end=2026-12-06T00:00:00-03:00"


@pytest.fixture
def browser(client_for, admin):
    return client_for(admin)


def plan(actor, **told):
    return create_meeting(
        actor=actor, **{"title": "Visita", "starts_at": MONDAY, "ends_at": MONDAY + HOUR, **told}
    )


def told(**changes):
    return {
        "title": "Café", "starts_on": "2026-11-30", "start_time": "10:00", "ends_on": "2026-11-30", "end_time": "11:30",
        "reminder": "30", **changes,
    }  # fmt: skip


def test_the_page_and_the_form(browser, ana):
    assert b"data-calendar-who" in browser.get("/teste/calendar/").content
    page = browser.get(
        f"/teste/meetings/new/?start=2026-11-30T14:00:00-03:00&end=2026-11-30T15:00:00-03:00&party={ana.id}"
    )
    assert 'value="14:00"' in page.content.decode()


def test_planning_by_form(browser, admin, ana, member_with):
    bia = member_with("salesperson", name="Bia")
    answer = browser.post(
        "/teste/meetings/new/",
        told(party=str(ana.id), repeat="weekly", invitees=[f"member:{bia.id}", "fora@x.example"]),
        **HTMX,
    )
    assert answer.status_code in (204, 302), answer.content.decode()
    meeting = Meeting.objects.get()
    assert (meeting.starts_at, meeting.ends_at) == (MONDAY, MONDAY + HOUR * 1.5)
    assert (meeting.rrule, meeting.remind_minutes) == ("FREQ=WEEKLY;BYDAY=MO", 30)
    assert meeting.invitees.count() == 2


def test_the_form_says_what_is_wrong(browser, admin):
    answer = browser.post("/teste/meetings/new/", told(start_time="", invitees=["member:x"]), **HTMX)
    assert answer.status_code == 422
    assert "Informe o horário" in answer.content.decode()
    assert browser.post("/teste/meetings/new/", told(end_time="09:00"), **HTMX).status_code == 422


def test_nobody_is_invited_whom_one_cannot_see(client_for, member_with, ana):
    role = member_with("salesperson").role
    role.rights["objects"]["customer"]["view"] = "own"
    role.save()
    rui = member_with(role, name="Rui")
    answer = client_for(rui).post("/teste/meetings/new/", told(invitees=[f"party:{ana.id}"]), **HTMX)
    assert answer.status_code == 422
    assert not Meeting.objects.exists()


def test_entries(browser, actor, admin, ana):
    plan(actor, party_id=ana.id, location="Loja")
    plan(actor, rrule="FREQ=DAILY;COUNT=3", title="Diária", all_day=True)
    create_task(actor=actor, title="Ligar", kind="call", due_at=MONDAY, due_all_day=False)
    found = browser.get(f"/teste/calendar/entries/?{RANGE}").json()["entries"]
    assert sorted((one["kind"], one["title"]) for one in found) == [
        ("call", "Ligar"), ("meeting", "Diária"), ("meeting", "Diária"), ("meeting", "Diária"), ("meeting", "Visita"),
    ]  # fmt: skip
    visit = next(one for one in found if one["title"] == "Visita")
    assert visit["note"] == "Ana Souza · Loja"
    assert next(one for one in found if one["allDay"])["end"] == "2026-12-01"
    assert browser.get("/teste/calendar/entries/?start=x&end=y").status_code == 422


def test_moving_by_hand(browser, actor):
    meeting, task = plan(actor), create_task(actor=actor, title="x", due_at=MONDAY, due_all_day=False)
    to = {"start": "2026-12-01T09:00:00-03:00", "end": "2026-12-01T10:00:00-03:00", "version": "1"}
    assert browser.post(f"/teste/meetings/{meeting.id}/move/", to).json()["version"] == 2
    assert Meeting.objects.get().starts_at == datetime(2026, 12, 1, 9, tzinfo=SP)
    again = browser.post(f"/teste/meetings/{meeting.id}/move/", to)
    assert again.status_code == 409
    assert again.json()["detail"].startswith("Alguém")
    assert (
        browser.post(f"/teste/tasks/{task.id}/move/", {"start": "2026-12-02", "all_day": "1"}).status_code
        == 200
    )
    assert Task.objects.get().due_at == datetime(2026, 12, 2, 23, 59, 59, tzinfo=SP)


def test_moving_one_of_a_series(browser, actor):
    series = plan(actor, rrule="FREQ=WEEKLY;COUNT=3")
    to = {"start": "2026-12-08T09:00:00-03:00", "end": "2026-12-08T10:00:00-03:00", "span": "this"}
    answer = browser.post(f"/teste/meetings/{series.id}/move/?at=20261207T130000Z", to)
    assert answer.json()["reload"] is True
    assert Meeting.objects.filter(series=series).get().starts_at == datetime(2026, 12, 8, 9, tzinfo=SP)


def test_others_private_meetings_cannot_be_opened(client_for, actor, admin, member_with):
    bia = member_with("manager", name="Bia")
    meeting = plan(actor, is_private=True, title="Dentista")
    visitor = client_for(bia)
    assert visitor.get(f"/teste/meetings/{meeting.id}/").status_code == 404
    page = visitor.get(f"/teste/calendar/entries/?{RANGE}&who={admin.id}")
    assert "Dentista" not in page.content.decode()
    assert [(one["title"], one["url"], one["editable"]) for one in page.json()["entries"]] == [
        ("Ocupado", "", False)
    ]


def test_a_seller_sees_no_calendar_out_of_reach(client_for, actor, admin, member_with):
    role = member_with("salesperson").role
    role.rights["objects"]["meeting"]["view"] = "own"
    role.save()
    rui = member_with(role, name="Rui")
    plan(actor)
    assert client_for(rui).get(f"/teste/calendar/entries/?{RANGE}&who={admin.id}").json()["entries"] == []
    assert "Alice" not in client_for(rui).get("/teste/calendar/").content.decode()


def test_detail_hides_hidden_customers(client_for, actor, member_with):
    role = member_with("salesperson").role
    role.rights["objects"]["customer"]["view"] = "own"
    role.save()
    rui, secret = member_with(role, name="Rui"), make_party("person", "Segredo Total")
    meeting = plan(
        actor, party_id=secret.id, invitees=[Invitee(member_id=rui.id), Invitee(party_id=secret.id)]
    )
    page = client_for(rui).get(f"/teste/meetings/{meeting.id}/")
    assert page.status_code == 200
    assert "Segredo" not in page.content.decode()


def test_acts_on_the_page(browser, actor, ana, admin):
    meeting = plan(
        actor,
        party_id=ana.id,
        invitees=[Invitee(member_id=admin.id)],
        starts_at=MONDAY - timedelta(days=90),
        ends_at=None,
    )
    assert "Como foi?" in browser.get(f"/teste/meetings/{meeting.id}/").content.decode()
    assert (
        browser.post(f"/teste/meetings/{meeting.id}/answer/", {"answer": "tentative"}, **HTMX).status_code
        == 204
    )
    assert (
        browser.post(
            f"/teste/meetings/{meeting.id}/hold/", {"outcome": "next_step", "notes": "ok"}, **HTMX
        ).status_code
        == 204
    )
    assert "ok" in browser.get(f"/teste/customers/{ana.id}/timeline/", **HTMX).content.decode()
    assert browser.post(f"/teste/meetings/{meeting.id}/delete/", **HTMX).status_code == 204
    assert browser.get(f"/teste/meetings/{meeting.id}/").status_code == 404
    assert browser.post(f"/teste/meetings/{meeting.id}/restore/", **HTMX).status_code == 204


def test_the_customers_panel(browser, actor, ana):
    plan(actor, party_id=ana.id, rrule="FREQ=WEEKLY")
    page = browser.get(f"/teste/customers/{ana.id}/meetings/").content.decode()
    assert "Visita" in page
    assert "toda semana" in page


def test_the_api(api_for, admin, ana, member_with):
    api, bia = api_for(admin), member_with("salesperson", name="Bia")
    body = {
        "title": "Demo", "starts_at": "2026-11-30T13:00:00Z", "rrule": "FREQ=WEEKLY;COUNT=3", "party_id": str(ana.id),
        "invitees": [{"member_id": str(bia.id)}], "source": "erp", "external_id": "7",
    }  # fmt: skip
    made = api.post("/meetings", body)
    assert made.status_code == 201, made.content
    assert api.post("/meetings", body).status_code == 200
    meeting = made.json()
    listed = api.get(f"/meetings?party_id={ana.id}").json()
    assert [one["id"] for one in listed["items"]] == [meeting["id"]]
    look = api.get("/meetings/calendar?since=2026-11-29T00:00:00Z&until=2026-12-31T00:00:00Z").json()
    assert len(look["occurrences"]) == 3
    moved = api.patch(
        f"/meetings/{meeting['id']}",
        {"original_start": "2026-12-07T13:00:00Z", "span": "this", "title": "Outra"},
    )
    assert moved.json()["series_id"] == meeting["id"]
    assert (
        api.delete(f"/meetings/{meeting['id']}?original_start=2026-12-14T13:00:00Z&span=this").status_code
        == 204
    )
    look = api.get("/meetings/calendar?since=2026-11-29T00:00:00Z&until=2026-12-31T00:00:00Z").json()
    assert [one["title"] for one in look["occurrences"]] == ["Demo", "Outra"]
    assert api_for(admin, ["tasks:read"]).get("/meetings").status_code == 403


def test_other_workspaces_meetings_are_not_there(browser, actor, other_workspace, inside):
    with inside(other_workspace):
        from ponte.core.models import Member

        stranger = Member.objects.first()
        theirs = create_meeting(
            actor=Actor.for_member(stranger) if stranger else Actor.system(), title="Deles", starts_at=MONDAY
        )
    assert browser.get(f"/teste/meetings/{theirs.id}/").status_code == 404
