"""Cadences: built, run in working hours once each, asked of privacy, stopped by answers, meetings and stages."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail

from ponte.core.actors import Actor
from ponte.core.business_time import OwnHoliday, load_business_calendar
from ponte.core.errors import Conflict, Denied, Invalid
from ponte.core.models import AuditEntry, StoredEvent
from ponte.core.services.business_time import add_holiday
from ponte.directory.data import EmailData, PhoneData
from ponte.privacy.data import ConsentData
from ponte.privacy.models import ContactRefusal
from ponte.privacy.services.consents import record_consent
from ponte.sales import channels
from ponte.sales.cadence_timing import moment_after
from ponte.sales.channels import NotSent, StepSender
from ponte.sales.models import CadenceStep, Enrolment, StepRun
from ponte.sales.services import cadence_running
from ponte.sales.services.cadence_ends import note_answer, say_answered
from ponte.sales.services.cadence_running import run_due_steps
from ponte.sales.services.cadence_sending import send_step, sweep
from ponte.sales.services.cadence_steps import add_step, order_steps, remove_step, update_step
from ponte.sales.services.cadences import (
    create_cadence,
    delete_cadence,
    live_steps,
    set_cadence_state,
    set_daily_cap,
    update_cadence,
)
from ponte.sales.services.enrolments import (
    enrol_customers,
    pause_enrolments,
    remove_enrolments,
    resume_enrolments,
)
from ponte.timeline.models import Interaction, Task
from ponte.timeline.services.interactions import record_interaction
from ponte.timeline.services.meetings import create_meeting
from ponte.timeline.services.task_state import complete_task

pytestmark = pytest.mark.usefixtures("workspace")
SP = ZoneInfo("America/Sao_Paulo")
MONDAY = datetime(2026, 11, 23, 10, tzinfo=SP)
TASK = {"channel": "task", "variants": [{"subject": "Separar amostras"}]}
CALL = {
    "channel": "call",
    "wait_days": 1,
    "variants": [{"subject": "Ligar para {{ primeiro_nome|o cliente }}"}],
}
MAIL = {
    "channel": "email",
    "variants": [
        {
            "subject": "Olá, {{ primeiro_nome|tudo bem }}",
            "body": "Sou {{ vendedor }}, de {{ minha_empresa }}.",
        }
    ],
}
WHATSAPP = {"channel": "whatsapp", "wait_days": 2, "variants": [{"body": "Oi, {{ primeiro_nome|cliente }}!"}]}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def travel():
    """Move the clock on from Monday, ten o'clock."""
    moved = []

    def go(**by):
        moved.append(time_machine.travel(MONDAY + timedelta(**by), tick=False))
        moved[-1].start()

    yield go
    for one in reversed(moved):
        one.stop()


@pytest.fixture
def smtp(settings):
    settings.PONTE_SENDS_MAIL = True
    settings.PONTE_URL = "https://ponte.example"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    return mail.outbox


@pytest.fixture
def cadence(actor):
    def make(*steps, active=True, **details):
        row = create_cadence(actor=actor, name="Retomada", **details)
        for step in steps:
            add_step(actor=actor, cadence=row, **step)
        return set_cadence_state(actor=actor, cadence=row, state="active") if active else row

    return make


@pytest.fixture
def ana(make_party):
    return make_party(
        "ANA SOUZA",
        emails=[EmailData(address="ana@cliente.example", is_primary=True)],
        phones=[PhoneData(number="+5511912345678", is_primary=True)],
    )


def refuse_contact(actor, party, channel):
    said = ConsentData(
        party_id=party.id, purpose="sales", allows=False, channels=[channel], given_through="phone"
    )
    record_consent(actor=actor, data=said)


def enrol(actor, cadence, party, **more):
    found = enrol_customers(actor=actor, cadence=cadence, party_ids=[party.id], **more)
    return found.enrolments[0]


