"""What the API of the steps of approval takes in and gives out."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ponte.apikit.schemas import Amount, In
from ponte.sales.api.approvals_schemas import LimitPercent
from ponte.sales.models.approval import ApprovalKind, ApprovalStep, Approver

Days = Annotated[int, Field(ge=1, le=90)]


class ApprovalStepOut(Schema):
    """A step of the way to a yes; a request takes those whose condition holds, from the first position on.

    Quotes: above a discount or below a margin, in per cent. Contracts: above a value a year. None of them: always.
    """

    id: UUID
    kind: ApprovalKind
    position: int
    name: str
    above_discount: Decimal | None
    below_margin: Decimal | None
    above_amount: Decimal | None
    approver: Approver
    role_id: UUID | None
    member_ids: list[UUID]
    version: int

    @staticmethod
    def resolve_member_ids(row: ApprovalStep) -> list[UUID]:
        return [one.id for one in row.members.all()]


class ApprovalStepFields(In):
    """A step. ``role_id`` and ``member_ids`` with the approver "named": any of them answers."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    above_discount: LimitPercent | None = None
    below_margin: LimitPercent | None = None
    above_amount: Amount | None = None
    approver: Approver = Approver.LEADER
    role_id: UUID | None = None
    member_ids: list[UUID] = Field(default_factory=list, max_length=20)


class ApprovalStepIn(ApprovalStepFields):
    """A step to add after the others of its kind."""

    kind: ApprovalKind


class ApprovalOrderIn(In):
    """The ids of a kind's steps in the order wanted; those left out follow."""

    kind: ApprovalKind
    ids: list[UUID] = Field(max_length=20)


class ApprovalDays(In):
    """Days to answer a request, and days an approval holds."""

    answer_days: Days
    valid_days: Days
