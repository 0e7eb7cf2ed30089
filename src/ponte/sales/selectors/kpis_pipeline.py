"""Figures of what is being worked: value by stage, how stages let go, where it gets stuck."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from ponte.sales.models import Stage
from ponte.sales.selectors.facts import Tally, tally, undated
from ponte.sales.selectors.lens import Lens
from ponte.sales.selectors.metrics import BACK, FORWARD, LOST, STANDING, STAYED
from ponte.sales.selectors.rates import Rate

ENOUGH = 10  # stays a stage needs before it is called a bottleneck
ZERO = Decimal(0)


@dataclass(frozen=True)
class StageStand:
    """What stands in one stage now; ``weighted`` by the stage's probability."""

    stage: Stage
    count: int
    value: Decimal

    @property
    def weighted(self) -> Decimal:
        """The value times the stage's probability."""
        return self.value * self.stage.probability / 100


def open_pipeline(lens: Lens) -> list[StageStand]:
    """Return the pipeline revenue: value of open opportunities per stage, and weighted by its probability (kpis.md).

    All that is open now, whatever the period; stages in order, of live pipelines, those of archived ones only with something in
    them.
    """
    counts: defaultdict[str, tuple[int, Decimal]] = defaultdict(lambda: (0, ZERO))
    for row in undated(STANDING, lens, "part"):
        key = row.keys[0].partition(":")[0]
        counts[key] = (counts[key][0] + row.count, counts[key][1] + row.amount)
    return [
        StageStand(stage, *counts[str(stage.id)])
        for stage in _stages(lens)
        if str(stage.id) in counts or stage.pipeline.archived_at is None
    ]


@dataclass(frozen=True)
class StageFlow:
    """How one stage lets go: where opportunities went that left it in the period, and after how many days."""

    stage: Stage
    forward: int
    back: int
    lost: int
    days: Decimal | None
    is_bottleneck: bool = False

    @property
    def left(self) -> int:
        """How many left the stage."""
        return self.forward + self.back + self.lost

    @property
    def conversion(self) -> Rate:
        """Stage conversion: went forward (or won) ÷ left × 100."""
        return Rate(self.forward, self.left)


def stage_conversion(lens: Lens) -> list[StageFlow]:
    """Return the stage conversion and mean stay of each stage, over the stays that ended in the period.

    A stay ends forward (a later stage, or won), back (an earlier stage) or lost. The bottleneck of each pipeline is the stage with
    the longest mean stay among those with ``ENOUGH`` stays, where at least two stages have them.
    """
    rows: defaultdict[str, dict[str, Tally]] = defaultdict(dict)
    for row in tally(STAYED, lens, "part"):
        stage_id, _colon, outcome = row.keys[0].partition(":")
        rows[stage_id][outcome] = row
    stages = [one for one in _stages(lens) if str(one.id) in rows or one.pipeline.archived_at is None]
    flows = [_flow(stage, rows.get(str(stage.id), {})) for stage in stages]
    stuck = set(_bottlenecks(flows))
    return [
        StageFlow(one.stage, one.forward, one.back, one.lost, one.days, one.stage.id in stuck)
        for one in flows
    ]


def _flow(stage: Stage, found: dict[str, Tally]) -> StageFlow:
    number = {key: found[key].count if key in found else 0 for key in (FORWARD, BACK, LOST)}
    left, days = sum(number.values()), sum((row.amount for row in found.values()), ZERO)
    return StageFlow(stage, number[FORWARD], number[BACK], number[LOST], days / left if left else None)


def _bottlenecks(flows: list[StageFlow]) -> list[UUID]:
    by_pipeline: defaultdict[UUID, list[tuple[Decimal, UUID]]] = defaultdict(list)
    for flow in flows:
        if flow.days is not None and flow.left >= ENOUGH:
            by_pipeline[flow.stage.pipeline_id].append((flow.days, flow.stage.id))
    return [max(stays)[1] for stays in by_pipeline.values() if len(stays) > 1]


def _stages(lens: Lens) -> list[Stage]:
    rows = Stage.objects.select_related("pipeline").order_by(
        "pipeline__position", "pipeline_id", "position", "id"
    )
    return list(rows if lens.pipeline is None else rows.filter(pipeline_id=lens.pipeline))
