"""Calendars out and answers in."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import orjson
import pytest
from django.core import mail
from django.test import Client
from icalendar import Calendar

from ponte.core.actors import Actor
from ponte.core.crypto import seal_secret
from ponte.core.services.mail import send_sealed
from ponte.timeline.ical import UnreadableCalendar, calendar_text, event_of, read_reply
from ponte.timeline.services.feeds import make_feed, revoke_feed
from ponte.timeline.services.invitation_mail import take_replies
from ponte.timeline.services.invitees import Invitee
from ponte.timeline.services.meeting_occurrences import delete_occurrence
from ponte.timeline.services.meetings import create_meeting, delete_meeting, update_meeting
from ponte.timeline.services.tasks import create_task

SP = ZoneInfo("America/Sao_Paulo")
SOON = datetime.now(SP).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=3)
HOUR = timedelta(hours=1)


def plan(actor, **told):
    return create_meeting(
        actor=actor, **{"title": "Visita; à loja, 🎉", "starts_at": SOON, "ends_at": SOON + HOUR, **told}
    )


@pytest.fixture
def outbox(settings, monkeypatch):
    """Mail goes out at once."""
    settings.PONTE_SENDS_MAIL = True
    sent = []
    from ponte.timeline.services import invitation_mail

    def queue(**message):
        sealed = {"to": message["to"], "subject": message["subject"], "text": message["text"],
                  "calendar": message["calendar"], "method": message["method"]}  # fmt: skip
        send_sealed(seal_secret(orjson.dumps(sealed).decode()).hex())
        sent.append(message)
        return True

    monkeypatch.setattr(invitation_mail, "queue_mail", queue)
    return sent


def event_in(text):
    return Calendar.from_ical(text).walk("VEVENT")[0]


def test_invitation_update_and_cancellation(actor, admin, outbox):
    meeting = plan(
        actor,
        invitees=[Invitee(email="ze@fora.example"), Invitee(email="lia@fora.example")],
        rrule="FREQ=WEEKLY;UNTIL=20991231T235959",
    )
    update_meeting(actor=actor, meeting=meeting, starts_at=SOON + HOUR, ends_at=SOON + 2 * HOUR)
    delete_meeting(actor=actor, meeting=meeting)

    assert [one["method"] for one in outbox] == ["REQUEST"] * 4 + ["CANCEL"] * 2
    events = [event_in(one["calendar"]) for one in outbox[::2]]
    assert {str(one["uid"]) for one in events} == {meeting.uid}
    assert [int(one["sequence"]) for one in events] == [0, 1, 2]
    assert str(events[0]["attendee"]) == "mailto:ze@fora.example"  # and nobody else's address
    assert "UNTIL=21000101T025959Z" in events[0].to_ical().decode()
    assert str(events[0]["organizer"]).endswith(admin.email)
    assert "text/calendar" in str(mail.outbox[0].message())


def test_an_answer_counts_once_and_only_from_its_own_address(actor, outbox):
    meeting = plan(actor, invitees=[Invitee(email="ze@fora.example")])
    invitation = outbox[0]["calendar"]
    reply = invitation.replace("METHOD:REQUEST", "METHOD:REPLY").replace("NEEDS-ACTION", "ACCEPTED").encode()
    system = Actor.system("mail")
    assert take_replies(actor=system, replies=read_reply(reply), sender="intruso@x.example") == 0
    assert take_replies(actor=system, replies=read_reply(reply), sender="ze@fora.example") == 1
    assert take_replies(actor=system, replies=read_reply(reply), sender="ze@fora.example") == 0
    assert meeting.invitees.get().answer == "accepted"
    update_meeting(actor=actor, meeting=meeting, starts_at=SOON + HOUR, ends_at=SOON + 2 * HOUR)
    late = reply.replace(b"ACCEPTED", b"DECLINED")
    assert (
        take_replies(actor=system, replies=read_reply(late), sender="ze@fora.example") == 0
    )  # to what was before


@pytest.mark.parametrize(
    "text", [b"", b"\xff\xfe", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR", b"x" * 300_000, b"<html>"]
)
def test_what_is_no_reply_is_refused(text):
    with pytest.raises(UnreadableCalendar):
        read_reply(text)


def test_a_series_goes_out_with_its_gaps(actor):
    series = plan(actor, rrule="FREQ=WEEKLY;COUNT=3", all_day=True)
    delete_occurrence(
        actor=actor, meeting=series, original_start=series.starts_at + timedelta(days=7), span="this"
    )
    series.refresh_from_db()
    text = calendar_text([event_of(series)], "PUBLISH").decode()
    assert "RRULE:FREQ=WEEKLY;COUNT=3" in text
    assert "EXDATE;VALUE=DATE" in text
    assert "DTSTART;VALUE=DATE" in text


def test_the_feed(actor, admin, member_with, workspace):
    plan(actor, invitees=[Invitee(email="ze@fora.example")])
    create_task(actor=actor, title="Ligar", due_at=SOON)
    token = make_feed(actor=actor, member=admin)
    answer = Client().get(f"/public/calendar/{token}.ics")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Ligar" in text
    assert "ze@fora.example" not in text
    names = [str(one["summary"]) for one in Calendar.from_ical(answer.content).walk("VEVENT")]
    assert "Visita; à loja, 🎉" in names
    assert Client().get(f"/public/calendar/{token}.ics", HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    assert Client().get(f"/public/calendar/{token[:-1]}x.ics").status_code == 404
    assert Client().get("/public/calendar/bobagem.ics").status_code == 404
    revoke_feed(actor=actor, member=admin)
    assert Client().get(f"/public/calendar/{token}.ics").status_code == 404


def test_feeds_of_who_left_are_shut_and_reads_are_limited(actor, member_with):
    bia = member_with("salesperson", name="Bia")
    token = make_feed(actor=Actor.for_member(bia), member=bia)
    answers = [Client().get(f"/public/calendar/{token}.ics").status_code for _turn in range(31)]
    assert answers[0] == 200
    assert answers[-1] == 429
    other = make_feed(actor=Actor.for_member(bia), member=bia)
    bia.is_active = False
    bia.save()
    assert Client().get(f"/public/calendar/{other}.ics").status_code == 404


def test_the_settings_page_shows_the_address_once(client_for, admin):
    browser = client_for(admin)
    browser.post("/teste/settings/calendar/")
    assert "/public/calendar/" in browser.get("/teste/settings/calendar/").content.decode()
    assert "/public/calendar/" not in browser.get("/teste/settings/calendar/").content.decode()
    browser.post("/teste/settings/calendar/", {"act": "revoke"})
    assert admin.__class__.objects.filter(calendar_feed__isnull=False).count() == 0
