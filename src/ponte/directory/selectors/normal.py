"""The canonical form of everything a customer is recognised by."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from ponte.core.brazil.documents import normalise_cnpj, normalise_cpf
from ponte.core.brazil.phones import canonical_phone, normalise_whatsapp_id, parse_phone
from ponte.core.brazil.problems import Unreadable
from ponte.directory.models import IdentityKind

IdentityKey = tuple[str, str]
# A phone and a WhatsApp account of the same number are the same customer.
SAME_NUMBER = (IdentityKind.PHONE.value, IdentityKind.WHATSAPP.value)
MAX_VALUE = 320


def clean_email(address: str) -> str | None:
    """Return an address in lower case with its domain in Unicode, or None when it can't be one."""
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
        normal = _normal(kind, value)
    except Unreadable:
        return None
    if not normal or len(normal) > MAX_VALUE or "\x00" in normal:
        return None
    return kind, normal


def _normal(kind: str, value: str) -> str | None:
    match kind:
        case IdentityKind.EMAIL:
            return clean_email(value)
        case IdentityKind.PHONE:
            return canonical_phone(parse_phone(value).e164)
        case IdentityKind.WHATSAPP:
            return normalise_whatsapp_id(value)
        case IdentityKind.CPF:
            return normalise_cpf(value)
        case IdentityKind.CNPJ:
            return normalise_cnpj(value)
        case IdentityKind.SOCIAL:
            network, _, handle = value.partition(":")
            return (
                f"{network.strip().lower()}:{handle.strip().removeprefix('@').lower()}"
                if handle.strip()
                else None
            )
        case IdentityKind.EXTERNAL:
            source, _, identifier = value.partition(":")
            return f"{source.strip()}:{identifier.strip()}" if source.strip() and identifier.strip() else None
        case IdentityKind.COOKIE | IdentityKind.DEVICE:
            return value.strip() or None
        case _:
            return None
