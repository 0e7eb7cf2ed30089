"""Executing due steps: each once, in working hours, no more a day than a sender may.

The claim is the row of ``StepRun``: unique for enrolment and step, written in the transaction that moves the enrolment on. A worker
killed before it commits has done nothing, one killed after it has left a row that says how far it was.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.business_time import BusinessCalendar, load_business_calendar
from ponte.core.errors import Invalid
from ponte.core.jobs import enqueue
from ponte.core.models import Member
from ponte.core.services.events import publish
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.events.sales_cadences import CadenceStepExecuted
from ponte.privacy.services.contact import may_contact
from ponte.sales.cadence_timing import day_began, moment_after, next_opening
from ponte.sales.channels import StepChannel, channel_of
from ponte.sales.models import (
    CadenceState,
    CadenceStep,
    EndReason,
    Enrolment,
    EnrolmentState,
    OnRefusal,
    RunState,
    StepRun,
    StepVariant,
)
from ponte.sales.selectors.cadence_values import values_for
from ponte.sales.services.cadence_ends import end_enrolments
from ponte.sales.services.cadences import daily_cap, live_steps
from ponte.sales.services.enrolments import SEND_JOB
from ponte.sales.wording import NoValue, fill_in, words_in
from ponte.timeline.services.tasks import create_task
from ponte.timeline.subjects import task_subjects

BATCH = 300  # steps of one turn of the job
PACE = 10  # steps of one sender in one turn: after an outage nobody's mail goes out in one burst
SOURCE = "cadence"


@dataclass(frozen=True)
class Turn:
    """One turn of the job: the moment, the business's calendar, how many steps a sender has a day."""

    now: datetime
    calendar: BusinessCalendar
    cap: int


def run_due_steps() -> int:
    """Execute what is due, each step in a transaction of its own; returns how many were looked at.

    Outside working hours nothing happens: what is due waits. Runs outside a scope (jobs) or inside one (tests).
    """
    workspace = named_workspace()
    with workspace_scope(workspace):
        turn = Turn(timezone.now(), load_business_calendar(), daily_cap())
        if not turn.calendar.is_open(turn.now):
            return 0
    handled, by_sender = 0, dict[UUID | None, int]()
    while handled < BATCH:
        tired = [sender for sender, number in by_sender.items() if number >= PACE and sender is not None]
        with workspace_scope(workspace):
            row = _next_due(turn, tired)
            if row is None:
                break
            by_sender[row.sender_id] = by_sender.get(row.sender_id, 0) + 1
            run_step(row, turn)
        handled += 1
    return handled


def _next_due(turn: Turn, tired: list[UUID]) -> Enrolment | None:
    due = Enrolment.objects.filter(
        state=EnrolmentState.ACTIVE, next_at__lte=turn.now, cadence__state=CadenceState.ACTIVE
    )
    rows = due.exclude(sender_id__in=tired) if tired else due
    return (
        rows.select_for_update(of=("self",), skip_locked=True)
        .select_related("cadence", "party", "opportunity")
        .order_by("next_at", "id")
        .first()
    )


def run_step(row: Enrolment, turn: Turn) -> StepRun | None:
    """Execute the next step of a locked enrolment; returns what became of it, None where nothing could be done."""
    step = row.next_step
    if step is None or row.party.deleted_at is not None:
        ended = EndReason.COMPLETED if step is None else EndReason.DELETED
        _end(row, EnrolmentState.FINISHED if step is None else EnrolmentState.STOPPED, ended)
        return None
    sender = _sender_of(row)
    if sender is None:
        row.state, row.reason = EnrolmentState.PAUSED, EndReason.NO_SENDER
        row.save(update_fields=["state", "reason", "updated_at"])
        return None
    if not _has_room(sender, turn):
        _postpone(sender, turn)
        return None
    run, is_new = StepRun.objects.get_or_create(
        enrolment=row,
        step=step,
        defaults={
            "sender": sender,
            "channel": step.channel,
            "letter": variant_of(row, step).letter,
            "state": RunState.WAITING,
        },
    )
    if is_new:
        _execute(row, step, run, sender)
    if row.state == EnrolmentState.ACTIVE:
        if run.state == RunState.OPEN and step.waits_for_task:
            row.next_step, row.next_at = None, None
            row.save(update_fields=["next_step", "next_at", "updated_at"])
        else:
            lead_on(row, step, turn.now, turn.calendar)
    return run


def lead_on(row: Enrolment, step: CadenceStep, since: datetime, calendar: BusinessCalendar) -> None:
    """Let a locked enrolment go on to the next step it hasn't had, its wait counted from ``since``; or end it."""
    had = set(row.runs.values_list("step_id", flat=True))
    following = next(
        (one for one in live_steps(row.cadence_id) if one.position > step.position and one.id not in had),
        None,
    )
    if following is None:
        _end(row, EnrolmentState.FINISHED, EndReason.COMPLETED)
        return
    row.next_step, row.next_at = following, moment_after(calendar, since, following)
    row.save(update_fields=["next_step", "next_at", "updated_at"])


def variant_of(row: Enrolment, step: CadenceStep) -> StepVariant:
    """Return the text a customer gets: by their enrolment's and the step's ids, so always the same one."""
    variants = sorted(step.variants.all(), key=lambda one: one.letter)
    number = int.from_bytes(hashlib.sha256(row.id.bytes + step.id.bytes).digest()[:8], "big")
    place = number % sum(one.weight for one in variants)
    for one in variants:
        place -= one.weight
        if place < 0:
            return one
    return variants[-1]


