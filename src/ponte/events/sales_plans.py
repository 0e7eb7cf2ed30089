"""Account plans of key companies. Ids are text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ponte.events.base import DomainEvent


@dataclass(frozen=True, kw_only=True)
class AccountPlanChanged(DomainEvent):
    """A company's account plan was made, changed or thrown away; ``fields`` names what ("goals", "people", "actions" …)."""

    name: ClassVar[str] = "sales.account_plan_changed"
    plan_id: str
    party_id: str
    fields: list[str]
