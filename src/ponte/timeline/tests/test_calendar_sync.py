"""A member's calendar kept in step with a real CalDAV server (Radicale)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.support.radicale import PASSWORD, USER, Radicale

from ponte.core.actors import Actor
from ponte.core.models import Notification, Role
from ponte.timeline.adapters.caldav import calendar as caldav
from ponte.timeline.models import CalendarConflict, CalendarConnection, CalendarLink, Meeting, Task
from ponte.timeline.selectors.calendar import CalendarRange, look_at_calendar
from ponte.timeline.services.calendar_conflicts import close_conflict
from ponte.timeline.services.calendar_connections import (
    change_sharing,
    choose_calendar,
    connect_caldav,
    disconnect_calendar,
    list_choices,
    refill_calendar,
)
from ponte.timeline.services.calendar_sync import LEASE, sync_calendar
from ponte.timeline.services.meeting_occurrences import delete_occurrence, update_occurrence
from ponte.timeline.services.meeting_state import cancel_meeting
from ponte.timeline.services.meetings import create_meeting, delete_meeting, update_meeting
from ponte.timeline.services.task_state import complete_task
from ponte.timeline.services.tasks import create_task, update_task

SP = ZoneInfo("America/Sao_Paulo")
SOON = datetime.now(SP).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=3)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    server = Radicale(tmp_path_factory.mktemp("radicale"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def server(running, settings):
    """A running server with one empty calendar."""
    settings.PONTE_HTTP_ALLOWED_ADDRESSES = frozenset({"127.0.0.1"})
    running.ask("DELETE", running.calendar)
    running.make_calendar()
    return running


@pytest.fixture
def bia(member_with):
    return member_with("salesperson", name="Bia")


@pytest.fixture
def me(bia):
    return Actor.for_member(bia)


@pytest.fixture
def connection(server, bia, me):
    row = connect_caldav(actor=me, member=bia, address=server.url, username=USER, password=PASSWORD)
    choice = next(one for one in list_choices(row) if one.key == server.calendar)
    return choose_calendar(actor=me, connection=row, choice=choice)


def sync(connection):
    """Run until nothing is left to do, as the turns would."""
    for _turn in range(4):
        assert sync_calendar(connection.id)
        connection.refresh_from_db()
        if connection.next_sync_at > connection.synced_at + HOUR / 60:
            break
    assert connection.problem == ""
    return connection


def plan(actor, **told):
    return create_meeting(
        actor=actor, **{"title": "Visita; à loja, 🎉", "starts_at": SOON, "ends_at": SOON + HOUR, **told}
    )


def lines(title="Dentista", uid="d1", start=SOON, **more):
    extra = [f"{name.upper()}:{value}" for name, value in more.items()]
    return ["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{title}", "DTSTAMP:20260101T000000Z",
            f"DTSTART;TZID=America/Sao_Paulo:{start:%Y%m%dT%H%M%S}",
            f"DTEND;TZID=America/Sao_Paulo:{start + HOUR:%Y%m%dT%H%M%S}", *extra, "END:VEVENT"]  # fmt: skip


def only(server):
    """The one event there."""
    found = server.files()
    assert len(found) == 1, found.keys()
    return next(iter(found.items()))


def test_choices_are_found_from_the_server_s_bare_address(server, bia, me):
    server.make_calendar(server.url + USER + "/outra/", "Outra")
    row = connect_caldav(actor=me, member=bia, address=server.url, username=USER, password=PASSWORD)
    assert {one.name for one in list_choices(row)} == {"Agenda da Bia", "Outra"}
    server.ask("DELETE", server.url + USER + "/outra/")


def test_a_meeting_goes_out_changes_and_goes(server, connection, me):
    meeting = plan(me, location="Rua das Flores, 5", description="Levar\namostras")
    sync(connection)
    name, text = only(server)
    assert f"UID:{meeting.uid}" in text
    assert "SUMMARY:Visita\\; à loja\\, 🎉" in text
    assert "LOCATION:Rua das Flores\\, 5" in text

    update_meeting(actor=me, meeting=meeting, title="Visita", starts_at=SOON + DAY, ends_at=SOON + DAY + HOUR)
    sync(connection)
    assert "SUMMARY:Visita\r\n" in server.ask("GET", server.calendar + name)[1]
    assert f"{SOON + DAY:%Y%m%dT%H%M%S}" in only(server)[1]

    delete_meeting(actor=me, meeting=meeting)
    sync(connection)
    assert server.files() == {}
    assert not CalendarLink.objects.exists()


def test_what_changed_there_changes_here(server, connection, me):
    meeting = plan(me)
    sync(connection)
    name, _text = only(server)
    server.change(name, f"{SOON:%Y%m%dT%H%M%S}", f"{SOON - HOUR:%Y%m%dT%H%M%S}")
    sync(connection)
    meeting.refresh_from_db()
    assert (meeting.starts_at, meeting.ends_at) == (SOON - HOUR, SOON + HOUR)
    server.delete(name)
    sync(connection)
    meeting.refresh_from_db()
    assert meeting.deleted_at is not None
    assert not CalendarConflict.objects.exists()


def test_events_from_outside_are_private_and_busy_for_others(server, connection, bia, admin):
    server.put("d.ics", *lines(description="Segredo"))
    sync(connection)
    row = Meeting.objects.get()
    assert (row.title, row.organiser, row.is_private) == ("Dentista", bia, True)
    look = look_at_calendar(admin, CalendarRange(SOON - DAY, SOON + DAY, (bia.id,)))
    assert [one.meeting.shows_details for one in look.occurrences] == [False]
    sync(connection)
    assert Meeting.objects.count() == 1


def test_what_ponte_doesn_t_know_survives_an_edit_here(server, connection, me):
    alarm = ["BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:x", "TRIGGER:-PT15M", "END:VALARM"]
    told = lines(categories="Saúde", transp="TRANSPARENT")
    server.put("d.ics", *told[:-1], *alarm, told[-1])
    sync(connection)
    update_meeting(actor=me, meeting=Meeting.objects.get(), title="Dentista às 11")
    sync(connection)
    text = server.files()["d.ics"]
    assert "SUMMARY:Dentista às 11" in text
    assert all(
        word in text for word in ("TRIGGER:-PT15M", "CATEGORIES:Saúde", "TRANSP:TRANSPARENT", "UID:d1")
    )


def test_changed_on_both_sides_different_things_both_stay(server, connection, me):
    meeting = plan(me)
    sync(connection)
    name, _text = only(server)
    server.change(name, "SUMMARY:Visita\\; à loja\\, 🎉", "SUMMARY:Visita nova")
    update_meeting(actor=me, meeting=meeting, location="Sala 2")
    sync(connection)
    meeting.refresh_from_db()
    assert (meeting.title, meeting.location) == ("Visita nova", "Sala 2")
    assert "LOCATION:Sala 2" in only(server)[1]
    assert "SUMMARY:Visita nova" in only(server)[1]
    assert not CalendarConflict.objects.exists()


def test_changed_on_both_sides_the_same_thing_is_told_and_can_be_turned(server, connection, bia, me):
    meeting = plan(me, title="Antes")
    sync(connection)
    name, _text = only(server)
    server.change(name, "SUMMARY:Antes", "SUMMARY:De lá")
    update_meeting(actor=me, meeting=meeting, title="Daqui")
    sync(connection)
    meeting.refresh_from_db()
    assert meeting.title == "Daqui"
    assert "SUMMARY:Daqui" in only(server)[1]
    conflict = CalendarConflict.objects.get()
    assert (conflict.kind, conflict.groups, conflict.other["title"]) == ("both", ["title"], "De lá")
    assert Notification.objects.filter(member=bia, kind="calendar.conflict").count() == 1
    close_conflict(actor=me, conflict=conflict, take_other=True)
    sync(connection)
    assert "SUMMARY:De lá" in only(server)[1]
    assert CalendarConflict.objects.get().closed_at is not None


def test_deleted_there_but_changed_here_is_kept(server, connection, me):
    meeting = plan(me)
    sync(connection)
    server.delete(only(server)[0])
    update_meeting(actor=me, meeting=meeting, title="Importante")
    sync(connection)
    assert "SUMMARY:Importante" in only(server)[1]
    assert CalendarConflict.objects.get().kind == "kept"
    sync(connection)
    assert len(server.files()) == 1


def test_deleted_here_but_changed_there_comes_back(server, connection, me):
    meeting = plan(me)
    sync(connection)
    server.change(only(server)[0], "SUMMARY:Visita\\; à loja\\, 🎉", "SUMMARY:Mudou")
    delete_meeting(actor=me, meeting=meeting)
    sync(connection)
    meeting.refresh_from_db()
    assert (meeting.deleted_at, meeting.title) == (None, "Mudou")
    assert CalendarConflict.objects.get().kind == "restored"
    assert len(server.files()) == 1


def test_called_off_goes_there(server, connection, me):
    meeting = plan(me)
    sync(connection)
    cancel_meeting(actor=me, meeting=meeting)
    sync(connection)
    assert server.files() == {}
    meeting.refresh_from_db()
    assert meeting.deleted_at is None


def test_a_series_goes_out_with_gaps_and_changes(server, connection, me):
    series = plan(me, rrule="FREQ=WEEKLY;COUNT=5")
    delete_occurrence(actor=me, meeting=series, original_start=SOON + 7 * DAY, span="this")
    update_occurrence(actor=me, meeting=series, original_start=SOON + 14 * DAY, span="this", title="Outra",
                      starts_at=SOON + 15 * DAY, ends_at=SOON + 15 * DAY + HOUR)  # fmt: skip
    sync(connection)
    _name, text = only(server)
    assert "RRULE:FREQ=WEEKLY;COUNT=5" in text
    assert f"EXDATE;TZID=America/Sao_Paulo:{SOON + 7 * DAY:%Y%m%dT%H%M%S}" in text
    assert f"RECURRENCE-ID;TZID=America/Sao_Paulo:{SOON + 14 * DAY:%Y%m%dT%H%M%S}" in text
    assert "BEGIN:VTIMEZONE" in text
    before = text
    sync(connection)
    assert only(server)[1] == before
    update_occurrence(
        actor=me, meeting=series, original_start=SOON + 14 * DAY, span="this", title="Nome novo"
    )
    sync(connection)
    assert "SUMMARY:Nome novo" in only(server)[1]


def test_a_series_comes_in_with_gaps_and_changes_on_its_own_clock(server, connection, bia):
    start = datetime(2026, 12, 1, 9)  # New York goes to summer time in March
    told = ["BEGIN:VEVENT", "UID:ny", "SUMMARY:Call NY", "DTSTAMP:20260101T000000Z", "DTSTART;TZID=America/New_York:20261201T090000",
            "DURATION:PT30M", "RRULE:FREQ=WEEKLY;COUNT=20", "EXDATE;TZID=America/New_York:20261208T090000", "END:VEVENT",
            "BEGIN:VEVENT", "UID:ny", "SUMMARY:Later", "DTSTAMP:20260101T000000Z",
            "RECURRENCE-ID;TZID=America/New_York:20261215T090000", "DTSTART;TZID=America/New_York:20261215T110000",
            "DTEND;TZID=America/New_York:20261215T120000", "END:VEVENT"]  # fmt: skip
    server.put("ny.ics", *told)
    sync(connection)
    ny = ZoneInfo("America/New_York")
    look = look_at_calendar(
        bia, CalendarRange(start.replace(tzinfo=ny) - DAY, start.replace(tzinfo=ny) + 150 * DAY)
    )
    found = [(one.meeting.title, one.starts_at.astimezone(ny)) for one in look.occurrences]
    assert len(found) == 19
    assert found[1] == ("Later", datetime(2026, 12, 15, 11, tzinfo=ny))
    assert {moment.hour for title, moment in found if title == "Call NY"} == {9}
    server.change("ny.ics", "EXDATE;TZID=America/New_York:20261208T090000\r\n", "")
    server.change("ny.ics", "T110000", "T130000")
    sync(connection)
    look = look_at_calendar(
        bia, CalendarRange(start.replace(tzinfo=ny) - DAY, start.replace(tzinfo=ny) + 150 * DAY)
    )
    found = [one.starts_at.astimezone(ny) for one in look.occurrences]
    assert len(found) == 20
    assert found[2].hour == 13 or found[2] == datetime(2026, 12, 15, 13, tzinfo=ny)
    assert not CalendarConflict.objects.exists()


def test_all_day_events_both_ways(server, connection, me):
    server.put("f.ics", "BEGIN:VEVENT", "UID:f", "SUMMARY:Férias", "DTSTAMP:20260101T000000Z",
               f"DTSTART;VALUE=DATE:{SOON:%Y%m%d}", f"DTEND;VALUE=DATE:{SOON + 5 * DAY:%Y%m%d}", "END:VEVENT")  # fmt: skip
    sync(connection)
    row = Meeting.objects.get()
    assert row.all_day
    assert row.ends_at - row.starts_at == 5 * DAY
    update_meeting(actor=me, meeting=row, title="Férias!")
    sync(connection)
    assert f"DTEND;VALUE=DATE:{SOON + 5 * DAY:%Y%m%d}" in server.files()["f.ics"]


def test_tasks_with_a_time_go_out_and_their_time_comes_back(server, connection, me):
    task = create_task(actor=me, title="Ligar", due_at=SOON, due_all_day=False)
    create_task(actor=me, title="Um dia", due_at=SOON)
    sync(connection)
    name, text = only(server)
    assert "SUMMARY:Ligar" in text
    server.change(name, f"{SOON:%Y%m%dT%H%M%S}", f"{SOON - HOUR:%Y%m%dT%H%M%S}")
    sync(connection)
    task.refresh_from_db()
    assert task.due_at == SOON - HOUR
    server.delete(name)
    sync(connection)
    task.refresh_from_db()
    assert task.is_open
    assert server.files() == {}
    update_task(actor=me, task=task, due_at=SOON + HOUR)
    sync(connection)
    assert len(server.files()) == 1
    complete_task(actor=me, task=task)
    sync(connection)
    assert server.files() == {}


def test_what_cannot_be_kept_is_named_and_left_alone(server, connection):
    server.put("h.ics", *lines("De hora em hora", "h", rrule="FREQ=HOURLY"))
    server.put("ok.ics", *lines("Boa", "ok"))
    sync(connection)
    assert Meeting.objects.get().title == "Boa"
    assert CalendarLink.objects.get(meeting=None).problem == "rule"
    before = server.files()["h.ics"]
    sync(connection)
    assert server.files()["h.ics"] == before
    server.change("h.ics", "FREQ=HOURLY", "FREQ=DAILY")
    sync(connection)
    assert Meeting.objects.count() == 2


def test_a_change_without_the_right_is_put_back(server, connection, bia, me):
    meeting = plan(me, title="Fixa")
    sync(connection)
    name, _text = only(server)
    bia.role = Role.objects.create(
        name="Só vê", rights={"meeting": {"view": "all", "create": "own", "edit": "none", "delete": "none"}}
    )
    bia.save()
    server.change(name, "SUMMARY:Fixa", "SUMMARY:Trocada")
    sync(connection)
    meeting.refresh_from_db()
    assert meeting.title == "Fixa"
    assert "SUMMARY:Fixa" in only(server)[1]
    assert CalendarConflict.objects.get().kind == "denied"
    server.delete(only(server)[0])
    sync(connection)
    assert "SUMMARY:Fixa" in only(server)[1]


class Killed(BaseException):
    """The worker's end."""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_at_any_request_nothing_is_lost_or_doubled(server, connection, me, monkeypatch, moment):
    """Cut the run off before or after its n-th request, for every n; then let another run go on."""
    send = caldav.Dav.send
    server.put("d.ics", *lines())
    meetings = [plan(me, title=f"Reunião {number}") for number in range(3)]
    sync(connection)
    update_meeting(actor=me, meeting=meetings[0], title="Mudada")
    delete_meeting(actor=me, meeting=meetings[1])
    plan(me, title="Nova")
    server.put("e.ics", *lines("Outra de fora", "e"))
    server.change("d.ics", "SUMMARY:Dentista", "SUMMARY:Ortodontista")
    cut, deaths = 0, 0
    while True:
        cut += 1
        count = 0

        def dying(self, *args, cut=cut, **kwargs):
            nonlocal count
            count += 1
            if count == cut and moment == "before":
                raise Killed
            answer = send(self, *args, **kwargs)
            if count == cut:
                raise Killed
            return answer

        monkeypatch.setattr(caldav.Dav, "send", dying)
        try:
            sync_calendar(connection.id)
        except Killed:
            deaths += 1
            CalendarConnection.objects.update(leased_until=datetime.now(SP) - LEASE)
            continue
        break
    monkeypatch.setattr(caldav.Dav, "send", send)
    sync(connection)
    assert deaths > 3
    texts = "".join(server.files().values())
    for title in ("Mudada", "Reunião 2", "Nova", "Ortodontista", "Outra de fora"):
        assert texts.count(f"SUMMARY:{title}\r\n".replace("\r\n", "")) == 1, title
    assert len(server.files()) == 5
    assert sorted(Meeting.objects.filter(deleted_at=None).values_list("title", flat=True)) == [
        "Mudada", "Nova", "Ortodontista", "Outra de fora", "Reunião 2"]  # fmt: skip
    assert not CalendarConflict.objects.exists()


