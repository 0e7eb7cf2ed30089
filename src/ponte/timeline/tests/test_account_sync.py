"""Google and Microsoft calendars, against stand-ins with the shapes of their documentation."""

from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from ponte.core.actors import Actor
from ponte.timeline.adapters.google import calendar as google
from ponte.timeline.adapters.microsoft.patterns import read_rule, write_rule
from ponte.timeline.adapters.oauth import Session, Tokens
from ponte.timeline.event_data import EventData
from ponte.timeline.models import CalendarConflict, CalendarConnection, CalendarLink, Meeting
from ponte.timeline.services.calendar_connections import choose_calendar, connect_account, list_choices
from ponte.timeline.services.calendar_sync import LEASE, sync_calendar
from ponte.timeline.services.meeting_occurrences import delete_occurrence, update_occurrence
from ponte.timeline.services.meetings import delete_meeting, update_meeting
from ponte.timeline.tests.fake_calendars import FakeGoogle, FakeGraph
from ponte.timeline.tests.test_calendar_sync import DAY, HOUR, SOON, SP, Killed, plan, sync

UTC = ZoneInfo("UTC")


def told_google(title, start=SOON, **more):
    return {"summary": title, "start": {"dateTime": start.isoformat(), "timeZone": "America/Sao_Paulo"},
            "end": {"dateTime": (start + HOUR).isoformat(), "timeZone": "America/Sao_Paulo"}, **more}  # fmt: skip


def told_graph(title, start=SOON, **more):
    def moment(when):
        return {"dateTime": when.strftime("%Y-%m-%dT%H:%M:%S.0000000"), "timeZone": "America/Sao_Paulo"}

    return {"subject": title, "body": {"contentType": "text", "content": ""}, "location": {"displayName": ""},
            "start": moment(start), "end": moment(start + HOUR), "isAllDay": False, **more}  # fmt: skip


class Account:
    """One of the two with the words a test needs."""

    def __init__(self, key, fake):
        self.key, self.fake = key, fake
        self.told = told_google if key == "google" else told_graph
        self.title = "summary" if key == "google" else "subject"


@pytest.fixture(params=["google", "microsoft"])
def account(request, settings):
    fake = FakeGoogle() if request.param == "google" else FakeGraph()
    settings.PONTE_HTTP_ALLOWED_ADDRESSES = frozenset({"127.0.0.1"})
    settings.PONTE_CALENDAR_PROVIDERS = {
        request.param: {
            "client_id": "id", "client_secret": "s", "scopes": "calendar", "more": {},
            "authorise_url": f"{fake.url}/authorise", "token_url": f"{fake.url}/token",
            "api_url": fake.url + fake.prefix,
        }
    }  # fmt: skip
    yield Account(request.param, fake)
    fake.stop()


@pytest.fixture
def bia(member_with):
    return member_with("salesperson", name="Bia")


@pytest.fixture
def me(bia):
    return Actor.for_member(bia)


@pytest.fixture
def connection(account, bia, me):
    tokens = Tokens("first", "again", datetime.now(SP).timestamp() + 3600)
    row = connect_account(actor=me, member=bia, provider=account.key, tokens=tokens)
    return choose_calendar(actor=me, connection=row, choice=list_choices(row)[0])


def test_meetings_go_out_and_events_come_in(account, connection, me):
    meeting = plan(me, title="Minha", location="Sala 1", description="Texto")
    for number in range(5):  # more than a page
        account.fake.put(**account.told(f"Fora {number}"))
    sync(connection)
    assert len(account.fake.titles()) == 6
    assert Meeting.objects.filter(is_private=True, organiser=me.member).count() == 5
    link = CalendarLink.objects.get(meeting=meeting)
    account.fake.change(link.remote_key, **{account.title: "Mudada lá"})
    update_meeting(actor=me, meeting=Meeting.objects.get(title="Fora 0"), title="Mudada aqui")
    account.fake.drop(CalendarLink.objects.get(meeting__title="Fora 1").remote_key)
    delete_meeting(actor=me, meeting=Meeting.objects.get(title="Fora 2"))
    sync(connection)
    expected = ["Fora 3", "Fora 4", "Mudada aqui", "Mudada lá"]
    assert account.fake.titles() == expected
    assert sorted(Meeting.objects.filter(deleted_at=None).values_list("title", flat=True)) == expected
    meeting.refresh_from_db()
    assert (meeting.location, meeting.description, meeting.starts_at) == ("Sala 1", "Texto", SOON)
    assert not CalendarConflict.objects.exists()
    before = len(account.fake.requests)
    sync(connection)
    assert len(account.fake.requests) == before + 1  # nothing changed: one question


