"""Writing purposes and the words of consent."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.services.audit import diff, record
from ponte.privacy.models import ConsentText, ContactChannel, LegalBasis, Purpose
from ponte.privacy.purposes import LANGUAGES, PurposeInfo, current_text, get_purpose, newest_text

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
FIELDS = (
    "name",
    "description",
    "basis",
    "channels",
    "is_essential",
    "is_public",
    "is_active",
    "valid_months",
    "order",
)
MOST_MONTHS = 120


def save_purpose(*, actor: Actor, key: str, version: int | None = None, **values: Any) -> Purpose:
    """Add a purpose, or change one (also one of those every workspace starts with).

    Args:
        actor: who.
        key: stable name; lower-case letters, digits and underscores.
        version: the version the caller has seen (0: none is stored yet); None: any.
        values: name, description, basis, channels, is_essential, is_public, is_active, valid_months, order.

    Raises:
        Invalid: a value can't be. Conflict: changed since ``version``.
    """
    if not KEY.fullmatch(key):
        raise Invalid.on(
            "key", "invalid", _("Use lower-case letters, digits and underscores, a letter first.")
        )
    known = get_purpose(key)
    row = Purpose.objects.select_for_update().filter(key=key).first()
    if row is not None:
        check_version(row, version)
    merged = {name: getattr(known, name) for name in FIELDS} if known else {}
    merged.update(values)
    before = {name: _plain(getattr(known, name)) for name in FIELDS} if known else {}
    cleaned = _clean(merged)
    if row is None:
        row = Purpose(key=key, **cleaned)
    else:
        for name, value in cleaned.items():
            setattr(row, name, value)
        row.version += 1
    row.save()
    after = {name: _plain(value) for name, value in cleaned.items()}
    record(
        actor=actor,
        act="purpose.updated" if known else "purpose.created",
        target=row,
        object_type="purpose",
        changes=diff(before, after),
    )
    return row


def create_purpose(*, actor: Actor, key: str, **values: Any) -> Purpose:
    """Add a purpose under a key nobody uses yet; see ``save_purpose``."""
    if get_purpose(key) is not None:
        raise Invalid.on("key", "taken", _("There is a purpose with this key already."))
    return save_purpose(actor=actor, key=key, **values)


def _plain(value: Any) -> Any:
    return (
        list(value)
        if isinstance(value, tuple)
        else value
        if isinstance(value, bool | int)
        else str(value or "")
    )


def _clean(values: dict[str, Any]) -> dict[str, Any]:
    name = " ".join(str(values.get("name") or "").split())
    if not name or len(name) > 80:
        raise Invalid.on("name", "required", _("Give the purpose a name of at most 80 letters."))
    basis = str(values.get("basis") or LegalBasis.CONSENT)
    if basis not in LegalBasis.values:
        raise Invalid.on("basis", "invalid_choice", _("Choose one of the legal bases of LGPD, art. 7."))
    channels = [channel for channel in ContactChannel.values if channel in (values.get("channels") or ())]
    if not channels:
        raise Invalid.on("channels", "required", _("Choose at least one channel."))
    essential = bool(values.get("is_essential"))
    if essential and basis == LegalBasis.CONSENT:
        raise Invalid.on(
            "is_essential",
            "contradiction",
            _("What rests on consent can be declined, so it can't be essential."),
        )
    months = values.get("valid_months") or None
    if months is not None and not 1 <= int(months) <= MOST_MONTHS:
        raise Invalid.on("valid_months", "range", _("Give between 1 and 120 months, or nothing."))
    return {
        "name": name,
        "description": " ".join(str(values.get("description") or "").split())[:300],
        "basis": basis,
        "channels": channels,
        "is_essential": essential,
        "is_public": bool(values.get("is_public", True)) and not essential,
        "is_active": bool(values.get("is_active", True)),
        "valid_months": months,
        "order": int(values.get("order") or 100),
    }


def publish_text(*, actor: Actor, purpose: str, language: str, body: str) -> ConsentText:
    """Make ``body`` the words customers agree to from now on: a new version; consents keep the one they saw.

    Raises:
        Invalid: no such purpose or language, or the text is empty or too long.
    """
    info = get_purpose(purpose)
    if info is None:
        raise Invalid.on("purpose", "unknown", _("Choose a purpose that is in use."))
    if language not in LANGUAGES:
        raise Invalid.on(
            "language", "invalid_choice", _("Write the text in Portuguese (pt-br) or English (en).")
        )
    text = body.strip()
    if not text or len(text) > 2000:
        raise Invalid.on("body", "required", _("Write the text, at most 2,000 characters."))
    before = keep_text(actor=actor, purpose=info, language=language)
    if before.body == text:
        return before
    row = _add(actor, info.key, language, text, before.version + 1)
    changes = {
        "text": (before.body, text),
        "language": (None, language),
        "version": (before.version, row.version),
    }
    record(actor=actor, act="purpose.text_changed", target=row, object_type="purpose", changes=changes)
    return row


def keep_text(*, actor: Actor, purpose: PurposeInfo, language: str) -> ConsentText:
    """Return the current words of a purpose as a stored version, storing the usual ones as the first when needed."""
    spoken = language if language in LANGUAGES else LANGUAGES[0]
    found = newest_text(purpose.key, spoken)
    return found or _add(actor, purpose.key, spoken, current_text(purpose, spoken), 1)


def _add(actor: Actor, purpose: str, language: str, body: str, version: int) -> ConsentText:
    row, _created = ConsentText.objects.get_or_create(
        purpose=purpose,
        language=language,
        version=version,
        defaults={"body": body, "actor_label": actor.label[:240]},
    )
    return row