def test_two_runs_of_one_calendar_never_go_side_by_side(server, connection, monkeypatch):
    inner = []
    changes = caldav.CalDavCalendar.changes

    def meanwhile(self, *args):
        inner.append(sync_calendar(connection.id))
        return changes(self, *args)

    monkeypatch.setattr(caldav.CalDavCalendar, "changes", meanwhile)
    assert sync_calendar(connection.id)
    assert inner == [False]


def test_a_server_that_is_away_is_tried_again_and_nothing_is_lost(server, connection, me):
    meeting = plan(me)
    server.kill()
    sync_calendar(connection.id)
    connection.refresh_from_db()
    assert (connection.problem, connection.failures, connection.state) == ("network", 1, "active")
    assert connection.next_sync_at > datetime.now(SP)
    server.start()
    sync(connection)
    assert f"UID:{meeting.uid}" in only(server)[1]
    assert connection.failures == 0


def test_a_forgotten_sync_token_means_looking_at_everything_again(server, connection, me):
    plan(me, title="Fica")
    going = plan(me, title="Vai")
    sync(connection)
    name = next(name for name, text in server.files().items() if "SUMMARY:Vai" in text)
    CalendarConnection.objects.update(cursor="sync:http://radicale.org/ns/sync/" + "0" * 64)
    server.delete(name)
    sync(connection)
    going.refresh_from_db()
    assert going.deleted_at is not None
    assert Meeting.objects.filter(deleted_at=None).count() == 1