def test_a_forgotten_cursor_means_all_anew(account, connection, me):
    plan(me, title="Minha")
    account.fake.put(**account.told("Fica"))
    going = account.fake.put(**account.told("Vai"))
    sync(connection)
    account.fake.drop(going["id"])
    account.fake.forgets = True
    sync(connection)
    assert sorted(Meeting.objects.filter(deleted_at=None).values_list("title", flat=True)) == [
        "Fica",
        "Minha",
    ]
    assert account.fake.titles() == ["Fica", "Minha"]


def test_too_many_requests_wait_as_long_as_asked(account, connection):
    account.fake.answers = [(429, {"error": {"code": 429}}, {"Retry-After": "1800"})]
    sync_calendar(connection.id)
    connection.refresh_from_db()
    assert (connection.problem, connection.state) == ("busy", "active")
    assert connection.next_sync_at > datetime.now(SP) + timedelta(minutes=29)


def test_tokens_are_renewed_and_kept_sealed_and_a_revoked_login_stops(account, connection, bia):
    account.fake.valid = "second"
    sync(connection)
    connection.refresh_from_db()
    assert b"second" not in bytes(connection.secret)
    connect_account(
        actor=Actor.for_member(bia), member=bia, provider=account.key, tokens=Tokens("old", "revoked", 0)
    )
    sync_calendar(connection.id)
    connection.refresh_from_db()
    assert (connection.problem, connection.state) == ("login", "broken")


def test_a_series_with_gap_and_change_goes_out(account, connection, me):
    series = plan(me, title="Série", rrule="FREQ=WEEKLY;COUNT=6")
    delete_occurrence(actor=me, meeting=series, original_start=SOON + 7 * DAY, span="this")
    update_occurrence(actor=me, meeting=series, original_start=SOON + 14 * DAY, span="this", title="Outra",
                      starts_at=SOON + 15 * DAY, ends_at=SOON + 15 * DAY + HOUR)  # fmt: skip
    sync(connection)
    master = account.fake.items[CalendarLink.objects.get(meeting=series).remote_key]
    if account.key == "google":
        assert master["recurrence"][0] == "RRULE:FREQ=WEEKLY;COUNT=6"
        assert master["recurrence"][1].startswith("EXDATE:")
        changed = [one for one in account.fake.items.values() if one.get("recurringEventId")]
        assert [one["summary"] for one in changed] == ["Outra"]
    else:
        assert master["recurrence"]["range"]["numberOfOccurrences"] == 6
        assert master["_cancelled"] == [(SOON + 7 * DAY).date().isoformat()]
        assert [one["subject"] for one in master["_exceptions"].values()] == ["Outra"]
    before = len(account.fake.requests)
    sync(connection)
    assert not [one for one in account.fake.requests[before:] if one[0] != "GET"]
    assert not CalendarConflict.objects.exists()