def test_a_mail_goes_out_in_the_senders_name_and_stands_on_the_timeline(smtp, actor, cadence, ana, run_jobs):
    row = enrol(actor, cadence(MAIL, CALL), ana)
    run_due_steps()
    run_jobs()
    [sent] = smtp
    assert sent.to == ["ana@cliente.example"]
    assert sent.subject == "Olá, Ana"
    assert sent.body.startswith("Sou Alice Administradora, de ")
    assert sent.reply_to == [f"Alice Administradora <{actor.member.email}>"]
    assert sent.extra_headers["List-Unsubscribe"].startswith("<https://ponte.example/public/preferences/")
    entry = Interaction.objects.get(source="cadence")
    assert (entry.direction, entry.channel, entry.kind, entry.author) == (
        "out",
        "email",
        "email",
        actor.member,
    )
    run = StepRun.objects.get()
    assert (run.state, run.interaction) == ("done", entry)
    row.refresh_from_db()
    assert row.next_step.channel == "call"
    assert row.next_at.astimezone(SP) == MONDAY + timedelta(days=1)
    assert StoredEvent.objects.filter(name="sales.cadence_step_executed").count() == 1


def test_turning_again_and_sending_again_do_nothing_twice(smtp, actor, cadence, ana, run_jobs):
    enrol(actor, cadence(MAIL), ana)
    run_due_steps()
    run_due_steps()
    run_jobs()
    send_step(StepRun.objects.get().id)
    assert len(smtp) == 1
    assert Enrolment.objects.get().state == "finished"


def test_a_worker_killed_while_sending_leaves_a_run_that_is_not_sent_again(smtp, actor, cadence, ana, travel):
    from ponte.sales.services.cadence_sending import _claim

    enrol(actor, cadence(MAIL), ana)
    run_due_steps()
    run = StepRun.objects.get()
    assert _claim(run.id) is not None  # and here the power goes
    assert _claim(run.id) is None
    travel(minutes=20)
    sweep()
    run.refresh_from_db()
    assert run.state == "failed"
    send_step(run.id)
    assert smtp == []


def test_a_server_that_cannot_be_reached_is_tried_again(actor, cadence, ana, settings, run_jobs, monkeypatch):
    attempts = []

    def send(message):
        attempts.append(message.key)
        if len(attempts) == 1:
            raise NotSent("nobody there", permanent=False)

    monkeypatch.setitem(channels._plugged, "email", StepSender(lambda: True, send))
    enrol(actor, cadence(MAIL), ana)
    run_due_steps()
    run = StepRun.objects.get()
    with pytest.raises(NotSent):
        send_step(run.id)
    run.refresh_from_db()
    assert (run.state, run.reason) == ("waiting", "nobody there")
    send_step(run.id)
    run.refresh_from_db()
    assert run.state == "done"
    assert attempts == [str(run.id)] * 2


@pytest.mark.parametrize(
    ("error", "reason"), [(NotSent("550 no such box", permanent=True), "550"), (RuntimeError("x"), "")]
)
def test_what_is_refused_for_good_or_unknown_is_not_sent_again(
    actor, cadence, ana, monkeypatch, error, reason
):
    def send(message):
        raise error

    monkeypatch.setitem(channels._plugged, "email", StepSender(lambda: True, send))
    enrol(actor, cadence(MAIL), ana)
    run_due_steps()
    run = StepRun.objects.get()
    send_step(run.id)
    run.refresh_from_db()
    assert run.state == "failed"
    assert reason in run.reason


def test_without_a_mail_server_the_mail_is_a_task_with_its_text(actor, cadence, ana):
    enrol(actor, cadence(MAIL), ana)
    run_due_steps()
    task = Task.objects.get()
    assert (task.kind, task.title, task.assignee) == ("email", "Olá, Ana", actor.member)
    assert "Sou Alice" in task.description


def test_whatsapp_without_a_channel_is_a_task_and_with_one_is_sent(actor, cadence, ana, travel, monkeypatch):
    row = enrol(actor, cadence(WHATSAPP, WHATSAPP), ana)
    travel(days=2)
    run_due_steps()
    task = Task.objects.get()
    assert (task.kind, task.description) == ("message", "Oi, Ana!")
    sent = []
    monkeypatch.setitem(channels._plugged, "whatsapp", StepSender(lambda: True, sent.append))
    complete_task(actor=actor, task=task)
    from ponte.sales.services.cadence_sending import note_task

    note_task(task_id=task.id, is_done=True)
    travel(days=4)
    run_due_steps()
    send_step(StepRun.objects.get(state="waiting").id)
    assert [(one.address, one.body) for one in sent] == [("+5511912345678", "Oi, Ana!")]
    row.refresh_from_db()
    assert row.state == "finished"


