"""What ends an enrolment: an answer, a meeting, a stage, a person's decision; and what becomes of its loose ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.events.channels import MessageReceived
from ponte.events.sales_cadences import EnrolmentsChanged
from ponte.sales.models import (
    OPEN_STATES,
    EndReason,
    Enrolment,
    EnrolmentState,
    RunState,
    StepRun,
)
from ponte.timeline.services.tasks import delete_task

CHUNK = 500
STILL_AN_ANSWER = timedelta(days=30)  # after the last step an answer is still one to it
STOPPED = "stopped"


@transaction.atomic
def end_enrolments(
    *,
    actor: Actor,
    rows: QuerySet[Enrolment],
    state: EnrolmentState,
    reason: EndReason,
    verdict: str = "",
) -> list[UUID]:
    """End those of ``rows`` that are open; returns which.

    What was about to be sent isn't, and tasks still open are thrown away (they can be brought back).
    """
    found = list(rows.filter(state__in=OPEN_STATES).order_by("id").select_for_update(of=("self",)))
    if not found:
        return []
    now = timezone.now()
    for row in found:
        row.state, row.reason, row.verdict = state, reason, verdict
        row.next_step, row.next_at, row.ended_at = None, None, now
        row.version += 1
        row.updated_at = now
    Enrolment.objects.bulk_update(
        found,
        ["state", "reason", "verdict", "next_step", "next_at", "ended_at", "version", "updated_at"],
    )
    ids = [row.id for row in found]
    if state != EnrolmentState.FINISHED:
        _drop_loose_ends(ids)
    record_bulk(
        actor=actor,
        act="enrolment.ended",
        object_type="enrolment",
        ids=ids,
        summary={"state": str(state), "reason": str(reason)},
    )
    publish(
        EnrolmentsChanged(
            enrolment_ids=[str(one) for one in ids],
            party_ids=[str(row.party_id) for row in found],
            state=state,
            reason=reason,
        ),
        actor=actor,
    )
    return ids


def _drop_loose_ends(enrolment_ids: Sequence[UUID]) -> None:
    loose = StepRun.objects.select_for_update(of=("self",)).select_related("task")
    for run in loose.filter(enrolment_id__in=enrolment_ids, state__in=(RunState.WAITING, RunState.OPEN)):
        run.state, run.reason, run.ended_at = RunState.SKIPPED, STOPPED, timezone.now()
        run.save(update_fields=["state", "reason", "ended_at", "updated_at"])
        if run.task is not None and run.task.done_at is None and run.task.deleted_at is None:
            delete_task(actor=Actor.for_job("cadence"), task=run.task)


@transaction.atomic
def note_answer(*, actor: Actor, party_ids: Sequence[UUID], at: datetime) -> list[UUID]:
    """Note that customers answered at ``at``: what stops on an answer stops, the last step done earns the reply.

    Returns the enrolments it counts for: those begun before. Telling it twice changes nothing.
    """
    rows = _listening(party_ids, at).filter(replied_at__isnull=True)
    found = list(rows.select_related("cadence").select_for_update(of=("self",)).order_by("id"))
    for row in found:
        row.replied_at, row.answered_run = at, _last_done(row, at)
        row.save(update_fields=["replied_at", "answered_run", "updated_at"])
    stopping = [row.id for row in found if row.cadence.stops_on_reply]
    _stop(actor, Q(id__in=stopping), EndReason.REPLIED)
    return [row.id for row in found]


@transaction.atomic
def note_meeting(
    *, actor: Actor, party_ids: Sequence[UUID], at: datetime, opportunity_id: UUID | None = None
) -> list[UUID]:
    """Note that a meeting with customers was planned at ``at``; returns the enrolments it counts for.

    One about an opportunity doesn't count for enrolments about another.
    """
    rows = _listening(party_ids, at).filter(meeting_at__isnull=True)
    if opportunity_id is not None:
        rows = rows.filter(Q(opportunity=None) | Q(opportunity=opportunity_id))
    found = list(rows.select_related("cadence").select_for_update(of=("self",)).order_by("id"))
    for row in found:
        row.meeting_at, row.meeting_run = at, _last_done(row, at)
        row.save(update_fields=["meeting_at", "meeting_run", "updated_at"])
    stopping = [row.id for row in found if row.cadence.stops_on_meeting]
    _stop(actor, Q(id__in=stopping), EndReason.MEETING)
    return [row.id for row in found]


def note_stage(*, actor: Actor, about: Q, reason: EndReason) -> list[UUID]:
    """Note that the deal, lead or customer moved (``about`` says whose enrolments): what stops on it stops."""
    return _stop(actor, about & Q(cadence__stops_on_stage=True), reason)


def note_gone(*, actor: Actor, party_ids: Sequence[UUID]) -> list[UUID]:
    """Note that customers are in the bin."""
    return _stop(actor, Q(party_id__in=party_ids), EndReason.DELETED)


@transaction.atomic
def say_answered(*, actor: Actor, enrolment: Enrolment, channel: str = "") -> None:
    """Take down by hand that the customer of an enrolment answered; tells everybody who listens for messages."""
    now = timezone.now()
    note_answer(actor=actor, party_ids=[enrolment.party_id], at=now)
    publish(
        MessageReceived(party_id=str(enrolment.party_id), channel=channel, received_at=now.isoformat()),
        actor=actor,
    )


def end_archived(*, cadence_id: UUID) -> int:
    """Take up to ``CHUNK`` customers out of an archived cadence; returns how many that were."""
    ids = Enrolment.objects.filter(cadence_id=cadence_id, state__in=OPEN_STATES).order_by("id")
    some = list(ids.values_list("id", flat=True)[:CHUNK])
    ended = end_enrolments(
        actor=Actor.for_job("cadence"),
        rows=Enrolment.objects.filter(id__in=some),
        state=EnrolmentState.REMOVED,
        reason=EndReason.ARCHIVED,
    )
    return len(ended)


def _stop(actor: Actor, about: Q, reason: EndReason) -> list[UUID]:
    return end_enrolments(
        actor=actor, rows=Enrolment.objects.filter(about), state=EnrolmentState.STOPPED, reason=reason
    )


def _listening(party_ids: Sequence[UUID], at: datetime) -> QuerySet[Enrolment]:
    """Return the enrolments something of these customers counts for: open ones, and finished ones for a while."""
    lately = Q(state=EnrolmentState.FINISHED, ended_at__gte=at - STILL_AN_ANSWER)
    return Enrolment.objects.filter(
        Q(state__in=OPEN_STATES) | lately, party_id__in=party_ids, created_at__lte=at
    )


def _last_done(row: Enrolment, at: datetime) -> StepRun | None:
    return row.runs.filter(state=RunState.DONE, ended_at__lte=at).order_by("-ended_at", "-id").first()