def test_a_series_with_gap_and_change_comes_in(account, connection, me):
    if account.key == "google":
        master = account.fake.put(**account.told("Aula", recurrence=["RRULE:FREQ=WEEKLY;COUNT=4"]))
    else:
        pattern = {
            "type": "weekly",
            "interval": 1,
            "daysOfWeek": [f"{SOON:%A}".lower()],
            "firstDayOfWeek": "monday",
        }
        span = {"type": "numbered", "numberOfOccurrences": 4, "startDate": SOON.date().isoformat()}
        master = account.fake.put(**account.told("Aula", recurrence={"pattern": pattern, "range": span}))
    sync(connection)
    series = Meeting.objects.get()
    assert series.is_series
    if account.key == "google":
        gap = account.fake._instance(master["id"], (SOON + 7 * DAY).astimezone(UTC).isoformat())
        account.fake.items[gap["id"]] = account.fake._write({**gap, "status": "cancelled"}, {})
        other = account.fake._instance(master["id"], (SOON + 14 * DAY).astimezone(UTC).isoformat())
        account.fake.items[other["id"]] = account.fake._write(other, {"summary": "Prova"})
    else:
        account.fake._occurrence("DELETE", f"{master['id']}@{(SOON + 7 * DAY).date()}", {})
        account.fake._occurrence(
            "PATCH", f"{master['id']}@{(SOON + 14 * DAY).date()}", told_graph("Prova", SOON + 14 * DAY)
        )
    sync(connection)
    series.refresh_from_db()
    assert len(series.skipped) == 1
    assert series.exceptions.get(deleted_at=None).title == "Prova"
    update_meeting(actor=me, meeting=series, title="Aula nova")
    sync(connection)
    assert account.fake.items[master["id"]][account.title] == "Aula nova"
    assert not CalendarConflict.objects.exists()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_at_any_request_nothing_is_lost_or_doubled(account, connection, me, monkeypatch, moment):
    ask = Session.ask
    first = plan(me, title="Primeira")
    account.fake.put(**account.told("Fora"))
    sync(connection)
    update_meeting(actor=me, meeting=first, title="Mudada")
    plan(me, title="Nova")
    account.fake.put(**account.told("Fora também"))
    cut, deaths = 0, 0
    while True:
        cut, count = cut + 1, 0

        def dying(self, *args, cut=cut, **kwargs):
            nonlocal count
            count += 1
            if count == cut and moment == "before":
                raise Killed
            answer = ask(self, *args, **kwargs)
            if count == cut:
                raise Killed
            return answer

        monkeypatch.setattr(Session, "ask", dying)
        try:
            sync_calendar(connection.id)
        except Killed:
            deaths += 1
            CalendarConnection.objects.update(leased_until=datetime.now(SP) - LEASE)
            continue
        break
    monkeypatch.setattr(Session, "ask", ask)
    sync(connection)
    assert deaths > 2
    assert account.fake.titles() == ["Fora", "Fora também", "Mudada", "Nova"]
    assert Meeting.objects.filter(deleted_at=None).count() == 4
    assert not CalendarConflict.objects.exists()


def test_logging_in_there_and_back(account, bia, client_for, admin):
    client = client_for(bia)
    page = "/teste/settings/calendars/"
    assert f"{page}{account.key}/log-in/" in client.get(page).content.decode()
    away = client.get(f"{page}{account.key}/log-in/").url
    asked = parse_qs(urlsplit(away).query)
    assert asked["code_challenge_method"] == ["S256"]
    back = f"/public/calendar-login/{account.key}/"
    assert client_for(admin).get(back, {"state": asked["state"][0], "code": "x"}).status_code == 404
    answer = client.get(back, {"state": asked["state"][0], "code": "x"})
    row = CalendarConnection.objects.get()
    assert answer.url == f"{page}{row.id}/choose/"
    assert (row.member, row.state) == (bia, "choosing")
    assert client.get(back, {"state": asked["state"][0], "code": "x"}).status_code == 404  # once
    client.get(f"{page}{account.key}/log-in/")
    assert client.get(back, {"state": "forged", "code": "x"}).status_code == 404


def test_what_isn_t_configured_isn_t_there(bia, client_for):
    client = client_for(bia)
    assert client.get("/teste/settings/calendars/google/log-in/").status_code == 404
    assert "Google" not in client.get("/teste/settings/calendars/").content.decode()


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=SU",
        "FREQ=MONTHLY;BYMONTHDAY=15", "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2", "FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1;UNTIL=20271231",
        "FREQ=YEARLY;BYMONTHDAY=3;BYMONTH=9", "FREQ=YEARLY;BYDAY=SU;BYSETPOS=1;BYMONTH=5",
    ],
)  # fmt: skip
def test_rules_survive_graph_s_patterns(rule):
    event = EventData(title="x", starts_at=SOON, ends_at=SOON + HOUR, zone=str(SP), rrule=rule)
    told = write_rule(event)
    back = dict(one.split("=") for one in read_rule(told).split(";"))
    assert back == dict(one.split("=") for one in rule.split(";"))


@pytest.mark.parametrize(
    "rule", ["FREQ=DAILY;BYMONTH=1", "FREQ=MONTHLY;BYMONTHDAY=1,15", "FREQ=YEARLY;BYYEARDAY=7"]
)
def test_rules_graph_has_no_pattern_for_are_refused(rule):
    event = EventData(title="x", starts_at=SOON, ends_at=SOON + HOUR, zone=str(SP), rrule=rule)
    assert write_rule(event) is None


def test_google_s_limits_said_with_403_count_as_busy(settings):
    assert google.WRITERS == ("owner", "writer")
    from ponte.timeline.adapters.oauth import _is_limit

    assert _is_limit(403, {"error": {"errors": [{"reason": "rateLimitExceeded"}]}})
    assert not _is_limit(403, {"error": {"errors": [{"reason": "forbidden"}]}})