def test_the_next_step_waits_for_the_task_when_told_so(actor, cadence, ana, run_jobs, travel):
    row = enrol(actor, cadence({**TASK}, {**CALL}, {**CALL, "waits_for_task": False}, CALL), ana)
    run_due_steps()
    row.refresh_from_db()
    assert row.next_at is None
    travel(days=3)
    complete_task(actor=actor, task=Task.objects.get())
    run_jobs()
    row.refresh_from_db()
    assert row.next_at.astimezone(SP) == MONDAY + timedelta(days=4)
    assert StepRun.objects.get().state == "done"
    travel(days=4)
    run_due_steps()
    from ponte.timeline.services.tasks import delete_task

    delete_task(actor=actor, task=Task.objects.get(done_at=None))
    run_jobs()
    assert StepRun.objects.filter(state="skipped", reason="task_deleted").count() == 1
    travel(days=7)
    run_due_steps()
    row.refresh_from_db()
    assert row.next_step is not None  # this one doesn't wait for its task
    assert StepRun.objects.get(state="open").step.waits_for_task is False


@pytest.mark.parametrize(
    ("base", "days", "hours", "due"),
    [
        (
            datetime(2026, 11, 27, 15, tzinfo=SP),
            1,
            0,
            datetime(2026, 11, 30, 15, tzinfo=SP),
        ),  # over a weekend
        (datetime(2026, 11, 23, 21, tzinfo=SP), 0, 0, datetime(2026, 11, 24, 9, tzinfo=SP)),  # at night
        (datetime(2026, 11, 23, 21, tzinfo=SP), 1, 0, datetime(2026, 11, 24, 9, tzinfo=SP)),
        (datetime(2026, 11, 23, 17, tzinfo=SP), 0, 2, datetime(2026, 11, 24, 10, tzinfo=SP)),  # working hours
        (datetime(2026, 12, 24, 10, tzinfo=SP), 1, 0, datetime(2026, 12, 28, 10, tzinfo=SP)),  # Christmas
        (
            datetime(2026, 11, 25, 10, tzinfo=SP),
            1,
            0,
            datetime(2026, 11, 27, 10, tzinfo=SP),
        ),  # the town's holiday
    ],
)
def test_waits_count_business_days_and_hours(actor, base, days, hours, due):
    add_holiday(actor=actor, holiday=OwnHoliday(datetime(2026, 11, 26).date(), "Padroeira"))
    step = CadenceStep(wait_days=days, wait_hours=hours)
    assert moment_after(load_business_calendar(), base, step) == due


def test_outside_working_hours_nothing_happens(actor, cadence, ana, travel):
    enrol(actor, cadence(TASK), ana)
    travel(hours=12)
    assert run_due_steps() == 0
    travel(days=5)  # Saturday
    assert run_due_steps() == 0
    travel(days=7)
    assert run_due_steps() == 1


def test_nobody_gets_more_than_a_days_measure(actor, cadence, make_party, travel, monkeypatch):
    set_daily_cap(actor=actor, cap=3)
    row = cadence({**TASK, "waits_for_task": False})
    parties = [make_party(f"Pessoa {n}").id for n in range(5)]
    enrol_customers(actor=actor, cadence=row, party_ids=parties)
    monkeypatch.setattr(cadence_running, "PACE", 2)
    run_due_steps()
    assert StepRun.objects.count() == 2  # no burst
    run_due_steps()
    assert StepRun.objects.count() == 3
    left = Enrolment.objects.filter(state="active")
    assert {one.next_at.astimezone(SP) for one in left} == {datetime(2026, 11, 24, 9, tzinfo=SP)}
    travel(days=1)
    run_due_steps()
    assert StepRun.objects.count() == 5


