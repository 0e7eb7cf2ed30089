"""Who is in which cadence, and how far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from ponte.core.models import Member
from ponte.privacy.models import Verdict
from ponte.sales.cadence_policies import visible_cadences, visible_enrolments
from ponte.sales.channels import StepChannel, channel_of
from ponte.sales.models import Cadence, CadenceState, Enrolment, RunState, StepRun
from ponte.timeline.models import Task
from ponte.timeline.task_links import TaskLink

MOST_SHOWN = 30


@dataclass(frozen=True)
class RunRow:
    """A step of an enrolment as its page shows it."""

    run: StepRun
    channel: StepChannel
    why: str

    @property
    def tone(self) -> str:
        tones = {RunState.DONE: "green", RunState.SKIPPED: "yellow", RunState.FAILED: "red"}
        return tones.get(RunState(self.run.state), "blue")


def list_enrolments(member: Member, party_id: UUID) -> list[Enrolment]:
    """Return a customer's enrolments, open ones first, then the newest. One query."""
    rows = visible_enrolments(member).filter(party_id=party_id)
    return _shown(rows)


def enrolments_about(
    member: Member, *, opportunity_id: UUID | None = None, lead_id: UUID | None = None
) -> list[Enrolment]:
    """Return the enrolments about a deal or a lead, open ones first. One query."""
    rows = visible_enrolments(member)
    about = {"opportunity_id": opportunity_id} if opportunity_id else {"lead_id": lead_id}
    return _shown(rows.filter(**about))


def _shown(rows: QuerySet[Enrolment]) -> list[Enrolment]:
    found = rows.select_related("cadence", "next_step", "sender", "party").order_by("-id")[:MOST_SHOWN]
    return sorted(found, key=lambda one: not one.is_open)


def list_runs(enrolment: Enrolment) -> list[RunRow]:
    """Return what was done in an enrolment, in order. One query."""
    rows = enrolment.runs.select_related("step", "task", "sender").order_by("id")
    return [RunRow(run, channel_of(run.channel), why(run.reason)) for run in rows]


def why(reason: str) -> str:
    """Return why a step was skipped or failed, or an enrolment was refused, in words."""
    if reason in Verdict.values:
        return str(Verdict(reason).label)
    return _why_word(reason)


def _why_word(reason: str) -> str:
    if reason == "stopped":
        return _("The cadence ended before.")
    if reason == "task_deleted":
        return _("The task was thrown away.")
    return reason


def task_links(member: Member, task: Task) -> list[TaskLink]:
    """Return the links of a task that a step made: the contact with its text ready, and the cadence."""
    run = StepRun.objects.filter(task=task).select_related("enrolment").first()
    if run is None or not visible_enrolments(member).filter(id=run.enrolment_id).exists():
        return []
    links = [TaskLink(_("See the cadence"), reverse("sales:enrolment", args=[run.enrolment_id]), "repeat")]
    if run.state == RunState.OPEN and channel_of(run.channel).contact:
        open_it = reverse("sales:run_open", args=[run.id])
        links.insert(0, TaskLink(_("Open with the text"), open_it, outwards=True))
    return links


def open_cadences(member: Member) -> Sequence[Cadence]:
    """Return the cadences customers can be enrolled in, by name. One query."""
    rows = visible_cadences(member).filter(state__in=(CadenceState.ACTIVE, CadenceState.PAUSED))
    return sorted(rows, key=lambda one: one.name.casefold())
