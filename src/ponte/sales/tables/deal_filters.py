"""Filters of lists of opportunities: by pipeline and stage as the business has them, by what is planned, by standing still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import DurationField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Now

from ponte.core.models import Member
from ponte.sales.models import DealStatus, Pipeline
from ponte.sales.selectors.pipelines import all_stages, find_pipeline, list_pipelines, stage_words, stages_of
from ponte.workplace.lists import ChoiceFilter
from ponte.workplace.lists.filters import Choice
from ponte.workplace.lists.state import ListState

OPEN = Q(status=DealStatus.OPEN)
NOTHING_PLANNED = OPEN & Q(next_activity_at__isnull=True)


def rotting() -> Q:
    """Return "has stood in its stage for as many days as the stage allows, or more"."""
    allowed = ExpressionWrapper(
        F("stage__max_days") * Value(timedelta(days=1), output_field=DurationField()),
        output_field=DurationField(),
    )
    return OPEN & Q(stage__max_days__isnull=False, stage_since__lte=Now() - allowed)


def pipelines(member: Member) -> list[Choice]:
    """Return the pipelines in use."""
    return [(str(one.id), one.name) for one in list_pipelines()]


def stages(member: Member) -> list[Choice]:
    """Return the stages of every pipeline, named with it where there are several."""
    known = list_pipelines()
    return [(str(one.id), stage_words(one, known)) for one in all_stages()]


@dataclass(frozen=True)
class StageFilter(ChoiceFilter):
    """The stage. On a board those of one pipeline have a column each."""

    @property
    def groups(self) -> bool:
        return True

    def options_in(self, state: ListState, member: Member) -> list[Choice]:
        pipeline = pipeline_of(state)
        return [(str(one.id), one.name) for one in stages_of(pipeline)] if pipeline is not None else []


def pipeline_of(state: ListState) -> Pipeline | None:
    """Return the pipeline a state is about: the one filtered by, else the first."""
    chosen = state.value_of("pipeline")
    return find_pipeline(chosen[0] if chosen else None)