def test_refused_contact_skips_or_stops_and_keeps_the_reason(actor, cadence, ana, travel):
    refuse_contact(actor, ana, "phone")
    skipping = enrol(actor, cadence(CALL, TASK), ana)
    stopping = enrol(actor, cadence(CALL, TASK, on_refusal="stop"), ana)
    travel(days=1)
    run_due_steps()
    skipping.refresh_from_db()
    stopping.refresh_from_db()
    assert {run.reason for run in StepRun.objects.filter(state="skipped")} == {"objected"}
    assert skipping.state == "active"
    assert Task.objects.get().title == "Separar amostras"
    assert (stopping.state, stopping.reason, stopping.verdict) == ("stopped", "refused", "objected")
    assert ContactRefusal.objects.filter(party=ana).count() == 2


def test_marketing_without_consent_sends_nothing(smtp, actor, cadence, ana, run_jobs):
    enrol(actor, cadence(MAIL, purpose="marketing"), ana)
    run_due_steps()
    run_jobs()
    assert smtp == []
    assert StepRun.objects.get().reason == "no_consent"


def test_consent_withdrawn_between_claim_and_sending_counts(smtp, actor, cadence, ana):
    enrol(actor, cadence(MAIL), ana)
    run_due_steps()
    refuse_contact(actor, ana, "email")
    send_step(StepRun.objects.get().id)
    assert smtp == []
    assert StepRun.objects.get().state == "skipped"


def test_an_answer_stops_and_is_earned_by_the_last_step(smtp, actor, cadence, ana, run_jobs, travel):
    row = enrol(actor, cadence(MAIL, CALL), ana)
    run_due_steps()
    run_jobs()
    travel(hours=2)
    record_interaction(
        actor=actor, party_id=ana.id, kind="message", channel="whatsapp", direction="in", body="Oi"
    )
    run_jobs()
    row.refresh_from_db()
    assert (row.state, row.reason, row.answered_run) == ("stopped", "replied", StepRun.objects.get())


def test_a_channels_message_stops_too_and_throws_the_open_task_away(actor, cadence, ana, run_jobs):
    from ponte.core.services.events import publish
    from ponte.events.channels import MessageReceived

    row = enrol(actor, cadence(TASK, CALL), ana)
    run_due_steps()
    publish(
        MessageReceived(party_id=str(ana.id), channel="email", received_at=MONDAY.isoformat()),
        actor=Actor.system(),
    )
    run_jobs()
    row.refresh_from_db()
    assert row.reason == "replied"
    assert Task.objects.get().deleted_at is not None
    assert StepRun.objects.get().reason == "stopped"


def test_what_happened_before_or_goes_out_stops_nothing(actor, cadence, ana, run_jobs):
    row = enrol(actor, cadence(TASK), ana)
    record_interaction(actor=actor, party_id=ana.id, kind="message", direction="out", body="Oi")
    record_interaction(
        actor=actor,
        party_id=ana.id,
        kind="message",
        direction="in",
        body="Antes",
        occurred_at=MONDAY - timedelta(days=9),
    )
    run_jobs()
    row.refresh_from_db()
    assert row.state == "active"


def test_by_hand_and_twice_is_once(actor, cadence, ana, run_jobs):
    row = enrol(actor, cadence(TASK), ana)
    say_answered(actor=actor, enrolment=row)
    run_jobs()
    row.refresh_from_db()
    version = row.version
    assert note_answer(actor=actor, party_ids=[ana.id], at=MONDAY) == []
    row.refresh_from_db()
    assert (row.state, row.version) == ("stopped", version)


def test_a_cadence_may_go_on_after_an_answer(actor, cadence, ana):
    row = enrol(actor, cadence(TASK, stops_on_reply=False), ana)
    say_answered(actor=actor, enrolment=row)
    row.refresh_from_db()
    assert row.state == "active"
    assert row.replied_at is not None


def test_a_meeting_stops(actor, cadence, ana, run_jobs, travel):
    row = enrol(actor, cadence(TASK), ana)
    travel(minutes=5)
    start = MONDAY + timedelta(days=2)
    create_meeting(
        actor=actor, title="Visita", starts_at=start, ends_at=start + timedelta(hours=1), party_id=ana.id,
        organiser_id=actor.member.id,
    )  # fmt: skip
    run_jobs()
    row.refresh_from_db()
    assert (row.reason, row.meeting_at is not None) == ("meeting", True)


