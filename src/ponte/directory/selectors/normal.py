"""The canonical form of everything a customer is recognised by."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from ponte.core.brazil.documents import normalise_cnpj, normalise_cpf
from ponte.core.brazil.phones import canonical_phone, normalise_whatsapp_id, parse_phone
from ponte.core.brazil.problems import Unreadable
from ponte.directory.models import IdentityKind

IdentityKey = tuple[str, str]
# A phone and a WhatsApp account of the same number are the same customer.
SAME_NUMBER = (IdentityKind.PHONE.value, IdentityKind.WHATSAPP.value)
MAX_VALUE = 320
_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")


def clean_email(address: str) -> str | None:
    """Return an address in lower case with its domain in Unicode, or None when it can't be one.

    The library is asked about a plain address's domain alone, and once: files repeat a few domains a million times.
    """
    local, at, domain = address.partition("@")
    if at and len(local) <= 64 and domain.isascii() and _PLAIN_LOCAL.fullmatch(local):
        known = _clean_domain(domain)
        if known is not None and len(local) + 1 + len(domain) <= 254:
            return f"{local.lower()}@{known}"
    return _clean_any(address)


@lru_cache(maxsize=4096)
def _clean_domain(domain: str) -> str | None:
    """Return an ASCII domain as addresses are stored with it, None where the whole address has to be looked at."""
    cleaned = _clean_any(f"x@{domain}")
    return cleaned[2:] if cleaned is not None and cleaned[2:].isascii() else None


def _clean_any(address: str) -> str | None:
    try:
        checked = validate_email(
            address.encode("utf-8", "ignore").decode().strip(),
            check_deliverability=False,
            test_environment=True,
        )
    except EmailNotValidError:
        return None
    normal = checked.normalized.lower()
    return normal if len(normal) <= 254 else None


def canonical(kind: str, value: str) -> IdentityKey | None:
    """Return (kind, value) as the identities' table stores it, or None when ``value`` is no such thing.

    Mobiles get their ninth digit, WhatsApp ids become the phone's number in E.164, documents lose their
    punctuation, external ids are given as ``source:id``.
    """
    try:
        normal = _READERS.get(str(kind), _no_such_kind)(value)
    except Unreadable:
        return None
    if not normal or len(normal) > MAX_VALUE or "\x00" in normal:
        return None
    return str(kind), normal


def _external(value: str) -> str | None:
    source, _, identifier = value.partition(":")
    source, identifier = source.strip(), identifier.strip()
    return f"{source}:{identifier}" if source and identifier else None


def _social(value: str) -> str | None:
    network, _, handle = value.partition(":")
    name = handle.strip()
    return f"{network.strip().lower()}:{name.removeprefix('@').lower()}" if name else None


def _no_such_kind(value: str) -> None:
    return None


_READERS: dict[str, Callable[[str], str | None]] = {
    IdentityKind.EMAIL.value: clean_email,
    IdentityKind.PHONE.value: lambda value: canonical_phone(parse_phone(value).e164),
    IdentityKind.WHATSAPP.value: normalise_whatsapp_id,
    IdentityKind.CPF.value: normalise_cpf,
    IdentityKind.CNPJ.value: normalise_cnpj,
    IdentityKind.SOCIAL.value: _social,
    IdentityKind.EXTERNAL.value: _external,
    IdentityKind.COOKIE.value: lambda value: value.strip() or None,
    IdentityKind.DEVICE.value: lambda value: value.strip() or None,
}
