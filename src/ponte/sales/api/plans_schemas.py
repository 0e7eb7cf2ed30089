"""What the API of figures says and takes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ponte.apikit.schemas import In, Out


class FigureFilters(Schema):
    """Which figures: half-open days in the workspace's time zone."""

    start: date = Field(description="First day.")
    end: date = Field(description="The day after the last one.")
    owner_id: UUID | None = None
    pipeline_id: UUID | None = None


class RateOut(Schema):
    """A share; ``percent`` is null where there is nothing to take a share of."""

    part: Decimal
    whole: Decimal
    percent: Decimal | None


class OriginOut(Schema):
    """Leads of one origin and how many became customers."""

    origin: str
    conversion: RateOut


class MonthOut(Schema):
    """What was won in a month, by its first day."""

    month: date
    won: int
    value: Decimal


class StageFigureOut(Schema):
    """What stands in a stage now and how it lets go in the period."""

    stage_id: UUID
    pipeline_id: UUID
    name: str
    open: int
    value: Decimal
    weighted: Decimal
    left: int
    conversion: RateOut
    days: Decimal | None
    bottleneck: bool


class HandOffReasonOut(Schema):
    """Opportunities lost for one reason; null for none given."""

    reason_id: UUID | None
    name: str
    lost: int
    value: Decimal


class ActivityOut(Schema):
    """What a member did: contacts by kind, tasks done."""

    member_id: UUID
    contacts: dict[str, int]
    tasks: int


class FiguresOut(Schema):
    """The figures of a period, in the workspace's currency. Those of leads are null without the right to see leads."""

    start: date
    end: date
    as_of: datetime | None = Field(description="When large tables were added up; null: as of now.")
    won: int
    won_value: Decimal
    average_deal: Decimal | None
    win_rate: RateOut
    win_rate_by_value: RateOut
    cycle_median_days: Decimal | None
    cycle_mean_days: Decimal | None
    months: list[MonthOut]
    stages: list[StageFigureOut]
    lost: list[HandOffReasonOut]
    activity: list[ActivityOut]
    lead_conversion: RateOut | None
    lead_conversion_by_event: RateOut | None
    origins: list[OriginOut] | None
    mql_to_sql: RateOut | None
    first_response_hours: Decimal | None
    first_response_by_clock: bool | None
    new_customers: int | None
    cost: Decimal | None
    cac: Decimal | None


class CostIn(In):
    """What was spent in a month; it replaces what stood there for the same month, kind and origin."""

    month: date
    kind: str
    origin: str = ""
    amount: Decimal
    note: str = Field("", max_length=200)


class CostOut(Out):
    """A cost of a month."""

    id: UUID
    month: date
    kind: str
    origin: str
    amount: Decimal
    note: str
    version: int


class ForecastFilters(Schema):
    """Whose forecast, of how many months from this one on."""

    months: int = Field(6, ge=1, le=12)
    owner_id: UUID | None = None
    pipeline_id: UUID | None = None


class ForecastLineOut(Schema):
    """What one salesperson is expected to win in a month; every method holds what is won already."""

    month: date
    owner_id: UUID | None
    won: Decimal
    commit: Decimal
    best_case: Decimal
    pipeline: Decimal
    weighted: Decimal
    learnt: Decimal | None
    called: Decimal
    call_note: str


class ForecastOut(Schema):
    """The months ahead by salesperson, and what no month holds."""

    as_of: datetime | None
    late: Decimal
    undated: Decimal
    lines: list[ForecastLineOut]


class CallIn(In):
    """What a salesperson will win in a month; null takes the word back."""

    month: date
    owner_id: UUID
    amount: Decimal | None
    note: str = Field("", max_length=300)


class SnapshotOut(Out):
    """What was expected of a month on one night; ``owner_id`` null with ``is_whole``: of everybody."""

    id: UUID
    taken_on: date
    month: date
    owner_id: UUID | None
    is_whole: bool
    won: Decimal
    commit: Decimal
    best_case: Decimal
    pipeline: Decimal
    weighted: Decimal
    learnt: Decimal | None
    called: Decimal


class GoalFilters(Schema):
    """Which goals: those that run on a day, or all."""

    on: date | None = None


class GoalIn(In):
    """A goal; one of the same thing, days and people gets the new target. Neither member nor team: the whole business."""

    metric: str
    span: str
    starts_on: date = Field(description="Any day of its first month, quarter or year.")
    target: Decimal
    member_id: UUID | None = None
    team_id: UUID | None = None
    product_id: UUID | None = None


class GoalOut(Schema):
    """A goal with how far it is reached over what the token's member may see."""

    id: UUID
    metric: str
    span: str
    starts_on: date
    ends_on: date
    member_id: UUID | None
    team_id: UUID | None
    product_id: UUID | None
    target: Decimal
    reached_at: datetime | None = Field(
        description="When it was first found reached; looked at every quarter of an hour."
    )
    achieved: Decimal
    percent: Decimal
    elapsed_percent: Decimal
    version: int
