"""What a workspace says about its contracts: how long before a date one is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ponte.core.services.preferences import get_preference

KEY = "sales.contracts"


@dataclass(frozen=True)
class ContractSettings:
    """``alert_days``: so early a task tells of a readjustment."""

    alert_days: int = 30


def load_contract_settings() -> ContractSettings:
    """Return the open workspace's settings. One query."""
    kept: dict[str, Any] = get_preference(KEY, {})
    return ContractSettings(int(kept.get("alert_days", 30)))
