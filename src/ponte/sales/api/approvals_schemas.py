"""What the API of discount limits and approval takes in and gives out. Percentages, not shares."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ponte.apikit.schemas import In, Out
from ponte.sales.models.approval import ApprovalKind, ApprovalRequest, ApprovalRequestStep, ApprovalState

Note = Annotated[str, Field(max_length=1000)]
LimitPercent = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2, allow_inf_nan=False)]


class ApprovalAnswerOut(Schema):
    """A step of a request: who may answer it (nobody named: who runs sales), and what was said."""

    position: int
    name: str
    member_ids: list[UUID]
    role_id: UUID | None
    state: ApprovalState
    decided_by_id: UUID | None
    decided_at: datetime | None
    note: str

    @staticmethod
    def resolve_member_ids(row: ApprovalRequestStep) -> list[UUID]:
        return [one.id for one in row.members.all()]


class ApprovalOut(Out):
    """A request for a yes to a quote over the limit or to a contract. ``margin`` is left out for roles that may not see it.

    ``over`` names the limits a quote passes: "line", "total", "margin". ``expires_at``: while it waits the last moment to answer, once
    approved the last to send.
    """

    rights_object: ClassVar[str] = "quote"

    id: UUID
    kind: ApprovalKind
    quote_id: UUID | None
    contract_id: UUID | None
    edition: int
    state: ApprovalState
    reason: str
    line_discount: Decimal | None
    total_discount: Decimal | None
    margin: Decimal | None
    over: list[str]
    asked_by_id: UUID | None
    expires_at: datetime
    created_at: datetime
    fingerprint: str
    steps: list[ApprovalAnswerOut]

    @staticmethod
    def resolve_over(row: ApprovalRequest) -> list[str]:
        return sorted(row.over)

    @staticmethod
    def resolve_steps(row: ApprovalRequest) -> list[ApprovalRequestStep]:
        return list(row.steps.all())


class QuoteApprovalAskIn(In):
    """Why the quote is to be sold over the limit."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class ApproveIn(In):
    """A yes. ``fingerprint``: what it is about, so that anything else is refused."""

    note: Note = ""
    fingerprint: Annotated[str, Field(max_length=64)] = ""


class RefuseIn(In):
    """A no, and why."""

    note: Annotated[str, Field(min_length=1, max_length=1000)]
    fingerprint: Annotated[str, Field(max_length=64)] = ""


class DiscountLimitOut(Schema):
    """What a role may give without asking; null has no limit."""

    role_id: UUID
    role: str
    line: Decimal | None
    total: Decimal | None
    margin: Decimal | None


class DiscountLimitIn(In):
    """What a role may give without asking, in per cent; null lifts a limit."""

    line: LimitPercent | None = None
    total: LimitPercent | None = None
    margin: LimitPercent | None = None


ApprovalView = Literal["for_me", "mine", "all"]
