"""What the privacy panel of a customer's page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ponte.core.models import Member
from ponte.directory.models import Party
from ponte.directory.policies import customer_fields
from ponte.privacy.addresses import shown
from ponte.privacy.decision import Decision
from ponte.privacy.models import ConsentRecord, ConsentStatus, ContactChannel, Suppression, Verdict
from ponte.privacy.purposes import PurposeInfo, list_purposes
from ponte.privacy.selectors.decisions import decide_from, load_known

MOST_HISTORY = 8
TECHNICAL = (Verdict.NO_ADDRESS, Verdict.INVALID, Verdict.BOUNCE, Verdict.NO_WHATSAPP)


@dataclass(frozen=True)
class ChannelState:
    """Whether a channel is open for a purpose, and why not."""

    channel: str
    label: str
    decision: Decision

    @property
    def tone(self) -> str:
        if self.decision.allowed:
            return "green"
        if self.decision.verdict in (*TECHNICAL, Verdict.NO_CONSENT, Verdict.EXPIRED):
            return "neutral"
        return "red"


@dataclass(frozen=True)
class PurposeState:
    """A purpose and its channels for one customer."""

    info: PurposeInfo
    channels: list[ChannelState]
    since: datetime | None

    @property
    def has_open(self) -> bool:
        return any(state.decision.allowed for state in self.channels)


@dataclass(frozen=True)
class PrivacyState:
    """The panel: what can be declined, what is essential, suppressed addresses, history."""

    purposes: list[PurposeState]
    essential: list[PurposeState]
    suppressions: list[dict[str, Any]]
    history: list[ConsentRecord]
    more_history: bool


def privacy_state(member: Member, party: Party, *, history: int = MOST_HISTORY) -> PrivacyState:
    """Return what is known of a customer's wishes, as far as the member may read it. A constant number of queries."""
    known = load_known(party.id)
    states = []
    for info in list_purposes():
        channels = [
            ChannelState(
                c.value, str(c.label), decide_from(known, party_id=party.id, info=info, channel=c.value)
            )
            for c in ContactChannel
            if c in info.channels
        ]
        dates = [row.since for (purpose, _), row in known.permissions.items() if purpose == info.key]
        states.append(PurposeState(info, channels, max(dates, default=None)))
    found = ConsentRecord.objects.filter(party=party).select_related("text").order_by("-occurred_at", "-id")
    rows = list(found[: history + 1])
    return PrivacyState(
        [state for state in states if state.info.can_be_declined],
        [state for state in states if not state.info.can_be_declined],
        [_suppression(row) for row in known.suppressions if _readable(member, row)],
        rows[:history],
        len(rows) > history,
    )


def _suppression(row: Suppression) -> dict[str, Any]:
    return {"row": row, "address": shown(row.address)}


def _readable(member: Member, row: Suppression) -> bool:
    return customer_fields(member).can_read("email" if "@" in row.address else "phone")


STATUS_TONES = {
    ConsentStatus.GRANTED.value: "green",
    ConsentStatus.WITHDRAWN.value: "red",
    ConsentStatus.REFUSED.value: "red",
    ConsentStatus.OBJECTED.value: "red",
}
