"""Which deal a row is where it has no id."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ponte.core.text import fold


def made_id(told: Mapping[str, Any], party_id: UUID) -> str:
    """Return an id for a row without one, the same each time it comes in: made of title, customer and opening ("" without title)."""
    if not told.get("title"):
        return ""
    opened = told.get("opened_at")
    words = [fold(str(told["title"])), str(party_id), opened.isoformat() if opened else ""]
    return "made-" + hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]