@pytest.mark.parametrize("end", ["won", "moved"])
def test_the_deals_stage_stops_what_is_about_it_alone(
    actor, cadence, ana, make_opportunity, run_jobs, travel, end
):
    from ponte.sales.services.opportunities import move_opportunity, win_opportunity

    deal = make_opportunity(party=ana)
    run_jobs()
    row = enrol(actor, cadence(TASK), ana, opportunity_id=deal.id)
    other = enrol(actor, cadence(TASK, stops_on_stage=False), ana, opportunity_id=deal.id)
    travel(minutes=5)
    if end == "won":
        win_opportunity(actor=actor, opportunity_id=deal.id)
    else:
        following = deal.pipeline.stages.exclude(id=deal.stage_id).order_by("position").first()
        move_opportunity(actor=actor, opportunity_id=deal.id, stage_id=following.id)
    run_jobs()
    row.refresh_from_db()
    other.refresh_from_db()
    assert row.reason == ("won" if end == "won" else "stage")
    assert other.state == "active"


def test_one_open_enrolment_for_each_customer_and_cadence(actor, cadence, ana, make_party):
    row = cadence(TASK)
    bia = make_party("Bia Lima")
    enrol(actor, row, ana)
    found = enrol_customers(actor=actor, cadence=row, party_ids=[ana.id, bia.id])
    assert [one.party_id for one in found.enrolments] == [bia.id]
    assert found.already == [ana.id]
    remove_enrolments(actor=actor, enrolment_ids=[Enrolment.objects.get(party=ana).id])
    assert enrol(actor, row, ana).state == "active"


def test_pause_and_resume_keep_the_place(actor, cadence, ana, travel):
    row = enrol(actor, cadence(CALL), ana)
    pause_enrolments(actor=actor, enrolment_ids=[row.id])
    travel(days=3)
    run_due_steps()
    assert not StepRun.objects.exists()
    resume_enrolments(actor=actor, enrolment_ids=[row.id])
    run_due_steps()
    assert StepRun.objects.get().state == "open"


def test_a_paused_cadence_does_nothing_and_an_archived_one_lets_go(actor, cadence, ana, run_jobs):
    row = cadence(TASK)
    enrolment = enrol(actor, row, ana)
    row = set_cadence_state(actor=actor, cadence=row, state="paused")
    run_due_steps()
    assert not StepRun.objects.exists()
    set_cadence_state(actor=actor, cadence=row, state="archived")
    run_jobs()
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.reason) == ("removed", "archived")


def test_without_a_sender_it_waits_for_one(actor, cadence, ana, member_with, travel):
    from ponte.directory.models import Party

    bia = member_with("salesperson", name="Bia")
    row = enrol(actor, cadence(CALL), ana, sender_id=bia.id)
    Party.objects.filter(id=ana.id).update(owner=None)
    type(bia).objects.filter(id=bia.id).update(is_active=False)
    travel(days=1)
    run_due_steps()
    row.refresh_from_db()
    assert (row.state, row.reason) == ("paused", "no_sender")
    resume_enrolments(actor=actor, enrolment_ids=[row.id], sender_id=actor.member.id)
    run_due_steps()
    assert Task.objects.get().assignee == actor.member


def test_two_texts_are_split_evenly_and_for_ever(actor, cadence, make_party):
    both = {"channel": "task", "waits_for_task": False, "variants": [{"subject": "A"}, {"subject": "B"}]}
    row = cadence(both)
    parties = [make_party(f"P{n}").id for n in range(40)]
    found = enrol_customers(actor=actor, cadence=row, party_ids=parties)
    step = live_steps(row.id)[0]
    letters = [cadence_running.variant_of(one, step).letter for one in found.enrolments]
    assert letters == [cadence_running.variant_of(one, step).letter for one in found.enrolments]
    assert 8 < letters.count("A") < 32
    update_step(
        actor=actor, step=step, variants=[{"subject": "A", "weight": 100}, {"subject": "B", "weight": 1}]
    )
    step = live_steps(row.id)[0]
    assert [cadence_running.variant_of(one, step).letter for one in found.enrolments].count("A") > 34


