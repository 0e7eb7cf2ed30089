"""What the API of what follows a contract's signature takes in and gives out: addenda, reminders, versions of its text."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ponte.apikit.schemas import In, Out


class ContractAmendIn(In):
    """What an addendum is called; the contract's title when left out."""

    title: Annotated[str, Field(max_length=160)] = ""


class ContractRenewIn(In):
    """Until when a contract is prolonged; as many months as it says when left out."""

    ends_on: date | None = None


class ContractReadjustIn(In):
    """By how much a contract's value changes, as somebody read it off the index ("4.62"), and from when."""

    percentage: Annotated[
        Decimal, Field(gt=-100, le=1000, max_digits=8, decimal_places=4, allow_inf_nan=False)
    ]
    on: date | None = Field(
        None, description="The contract's day of readjustment, else today, when left out."
    )


class ContractRemindIn(In):
    """Whom to write to again: everybody who hasn't signed, or one signer."""

    signer_id: UUID | None = None
    message: Annotated[str, Field(max_length=2000)] = ""


class ContractRemindedOut(Schema):
    """Who was written to."""

    signer_ids: list[UUID]


class ContractLinkOut(Schema):
    """A signer's new link."""

    signer_id: UUID
    link: str
    expires_at: datetime


class ContractVersionOut(Out):
    """A version of a contract's text. ``text`` is as it read, merge fields filled in; null in the list."""

    number: int
    created_at: datetime
    member_id: UUID | None
    text: str | None = None
