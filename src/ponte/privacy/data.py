"""What callers hand to the module's services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class ConsentData:
    """One thing a customer said.

    Attributes:
        purpose: key of the purpose.
        allows: True: may be contacted; False: may not.
        channels: on which channels; empty: on every channel of the purpose (refusals: on every channel there is).
        basis: legal basis; empty: consent, or the purpose's own where it doesn't rest on consent.
        given_through: where they said it. source: which form, file or system.
        language: of the words shown to them; empty: no words were shown. text_id: an older version of the words.
        occurred_at: when; None: now.
    """

    party_id: UUID
    purpose: str
    allows: bool = True
    channels: Sequence[str] = ()
    basis: str = ""
    given_through: str = "other"
    source: str = ""
    language: str = ""
    text_id: UUID | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    occurred_at: datetime | None = None
