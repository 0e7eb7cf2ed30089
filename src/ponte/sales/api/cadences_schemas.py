"""What the API takes and gives of cadences and enrolments."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ponte.apikit.schemas import In, Out, Reference
from ponte.sales.models import Cadence, CadenceStep, StepRun, StepVariant


class VariantOut(Schema):
    """What a step says; with two variants each customer gets one, always the same."""

    letter: str
    subject: str
    body: str
    weight: int


class StepOut(Schema):
    """One contact, `wait_days` business days and `wait_hours` working hours after the one before."""

    id: UUID
    channel: str
    wait_days: int
    wait_hours: int
    waits_for_task: bool
    variants: list[VariantOut]

    @staticmethod
    def resolve_variants(step: CadenceStep) -> list[StepVariant]:
        return sorted(step.variants.all(), key=lambda one: one.letter)


class CadenceOut(Out):
    """A sequence of contacts. `state`: draft, active, paused or archived."""

    id: UUID
    name: str
    description: str
    purpose: str
    state: str
    on_refusal: str
    stops_on_reply: bool
    stops_on_meeting: bool
    stops_on_stage: bool
    owner: Reference | None
    steps: list[StepOut]
    created_at: datetime
    updated_at: datetime
    version: int

    @staticmethod
    def resolve_steps(row: Cadence) -> list[CadenceStep]:
        return sorted(
            (one for one in row.steps.all() if one.removed_at is None), key=lambda one: (one.position, one.id)
        )


class CadenceIn(In):
    """A cadence to add, as a draft."""

    name: str = Field(min_length=1, max_length=120)
    description: str = Field("", max_length=500)
    purpose: str = Field(
        "sales", max_length=40, description="What `may_contact` is asked for before each step."
    )
    on_refusal: Literal["skip", "stop"] = "skip"
    stops_on_reply: bool = True
    stops_on_meeting: bool = True
    stops_on_stage: bool = True


class CadencePatch(CadenceIn):
    """What to change; only fields sent are changed."""

    name: str = Field("", max_length=120)
    state: Literal["draft", "active", "paused", "archived"] = "draft"


class VariantIn(In):
    """What a step says. Words: `{{ primeiro_nome|cliente }}`."""

    subject: str = Field("", max_length=200)
    body: str = Field("", max_length=10_000)
    weight: int = Field(50, ge=1, le=100)


class StepIn(In):
    """A step to add at the end."""

    channel: str = Field(max_length=20, description="email, call, whatsapp, task, or one a channel brings.")
    wait_days: int = Field(0, ge=0, le=365)
    wait_hours: int = Field(0, ge=0, le=200)
    waits_for_task: bool = True
    variants: list[VariantIn] = Field(min_length=1, max_length=2)


class StepPatch(In):
    """What to change of a step; only fields sent are changed."""

    channel: str = Field("", max_length=20)
    wait_days: int = Field(0, ge=0, le=365)
    wait_hours: int = Field(0, ge=0, le=200)
    waits_for_task: bool = True
    variants: list[VariantIn] = Field([], max_length=2)


class StepOrderIn(In):
    """Every step's id, in the new order."""

    step_ids: list[UUID] = Field(max_length=30)


class StepFiguresOut(Schema):
    """What came of a step or of one of its variants."""

    letter: str = ""
    done: int
    open: int
    skipped: int
    failed: int
    replies: int
    meetings: int


class StepResultOut(Schema):
    """What came of a step, in all and by variant."""

    step_id: UUID
    channel: str
    total: StepFiguresOut
    variants: list[StepFiguresOut]


class ResultsOut(Schema):
    """How a cadence goes."""

    enrolled: int
    by_state: dict[str, int]
    replied: int
    meetings: int
    steps: list[StepResultOut]


class EnrolIn(In):
    """Customers to begin the cadence with; those in it already stay where they are."""

    party_ids: list[UUID] = Field(min_length=1, max_length=2_000)
    sender_id: UUID | None = Field(
        None, description="Left out: each customer's owner, or the token's member."
    )
    opportunity_id: UUID | None = Field(None, description="What it is about, for a single customer.")
    lead_id: UUID | None = Field(None, description="What it is about, for a single customer.")


class EnrolledOut(Schema):
    """What came of enrolling."""

    enrolment_ids: list[UUID]
    already: list[UUID]
    unreachable: list[UUID] = Field(description="Unknown customers, or not the member's to change.")


class EnrolmentFilters(Schema):
    """Which enrolments."""

    cadence_id: UUID | None = None
    party_id: UUID | None = None
    state: Literal["active", "paused", "finished", "stopped", "removed"] | None = None


class RunOut(Schema):
    """A step as it was executed: waiting, sending, open (a task), done, skipped or failed."""

    id: UUID
    step_id: UUID
    channel: str
    letter: str
    state: str
    reason: str
    task_id: UUID | None
    interaction_id: UUID | None
    created_at: datetime
    ended_at: datetime | None


class EnrolmentOut(Out):
    """A customer going through a cadence, with what was done so far."""

    id: UUID
    cadence_id: UUID
    party_id: UUID
    opportunity_id: UUID | None
    lead_id: UUID | None
    sender: Reference | None
    state: str
    reason: str
    verdict: str
    next_step_id: UUID | None
    next_at: datetime | None
    replied_at: datetime | None
    meeting_at: datetime | None
    ended_at: datetime | None
    runs: list[RunOut]
    created_at: datetime
    updated_at: datetime
    version: int

    @staticmethod
    def resolve_runs(row: Any) -> list[StepRun]:
        return sorted(row.runs.all(), key=lambda one: one.id)
