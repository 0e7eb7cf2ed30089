"""Writing down what customers allow: proof, history and the state that follows, for one and for a thousand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid, Missing
from ponte.core.services.audit import record, record_bulk
from ponte.core.services.events import publish
from ponte.core.setbased import update_rows
from ponte.directory.services.parties import lock_parties
from ponte.events.privacy import ConsentGranted, ConsentsRecorded, ConsentWithdrawn
from ponte.privacy.data import ConsentData
from ponte.privacy.models import (
    ConsentRecord,
    ConsentStatus,
    ConsentText,
    ContactChannel,
    GivenThrough,
    LegalBasis,
    Permission,
)
from ponte.privacy.purposes import PurposeInfo, list_purposes
from ponte.privacy.services.purposes import keep_text

MOST_AT_ONCE = 1000
DAYS_A_MONTH = 30.4375
STATE_COLUMNS = ("status", "basis", "since", "expires_at", "record", "updated_at")
Key = tuple[UUID, str, str]


def record_consent(*, actor: Actor, data: ConsentData) -> ConsentRecord:
    """Write down one thing a customer said, with its proof; an act older than the state of now is history only.

    Raises:
        Missing: no such customer.
        Invalid: purpose, channel, basis or moment can't be.
    """
    written = record_consents(actor=actor, entries=[data])
    if not written:
        raise Missing("customer")
    return written[0]


def record_consents(*, actor: Actor, entries: Sequence[ConsentData]) -> list[ConsentRecord]:
    """Write down what many customers said, at most 1,000 things, in a constant number of statements.

    Entries about customers that don't exist (or rest in the bin) are left out.

    Raises:
        Invalid: an entry can't be; the field is named with its position (``entries[3].purpose``), or alone for one.
    """
    if len(entries) > MOST_AT_ONCE:
        raise ValueError(f"at most {MOST_AT_ONCE} entries at once")
    purposes = {info.key: info for info in list_purposes(active=False)}
    now = timezone.now()
    single = len(entries) == 1
    for position, entry in enumerate(entries):
        _check(entry, purposes.get(entry.purpose), now, "" if single else f"entries[{position}].")
    known = {party.id for party in lock_parties({entry.party_id for entry in entries})}
    kept = [entry for entry in entries if entry.party_id in known]
    state = _load_state(kept)
    texts: dict[tuple[str, str], ConsentText] = {}
    written = [_record_of(actor, entry, purposes[entry.purpose], state, texts, now) for entry in kept]
    ConsentRecord.objects.bulk_create(written)
    _apply(written, purposes, state)
    _tell(actor, written)
    return written


def _check(entry: ConsentData, info: PurposeInfo | None, now: datetime, where: str) -> None:
    if info is None or not info.is_active:
        raise Invalid.on(f"{where}purpose", "unknown", _("Choose a purpose that is in use."))
    unknown = [channel for channel in entry.channels if channel not in ContactChannel.values]
    unused = [channel for channel in entry.channels if entry.allows and channel not in info.channels]
    if unknown or unused:
        allowed = ", ".join(info.channels)
        raise Invalid.on(
            f"{where}channels", "invalid_choice", _("Choose among: %(allowed)s.") % {"allowed": allowed}
        )
    if not entry.allows and not info.can_be_declined:
        raise Invalid.on(
            f"{where}purpose",
            "essential",
            _("Essential contact can't be declined; suppress the address instead."),
        )
    if entry.basis and entry.basis not in LegalBasis.values:
        raise Invalid.on(
            f"{where}basis", "invalid_choice", _("Choose one of the legal bases of LGPD, art. 7.")
        )
    if entry.given_through not in GivenThrough.values:
        allowed = ", ".join(GivenThrough.values)
        raise Invalid.on(
            f"{where}given_through", "invalid_choice", _("Choose among: %(allowed)s.") % {"allowed": allowed}
        )
    if entry.occurred_at is not None and entry.occurred_at > now + timedelta(minutes=5):
        raise Invalid.on(f"{where}occurred_at", "future", _("This moment lies ahead; give when it was said."))


def _load_state(entries: Sequence[ConsentData]) -> dict[Key, Permission]:
    rows = Permission.objects.filter(
        party_id__in={e.party_id for e in entries}, purpose__in={e.purpose for e in entries}
    )
    return {(row.party_id, row.purpose, row.channel): row for row in rows}


def _record_of(
    actor: Actor,
    entry: ConsentData,
    info: PurposeInfo,
    state: dict[Key, Permission],
    texts: dict[tuple[str, str], ConsentText],
    now: datetime,
) -> ConsentRecord:
    channels = tuple(entry.channels) or (info.channels if entry.allows else tuple(ContactChannel.values))
    basis = entry.basis or info.basis
    return ConsentRecord(
        party_id=entry.party_id,
        purpose=info.key,
        channels=[channel for channel in ContactChannel.values if channel in channels],
        status=_status(entry, info, channels, state),
        basis=basis,
        text=_text(actor, entry, info, texts),
        given_through=entry.given_through,
        source=entry.source.strip()[:160],
        evidence=dict(entry.evidence),
        occurred_at=entry.occurred_at or now,
        member=actor.member,
        actor_label=actor.label[:240],
    )


def _status(
    entry: ConsentData, info: PurposeInfo, channels: Sequence[str], state: dict[Key, Permission]
) -> ConsentStatus:
    """A consent that was there is withdrawn, one asked for refused; what rests on another basis is objected to."""
    if entry.allows:
        return ConsentStatus.GRANTED
    before = [state.get((entry.party_id, info.key, channel)) for channel in channels]
    if any(row and row.status == ConsentStatus.GRANTED and row.basis == LegalBasis.CONSENT for row in before):
        return ConsentStatus.WITHDRAWN
    return ConsentStatus.REFUSED if info.needs_consent else ConsentStatus.OBJECTED


def _text(
    actor: Actor, entry: ConsentData, info: PurposeInfo, texts: dict[tuple[str, str], ConsentText]
) -> ConsentText | None:
    if entry.text_id is not None:
        row = ConsentText.objects.filter(id=entry.text_id, purpose=info.key).first()
        if row is None:
            raise Invalid.on("text_id", "unknown", _("This purpose has no such text."))
        return row
    if not entry.language:
        return None
    key = (info.key, entry.language)
    if key not in texts:
        texts[key] = keep_text(actor=actor, purpose=info, language=entry.language)
    return texts[key]


def _apply(
    written: Sequence[ConsentRecord], purposes: dict[str, PurposeInfo], state: dict[Key, Permission]
) -> None:
    """Bring the state up to date; what was said earlier than the state of now changes nothing."""
    fresh: dict[Key, Permission] = {}
    changed: dict[Key, Permission] = {}
    for row in sorted(written, key=lambda one: (one.occurred_at, one.id)):
        for channel in row.channels:
            key = (row.party_id, row.purpose, channel)
            now = state.get(key) or fresh.get(key)
            if now is not None and now.since > row.occurred_at:
                continue
            if now is None:
                now = fresh[key] = Permission(party_id=row.party_id, purpose=row.purpose, channel=channel)
            elif key in state:
                changed[key] = now
            now.status, now.basis, now.since, now.record = row.status, row.basis, row.occurred_at, row
            now.expires_at = expiry(row, purposes[row.purpose])
    Permission.objects.bulk_create(fresh.values())
    moment = timezone.now()
    update_rows(
        Permission,
        STATE_COLUMNS,
        [(p.id, p.status, p.basis, p.since, p.expires_at, p.record_id, moment) for p in changed.values()],
    )


def expiry(row: ConsentRecord, info: PurposeInfo) -> datetime | None:
    """Return when a consent ends by itself: only consents do, and only where the purpose says so."""
    lasts = info.valid_months and row.status == ConsentStatus.GRANTED and row.basis == LegalBasis.CONSENT
    return row.occurred_at + timedelta(days=DAYS_A_MONTH * (info.valid_months or 0)) if lasts else None


def _tell(actor: Actor, written: Sequence[ConsentRecord]) -> None:
    if len(written) == 1:
        _tell_one(actor, written[0])
    elif written:
        parties = [row.party_id for row in written]
        record_bulk(
            actor=actor,
            act="consents.recorded",
            object_type="customer",
            ids=dict.fromkeys(parties),
            summary={"count": len(written), "purposes": sorted({row.purpose for row in written})},
        )
        publish(
            ConsentsRecorded(
                party_ids=[str(one) for one in parties], record_ids=[str(row.id) for row in written]
            ),
            actor=actor,
        )


def _tell_one(actor: Actor, row: ConsentRecord) -> None:
    granted = row.status == ConsentStatus.GRANTED
    record(
        actor=actor,
        act="consent.granted" if granted else "consent.withdrawn",
        target=row,
        object_type="consent",
        subject_id=row.party_id,
        personal=("evidence", "source"),
        changes={
            "purpose": (None, row.purpose),
            "channels": (None, list(row.channels)),
            "status": (None, str(row.status)),
            "basis": (None, str(row.basis)),
            "given_through": (None, str(row.given_through)),
            "source": (None, row.source),
            "evidence": (None, row.evidence),
            "occurred_at": (None, row.occurred_at),
        },
    )
    ids = {"party_id": str(row.party_id), "record_id": str(row.id)}
    said = {"purpose": row.purpose, "channels": list(row.channels)}
    if granted:
        publish(ConsentGranted(**ids, **said, basis=str(row.basis)), actor=actor)  # type: ignore[arg-type]
    else:
        publish(ConsentWithdrawn(**ids, **said, status=str(row.status)), actor=actor)  # type: ignore[arg-type]
