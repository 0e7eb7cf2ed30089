"""Who else took part in an interaction, as callers tell it."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Somebody else who took part: a customer, a colleague, or a name alone."""

    party_id: UUID | None = None
    member_id: UUID | None = None
    label: str = ""
