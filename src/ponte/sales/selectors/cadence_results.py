"""How cadences go: who is in them, what was done, who answered, by step and by variant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, Q

from ponte.core.models import Member
from ponte.sales.cadence_policies import visible_cadences
from ponte.sales.channels import StepChannel, channel_of
from ponte.sales.models import Cadence, CadenceState, CadenceStep, Enrolment, StepRun


@dataclass(frozen=True)
class Totals:
    """How many enrolments a cadence has, by state, and what came of them."""

    by_state: Mapping[str, int]
    replied: int
    met: int

    @property
    def enrolled(self) -> int:
        return sum(self.by_state.values())

    @property
    def under_way(self) -> int:
        return self.by_state.get("active", 0) + self.by_state.get("paused", 0)

    @property
    def reply_rate(self) -> float | None:
        """Answers for each hundred enrolled; None with nobody."""
        return 100 * self.replied / self.enrolled if self.enrolled else None


@dataclass
class Figures:
    """What came of a step or of one of its variants."""

    states: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    replies: int = 0
    meetings: int = 0

    @property
    def done(self) -> int:
        return self.states["done"]

    @property
    def skipped(self) -> int:
        return self.states["skipped"]

    @property
    def failed(self) -> int:
        return self.states["failed"]

    @property
    def open(self) -> int:
        return self.states["open"] + self.states["waiting"] + self.states["sending"]

    @property
    def reply_rate(self) -> float | None:
        """Answers for each hundred done; None with none done."""
        return 100 * self.replies / self.done if self.done else None


@dataclass(frozen=True)
class StepResult:
    """A step as the page shows it: what it says and what came of it, in all and by variant."""

    step: CadenceStep
    channel: StepChannel
    variants: Sequence[tuple[str, str, str, Figures]]  # letter, subject, body
    figures: Figures

    @property
    def is_compared(self) -> bool:
        return len(self.variants) > 1


def totals_of(cadence_ids: Sequence[UUID]) -> dict[UUID, Totals]:
    """Return the totals of cadences; one query."""
    rows = (
        Enrolment.objects.filter(cadence_id__in=cadence_ids)
        .order_by()
        .values_list("cadence_id", "state")
        .annotate(
            number=Count("id"), replied=Count("id", filter=Q(replied_at__isnull=False)),
            met=Count("id", filter=Q(meeting_at__isnull=False)),
        )
    )  # fmt: skip
    found: dict[UUID, tuple[dict[str, int], list[int]]] = {one: ({}, [0, 0]) for one in cadence_ids}
    for cadence_id, state, number, replied, met in rows:
        states, came = found[cadence_id]
        states[state] = number
        came[0] += replied
        came[1] += met
    return {key: Totals(states, *came) for key, (states, came) in found.items()}


def results_of(cadence: Cadence) -> list[StepResult]:
    """Return the steps of a cadence with what came of them, removed ones left out. Five queries."""
    steps = list(
        cadence.steps.filter(removed_at=None).order_by("position", "id").prefetch_related("variants")
    )
    figures = _figures(cadence)
    found = []
    for step in steps:
        variants = [
            (one.letter, one.subject, one.body, figures[(step.id, one.letter)])
            for one in sorted(step.variants.all(), key=lambda one: one.letter)
        ]
        total = Figures()
        for (step_id, _letter), part in figures.items():
            if step_id == step.id:
                _add(total, part)
        found.append(StepResult(step, channel_of(step.channel), variants, total))
    return found


def _figures(cadence: Cadence) -> dict[tuple[UUID, str], Figures]:
    figures: dict[tuple[UUID, str], Figures] = defaultdict(Figures)
    runs = StepRun.objects.filter(step__cadence=cadence).order_by()
    for step_id, letter, state, number in runs.values_list("step_id", "letter", "state").annotate(
        Count("id")
    ):
        figures[(step_id, letter)].states[state] += number
    for name, earned in (("replies", "answered_run"), ("meetings", "meeting_run")):
        rows = Enrolment.objects.filter(cadence=cadence, **{f"{earned}__isnull": False}).order_by()
        keys = (f"{earned}__step_id", f"{earned}__letter")
        for step_id, letter, number in rows.values_list(*keys).annotate(Count("id")):
            setattr(figures[(step_id, letter)], name, number)
    return figures


def _add(total: Figures, part: Figures) -> None:
    for state, number in part.states.items():
        total.states[state] += number
    total.replies += part.replies
    total.meetings += part.meetings


@dataclass(frozen=True)
class CadenceRow:
    """A cadence as the overview lists it."""

    cadence: Cadence
    steps: Sequence[StepChannel]
    totals: Totals


def list_cadences(member: Member, *, archived: bool = False) -> list[CadenceRow]:
    """Return the cadences the member sees, active ones first. Three queries."""
    rows = visible_cadences(member).select_related("owner")
    rows = rows.filter(state=CadenceState.ARCHIVED) if archived else rows.exclude(state=CadenceState.ARCHIVED)
    cadences = sorted(rows, key=lambda one: (one.state != CadenceState.ACTIVE, one.name.casefold(), one.id))
    ids = [one.id for one in cadences]
    steps: dict[UUID, list[StepChannel]] = defaultdict(list)
    for cadence_id, channel in (
        CadenceStep.objects.filter(cadence_id__in=ids, removed_at=None)
        .order_by("position", "id")
        .values_list("cadence_id", "channel")
    ):
        steps[cadence_id].append(channel_of(channel))
    totals = totals_of(ids)
    return [CadenceRow(one, steps[one.id], totals[one.id]) for one in cadences]
