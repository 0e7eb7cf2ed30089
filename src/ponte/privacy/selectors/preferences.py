"""What a customer's preference page shows: purposes and channels, nothing else about the person."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from ponte.privacy.models import ContactChannel, Verdict
from ponte.privacy.purposes import PurposeInfo, current_text, list_purposes
from ponte.privacy.selectors.decisions import KnownOf, decide_from, load_known, permission_verdict

CLOSED = (Verdict.OPT_OUT, Verdict.COMPLAINT)
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Offered:
    """A purpose on the page: its words, and for each channel whether it is allowed now."""

    info: PurposeInfo
    text: str
    channels: list[tuple[str, str, bool]]


def says_yes(known: KnownOf, info: PurposeInfo, channel: str) -> bool:
    """Return whether the customer's own word allows the channel: consent or no objection, and no opt-out there."""
    row = known.permissions.get((info.key, channel))
    if permission_verdict(info, row, timezone.now()) != Verdict.ALLOWED:
        return False
    return decide_from(known, party_id=NOBODY, info=info, channel=channel).verdict not in CLOSED


def offered(party_id: UUID, language: str) -> list[Offered]:
    """Return what the customer may decide about."""
    known = load_known(party_id)
    return [
        Offered(
            info,
            current_text(info, language),
            [(c.value, str(c.label), says_yes(known, info, c)) for c in ContactChannel if c in info.channels],
        )
        for info in list_purposes()
        if info.is_public and info.can_be_declined
    ]


def always() -> list[PurposeInfo]:
    """Return the purposes nobody can decline."""
    return [info for info in list_purposes() if info.is_essential]
