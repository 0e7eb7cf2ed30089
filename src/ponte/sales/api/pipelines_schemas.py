"""What the API of pipelines, stages, reasons and competitors takes in and gives out."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from ponte.apikit.schemas import Amount, In
from ponte.sales.models import ReasonKind

Named = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Ids = Annotated[list[UUID], Field(max_length=200)]


class StageOut(Schema):
    """One step of a pipeline."""

    id: UUID
    version: int
    name: str
    position: int
    probability: int
    max_days: int | None
    goal: Decimal | None
    required_fields: list[str]
    checklist: list[dict[str, str]]
    open_deals: int = Field(0, description="How many open opportunities the token's member sees there.")


class PipelineOut(Schema):
    """A way of selling, with its stages in order."""

    id: UUID
    version: int
    name: str
    archived: bool
    stages: list[StageOut]


class ReasonOut(Schema):
    """Why something ended."""

    id: UUID
    name: str


class PipelinesOut(Schema):
    """Pipelines, and the words for losing."""

    items: list[PipelineOut]
    reasons: list[ReasonOut]
    competitors: list[ReasonOut]


class PipelineFilters(Schema):
    """Which pipelines."""

    archived: bool = Field(False, description="Those out of use, too.")


class PipelineIn(In):
    """A pipeline to add, behind the others; stages by name, one to begin with where none is told."""

    name: Named
    stages: list[Named] = Field([], max_length=20)


class PipelinePatch(In):
    """What to change; only fields sent are changed."""

    name: Named | None = None
    archived: bool = False


class SequenceIn(In):
    """The ids in the order wanted; those left out follow."""

    ids: Ids


class CheckIn(In):
    """A step of the checklist; `key` keeps one there is, with the ticks it has."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    key: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{0,40}$")] = ""


class StageFields(In):
    """What makes a stage. `required_fields` and `checklist` are asked before an opportunity leaves it forward."""

    probability: int = Field(50, ge=0, le=100, description="Per cent.")
    max_days: int | None = Field(
        None, ge=1, le=3650, description="After so many days here it counts as rotting."
    )
    goal: Amount | None = Field(None, description="What should stand here.")
    required_fields: list[Annotated[str, StringConstraints(max_length=80)]] = Field([], max_length=60)
    checklist: list[CheckIn] = Field([], max_length=30)


class PipelineStageIn(StageFields):
    """A stage to add at the end of a pipeline."""

    name: Named


class PipelineStagePatch(StageFields):
    """What to change; only fields sent are changed. `checklist` is replaced whole."""

    name: Named | None = None


class StageGone(Schema):
    """Where what stands or ended in the stage goes."""

    move_to: UUID | None = Field(
        None, description="A stage of the same pipeline; needed where something is there."
    )


class WordOut(Schema):
    """A word of the business: a reason or a competitor."""

    id: UUID
    version: int
    name: str
    archived: bool
    kind: ReasonKind | None = None

    @staticmethod
    def resolve_archived(row: Any) -> bool:
        return row.archived_at is not None


class WordsOut(Schema):
    """Words of one kind, those out of use included."""

    items: list[WordOut]


class ReasonFilters(Schema):
    """Which reasons."""

    kind: ReasonKind | None = None


class ReasonIn(In):
    """A reason to add: why opportunities are lost, leads disqualified or given back."""

    name: Word
    kind: ReasonKind = ReasonKind.LOST


class CompetitorIn(In):
    """A competitor to add."""

    name: Word


class WordPatch(In):
    """What to change; what is archived stays where it is named and isn't offered any more."""

    name: Word | None = None
    archived: bool = False


class HelperIn(In):
    """What a colleague does on an opportunity."""

    task: Annotated[str, Field(max_length=80)] = ""


class RivalIn(In):
    """What is known of a competitor's offer."""

    note: Annotated[str, Field(max_length=500)] = ""
