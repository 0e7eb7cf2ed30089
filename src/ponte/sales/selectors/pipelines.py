"""Reading pipelines, their stages and what stands in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection

from ponte.core.models import Member
from ponte.core.prepared import Prepared
from ponte.core.rights import Scope, scope_of
from ponte.core.tenancy.scope import current_workspace
from ponte.sales.models import Pipeline, Stage

_KEPT = "_sales_pipelines"
STAGES = Prepared[Stage](
    lambda: Stage.objects.select_related("pipeline").order_by(
        "pipeline__position", "pipeline_id", "position", "id"
    )
)


@dataclass(frozen=True)
class StageSum:
    """What stands open in a stage."""

    deals: int
    amount: Decimal
    monthly: Decimal


def list_pipelines(*, archived: bool = False) -> list[Pipeline]:
    """Return the pipelines in order, each with its stages in ``ordered_stages``: one query a request, however often asked."""
    kept: list[Pipeline] | None = current_workspace().__dict__.get(_KEPT)
    if kept is None:
        found: dict[UUID, Pipeline] = {}
        for stage in STAGES.rows():
            pipeline = found.setdefault(stage.pipeline_id, stage.pipeline)
            pipeline.__dict__.setdefault("ordered_stages", []).append(stage)
            stage.pipeline = pipeline
        kept = list(found.values())
        current_workspace().__dict__[_KEPT] = kept
    return [one for one in kept if archived or one.archived_at is None]


def forget_pipelines() -> None:
    """Drop what was read so far: somebody has just changed it."""
    current_workspace().__dict__.pop(_KEPT, None)


def stages_of(pipeline: Pipeline) -> list[Stage]:
    """Return the stages of a pipeline of ``list_pipelines``, in order."""
    found: list[Stage] = pipeline.__dict__.get("ordered_stages", [])
    return found


def find_pipeline(pipeline_id: object) -> Pipeline | None:
    """Return the pipeline of an id (text or UUID), the first one for any other; None only where there is none at all."""
    pipelines = list_pipelines()
    return next((one for one in pipelines if str(one.id) == str(pipeline_id)), next(iter(pipelines), None))


def all_stages(*, archived: bool = False) -> list[Stage]:
    """Return the stages of every pipeline in use (with ``archived`` of every one there is), in order."""
    return [stage for pipeline in list_pipelines(archived=archived) for stage in stages_of(pipeline)]


def find_stage(stage_id: UUID, *, archived: bool = False) -> Stage | None:
    """Return a stage of a pipeline in use (with ``archived`` of any), None when there is none."""
    return next((stage for stage in all_stages(archived=archived) if stage.id == stage_id), None)


def stage_words(stage: Stage, pipelines: Sequence[Pipeline]) -> str:
    """Return a stage's name, with its pipeline's where there are several."""
    return stage.name if len(pipelines) < 2 else f"{stage.pipeline.name} · {stage.name}"


def sees_all_opportunities(member: Member) -> bool:
    """Return whether the member sees every opportunity there is: then the kept totals are theirs."""
    return all(scope_of(member, name, "view") is Scope.ALL for name in ("customer", "opportunity"))


def stage_sums(
    stage_ids: Collection[UUID], *, owners: Iterable[UUID | None] | None = None
) -> dict[UUID, StageSum]:
    """Return what stands open in stages by the totals that are kept, of all or of some salespeople (None: nobody's)."""
    condition, params = "", [list(stage_ids)]
    if owners is not None:
        told = list(owners)
        condition = " AND (owner_id = ANY(%s)" + (" OR owner_id IS NULL)" if None in told else ")")
        params.append([one for one in told if one is not None])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stage_id, sum(deals), sum(amount), sum(monthly) FROM sales_stagetotal"
            f" WHERE stage_id = ANY(%s){condition} GROUP BY 1",
            params,
        )
        return {stage_id: StageSum(int(n), amount, monthly) for stage_id, n, amount, monthly in cursor}
