"""Consent as fields of the import of people and companies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.models import Member
from ponte.core.rights import may
from ponte.core.text import fold
from ponte.directory.models import PartyEmail, PartyPhone
from ponte.privacy.addresses import kept_form
from ponte.privacy.data import ConsentData
from ponte.privacy.models import ConsentStatus, Permission, SuppressionReason
from ponte.privacy.purposes import PurposeInfo, list_purposes
from ponte.privacy.services.consents import record_consents
from ponte.privacy.services.suppressions import suppress_addresses
from ponte.workplace.importing import (
    ExtendedRow,
    ExtensionResult,
    ImportContext,
    ImportExtension,
    ImportField,
)
from ponte.workplace.importing.targets import FieldType, Policy, Problem

WHEN, HOW, CHANNELS, OUT = "consent.when", "consent.source", "consent.channels", "consent.opted_out"
WORDS = {
    "email": ("email", "e-mail", "mail"),
    "whatsapp": ("whatsapp", "zap", "whats"),
    "sms": ("sms", "torpedo"),
    "phone": ("phone", "telefone", "ligacao", "call"),
    "mail": ("post", "correio", "carta"),
}
CHUNK = 1000


def fields(member: Member | None) -> Sequence[ImportField]:
    """Return one yes-or-no field per purpose that can be declined, and what goes with it."""
    if member is not None and not may(member, "customer", "edit"):
        return []
    found = [
        ImportField(
            f"consent.{info.key}",
            _("Consent: %(purpose)s") % {"purpose": info.name},
            FieldType.BOOLEAN,
            synonyms=_synonyms(info),
            help=_("Yes: the customer agreed. No: they declined. Empty: nothing is known."),
        )
        for info in list_purposes()
        if info.can_be_declined
    ]
    return [
        *found,
        ImportField(CHANNELS, _("Consent: channels"), synonyms=("canais do consentimento", "consent channels"),
                    help=_("E-mail, WhatsApp, SMS, phone, post; separated by commas. Empty: all of the purpose."), max_length=120),
        ImportField(WHEN, _("Consent: when"), FieldType.MOMENT, past=True,
                    synonyms=("data do consentimento", "consent date", "opt-in date", "data do opt-in")),
        ImportField(HOW, _("Consent: source"), max_length=160,
                    synonyms=("origem do consentimento", "consent source", "opt-in source")),
        ImportField(OUT, _("Unsubscribed from everything"), FieldType.BOOLEAN,
                    synonyms=("descadastrado", "opt-out", "opt out", "unsubscribed", "unsubscribed from all email"),
                    help=_("Yes: nothing but the essential is sent to the row's addresses any more.")),
    ]  # fmt: skip


def _synonyms(info: PurposeInfo) -> tuple[str, ...]:
    marketing = (
        "opt-in",
        "optin",
        "aceita marketing",
        "aceita receber ofertas",
        "consentimento",
        "marketing consent",
    )
    return (str(info.name), info.key, *(marketing if info.key == "marketing" else ()))


def apply(rows: Sequence[ExtendedRow], context: ImportContext) -> ExtensionResult:
    """Write down a chunk's consents; what is known already is not written again."""
    purposes = [info for info in list_purposes() if info.can_be_declined]
    state = _state([row.record_id for row in rows])
    problems: dict[int, list[Problem]] = {}
    entries: dict[tuple[UUID, str], tuple[ConsentData, Any]] = {}
    for row in rows:
        channels = _channels(row, problems)
        for info in purposes:
            answer = row.values.get(f"consent.{info.key}")
            if answer is None or row.number in problems:
                continue
            entry = _entry(row, info, bool(answer), channels, context)
            before = _known(state, row.record_id, info, entry.channels or info.channels)
            if before == answer or (context.policy == Policy.FILL and before is not None):
                continue
            entries[row.record_id, info.key] = (entry, (before, bool(answer)))
    given = [entry for entry, _change in entries.values()]
    for start in range(0, len(given), CHUNK):
        record_consents(actor=context.actor, entries=given[start : start + CHUNK])
    changes: dict[UUID, dict[str, tuple[Any, Any]]] = {}
    for (party_id, key), (_said, change) in entries.items():
        changes.setdefault(party_id, {})[f"consent.{key}"] = change
    _opt_out([row.record_id for row in rows if row.values.get(OUT)], context)
    return ExtensionResult(problems, changes)


