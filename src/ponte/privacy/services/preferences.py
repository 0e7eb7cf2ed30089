"""What customers change by themselves on their preference page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import F

from ponte.core.actors import Actor
from ponte.core.errors import Missing
from ponte.core.services.audit import record
from ponte.directory.models import PartyEmail, PartyPhone
from ponte.directory.services.parties import lock_party
from ponte.privacy.data import ConsentData
from ponte.privacy.models import PHONE_CHANNELS, ContactChannel, PreferenceLink
from ponte.privacy.purposes import PurposeInfo, list_purposes
from ponte.privacy.selectors.decisions import load_known
from ponte.privacy.selectors.preferences import says_yes
from ponte.privacy.services.consents import record_consent
from ponte.privacy.services.suppressions import reopen_channel

SOURCE = "preferences"


def save_preferences(
    *,
    actor: Actor,
    party_id: UUID,
    wanted: Collection[tuple[str, str]],
    language: str,
    evidence: Mapping[str, Any],
) -> int:
    """Make ``wanted`` (purpose and channel) what the customer allows among the public purposes.

    Only differences are written down, each with the words shown. Allowing a channel again opens the customer's own
    addresses there; complaints and broken addresses stay suppressed. Returns how many purposes changed.

    Raises:
        Missing: no such customer.
    """
    lock_party(party_id)
    known = load_known(party_id)
    changed = 0
    for info in public_purposes():
        yes = [c for c in info.channels if (info.key, c) in wanted and not says_yes(known, info, c)]
        no = [c for c in info.channels if (info.key, c) not in wanted and says_yes(known, info, c)]
        for channels, allows in ((yes, True), (no, False)):
            if channels:
                said = ConsentData(
                    party_id=party_id,
                    purpose=info.key,
                    allows=allows,
                    channels=channels,
                    basis="consent" if allows else "",
                    given_through=SOURCE,
                    language=language,
                    evidence=evidence,
                )
                record_consent(actor=actor, data=said)
        for channel in yes:
            _reopen(actor, party_id, channel)
        changed += bool(yes or no)
    return changed


def stop_everything(*, actor: Actor, party_id: UUID, language: str, evidence: Mapping[str, Any]) -> None:
    """Decline every purpose that can be declined, on every channel, public or not.

    Raises:
        Missing: no such customer.
    """
    lock_party(party_id)
    for info in list_purposes():
        if info.can_be_declined:
            said = ConsentData(
                party_id=party_id,
                purpose=info.key,
                allows=False,
                given_through=SOURCE,
                language=language,
                evidence=evidence,
            )
            record_consent(actor=actor, data=said)


def public_purposes() -> list[PurposeInfo]:
    """Return the purposes customers decide about by themselves."""
    return [info for info in list_purposes() if info.is_public and info.can_be_declined]


def renew_link(*, actor: Actor, party_id: UUID) -> None:
    """Give a customer a new preference link; the former ones end.

    Raises:
        Missing: no such customer.
    """
    party = lock_party(party_id)
    _link, created = PreferenceLink.objects.get_or_create(party=party, defaults={"serial": 1})
    if not created:
        PreferenceLink.objects.filter(party=party).update(serial=F("serial") + 1)
    record(
        actor=actor,
        act="preference_link.renewed",
        target=party,
        object_type="customer",
        subject_id=party.id,
    )


def check_link(*, party_id: UUID, serial: int) -> None:
    """Raise ``Missing`` unless the link is the customer's present one."""
    current = PreferenceLink.objects.filter(party_id=party_id).values_list("serial", flat=True).first() or 0
    if current != serial:
        raise Missing("preference link")


def _reopen(actor: Actor, party_id: UUID, channel: str) -> None:
    if channel == ContactChannel.EMAIL:
        mine = list(PartyEmail.objects.filter(party_id=party_id).values_list("address", flat=True))
    elif channel in PHONE_CHANNELS:
        mine = list(PartyPhone.objects.filter(party_id=party_id).values_list("number", flat=True))
    else:
        return
    if mine:
        reopen_channel(actor=actor, addresses=mine, channel=channel, because=SOURCE)