def finish_run(run: StepRun, state: RunState, reason: str = "") -> None:
    """Write how a step ended and tell it."""
    run.state, run.reason = state, reason[:300]
    run.ended_at = None if state == RunState.OPEN else timezone.now()
    run.save()
    row = run.enrolment
    publish(
        CadenceStepExecuted(
            enrolment_id=str(row.id),
            cadence_id=str(row.cadence_id),
            step_id=str(run.step_id),
            party_id=str(row.party_id),
            channel=run.channel,
            state=state,
        ),
        actor=Actor.for_job("cadence", run.sender),
    )


def refuse(run: StepRun, verdict: str) -> None:
    """Skip a step the customer may not be contacted for; where the cadence says so, it ends for them."""
    finish_run(run, RunState.SKIPPED, verdict)
    row = run.enrolment
    if row.cadence.on_refusal == OnRefusal.STOP:
        _end(row, EnrolmentState.STOPPED, EndReason.REFUSED, verdict)


def _execute(row: Enrolment, step: CadenceStep, run: StepRun, sender: Member) -> None:
    channel = channel_of(step.channel)
    actor = Actor.for_job("cadence", sender)
    if channel.contact:
        decision = may_contact(
            actor=actor,
            party=row.party_id,
            purpose=row.cadence.purpose,
            channel=channel.contact,
            sender=f"cadence {row.cadence.name}",
        )
        if not decision:
            refuse(run, decision.verdict)
            return
    if channel.sends and not row.party.is_demo:  # nobody writes to people who don't exist
        enqueue(SEND_JOB, run_id=str(run.id))
    else:
        _make_task(row, step, run, sender, channel)


def _make_task(row: Enrolment, step: CadenceStep, run: StepRun, sender: Member, channel: StepChannel) -> None:
    try:
        subject, body = texts_of(run)
        deal = _deal_of(row)
        run.task = create_task(
            actor=Actor.for_job("cadence", sender),
            title=subject or _("Send a message: %(channel)s") % {"channel": channel.label},
            description=body,
            kind=channel.task_kind,
            due_at=timezone.now(),
            assignee_id=sender.id,
            party_id=row.party_id,
            about_type="opportunity" if deal else "",
            about_id=deal,
            source=SOURCE,
            external_key=str(run.id),
        )
    except NoValue as lack:
        finish_run(run, RunState.FAILED, no_value(lack))
    except Invalid as refusal:
        finish_run(run, RunState.FAILED, " ".join(str(one.message) for one in refusal.problems))
    else:
        finish_run(run, RunState.OPEN)


def _deal_of(row: Enrolment) -> UUID | None:
    """Return the deal the task is a step of: the enrolment's, where it is the customer's own."""
    deal = row.opportunity
    known = task_subjects.get("opportunity") is not None
    return deal.id if deal is not None and known and deal.party_id == row.party_id else None


def texts_of(run: StepRun) -> tuple[str, str]:
    """Return subject and text of a step as this customer gets them.

    Raises:
        NoValue: a word has neither value nor fallback.
    """
    row, step = run.enrolment, run.step
    variants = {one.letter: one for one in step.variants.all()}
    variant = variants.get(run.letter) or next(iter(variants.values()))
    assert run.sender is not None
    values = values_for(row, run.sender, words_in(variant.subject + variant.body))
    return fill_in(variant.subject, values), fill_in(variant.body, values)


def no_value(lack: NoValue) -> str:
    """Return in words that a word has no value."""
    return _("No value for “%(word)s”, and the text has no fallback for it.") % {"word": lack.word.name}


def _sender_of(row: Enrolment) -> Member | None:
    """Return in whose name it goes out: the one chosen, else the customer's owner, if they are still here."""
    ids = [one for one in (row.sender_id, row.party.owner_id) if one is not None]
    found = Member.objects.select_related("role", "team").filter(id__in=ids, is_active=True).in_bulk()
    return next((found[one] for one in ids if one in found), None)


def _has_room(sender: Member, turn: Turn) -> bool:
    """Return whether a sender's day has room for one more step. Locks the sender: two workers count one after the other."""
    Member.objects.select_for_update(no_key=True).get(id=sender.id)
    began = day_began(turn.calendar, turn.now)
    runs = StepRun.objects.filter(sender=sender, created_at__gte=began).exclude(state=RunState.SKIPPED)
    return runs.count() < turn.cap


def _postpone(sender: Member, turn: Turn) -> None:
    """Put off what a sender still has due to the morning of the next business day."""
    theirs = Q(sender=sender) | (Q(party__owner=sender) & (Q(sender=None) | Q(sender__is_active=False)))
    due = Enrolment.objects.filter(theirs, state=EnrolmentState.ACTIVE, next_at__lte=turn.now)
    Enrolment.objects.filter(id__in=due.values("id")).update(next_at=next_opening(turn.calendar, turn.now))


def _end(row: Enrolment, state: EnrolmentState, reason: EndReason, verdict: str = "") -> None:
    end_enrolments(
        actor=Actor.for_job("cadence"),
        rows=Enrolment.objects.filter(id=row.id),
        state=state,
        reason=reason,
        verdict=verdict,
    )
    row.refresh_from_db(fields=["state"])
