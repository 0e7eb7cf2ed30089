"""Sending a step's message: claimed, sent, noted, in three transactions, so that it is never sent twice.

A worker killed between claim and note leaves a run that says "being sent". Nobody knows whether the message went out; it isn't sent
again, and the run says so.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.business_time import load_business_calendar
from ponte.core.jobs import enqueue
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.privacy.links import preference_url
from ponte.privacy.purposes import get_purpose
from ponte.privacy.services.contact import may_contact
from ponte.sales.channels import Message, NotSent, channel_of
from ponte.sales.models import CadenceState, Enrolment, EnrolmentState, RunState, StepRun
from ponte.sales.services.cadence_ends import STOPPED
from ponte.sales.services.cadence_running import SOURCE, finish_run, lead_on, no_value, refuse, texts_of
from ponte.sales.services.cadences import needs_link
from ponte.sales.services.enrolments import SEND_JOB
from ponte.sales.wording import NoValue
from ponte.timeline.services.interactions import record_interaction

log = logging.getLogger(__name__)
UNKNOWN_AFTER = timedelta(minutes=10)
GIVEN_UP_AFTER = timedelta(days=2)
GOING_ON = (EnrolmentState.ACTIVE, EnrolmentState.FINISHED)


def send_step(run_id: UUID) -> None:
    """Send the message of a step that waits for it. Runs outside a scope (jobs) or inside one (tests).

    Raises:
        NotSent: the channel couldn't now; the job is tried again.
    """
    workspace = named_workspace()
    with workspace_scope(workspace), translation.override(workspace.language):
        claimed = _claim(run_id)
    if claimed is None:
        return
    channel, message = claimed
    sender = channel_of(channel).sender
    assert sender is not None
    try:
        with translation.override(workspace.language):
            sender.send(message)
    except NotSent as failure:
        with workspace_scope(workspace):
            _note_not_sent(run_id, failure)
        if not failure.permanent:
            raise
    except Exception:
        log.exception("step %s: nobody knows whether it was sent", run_id)
        with workspace_scope(workspace), translation.override(workspace.language):
            _note_unknown(run_id)
    else:
        with workspace_scope(workspace):
            _note_sent(run_id, message)


def _claim(run_id: UUID) -> tuple[str, Message] | None:
    """Mark a waiting run as being sent and return its message; None where there is nothing to send any more."""
    run = _locked(run_id)
    if run is None or run.state != RunState.WAITING:
        return None
    row = run.enrolment
    if row.state == EnrolmentState.PAUSED or row.cadence.state == CadenceState.PAUSED:
        return None  # resuming takes it up again
    if row.state not in GOING_ON or row.cadence.state == CadenceState.ARCHIVED:
        finish_run(run, RunState.SKIPPED, STOPPED)
        return None
    channel = channel_of(run.channel)
    if not channel.sends or run.sender is None:
        finish_run(run, RunState.FAILED, _("Nothing can send on this channel now."))
        return None
    decision = may_contact(
        actor=Actor.for_job("cadence", run.sender),
        party=row.party_id,
        purpose=row.cadence.purpose,
        channel=channel.contact,
        sender=f"cadence {row.cadence.name}",
    )
    if not decision:
        refuse(run, decision.verdict)
        return None
    link = _link_for(run)
    if link is None:
        finish_run(run, RunState.FAILED, _("The preference link can't be made: PONTE_URL isn't set."))
        return None
    try:
        subject, body = texts_of(run)
    except NoValue as lack:
        finish_run(run, RunState.FAILED, no_value(lack))
        return None
    run.state = RunState.SENDING
    run.save(update_fields=["state", "updated_at"])
    return run.channel, Message(
        key=str(run.id),
        party_id=row.party_id,
        address=decision.address,
        subject=subject,
        body=body,
        sender=run.sender,
        unsubscribe_url=link,
    )


def _link_for(run: StepRun) -> str | None:
    """Return the customer's preference page, "" where none is needed, None where one is and can't be made."""
    purpose = get_purpose(run.enrolment.cadence.purpose)
    if purpose is None or not purpose.can_be_declined:
        return ""
    if not settings.PONTE_URL:
        return None if needs_link(purpose) else ""
    return preference_url(run.enrolment.party_id)


def _note_sent(run_id: UUID, message: Message) -> None:
    run = _locked(run_id)
    if run is None or run.state not in (RunState.SENDING, RunState.FAILED):
        return
    channel = channel_of(run.channel)
    run.interaction = record_interaction(
        actor=Actor.for_job("cadence", run.sender),
        party_id=run.enrolment.party_id,
        kind=channel.kind,
        channel=channel.contact,
        direction="out",
        subject=message.subject,
        body=message.body,
        author=run.sender,
        data={"cadence": run.enrolment.cadence.name},
        source=SOURCE,
        external_key=str(run.id),
    )
    finish_run(run, RunState.DONE)


def _note_not_sent(run_id: UUID, failure: NotSent) -> None:
    run = _locked(run_id)
    if run is None or run.state != RunState.SENDING:
        return
    if failure.permanent:
        finish_run(run, RunState.FAILED, str(failure))
        return
    run.state, run.reason = RunState.WAITING, str(failure)[:300]
    run.save(update_fields=["state", "reason", "updated_at"])


def _note_unknown(run_id: UUID) -> None:
    run = _locked(run_id)
    if run is not None and run.state == RunState.SENDING:
        words = _(
            "The work was interrupted while it was being sent. It may have arrived; it isn't sent again."
        )
        finish_run(run, RunState.FAILED, words)


def sweep() -> None:
    """Take up messages that lost their job, give up on old ones, and note those nobody knows about.

    One transaction; run it often.
    """
    now = timezone.now()
    under_way = StepRun.objects.filter(state__in=(RunState.WAITING, RunState.SENDING))
    for run in under_way.filter(updated_at__lt=now - UNKNOWN_AFTER).order_by("updated_at")[:500]:
        if run.state == RunState.SENDING:
            _note_unknown(run.id)
        elif run.created_at < now - GIVEN_UP_AFTER:
            locked = _locked(run.id)
            if locked is not None and locked.state == RunState.WAITING and _is_going_on(locked):
                finish_run(locked, RunState.FAILED, locked.reason or _("It couldn't be sent in two days."))
        else:
            enqueue(SEND_JOB, once=f"{SEND_JOB}:{run.id}", run_id=str(run.id))


def _is_going_on(run: StepRun) -> bool:
    return run.enrolment.state in GOING_ON and run.enrolment.cadence.state == CadenceState.ACTIVE


def note_task(*, task_id: UUID, is_done: bool) -> None:
    """Note that a step's task was done or thrown away, and let its enrolment go on where it waited for that."""
    found = (
        StepRun.objects.filter(task_id=task_id, state=RunState.OPEN).values_list("id", "enrolment_id").first()
    )
    if found is None:
        return
    row = Enrolment.objects.select_for_update(of=("self",)).get(id=found[1])
    run = _locked(found[0])
    if run is None or run.state != RunState.OPEN:
        return
    finish_run(run, RunState.DONE if is_done else RunState.SKIPPED, "" if is_done else "task_deleted")
    if row.is_open and row.next_step_id is None and run.step.waits_for_task:
        lead_on(row, run.step, timezone.now(), load_business_calendar())


def _locked(run_id: UUID) -> StepRun | None:
    rows = StepRun.objects.select_for_update(of=("self",))
    return (
        rows.select_related(
            "enrolment__cadence", "enrolment__party", "enrolment__opportunity", "sender", "step"
        )
        .filter(id=run_id)
        .first()
    )