def test_a_server_without_sync_tokens_is_asked_for_tags(server, connection, me, monkeypatch):
    monkeypatch.setattr(caldav.CalDavCalendar, "_by_token", lambda self, token: None)
    meeting = plan(me)
    server.put("d.ics", *lines())
    sync(connection)
    assert len(server.files()) == 2
    assert connection.cursor.startswith("ctag:")
    server.delete(next(name for name, text in server.files().items() if meeting.uid in text))
    server.change("d.ics", "SUMMARY:Dentista", "SUMMARY:Ortodontista")
    sync(connection)
    assert Meeting.objects.get(deleted_at=None).title == "Ortodontista"


def test_an_emptied_calendar_asks_before_anything_is_deleted_here(server, connection, bia, me):
    for number in range(22):
        plan(me, title=f"R{number}")
    sync(connection)
    server.ask("DELETE", server.calendar)
    server.make_calendar()
    sync_calendar(connection.id)
    connection.refresh_from_db()
    assert (connection.state, connection.problem) == ("broken", "emptied")
    assert Meeting.objects.filter(deleted_at=None).count() == 22
    assert Notification.objects.filter(member=bia, kind="calendar.broken").exists()
    refill_calendar(actor=me, connection=connection)
    sync(connection)
    assert len(server.files()) == 22


