"""Connected calendars in the browser and over the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.support.radicale import PASSWORD, USER, Radicale

from ponte.core.actors import Actor
from ponte.core.models import AuditEntry
from ponte.timeline.models import CalendarConflict, CalendarConnection, Meeting
from ponte.timeline.services.calendar_connections import connect_caldav
from ponte.timeline.tests.test_calendar_sync import DAY, HOUR, SOON, lines, plan

PAGE = "/teste/settings/calendars/"
API = "/api/v1/calendar-connections"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    found = Radicale(tmp_path_factory.mktemp("radicale"))
    found.start()
    found.make_calendar()
    yield found
    found.kill()


@pytest.fixture
def server(running, settings):
    settings.PONTE_HTTP_ALLOWED_ADDRESSES = frozenset({"127.0.0.1"})
    running.ask("DELETE", running.calendar)
    running.make_calendar()
    return running


@pytest.fixture
def bia(member_with):
    return member_with("salesperson", name="Bia")


def access(server, **told):
    return {"address": server.url, "username": USER, "password": PASSWORD, **told}


def test_connecting_in_the_browser(server, bia, client_for, run_jobs):
    client = client_for(bia)
    plan(Actor.for_member(bia), title="Minha")
    server.put("d.ics", *lines())
    assert "CalDAV" in client.get(PAGE).content.decode()
    answer = client.post(PAGE + "caldav/", access(server))
    row = CalendarConnection.objects.get()
    assert answer.url == f"{PAGE}{row.id}/choose/"
    assert "Agenda da Bia" in client.get(answer.url).content.decode()
    told = {"calendar": server.calendar, "shares_meetings": "on", "takes_in": "on"}
    assert client.post(answer.url, told).status_code == 302
    run_jobs()
    row.refresh_from_db()
    assert (row.state, row.shares_tasks, row.problem) == ("active", False, "")
    assert row.synced_at is not None
    assert len(server.files()) == 2
    text = client.get(PAGE).content.decode()
    assert "Agenda da Bia" in text
    assert PASSWORD not in text
    for act in ("pause", "resume", "sync", "refill"):
        assert client.post(f"{PAGE}{row.id}/{act}/").status_code == 302
    assert client.post(f"{PAGE}{row.id}/burn/").status_code == 404
    assert client.post(f"{PAGE}{row.id}/disconnect/").status_code == 302
    assert not CalendarConnection.objects.exists()
    acts = set(AuditEntry.objects.filter(object_type="calendarconnection").values_list("act", flat=True))
    assert {"calendar.connected", "calendar.changed", "calendar.refilled", "calendar.disconnected"} <= acts


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"address": "ftp://x"}, "address"),
        ({"address": "http://10.1.2.3/"}, "address"),
        ({"username": ""}, "username"),
        ({"password": "errada"}, "password"),
    ],
)
def test_what_is_refused_names_its_field_and_keeps_nothing(server, bia, client_for, told, field):
    answer = client_for(bia).post(PAGE + "caldav/", access(server, **told))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not CalendarConnection.objects.exists()


def test_a_meeting_planned_here_goes_there_at_once(server, bia, api_for, run_jobs):
    api = api_for(bia)
    made = api.post(API, access(server))
    assert made.status_code == 201
    assert "password" not in made.json()
    key = api.get(f"{API}/{made.json()['id']}/calendars").json()["calendars"][0]["key"]
    told = api.patch(f"{API}/{made.json()['id']}", {"calendar": key, "shares_tasks": False}).json()
    assert (told["state"], told["calendar"], told["shares_tasks"]) == ("active", server.calendar, False)
    run_jobs()
    api.post("/api/v1/meetings", {"title": "Pela API", "starts_at": SOON.isoformat()})
    run_jobs()
    assert "SUMMARY:Pela API" in next(iter(server.files().values()))
    assert api.get(API).json()["items"][0]["problem"] == ""
    assert api.post(f"{API}/{made.json()['id']}/sync").status_code == 202
    assert api.delete(f"{API}/{made.json()['id']}").status_code == 204


def test_conflicts_are_shown_and_closed(server, bia, client_for, api_for):
    me = Actor.for_member(bia)
    row = connect_caldav(actor=me, member=bia, **access(server))
    meeting = plan(me, title="Daqui")
    other = {"title": "De lá", "description": "", "location": "Sala 9", "link": "", "zone": "America/Sao_Paulo",
             "starts_at": (SOON + DAY).timestamp(), "ends_at": (SOON + DAY + HOUR).timestamp(), "all_day": False,
             "rrule": "", "skipped": [], "changed": []}  # fmt: skip
    first, second = (
        CalendarConflict.objects.create(
            connection=row, meeting=meeting, kind="both", groups=["title"], other=other
        )
        for _number in range(2)
    )
    assert "De lá" in client_for(bia).get(PAGE).content.decode()
    listed = api_for(bia).get("/api/v1/calendar-conflicts").json()["items"]
    assert [one["kind"] for one in listed] == ["both", "both"]
    assert client_for(bia).post(f"/teste/settings/calendar-conflicts/{first.id}/").status_code == 302
    assert (
        api_for(bia).post(f"/api/v1/calendar-conflicts/{second.id}/close", {"take_other": True}).status_code
        == 204
    )
    assert Meeting.objects.get().title == "De lá"
    assert not CalendarConflict.objects.filter(closed_at=None).exists()


def test_nobody_reaches_another_one_s_calendar(server, bia, admin, client_for, api_for, member_with):
    row = connect_caldav(actor=Actor.for_member(bia), member=bia, **access(server))
    conflict = CalendarConflict.objects.create(connection=row, kind="both")
    client, api = client_for(admin), api_for(admin)
    assert USER not in client.get(PAGE).content.decode()
    assert client.get(f"{PAGE}{row.id}/choose/").status_code == 404
    assert client.post(f"{PAGE}{row.id}/disconnect/").status_code == 404
    assert client.post(f"/teste/settings/calendar-conflicts/{conflict.id}/").status_code == 404
    assert api.get(f"{API}/{row.id}").status_code == 404
    assert api.delete(f"{API}/{row.id}").status_code == 404
    assert api.get(API).json()["items"] == []
    assert client_for(member_with("read_only")).get(PAGE).status_code == 404
    assert CalendarConnection.objects.count() == 1


def test_the_page_asks_no_more_when_there_is_more(bia, client_for):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(PAGE).status_code == 200
        return len(captured)

    client = client_for(bia)
    rows = [
        CalendarConnection.objects.create(member=bia, provider=provider, secret=b"", state="active")
        for provider in ("caldav", "google", "microsoft")
    ]
    meeting, other = plan(Actor.for_member(bia), title="Minha"), {}
    CalendarConflict.objects.create(
        connection=rows[0], meeting=meeting, kind="both", groups=["title"], other=other
    )
    asked()  # what is kept in memory is there from now on
    few = asked()
    CalendarConflict.objects.bulk_create(
        CalendarConflict(connection=row, meeting=meeting, kind="both", groups=["title"], other=other)
        for row in rows
        for _number in range(20)
    )
    assert asked() == few <= 25
