"""The answer to "may this customer be contacted?"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ponte.privacy.models import Verdict


@dataclass(frozen=True)
class Decision:
    """Whether a customer may be contacted for a purpose on a channel, and why.

    Attributes:
        verdict: "allowed" or the reason of the refusal (``Verdict``).
        address: the address to use, as the directory stores it: the one asked about, else the primary one, or the
            oldest that is open. Empty for post and for refusals that don't lie in an address.
        basis: the legal basis the contact rests on; empty for refusals.
        since: since when the customer allows or declines it; None where the purpose's own basis decides.
    """

    party_id: UUID | None
    purpose: str
    channel: str
    verdict: str
    address: str = ""
    basis: str = ""
    since: datetime | None = None

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def allowed(self) -> bool:
        return self.verdict == Verdict.ALLOWED

    @property
    def reason(self) -> str:
        """The verdict in words."""
        return str(Verdict(self.verdict).label)