def test_a_wrong_password_stops_and_says_so(server, connection, bia, me):
    connect_caldav(actor=me, member=bia, address=server.url, username=USER, password="errada")
    sync_calendar(connection.id)
    connection.refresh_from_db()
    assert (connection.state, connection.problem) == ("broken", "login")
    assert not sync_calendar(connection.id)


def test_the_password_goes_nowhere_else(server, bia, me, settings):
    row = connect_caldav(actor=me, member=bia, address=server.url, username=USER, password=PASSWORD)
    assert PASSWORD.encode() not in bytes(row.secret)
    settings.PONTE_HTTP_ALLOWED_ADDRESSES = frozenset()
    from ponte.core.errors import Invalid

    with pytest.raises(Invalid) as refusal:
        list_choices(row)
    assert refusal.value.problems[0].code == "address"


def test_less_shared_is_taken_out_and_disconnecting_leaves_no_strangers(server, connection, me, ana):
    plan(me, title="Minha")
    server.put("d.ics", *lines())
    server.put("k.ics", *lines("Cliente", "k"))
    sync(connection)
    update_meeting(actor=me, meeting=Meeting.objects.get(title="Cliente"), party_id=ana.id)
    change_sharing(actor=me, connection=connection, shares_meetings=False)
    sync(connection)
    assert set(server.files()) == {"d.ics", "k.ics"}
    change_sharing(actor=me, connection=connection, shares_meetings=True)
    sync(connection)
    disconnect_calendar(actor=me, connection=connection)
    alive = Meeting.objects.filter(deleted_at=None)
    assert set(alive.values_list("title", flat=True)) == {"Minha", "Cliente"}  # work was put into it
    assert len(server.files()) == 3


def test_connecting_again_makes_no_doubles(server, connection, bia, me):
    plan(me, title="Minha")
    server.put("d.ics", *lines())
    sync(connection)
    disconnect_calendar(actor=me, connection=connection)
    row = connect_caldav(actor=me, member=bia, address=server.url, username=USER, password=PASSWORD)
    choice = next(one for one in list_choices(row) if one.key == server.calendar)
    sync(choose_calendar(actor=me, connection=row, choice=choice))
    assert len(server.files()) == 2
    assert sorted(Meeting.objects.filter(deleted_at=None).values_list("title", flat=True)) == [
        "Dentista",
        "Minha",
    ]
    assert Task.objects.count() == 0