def test_a_word_without_value_and_fallback_fails_the_step_alone(actor, cadence, make_party):
    step = {"channel": "task", "variants": [{"subject": "Levar proposta a {{ empresa }}"}]}
    row = enrol(actor, cadence(step, TASK), make_party("Bia"))
    run_due_steps()
    run = StepRun.objects.order_by("id").first()
    assert run.state == "failed"
    assert "empresa" in run.reason
    row.refresh_from_db()
    assert row.state == "active"


def test_removing_and_ordering_steps_never_repeats_one(actor, cadence, ana, run_jobs):
    tasks = [{"channel": "task", "waits_for_task": False, "variants": [{"subject": name}]} for name in "123"]
    row = cadence(*tasks)
    enrolment = enrol(actor, row, ana)
    run_due_steps()  # all three have no wait, but a turn does one by one
    first, second, third = live_steps(row.id)
    assert StepRun.objects.count() == 3
    other = enrol(actor, row, ana)
    pause_enrolments(actor=actor, enrolment_ids=[other.id])
    order_steps(actor=actor, cadence=row, step_ids=[third.id, second.id, first.id])
    remove_step(actor=actor, step=first)
    resume_enrolments(actor=actor, enrolment_ids=[other.id])
    run_due_steps()
    assert enrolment.runs.count() == 3
    assert sorted(run.step_id for run in other.runs.all()) in ([], sorted([third.id, second.id]))
    other.refresh_from_db()
    assert other.state == "finished"


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ({"channel": "pigeon", "variants": [{"subject": "x"}]}, "channel"),
        ({**TASK, "wait_days": 900}, "wait_days"),
        ({"channel": "task", "variants": [{"subject": ""}]}, "subject"),
        ({"channel": "email", "variants": [{"subject": "x", "body": " "}]}, "body"),
        ({"channel": "task", "variants": [{"subject": "{{ nme }}"}]}, "subject"),
        ({"channel": "task", "variants": [{"subject": "{{ nome"}]}, "subject"),
        ({"channel": "task", "variants": []}, "variants"),
    ],
)
def test_bad_steps_are_refused_when_saved(actor, cadence, step, field):
    with pytest.raises(Invalid) as refusal:
        cadence(step, active=False)
    assert refusal.value.problems[0].field == field


def test_drafts_take_nobody_and_empty_ones_are_not_activated(actor, cadence, ana):
    with pytest.raises(Invalid, match=r"step first|passo primeiro"):
        cadence()
    with pytest.raises(Invalid):
        enrol(actor, cadence(TASK, active=False), ana)


def test_marketing_mail_needs_the_installations_address(settings, cadence):
    settings.PONTE_SENDS_MAIL, settings.PONTE_URL = True, ""
    with pytest.raises(Invalid, match="PONTE_URL"):
        cadence(MAIL, purpose="marketing")


def test_two_people_editing_and_deleting_what_was_used(actor, cadence, ana):
    row = cadence(TASK)
    with pytest.raises(Conflict):
        update_cadence(actor=actor, cadence=row, version=1, name="Outra")
    enrol(actor, row, ana)
    with pytest.raises(Invalid):
        delete_cadence(actor=actor, cadence=row)


def test_who_may_not_edit_customers_enrols_nobody(cadence, ana, member_with):
    row = cadence(TASK)
    for role in ("analyst", "read_only"):
        with pytest.raises(Denied):
            enrol(Actor.for_member(member_with(role)), row, ana)
    with pytest.raises(Denied):
        create_cadence(actor=Actor.for_member(member_with("agent")), name="X")


def test_everything_is_in_the_audit_log_without_personal_text(actor, cadence, ana):
    row = enrol(actor, cadence(TASK), ana)
    remove_enrolments(actor=actor, enrolment_ids=[row.id])
    acts = set(AuditEntry.objects.values_list("act", flat=True))
    assert {"cadence.created", "cadence.step_added", "cadence.state_changed"} <= acts
    assert {"enrolment.started", "enrolment.ended"} <= acts
