"""Whether a customer may be contacted: the rules, for one customer. ``many`` holds the same for many at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from ponte.core.errors import Invalid
from ponte.directory.models import Party, PartyEmail, PartyPhone, Validity
from ponte.privacy.addresses import kept_form, read_address
from ponte.privacy.decision import Decision
from ponte.privacy.models import (
    FINAL_REASONS,
    ConsentStatus,
    ContactChannel,
    Permission,
    Suppression,
    Verdict,
)
from ponte.privacy.purposes import PurposeInfo, get_purpose

# The first that applies names the reason an address is refused for.
ADDRESS_VERDICTS = (
    Verdict.BLOCKED,
    Verdict.BOUNCE,
    Verdict.INVALID,
    Verdict.NO_WHATSAPP,
    Verdict.COMPLAINT,
    Verdict.OPT_OUT,
)
_STATUS_VERDICTS = {
    ConsentStatus.WITHDRAWN: Verdict.WITHDRAWN,
    ConsentStatus.REFUSED: Verdict.REFUSED,
    ConsentStatus.OBJECTED: Verdict.OBJECTED,
}


@dataclass(frozen=True)
class Candidate:
    """One address of the customer on the channel, and what stands against it ("allowed": nothing)."""

    stored: str
    verdict: str


@dataclass(frozen=True)
class KnownOf:
    """What is known of a customer that decides about contacts, loaded once."""

    exists: bool
    permissions: dict[tuple[str, str], Permission]
    emails: list[PartyEmail]
    phones: list[PartyPhone]
    suppressions: list[Suppression]

    def rows(self, channel: str) -> list[Any]:
        """Return the customer's addresses on a channel, the primary one first, then the oldest."""
        return list(self.emails if channel == ContactChannel.EMAIL else self.phones)

    def reasons(self, kept: str, channel: str) -> set[str]:
        """Return why an address is suppressed on a channel."""
        return {s.reason for s in self.suppressions if s.address == kept and s.channel in ("", channel)}


def load_known(party_id: UUID) -> KnownOf:
    """Return what decides about contacts with a customer; five queries whatever hangs on them."""
    emails = list(PartyEmail.objects.filter(party_id=party_id).order_by("-is_primary", "id"))
    phones = list(PartyPhone.objects.filter(party_id=party_id).order_by("-is_primary", "id"))
    addresses = {*(kept_form(row.address) for row in emails), *(kept_form(row.number) for row in phones)}
    return KnownOf(
        Party.objects.filter(id=party_id, deleted_at=None).exists(),
        {(row.purpose, row.channel): row for row in Permission.objects.filter(party_id=party_id)},
        emails,
        phones,
        list(Suppression.objects.filter(address__in=addresses, lifted_at=None)) if addresses else [],
    )


def decide(
    *,
    party_id: UUID,
    purpose: str,
    channel: str,
    address: str | None = None,
    at: datetime | None = None,
) -> Decision:
    """Return whether a customer may be contacted, without logging. Senders ask ``services.contact.may_contact``.

    Args:
        party_id: whom.
        purpose: for what, by key.
        channel: on which channel (``ContactChannel``).
        address: at which address or number; None: at the best there is.
        at: for which moment; None: now. Only the end of consents depends on it.
    """
    info = get_purpose(purpose)
    if info is None or not info.is_active:
        return Decision(party_id, purpose, channel, Verdict.NO_PURPOSE)
    return decide_from(
        load_known(party_id), party_id=party_id, info=info, channel=channel, address=address, at=at
    )


def decide_from(
    known: KnownOf,
    *,
    party_id: UUID,
    info: PurposeInfo,
    channel: str,
    address: str | None = None,
    at: datetime | None = None,
) -> Decision:
    """Return the decision from what is loaded already; see ``decide``. No query."""
    if channel not in info.channels:
        return Decision(party_id, info.key, channel, Verdict.NO_CHANNEL)
    if not known.exists:
        return Decision(party_id, info.key, channel, Verdict.NO_CUSTOMER)
    permission = None if info.is_essential else known.permissions.get((info.key, channel))
    verdict = permission_verdict(info, permission, at or timezone.now())
    since = permission.since if permission else None
    if verdict != Verdict.ALLOWED:
        return Decision(party_id, info.key, channel, verdict, since=since)
    chosen = _choose(known, info, channel, address)
    if chosen.verdict != Verdict.ALLOWED:
        return Decision(party_id, info.key, channel, chosen.verdict, chosen.stored)
    basis = permission.basis if permission else info.basis
    return Decision(party_id, info.key, channel, Verdict.ALLOWED, chosen.stored, str(basis), since)


def permission_verdict(info: PurposeInfo, permission: Permission | None, at: datetime) -> str:
    """Return what the customer's own word (or, without one, the purpose's basis) says."""
    if info.is_essential:
        return Verdict.ALLOWED
    if permission is None:
        return Verdict.NO_CONSENT if info.needs_consent else Verdict.ALLOWED
    if permission.status != ConsentStatus.GRANTED:
        return _STATUS_VERDICTS[ConsentStatus(permission.status)]
    if permission.expires_at is not None and permission.expires_at <= at:
        return Verdict.EXPIRED
    return Verdict.ALLOWED


def _choose(known: KnownOf, info: PurposeInfo, channel: str, address: str | None) -> Candidate:
    if channel == ContactChannel.MAIL:
        return Candidate("", Verdict.ALLOWED)
    found = [_candidate(known, row, info, channel) for row in known.rows(channel)]
    if address is not None:
        try:
            wanted = read_address(address)
        except Invalid:
            return Candidate("", Verdict.NOT_THEIRS)
        found = [one for one in found if kept_form(one.stored) == wanted]
        if not found:
            return Candidate("", Verdict.NOT_THEIRS)
    if not found:
        return Candidate("", Verdict.NO_ADDRESS)
    return next((one for one in found if one.verdict == Verdict.ALLOWED), found[0])


def _candidate(known: KnownOf, row: Any, info: PurposeInfo, channel: str) -> Candidate:
    stored = stored_address(row)
    reasons = known.reasons(kept_form(stored), channel)
    against = {reason for reason in reasons if reason in FINAL_REASONS or not info.is_essential}
    if row.opted_out_at is not None and not info.is_essential:
        against.add(Verdict.OPT_OUT)
    if row.validity == Validity.INVALID:
        against.add(Verdict.INVALID)
    if channel == ContactChannel.WHATSAPP and row.has_whatsapp is False:
        against.add(Verdict.NO_WHATSAPP)
    verdict = next((verdict for verdict in ADDRESS_VERDICTS if verdict in against), Verdict.ALLOWED)
    return Candidate(stored, verdict)


def stored_address(row: PartyEmail | PartyPhone) -> str:
    """Return an e-mail's or phone's address as the directory stores it."""
    return row.address if isinstance(row, PartyEmail) else row.number
