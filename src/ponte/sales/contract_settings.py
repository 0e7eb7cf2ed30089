"""What a workspace says about its contracts: who approves them, and how long before a date one is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ponte.core.services.preferences import get_preference

KEY = "sales.contracts"


@dataclass(frozen=True)
class ContractSettings:
    """Who approves: members, a role, or (neither) whoever has the area "sales"; ``alert_days`` before a readjustment."""

    approver_ids: tuple[UUID, ...] = ()
    approver_role_id: UUID | None = None
    alert_days: int = 30

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {
            "approver_ids": [str(one) for one in self.approver_ids],
            "approver_role_id": str(self.approver_role_id or ""),
            "alert_days": self.alert_days,
        }


def load_contract_settings() -> ContractSettings:
    """Return the open workspace's settings. One query."""
    kept: dict[str, Any] = get_preference(KEY, {})
    role = kept.get("approver_role_id") or None
    return ContractSettings(
        tuple(UUID(one) for one in kept.get("approver_ids", ())),
        UUID(role) if role else None,
        int(kept.get("alert_days", 30)),
    )
