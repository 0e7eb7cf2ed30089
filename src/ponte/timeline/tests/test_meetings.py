"""Planning meetings, single and in series."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.errors import Conflict, Denied, Invalid
from ponte.core.models import AuditEntry, Notification, StoredEvent
from ponte.timeline.models import Interaction, Meeting
from ponte.timeline.occurrences import instant_key
from ponte.timeline.recurrence import clean_rule, starts_between
from ponte.timeline.rule_words import choice_of, describe, rule_for
from ponte.timeline.selectors.calendar import CalendarRange, look_at_calendar
from ponte.timeline.services.invitees import Invitee, answer_invitation
from ponte.timeline.services.meeting_occurrences import delete_occurrence, update_occurrence
from ponte.timeline.services.meeting_reminders import send_meeting_reminders
from ponte.timeline.services.meeting_state import cancel_meeting, hold_meeting
from ponte.timeline.services.meetings import create_meeting, delete_meeting, restore_meeting, update_meeting

SP = ZoneInfo("America/Sao_Paulo")
MONDAY = datetime(2026, 11, 30, 10, tzinfo=SP)
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)


def plan(actor, **told):
    return create_meeting(
        actor=actor, **{"title": "Visita", "starts_at": MONDAY, "ends_at": MONDAY + HOUR, **told}
    )


def starts(member, since=MONDAY - WEEK, until=MONDAY + 5 * WEEK, who=()):
    look = look_at_calendar(member, CalendarRange(since, until, tuple(who)))
    return [one.starts_at.astimezone(SP) for one in look.occurrences]


def test_a_meeting_is_planned_written_down_and_told(actor, admin, ana, member_with):
    bia = member_with("salesperson", name="Bia")
    meeting = plan(
        actor,
        party_id=ana.id,
        invitees=[Invitee(member_id=bia.id), Invitee(party_id=ana.id), Invitee(email="X@y.example")],
    )

    assert meeting.organiser_id == admin.id
    assert {(one.name, one.email) for one in meeting.invitees.all()} == {
        ("Bia", bia.email), ("Ana Souza", ""), ("", "x@y.example"),
    }  # fmt: skip
    assert Notification.objects.get(member=bia).kind == "meeting.planned"
    assert AuditEntry.objects.filter(act="meeting.planned", subject_id=ana.id).count() == 1
    assert StoredEvent.objects.filter(name="timeline.meeting_planned").count() == 1
    assert starts(bia) == [MONDAY]


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"title": " "}, "title"),
        ({"ends_at": MONDAY - HOUR}, "ends_at"),
        ({"ends_at": MONDAY + timedelta(days=40)}, "ends_at"),
        ({"starts_at": datetime(2026, 1, 1), "ends_at": None}, "starts_at"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"rrule": "FREQ=SECONDLY"}, "rrule"),
        ({"rrule": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"}, "rrule"),
        ({"rrule": "FREQ=DAILY;COUNT=99999"}, "rrule"),
        ({"rrule": "FREQ=WEEKLY;INTERVAL=0"}, "rrule"),
        ({"rrule": "FREQ=WEEKLY;UNTIL=amanha"}, "rrule"),
        ({"invitees": [Invitee(email="nobody")]}, "invitees"),
        ({"remind_minutes": -1}, "remind_minutes"),
    ],
)
def test_impossible_meetings_name_the_field(actor, told, field):
    with pytest.raises(Invalid) as refusal:
        plan(actor, **told)
    assert [one.field for one in refusal.value.problems] == [field]


def test_the_same_key_again_is_the_same_meeting(actor):
    assert plan(actor, source="x", external_key="1").id == plan(actor, source="x", external_key="1").id


def test_all_day_goes_from_midnight_to_midnight(actor):
    meeting = plan(actor, all_day=True, ends_at=MONDAY + timedelta(days=1))
    assert meeting.starts_at == datetime(2026, 11, 30, tzinfo=SP)
    assert meeting.ends_at == datetime(2026, 12, 2, tzinfo=SP)
    again = update_meeting(actor=actor, meeting=meeting, title="Feira")
    assert again.ends_at == meeting.ends_at


def test_a_series_shows_each_time_and_skips_what_was_taken_out(actor, admin):
    series = plan(actor, rrule="FREQ=WEEKLY;COUNT=4")
    assert starts(admin) == [MONDAY + n * WEEK for n in range(4)]
    assert series.series_until == MONDAY + 3 * WEEK + HOUR

    delete_occurrence(actor=actor, meeting=series, original_start=MONDAY + WEEK, span="this")
    assert starts(admin) == [MONDAY, MONDAY + 2 * WEEK, MONDAY + 3 * WEEK]
    delete_occurrence(actor=actor, meeting=series, original_start=MONDAY + 3 * WEEK, span="following")
    assert starts(admin) == [MONDAY, MONDAY + 2 * WEEK]


def test_changing_only_one_occurrence(actor, admin):
    series = plan(actor, rrule="FREQ=WEEKLY;COUNT=3")
    second = MONDAY + WEEK
    row = update_occurrence(
        actor=actor, meeting=series, original_start=second, span="this",
        starts_at=second + HOUR, ends_at=second + 2 * HOUR, title="Outra hora",
    )  # fmt: skip
    assert (row.series_id, row.original_start, row.rrule) == (series.id, second, "")
    assert starts(admin) == [MONDAY, second + HOUR, MONDAY + 2 * WEEK]

    again = update_occurrence(
        actor=actor, meeting=series, original_start=second, span="this", title="De novo"
    )
    assert again.id == row.id


def test_this_and_the_following_become_a_series_of_their_own(actor, admin):
    series = plan(actor, rrule="FREQ=WEEKLY;COUNT=4", invitees=[Invitee(email="a@b.example")])
    third = MONDAY + 2 * WEEK
    delete_occurrence(actor=actor, meeting=series, original_start=MONDAY + 3 * WEEK, span="this")
    row = update_occurrence(
        actor=actor,
        meeting=series,
        original_start=third,
        span="following",
        starts_at=third + HOUR,
        ends_at=third + 2 * HOUR,
    )
    assert row.id != series.id
    assert row.rrule == "FREQ=WEEKLY;COUNT=2"
    assert [one.email for one in row.invitees.all()] == ["a@b.example"]
    assert starts(admin) == [MONDAY, MONDAY + WEEK, third + HOUR]  # the skipped one stays skipped


def test_moving_all_moves_exceptions_and_skips_along(actor, admin):
    series = plan(actor, rrule="FREQ=WEEKLY;COUNT=4")
    delete_occurrence(actor=actor, meeting=series, original_start=MONDAY + WEEK, span="this")
    update_occurrence(
        actor=actor, meeting=series, original_start=MONDAY + 2 * WEEK, span="this", title="Só esta"
    )
    update_occurrence(
        actor=actor, meeting=series, original_start=MONDAY + 3 * WEEK, span="all",
        starts_at=MONDAY + 3 * WEEK + HOUR, ends_at=MONDAY + 3 * WEEK + 2 * HOUR,
    )  # fmt: skip
    assert starts(admin) == [MONDAY + HOUR, MONDAY + 2 * WEEK, MONDAY + 3 * WEEK + HOUR]


def test_an_occurrence_that_is_none_is_refused(actor):
    series = plan(actor, rrule="FREQ=WEEKLY")
    with pytest.raises(Invalid):
        update_occurrence(actor=actor, meeting=series, original_start=MONDAY + HOUR, span="this", title="x")


def test_the_wall_clock_rules_across_summer_time(actor):
    york = ZoneInfo("America/New_York")
    first = datetime(2026, 10, 26, 9, tzinfo=york)
    found = starts_between("FREQ=WEEKLY;COUNT=3", first, york, first, first + 4 * WEEK)
    assert [one.hour for one in found] == [9, 9, 9]
    assert found[1] - found[0] == WEEK  # same clock
    assert found[1].timestamp() - found[0].timestamp() == WEEK.total_seconds() + 3600  # an hour more went by


def test_the_second_of_two_is_told(actor):
    meeting = plan(actor)
    update_meeting(actor=actor, meeting=meeting, version=1, title="Um")
    with pytest.raises(Conflict):
        update_meeting(actor=actor, meeting=meeting, version=1, title="Dois")


def test_deleting_and_restoring_takes_exceptions_along(actor, admin):
    series = plan(actor, rrule="FREQ=WEEKLY;COUNT=2")
    update_occurrence(actor=actor, meeting=series, original_start=MONDAY, span="this", title="x")
    delete_meeting(actor=actor, meeting=series)
    assert starts(admin) == []
    restore_meeting(actor=actor, meeting=series)
    assert starts(admin) == [MONDAY, MONDAY + WEEK]


def test_a_meeting_held_stands_on_the_timeline_once(actor, ana, member_with):
    bia = member_with("salesperson", name="Bia")
    meeting = plan(actor, party_id=ana.id, invitees=[Invitee(member_id=bia.id)])
    with time_machine.travel(MONDAY + HOUR):
        hold_meeting(actor=actor, meeting=meeting, outcome="next_step", notes="Quer proposta")
        hold_meeting(actor=actor, meeting=meeting, outcome="next_step")
    entry = Interaction.objects.get(kind="meeting")
    assert (entry.party_id, entry.outcome, entry.body, entry.duration_seconds) == (
        ana.id,
        "next_step",
        "Quer proposta",
        3600,
    )
    assert [one.member_id for one in entry.participants.all()] == [bia.id]


def test_one_of_a_series_is_held_alone_and_not_before_it_begins(actor, admin, ana):
    series = plan(actor, party_id=ana.id, rrule="FREQ=WEEKLY;COUNT=2")
    with time_machine.travel(MONDAY + HOUR):
        with pytest.raises(Invalid):
            hold_meeting(actor=actor, meeting=series, original_start=MONDAY + WEEK)
        row = hold_meeting(actor=actor, meeting=series, original_start=MONDAY)
    series.refresh_from_db()
    assert (row.status, series.status) == ("held", "planned")
    assert starts(admin) == [MONDAY, MONDAY + WEEK]


def test_cancelling_tells_and_stays(actor, admin, member_with):
    bia = member_with("salesperson", name="Bia")
    meeting = plan(actor, invitees=[Invitee(member_id=bia.id)])
    cancel_meeting(actor=actor, meeting=meeting)
    assert Notification.objects.filter(member=bia, kind="meeting.cancelled").count() == 1
    assert starts(admin) == [MONDAY]


def test_answers(actor, member_with):
    bia, rui = member_with("salesperson", name="Bia"), member_with("salesperson", name="Rui")
    meeting = plan(actor, invitees=[Invitee(member_id=bia.id)])
    answer_invitation(actor=Actor.for_member(bia), meeting=meeting, answer="declined")
    assert meeting.invitees.get().answer == "declined"
    assert starts(bia) == []  # declined: not in one's own calendar
    with pytest.raises(Denied):
        answer_invitation(actor=Actor.for_member(rui), meeting=meeting, answer="accepted")


def test_private_meetings_show_only_that_one_is_busy(actor, admin, member_with):
    bia = member_with("manager", name="Bia")
    plan(actor, is_private=True, title="Dentista")
    look = look_at_calendar(bia, CalendarRange(MONDAY - WEEK, MONDAY + WEEK, (admin.id,)))
    assert [one.meeting.shows_details for one in look.occurrences] == [False]


def test_reminders_go_out_once_for_each_occurrence(actor, admin, member_with):
    bia = member_with("salesperson", name="Bia")
    with time_machine.travel(MONDAY - 2 * HOUR):
        plan(actor, rrule="FREQ=WEEKLY;COUNT=2", remind_minutes=30, invitees=[Invitee(member_id=bia.id)])
        assert send_meeting_reminders() == 0
    with time_machine.travel(MONDAY - timedelta(minutes=20)):
        assert send_meeting_reminders() == 1
        assert send_meeting_reminders() == 0
    with time_machine.travel(MONDAY + WEEK - timedelta(minutes=20)):
        assert send_meeting_reminders() == 1
    assert Meeting.objects.get().next_remind_at is None
    assert Notification.objects.filter(member=bia, kind="meeting.reminder").count() == 2
    assert Notification.objects.filter(member=admin, kind="meeting.reminder").count() == 2


def test_after_an_outage_nobody_is_reminded_of_the_past(actor, admin):
    with time_machine.travel(MONDAY - 2 * HOUR):
        plan(actor, remind_minutes=30)
    with time_machine.travel(MONDAY + timedelta(days=1)):
        assert send_meeting_reminders() == 1
    assert not Notification.objects.exists()


def test_rules_in_words_and_as_choices():
    day = MONDAY.date()
    for choice in ("daily", "weekdays", "weekly", "fortnightly", "monthly", "monthly_weekday", "yearly"):
        assert clean_rule(rule_for(choice, day)) == rule_for(choice, day)
        assert choice_of(rule_for(choice, day), day) == (choice, None)
        assert describe(rule_for(choice, day), day)
    until = datetime(2026, 12, 31).date()
    assert choice_of(rule_for("weekly", day, until), day) == ("weekly", until)
    assert choice_of("FREQ=WEEKLY;INTERVAL=3", day) == ("custom", None)


def test_looking_costs_the_same_whatever_there_is(actor, admin, ana, member_with, django_assert_num_queries):
    people = [member_with("salesperson", name=f"P{n}") for n in range(3)]
    wanted = CalendarRange(MONDAY - WEEK, MONDAY + 3 * WEEK, tuple(one.id for one in [admin, *people]))
    plan(actor, rrule="FREQ=DAILY", party_id=ana.id)
    with django_assert_num_queries(6):
        look_at_calendar(admin, wanted)
    for number in range(12):
        plan(
            actor,
            rrule="FREQ=DAILY" if number % 2 else "",
            invitees=[Invitee(member_id=p.id) for p in people],
            organiser_id=people[0].id,
        )
    with django_assert_num_queries(6):
        look = look_at_calendar(admin, wanted)
    assert len(look.occurrences) > 100


def test_keys_of_instants(actor):
    assert instant_key(MONDAY) == "20261130T130000Z"
    assert timezone.is_aware(MONDAY)