def _entry(
    row: ExtendedRow, info: PurposeInfo, yes: bool, channels: list[str], context: ImportContext
) -> ConsentData:
    when = row.values.get(WHEN)
    return ConsentData(
        party_id=row.record_id,
        purpose=info.key,
        allows=yes,
        channels=[one for one in channels if one in info.channels] if yes else channels,
        basis="consent" if yes else "",
        given_through="import",
        source=str(row.values.get(HOW) or context.source),
        occurred_at=when if isinstance(when, datetime) else timezone.now(),
        evidence={"row": row.number},
    )


def _channels(row: ExtendedRow, problems: dict[int, list[Problem]]) -> list[str]:
    text = fold(str(row.values.get(CHANNELS) or ""))
    found = []
    for word in text.replace(";", ",").replace("/", ",").split(","):
        channel = next((key for key, words in WORDS.items() if word.strip() in words), "")
        if channel:
            found.append(channel)
        elif word.strip():
            message = _("“%(word)s” is no channel. Write e-mail, WhatsApp, SMS, phone or post.")
            problems[row.number] = [Problem(CHANNELS, "invalid_choice", message % {"word": word.strip()})]
    return found


def _state(party_ids: Sequence[UUID]) -> dict[tuple[UUID, str, str], str]:
    rows = Permission.objects.filter(party_id__in=party_ids)
    return {(r.party_id, r.purpose, r.channel): r.status for r in rows}


def _known(
    state: Mapping[tuple[UUID, str, str], str], party_id: UUID, info: PurposeInfo, channels: Sequence[str]
) -> bool | None:
    """Return what is known for all of the channels alike: yes, no, or None where nothing or different things are."""
    said = {state.get((party_id, info.key, channel)) for channel in channels}
    if len(said) != 1 or None in said:
        return None
    return said == {ConsentStatus.GRANTED}


def _opt_out(party_ids: Sequence[UUID], context: ImportContext) -> None:
    if not party_ids:
        return
    found = {
        *PartyEmail.objects.filter(party_id__in=party_ids).values_list("address", flat=True),
        *PartyPhone.objects.filter(party_id__in=party_ids).values_list("number", flat=True),
    }
    suppress_addresses(
        actor=context.actor,
        addresses={kept_form(one) for one in found},
        reason=SuppressionReason.OPT_OUT,
        source=context.source,
    )


def undo(
    changes: Mapping[UUID, Mapping[str, tuple[Any, Any]]], context: ImportContext
) -> Mapping[UUID, Sequence[str]]:
    """Take consents that only the import brought back, as refusals in the history; never open what it closed.

    Consents declined by the import stay declined, and addresses it suppressed stay so: they are told as left alone.
    """
    entries: list[ConsentData] = []
    left: dict[UUID, list[str]] = {}
    for party_id, fields_ in changes.items():
        for name, (before, after) in fields_.items():
            if after and not before:
                entries.append(
                    ConsentData(
                        party_id=party_id,
                        purpose=name.removeprefix("consent."),
                        allows=False,
                        given_through="import",
                        source=_("import undone"),
                    )
                )
            else:
                left.setdefault(party_id, []).append(name)
    for start in range(0, len(entries), CHUNK):
        record_consents(actor=context.actor, entries=entries[start : start + CHUNK])
    return left


EXTENSION = ImportExtension("privacy", fields, apply, undo, order=50)
